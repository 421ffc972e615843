"""The manual's chapters "Get all events" and "Get a single event"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contacthub_orm import (
    APIError,
    BadRequestError,
    CompileError,
    ContacthubError,
    Customer,
    Event,
    InvalidRequestError,
    OperationNotPermitted,
    PaginatedList,
    ReadOnlyList,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

KINDS = [
    ("loggedIn", "WEB"),
    ("serviceSubscribed", "WEB"),
    ("campaignSent", "DIGITAL_CAMPAIGN"),
    ("serviceSubscribed", "MOBILE"),
    ("loggedOut", "WEB"),
]
"""Type and context of the events of one customer, on the first days of May 2024 at ten."""


def on_day(number: int) -> datetime:
    return datetime(2024, 5, number, 10, tzinfo=UTC)


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of the customer whose events `KINDS` are; another one has an event as well."""
    found, other = contacthub_sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    contacthub_sandbox.seed_events(
        [
            {
                "id": f"day-{number}",
                "customerId": found,
                "type": event_type,
                "context": context,
                "properties": {},
                "date": on_day(number).isoformat(),
            }
            for number, (event_type, context) in enumerate(KINDS, 1)
        ]
    )
    contacthub_sandbox.seed_events(
        [
            {
                "id": "others",
                "customerId": other,
                "type": "serviceSubscribed",
                "context": "WEB",
                "properties": {},
            }
        ]
    )
    return found


def days(events: Any) -> str:
    """On which days of May events were, in their order."""
    return "".join(event.id.removeprefix("day-") for event in events)


def stored_days(server: Server, **params: Any) -> str:
    """The same of the server's answer to a plain request."""
    return "".join(one["id"].removeprefix("day-") for one in server.get("events", **params)["elements"])


# -- of a customer ----------------------------------------------------------------------------------------------------


def test_all_events_of_a_customer_are_got_newest_first(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    events = node.get_events(customer_id=identity)

    assert days(events) == stored_days(server, customerId=identity) == "54321"
    assert isinstance(events, PaginatedList)


def test_events_are_got_by_one_request(contacthub_sandbox: Sandbox, identity: str) -> None:
    events = contacthub_sandbox.node.get_events(customer_id=identity)

    assert [event.type for event in events][:2] == ["loggedOut", "serviceSubscribed"]
    [request] = contacthub_sandbox.requests
    assert (request.method, request.path.rsplit("/", 1)[1]) == ("GET", "events")


def test_an_event_shows_what_the_server_has(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    event = contacthub_sandbox.node.get_events(customer_id=identity)[0]

    stored = server.get("events/day-5")
    assert (event.id, event.type, event.context) == (stored["id"], stored["type"], stored["context"])
    assert (event.customerId, event.date) == (identity, on_day(5))


def test_a_customer_without_events_has_an_empty_list(contacthub_sandbox: Sandbox) -> None:
    [bare] = contacthub_sandbox.seed([{"externalId": "3"}])

    events = contacthub_sandbox.node.get_events(customer_id=bare)

    assert (list(events), events.total_elements, events.total_pages) == ([], 0, 0)


# -- filters ----------------------------------------------------------------------------------------------------------


def test_events_are_filtered_by_type_and_context(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    events = node.get_events(
        customer_id=identity, event_type=Event.TYPES.SERVICE_SUBSCRIBED, context=Event.CONTEXTS.WEB
    )

    assert days(events) == "2"
    assert days(events) == stored_days(server, customerId=identity, type="serviceSubscribed", context="WEB")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"event_type": Event.TYPES.SERVICE_SUBSCRIBED}, "42"),
        ({"event_type": "serviceSubscribed"}, "42"),
        ({"event_type": [Event.TYPES.LOGGED_IN, "loggedOut"]}, "51"),
        ({"event_type": Event.TYPES.SEARCHED}, ""),
        ({"context": Event.CONTEXTS.WEB}, "521"),
        ({"context": "MOBILE"}, "4"),
        ({"context": [Event.CONTEXTS.MOBILE, "DIGITAL_CAMPAIGN"]}, "43"),
        ({"event_mode": Event.MODES.ACTIVE}, "5421"),
        ({"event_mode": "PASSIVE"}, "3"),
        ({"date_from": on_day(3)}, "543"),
        ({"date_from": on_day(3) + timedelta(seconds=1)}, "54"),
        ({"date_to": on_day(3)}, "321"),
        ({"date_to": on_day(3) - timedelta(seconds=1)}, "21"),
        ({"date_from": on_day(2), "date_to": on_day(4)}, "432"),
        ({"date_from": "2024-05-03T10:00:00Z"}, "543"),
        ({"date_to": "2024-05-03T10:00:00.000+0000"}, "321"),
        ({"date_from": datetime(2024, 5, 3, 10), "date_to": "2024-05-04T10:00:00Z"}, "43"),
        ({"date_from": datetime(2024, 5, 3, 12, tzinfo=timezone(timedelta(hours=2)))}, "543"),
        ({"date_from": "2024-05-04"}, "54"),
        ({"event_type": "loggedIn", "context": "WEB", "event_mode": "ACTIVE", "date_to": on_day(2)}, "1"),
    ],
)
def test_every_documented_filter_finds_what_it_says(
    contacthub_sandbox: Sandbox, identity: str, filters: dict[str, Any], expected: str
) -> None:
    events = contacthub_sandbox.node.get_events(customer_id=identity, **filters)

    assert days(events) == expected
    assert len(contacthub_sandbox.requests) == 1


def test_the_filters_are_the_servers_own(contacthub_sandbox: Sandbox, identity: str) -> None:
    contacthub_sandbox.node.get_events(
        customer_id=identity,
        event_type=Event.TYPES.SERVICE_SUBSCRIBED,
        context=Event.CONTEXTS.WEB,
        event_mode=Event.MODES.ACTIVE,
        date_from=on_day(1),
        date_to=on_day(2),
        page=0,
        size=5,
    )

    [request] = contacthub_sandbox.requests
    asked = {name: value for name, value in request.query.items() if name not in ("nodeId", "page")}
    assert asked == {
        "customerId": identity,
        "type": "serviceSubscribed",
        "context": "WEB",
        "mode": "ACTIVE",
        "dateFrom": "2024-05-01T10:00:00.000Z",
        "dateTo": "2024-05-02T10:00:00.000Z",
        "size": "5",
    }


def test_an_older_spelling_filters_as_the_newer_one(contacthub_sandbox: Sandbox, identity: str) -> None:
    contacthub_sandbox.node.get_events(customer_id=identity, event_type="addedWishList")

    [request] = contacthub_sandbox.requests
    assert request.query["type"] == "addedWishlist"


@pytest.mark.parametrize(
    "filters",
    [
        {"event_type": "tasting"},
        {"context": "MOON"},
        {"event_mode": "LOUD"},
        {"date_from": "yesterday"},
        {"date_to": "yesterday"},
        {"page": -1},
        {"size": 0},
    ],
    ids=lambda filters: next(iter(filters)),
)
def test_a_filter_that_cannot_be_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, filters: dict[str, Any]
) -> None:
    with pytest.raises(ContacthubError) as caught:
        contacthub_sandbox.node.get_events(customer_id=identity, **filters)

    assert not isinstance(caught.value, APIError)
    assert contacthub_sandbox.requests == []


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_holds_as_many_events_as_its_size_says(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    events = contacthub_sandbox.node.get_events(customer_id=identity, page=1, size=2)

    assert days(events) == stored_days(server, customerId=identity, page=1, size=2) == "32"
    assert (events.size, events.page_number) == (2, 1)
    assert (events.total_elements, events.total_pages) == (5, 3)


def test_the_pages_of_events_turn_forwards(contacthub_sandbox: Sandbox, identity: str) -> None:
    page = contacthub_sandbox.node.get_events(customer_id=identity, size=2)

    assert [days(page), days(page.next_page()), days(page.next_page())] == ["54", "32", "1"]
    assert [request.query.get("page", "0") for request in contacthub_sandbox.requests] == ["0", "1", "2"]


def test_the_pages_of_events_turn_backwards(contacthub_sandbox: Sandbox, identity: str) -> None:
    third = contacthub_sandbox.node.get_events(customer_id=identity, page=2, size=2)

    second = third.previous_page()

    assert (days(second), days(second.previous_page())) == ("32", "54")


def test_the_pages_of_filtered_events_turn_under_the_same_filter(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    first = contacthub_sandbox.node.get_events(
        customer_id=identity, context=Event.CONTEXTS.WEB, date_to=on_day(4), size=1
    )

    assert days(first) == "2"
    assert (days(first.next_page()), first.total_elements) == ("1", 2)


def test_the_pages_of_events_end(contacthub_sandbox: Sandbox, identity: str) -> None:
    only = contacthub_sandbox.node.get_events(customer_id=identity)
    contacthub_sandbox.clear_requests()

    with pytest.raises(OperationNotPermitted, match="is the last"):
        only.next_page()
    with pytest.raises(OperationNotPermitted, match="is the first"):
        only.previous_page()

    assert contacthub_sandbox.requests == []


def test_a_page_of_events_can_only_be_read(contacthub_sandbox: Sandbox, identity: str) -> None:
    events = contacthub_sandbox.node.get_events(customer_id=identity)

    with pytest.raises(OperationNotPermitted):
        events.append(events[0])

    assert days(events) == "54321"


# -- by the customer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events_of", [lambda one: one.get_events(), lambda one: one.events])
def test_a_customer_gives_all_its_events(
    contacthub_sandbox: Sandbox, identity: str, events_of: Callable[[Customer], Any]
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)

    found = []
    for event in events_of(my_customer):
        found.append(event.type)

    assert found == ["loggedOut", "serviceSubscribed", "campaignSent", "serviceSubscribed", "loggedIn"]


@pytest.mark.parametrize("events_of", [lambda one: one.get_events(), lambda one: one.events])
def test_a_customer_gives_its_events_beyond_the_first_page(
    contacthub_sandbox: Sandbox, server: Server, identity: str, events_of: Callable[[Customer], Any]
) -> None:
    contacthub_sandbox.seed_events(
        [{"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}} for _ in range(120)]
    )
    my_customer = contacthub_sandbox.node.get_customer(identity)

    found = {event.id for event in events_of(my_customer)}

    assert found == {one["id"] for one in server.events(identity)}
    assert len(found) == 125


def test_the_events_that_a_customer_gives_are_a_list_that_can_only_be_read(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)
    events = my_customer.get_events()

    assert isinstance(events, ReadOnlyList)
    with pytest.raises(OperationNotPermitted):
        events.append(Event(type="loggedIn"))
    with pytest.raises(OperationNotPermitted):
        events[0] = events[1]
    with pytest.raises(OperationNotPermitted):
        del events[0]
    with pytest.raises(OperationNotPermitted):
        events += [events[0]]
    assert days(events) == "54321"
    assert len(server.events(identity)) == 5


def test_nothing_can_be_added_to_the_events_of_a_customer(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer: Any = contacthub_sandbox.node.get_customer(identity)

    with pytest.raises(OperationNotPermitted):
        my_customer.events.append(Event(type="loggedIn"))
    with pytest.raises((OperationNotPermitted, AttributeError)):
        my_customer.events = []

    assert len(server.events(identity)) == 5


def test_an_event_posted_since_is_among_the_events_that_are_asked_for_then(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    node = contacthub_sandbox.node
    my_customer = node.get_customer(identity)
    before = len(my_customer.get_events())

    event = node.add_event(customerId=identity, type="searched", context="WEB", properties={})

    assert before == 5
    assert my_customer.get_events()[0].id == event.id
    assert next(iter(my_customer.events)).id == event.id


def test_a_customer_that_is_not_saved_has_no_events_to_get(contacthub_sandbox: Sandbox) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="1")

    with pytest.raises(InvalidRequestError, match="is not saved"):
        my_customer.get_events()

    assert list(my_customer.events) == []
    assert contacthub_sandbox.requests == []


def test_getting_the_events_of_a_customer_that_is_not_saved_is_not_permitted(
    contacthub_sandbox: Sandbox,
) -> None:
    with pytest.raises(OperationNotPermitted):
        Customer(node=contacthub_sandbox.node, externalId="1").get_events()


# -- a single one -----------------------------------------------------------------------------------------------------


def test_an_event_is_got_by_its_id(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    customer_event = contacthub_sandbox.node.get_event(id="day-2")

    stored = server.get("events/day-2")
    assert isinstance(customer_event, Event)
    assert (customer_event.id, customer_event.type) == (stored["id"], stored["type"])
    assert (customer_event.customerId, customer_event.date) == (identity, on_day(2))


def test_an_event_is_asked_for_another_as_the_manual_writes_it(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    event = contacthub_sandbox.node.get_events(customer_id=identity)[0]

    customer_event = event.get_event(id="day-2")

    assert (event.id, customer_event.id) == ("day-5", "day-2")
    assert customer_event.type is Event.TYPES.SERVICE_SUBSCRIBED


def test_an_event_that_was_made_with_a_node_is_asked_for_another(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    event = Event(node=contacthub_sandbox.node)

    assert event.get_event(id="day-2").id == "day-2"


def test_an_event_without_a_node_cannot_be_asked_for_another() -> None:
    with pytest.raises(InvalidRequestError, match="belongs to no node"):
        Event().get_event(id="day-2")


def test_an_event_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox, identity: str) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.get_event(id="unknown")

    assert caught.value.status == 404


def test_events_of_a_type_that_a_class_declares_can_be_asked_for(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    class WineTasting(Event, type="wineTastingOfSdk"):
        pass

    with pytest.raises(
        BadRequestError, match="type does not know wineTastingOfSdk"
    ):  # the sandbox has no such type
        contacthub_sandbox.node.get_events(identity, event_type=["wineTastingOfSdk", "loggedIn"])

    assert contacthub_sandbox.requests[-1].query["type"] == "wineTastingOfSdk,loggedIn"


def test_a_type_that_nobody_declares_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(CompileError, match="Event.type holds one of"):
        contacthub_sandbox.node.get_events(identity, event_type=["loggedIn", "beerTasting"])

    assert contacthub_sandbox.requests == []
