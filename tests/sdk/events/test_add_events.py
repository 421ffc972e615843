"""The manual's chapter "Add a new event"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contacthub_orm import (
    APIError,
    Event,
    InvalidRequestError,
    OperationNotPermitted,
    Properties,
    ServiceSubscribed,
    ValidationError,
)
from contacthub_orm.contacthub import Node
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server, moment, to_the_millisecond


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of the one customer there is."""
    [found] = contacthub_sandbox.seed([{"externalId": "e_id", "base": {"firstName": "Ada"}}])
    return found


def example(node: Node, customer_id: str) -> Event:
    """The manual's event, as it writes it."""
    my_customer = node.get_customer(customer_id)

    return Event(
        node=node,
        customerId=my_customer.id,
        type=Event.TYPES.SERVICE_SUBSCRIBED,
        context=Event.CONTEXTS.WEB,
        contextInfo=Properties(client=Properties(ip="127.0.0.1")),
        properties=Properties(
            subscriberId="s_id",
            serviceId="service_id",
            serviceName="serviceName",
            startDate=datetime.now(),
            extraProperties=Properties(extra="extra"),
        ),
    )


def check_example(stored: dict[str, Any], customer_id: str, before: datetime) -> None:
    """The server holds the manual's event."""
    properties = dict(stored["properties"])
    start = properties.pop("startDate")
    assert (stored["customerId"], stored["type"]) == (customer_id, "serviceSubscribed")
    assert (stored["context"], stored["contextInfo"]["client"]["ip"]) == ("WEB", "127.0.0.1")
    assert stored["bringBackProperties"] is None
    assert properties == {
        "subscriberId": "s_id",
        "serviceId": "service_id",
        "serviceName": "serviceName",
        "extraProperties": {"extra": "extra"},
    }
    assert before <= moment(start) <= datetime.now()


def posts(sandbox: Sandbox) -> list[Any]:
    """The bodies of what was posted."""
    return [request.body for request in sandbox.requests if request.method == "POST"]


# -- the example ------------------------------------------------------------------------------------------------------


def test_an_event_is_added_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    before = to_the_millisecond(datetime.now())
    event = example(node, identity)

    posted = node.add_event(**event.to_dict())

    [stored] = server.events(identity)
    check_example(stored, identity, before)
    assert posted.id == stored["id"]
    assert len(posts(contacthub_sandbox)) == 1


def test_an_event_posts_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    before = to_the_millisecond(datetime.now())
    event = example(node, identity)

    event.post()

    [stored] = server.events(identity)
    check_example(stored, identity, before)
    assert event.id == stored["id"]
    assert len(posts(contacthub_sandbox)) == 1


def test_making_an_event_sends_nothing(contacthub_sandbox: Sandbox, identity: str) -> None:
    node = contacthub_sandbox.node

    Event(node=node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB).to_dict()

    assert contacthub_sandbox.requests == []


def test_an_event_is_posted_once(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    event = example(contacthub_sandbox.node, identity).post()

    with pytest.raises(OperationNotPermitted, match="was created already"):
        event.post()

    assert len(server.events(identity)) == 1


def test_an_event_knows_its_customer_by_the_object_too(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    my_customer = node.get_customer(identity)

    Event(node=node, customer=my_customer, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB).post()

    assert [one["type"] for one in server.events(identity)] == ["loggedIn"]


# -- mode, context, properties ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "mode"),
    [(Event.TYPES.LOGGED_IN, Event.MODES.ACTIVE), (Event.TYPES.CAMPAIGN_SENT, Event.MODES.PASSIVE)],
)
def test_a_mode_may_be_given_and_the_server_files_the_event_under_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str, event_type: Any, mode: Any
) -> None:
    node = contacthub_sandbox.node

    event = Event(
        node=node, customerId=identity, type=event_type, context=Event.CONTEXTS.OTHER, mode=mode
    ).post()

    found = server.get("events", customerId=identity, mode=str(mode))["elements"]
    assert [one["id"] for one in found] == [event.id]
    assert "mode" not in posts(contacthub_sandbox)[0]


def test_a_mode_may_be_given_to_the_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    contacthub_sandbox.node.add_event(
        customerId=identity, type="loggedIn", context="WEB", mode="ACTIVE", properties={}
    )

    assert [one["type"] for one in server.events(identity)] == ["loggedIn"]


def test_a_mode_that_there_is_not_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(ValidationError, match=r"Event\.mode"):
        contacthub_sandbox.node.add_event(
            customerId=identity, type="loggedIn", context="WEB", mode="LOUD", properties={}
        )

    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize(
    "name",
    ["CONTACT_CENTER", "WEB", "MOBILE", "ECOMMERCE", "RETAIL", "IOT", "SOCIAL", "DIGITAL_CAMPAIGN", "OTHER"],
)
def test_every_documented_context_is_one_of_the_servers(
    contacthub_sandbox: Sandbox, server: Server, identity: str, name: str
) -> None:
    node = contacthub_sandbox.node
    context = getattr(Event.CONTEXTS, name)

    Event(node=node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=context).post()

    assert [one["context"] for one in server.events(identity)] == [name]


def test_the_context_info_has_the_schema_of_its_context(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    Event(
        node=node,
        customerId=identity,
        type=Event.TYPES.COMPLETED_ORDER,
        context=Event.CONTEXTS.ECOMMERCE,
        contextInfo=Properties(store=Properties(id="1", name="Gotham")),
        properties=Properties(orderId="7"),
    ).post()

    [stored] = server.events(identity)
    assert {key: value for key, value in stored["contextInfo"]["store"].items() if value} == {
        "id": "1",
        "name": "Gotham",
    }


def test_an_event_without_context_info_sends_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    Event(node=node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB).post()

    [body] = posts(contacthub_sandbox)
    assert "contextInfo" not in body
    assert len(server.events(identity)) == 1


@pytest.mark.parametrize(
    "properties",
    [
        {"serviceId": "7", "extraProperties": {"extra": "x"}},
        Properties(serviceId="7", extraProperties=Properties(extra="x")),
    ],
    ids=["a dictionary", "Properties"],
)
@pytest.mark.parametrize("event_class", [Event, ServiceSubscribed])
def test_properties_are_given_as_a_dictionary_or_as_properties_to_any_class_of_events(
    contacthub_sandbox: Sandbox, server: Server, identity: str, event_class: type[Event], properties: Any
) -> None:
    node = contacthub_sandbox.node

    event_class(
        node=node,
        customerId=identity,
        type=Event.TYPES.SERVICE_SUBSCRIBED,
        context=Event.CONTEXTS.WEB,
        properties=properties,
    ).post()

    [stored] = server.events(identity)
    assert stored["properties"] == {"serviceId": "7", "extraProperties": {"extra": "x"}}


def test_the_properties_of_a_typed_event_are_set_by_name(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    event = ServiceSubscribed(node=contacthub_sandbox.node, customerId=identity, context=Event.CONTEXTS.WEB)

    event.properties.serviceId = "7"
    event.properties.startDate = datetime(2024, 5, 1, 10, tzinfo=UTC)
    event.post()

    [stored] = server.events(identity)
    assert (stored["type"], stored["properties"]) == (
        "serviceSubscribed",
        {"serviceId": "7", "startDate": "2024-05-01T10:00:00.000+0000"},
    )


def test_a_date_that_was_given_is_the_servers(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_event(
        customerId=identity, type="loggedIn", context="WEB", properties={}, date="2024-05-01T10:00:00Z"
    )

    assert [one["date"] for one in server.events(identity)] == ["2024-05-01T10:00:00.000+0000"]


def test_an_event_without_properties_is_stored_with_none_filled(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    Event(node=node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB).post()

    assert [one["properties"] for one in server.events(identity)] == [{}]


def test_properties_that_the_type_has_not_are_an_error_of_the_api(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.add_event(
            customerId=identity, type="serviceSubscribed", context="WEB", properties={"colour": "red"}
        )

    assert caught.value.status == 400
    assert server.events(identity) == []


# -- what is required -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["type", "context"])
def test_what_an_event_requires_is_asked_for_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, name: str
) -> None:
    given = {"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}
    del given[name]

    with pytest.raises(ValidationError, match=rf"Event\.{name}: is required"):
        Event(node=contacthub_sandbox.node, **given).post()
    with pytest.raises(ValidationError, match=rf"Event\.{name}: is required"):
        contacthub_sandbox.node.add_event(**given)

    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("name", ["type", "context", "properties"])
def test_none_is_no_value_for_what_an_event_requires(
    contacthub_sandbox: Sandbox, identity: str, name: str
) -> None:
    given = {"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}

    with pytest.raises(ValidationError, match=rf"Event\.{name}: is required"):
        contacthub_sandbox.node.add_event(**given | {name: None})

    assert contacthub_sandbox.requests == []


def test_an_event_of_nobody_is_refused_before_a_request(contacthub_sandbox: Sandbox) -> None:
    event = Event(
        node=contacthub_sandbox.node, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={}
    )

    with pytest.raises(ValidationError, match="exactly one of customer .* and bringBackProperties"):
        event.post()

    assert contacthub_sandbox.requests == []


def test_an_event_of_a_customer_and_of_a_session_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(ValidationError, match="exactly one of customer .* and bringBackProperties"):
        contacthub_sandbox.node.add_event(
            customerId=identity,
            bringBackProperties={"type": "SESSION_ID", "value": "s"},
            type="loggedIn",
            context="WEB",
            properties={},
        )

    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize(("name", "value"), [("type", "tasting"), ("context", "MOON")])
def test_a_type_or_context_that_there_is_not_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, name: str, value: str
) -> None:
    given = {"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}

    with pytest.raises(ValidationError, match=rf"Event\.{name}"):
        contacthub_sandbox.node.add_event(**given | {name: value})

    assert contacthub_sandbox.requests == []


def test_an_event_of_a_customer_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.add_event(customerId="nobody", type="loggedIn", context="WEB", properties={})

    assert caught.value.status == 404


def test_an_event_without_a_node_says_what_it_needs(contacthub_sandbox: Sandbox, identity: str) -> None:
    event = Event(customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB)

    with pytest.raises(InvalidRequestError, match="belongs to no node"):
        event.post()


# -- older spellings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "stored"),
    [
        (Event.TYPES.ADDED_WISH_LIST, "addedWishlist"),
        ("addedWishList", "addedWishlist"),
        ("removedWishList", "removedWishlist"),
        ("eventNotShow", "eventNoShow"),
        (Event.TYPES.EVENT_PARTECIPATED, "eventParticipated"),
        (Event.TYPES.SERVICE_SUBSCRIBE, "serviceSubscribed"),
    ],
)
def test_an_older_spelling_of_a_type_is_sent_as_the_service_spells_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str, spelling: str, stored: str
) -> None:
    node = contacthub_sandbox.node

    Event(node=node, customerId=identity, type=spelling, context=Event.CONTEXTS.WEB).post()  # type: ignore[arg-type]
    node.add_event(customerId=identity, type=spelling, context="WEB", properties={})

    assert [one["type"] for one in server.events(identity)] == [stored, stored]
    assert [body["type"] for body in posts(contacthub_sandbox)] == [stored, stored]


def test_the_older_spelling_of_the_bring_back_type_is_sent_as_the_service_spells_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    event = Event(
        node=node,
        bringBackProperties=Properties(type="externalId", value="e_id"),
        type=Event.TYPES.SERVICE_SUBSCRIBED,
        context=Event.CONTEXTS.WEB,
        properties=Properties(
            subscriberId="s_id",
            serviceId="service_id",
            serviceName="serviceName",
            startDate=datetime.now(),
            extraProperties=Properties(extra="extra"),
        ),
    )
    event.post()

    [stored] = server.events(identity)
    assert (stored["id"], stored["bringBackProperties"]["type"]) == (event.id, "EXTERNAL_ID")
    assert posts(contacthub_sandbox)[0]["bringBackProperties"] == {
        "type": "EXTERNAL_ID",
        "value": "e_id",
        "nodeId": node.node_id,
    }
