"""The manual's chapters "Sessions" and "ExternalId": events of somebody who is not known by a customer's id."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from contacthub_orm import APIError, Customer, Event, Properties
from contacthub_orm.contacthub import Node
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of the one customer there is."""
    [found] = contacthub_sandbox.seed([{"externalId": "e_id", "base": {"firstName": "Ada"}}])
    return found


def of_session(node: Node, session_id: str) -> Event:
    """The manual's anonymous event, as it writes it."""
    return Event(
        node=node,
        bringBackProperties=Properties(type="SESSION_ID", value=session_id),
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


def of_external_id(node: Node, external_id: str, spelling: str = "externalId") -> Event:
    """The manual's event of an external id, as it writes it."""
    return Event(
        node=node,
        bringBackProperties=Properties(type=spelling, value=external_id),
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


def values(server: Server, customer_id: str) -> list[str]:
    """The sessions that the server has linked to a customer."""
    return [one["value"] for one in server.get(f"customers/{customer_id}/sessions")["elements"]]


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_id_is_a_uuid_of_version_4(contacthub_sandbox: Sandbox) -> None:
    session_id = contacthub_sandbox.node.create_session_id()

    assert UUID(session_id).version == 4
    assert str(UUID(session_id)) == session_id
    assert contacthub_sandbox.requests == []


def test_session_ids_differ() -> None:
    assert len({Node.create_session_id() for _ in range(100)}) == 100


def test_an_event_of_a_session_belongs_to_nobody(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    session_id = node.create_session_id()

    event = of_session(node, session_id).post()

    stored = server.get(f"events/{event.id}")
    assert stored["customerId"] is None
    assert (stored["bringBackProperties"]["type"], stored["bringBackProperties"]["value"]) == (
        "SESSION_ID",
        session_id,
    )
    assert stored["properties"]["serviceId"] == "service_id"
    assert server.customers() == []


def test_an_event_of_a_session_is_added_by_node(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    session_id = node.create_session_id()

    posted = node.add_event(**of_session(node, session_id).to_dict())

    assert server.get(f"events/{posted.id}")["bringBackProperties"]["value"] == session_id


def test_the_type_of_a_session_may_be_the_constant(contacthub_sandbox: Sandbox, server: Server) -> None:
    event = Event(
        node=contacthub_sandbox.node,
        bringBackProperties=Properties(type=Event.BRING_BACK_TYPES.SESSION_ID, value="s"),
        type=Event.TYPES.LOGGED_IN,
        context=Event.CONTEXTS.WEB,
    ).post()

    assert server.get(f"events/{event.id}")["bringBackProperties"]["type"] == "SESSION_ID"


def test_adding_a_session_to_a_customer_gives_the_session_id(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    session_id = node.create_session_id()

    given = node.add_customer_session(customer_id=identity, session_id=session_id)

    assert given == session_id
    assert values(server, identity) == [session_id]


def test_adding_a_session_is_one_request(contacthub_sandbox: Sandbox, identity: str) -> None:
    contacthub_sandbox.node.add_customer_session(customer_id=identity, session_id="s")

    [request] = contacthub_sandbox.requests
    assert (request.method, request.path.rsplit("/", 1)[1], request.body) == (
        "POST",
        "sessions",
        {"value": "s"},
    )


def test_adding_a_session_makes_its_earlier_events_the_customers(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node
    session_id = node.create_session_id()
    first, second = of_session(node, session_id).post(), of_session(node, session_id).post()
    customer = node.add_customer(externalId="42", base={"firstName": "Bruce"})
    assert customer.id is not None

    node.add_customer_session(customer_id=customer.id, session_id=session_id)

    found = server.events(customer.id)
    assert {one["id"] for one in found} == {first.id, second.id}
    assert {one["bringBackProperties"]["value"] for one in found} == {session_id}


def test_later_events_of_an_added_session_are_the_customers_too(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    session_id = node.create_session_id()
    node.add_customer_session(customer_id=identity, session_id=session_id)

    later = of_session(node, session_id).post()

    assert [one["id"] for one in server.events(identity)] == [later.id]


def test_events_of_another_session_stay_nobodys(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    other = of_session(node, node.create_session_id()).post()

    node.add_customer_session(customer_id=identity, session_id=node.create_session_id())

    assert server.events(identity) == []
    assert server.get(f"events/{other.id}")["customerId"] is None


def test_a_customer_may_have_several_sessions(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    node.add_customer_session(identity, "a")
    node.add_customer_session(identity, "b")

    assert values(server, identity) == ["a", "b"]


def test_adding_a_session_again_changes_nothing(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    node.add_customer_session(customer_id=identity, session_id="s")

    again = node.add_customer_session(customer_id=identity, session_id="s")

    assert (again, values(server, identity)) == ("s", ["s"])


def test_a_session_of_another_customer_is_a_409(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    [other] = contacthub_sandbox.seed([{"externalId": "2"}])
    contacthub_sandbox.node.add_customer_session(customer_id=identity, session_id="s")

    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.add_customer_session(customer_id=other, session_id="s")

    assert caught.value.status == 409
    assert (values(server, identity), values(server, other)) == (["s"], [])


def test_a_session_of_a_customer_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.add_customer_session(customer_id="nobody", session_id="s")

    assert caught.value.status == 404


# -- external ids -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["externalId", "EXTERNAL_ID"])
def test_an_event_of_a_known_external_id_is_the_customers(
    contacthub_sandbox: Sandbox, server: Server, identity: str, spelling: str
) -> None:
    event = of_external_id(contacthub_sandbox.node, "e_id", spelling).post()

    [stored] = server.events(identity)
    assert (stored["id"], stored["customerId"]) == (event.id, identity)
    assert stored["properties"]["extraProperties"] == {"extra": "extra"}
    assert len(server.customers()) == 1


def test_an_event_of_a_known_external_id_is_added_by_node(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    posted = node.add_event(**of_external_id(node, "e_id").to_dict())

    assert [one["id"] for one in server.events(identity)] == [posted.id]


def test_an_event_of_an_unknown_external_id_brings_a_customer_into_being(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    event = of_external_id(contacthub_sandbox.node, "new").post()

    [customer] = [one for one in server.customers() if one["id"] != identity]
    assert customer["externalId"] == "new"
    assert [one["id"] for one in server.events(customer["id"])] == [event.id]


def test_the_customer_that_an_external_id_brought_into_being_can_be_used(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node
    of_external_id(node, "new").post()

    customer = node.get_customer(external_id="new")
    customer.base.firstName = "Selina"
    customer.patch()

    assert type(customer) is Customer
    assert [one["base"]["firstName"] for one in server.customers()] == ["Selina"]


@pytest.mark.parametrize("node_id", ["given", "left out"])
def test_the_node_of_bring_back_properties_may_be_given(
    contacthub_sandbox: Sandbox, server: Server, identity: str, node_id: str
) -> None:
    bring_back: dict[str, Any] = {"type": "EXTERNAL_ID", "value": "e_id"}
    if node_id == "given":
        bring_back["nodeId"] = contacthub_sandbox.node_id

    contacthub_sandbox.node.add_event(
        bringBackProperties=bring_back, type="loggedIn", context="WEB", properties={}
    )

    [stored] = server.events(identity)
    assert stored["bringBackProperties"]["nodeId"] == contacthub_sandbox.node_id
