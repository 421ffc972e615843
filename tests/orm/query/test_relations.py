"""Relations: `customer.events` and what lives below a customer, loaded when asked for and in agreement both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import (
    CompletedOrder,
    Customer,
    CustomerSession,
    Event,
    InvalidRequestError,
    Job,
    Session,
    ViewedPage,
    object_session,
    raiseload,
    selectinload,
)
from tests.support.world import World, viewed

DAY = "2024-01-0{}T12:00:00Z"


@pytest.fixture
def ids(world: World) -> list[str]:
    """Two customers: the first with three events and elements of every kind, the second with none."""
    first, second = world.sandbox.seed(
        [
            {
                "externalId": "1",
                "base": {
                    "educations": [{"id": "e1", "schoolName": "Home"}],
                    "jobs": [{"id": "j1", "jobTitle": "Analyst"}, {"id": "j2"}],
                    "likes": [{"id": "l1", "name": "Engines"}],
                    "subscriptions": [{"id": "s1", "name": "News"}],
                },
            },
            {"externalId": "2"},
        ]
    )
    common = {"customerId": first, "context": "WEB"}
    world.sandbox.seed_events(
        [
            {
                **common,
                "type": "viewedPage",
                "date": DAY.format(1),
                "properties": {"url": "https://example.com"},
            },
            {
                **common,
                "type": "viewedPage",
                "date": DAY.format(2),
                "properties": {"url": "https://example.org"},
            },
            {**common, "type": "completedOrder", "date": DAY.format(3), "properties": {"orderId": "1"}},
        ]
    )
    return [first, second]


@pytest.fixture
def session(world: World, ids: list[str]) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


@pytest.fixture
def customer(session: Session, ids: list[str], world: World) -> Customer:
    found = session.get(Customer, ids[0])
    assert found is not None
    world.sandbox.clear_requests()
    return found


def test_events_are_not_loaded_with_their_customer(customer: Customer, world: World) -> None:
    assert "events" in repr(customer.events)
    assert not world.sandbox.requests


def test_events_are_asked_for_by_their_customer(customer: Customer, world: World) -> None:
    assert len(customer.events.all()) == 3
    [request] = world.sandbox.requests
    assert request.query["customerId"] == customer.id


def test_events_behave_like_a_sequence(customer: Customer) -> None:
    assert len(customer.events) == 3
    assert {type(event) for event in customer.events} == {ViewedPage, CompletedOrder}
    assert customer.events[0] in customer.events.all()


def test_events_that_were_not_loaded_with_the_row_are_asked_for_each_time(
    customer: Customer, world: World
) -> None:
    customer.events.all()
    customer.events.all()

    assert len(world.sandbox.requests) == 2


@pytest.mark.parametrize("name", ["events", "educations", "jobs", "likes", "subscriptions", "sessions"])
def test_a_relation_cannot_be_assigned(customer: Customer, name: str) -> None:
    with pytest.raises(AttributeError, match=rf"Customer\.{name} is read-only: add what belongs to it"):
        setattr(customer, name, [])


def test_the_query_behind_events_can_be_narrowed(customer: Customer, world: World) -> None:
    found = customer.events.query.filter(Event.type == Event.TYPES.VIEWED_PAGE, Event.date >= "2024-01-02")

    assert [event.properties.url for event in found] == ["https://example.org"]
    assert world.sandbox.requests[-1].query["type"] == "viewedPage"


def test_events_of_one_type_are_counted_without_being_loaded(customer: Customer, world: World) -> None:
    assert customer.events.query.filter(Event.type == "completedOrder").count() == 1
    assert world.sandbox.requests[-1].query["size"] == "0"


def test_an_event_leads_back_to_the_same_customer(customer: Customer, world: World) -> None:
    events = customer.events.all()
    world.sandbox.clear_requests()

    assert all(event.customer is customer for event in events)
    assert not world.sandbox.requests


def test_an_event_loads_its_customer_by_one_request(session: Session, world: World) -> None:
    event = session.query(Event).filter(Event.type == "completedOrder").one()
    world.sandbox.clear_requests()

    customer = event.customer
    assert customer is not None
    assert customer.externalId == "1"
    assert event.customer is customer
    assert len(world.sandbox.requests) == 1


def test_selectinload_fetches_events_with_the_rows(session: Session, world: World) -> None:
    rows = session.query(Customer).options(selectinload(Customer.events)).all()
    asked = len(world.sandbox.requests)

    assert sorted(len(row.events) for row in rows) == [0, 3]
    assert all(event.customer is row for row in rows for event in row.events)
    assert len(world.sandbox.requests) == asked == 3


def test_selectinload_costs_a_request_a_row_and_one(world: World) -> None:
    ids = world.sandbox.seed([{"externalId": str(number)} for number in range(50)])
    world.sandbox.seed_events(
        [{"customerId": one, "type": "viewedPage", "context": "WEB", "properties": {}} for one in ids]
    )
    with Session(world.node(max_in_flight=16)) as session:
        rows = session.query(Customer).options(selectinload(Customer.events)).all()

        assert sum(len(row.events) for row in rows) == 50
    assert len(world.sandbox.requests) == 51


def test_selectinload_serves_rows_that_are_not_tracked(session: Session, world: World) -> None:
    query = session.query(Customer).options(selectinload(Customer.events)).no_tracking()
    [row] = query.filter(Customer.externalId == "1")

    assert len(row.events) == 3
    assert all(object_session(event) is None for event in row.events)
    assert all(event.customer is row for event in row.events)
    assert not list(session)


@pytest.mark.parametrize("by_id", [False, True])
def test_a_commit_that_adds_an_event_has_events_asked_for_again(
    session: Session, world: World, *, by_id: bool
) -> None:
    query = session.query(Customer).options(selectinload(Customer.events))
    customer = query.filter(Customer.externalId == "1").one()
    new = viewed(customer)
    if by_id:
        new = Event(customerId=customer.id, type=new.type, context=new.context, properties={})
    session.add(new)
    assert len(customer.events) == 3

    session.commit()
    world.clock.advance(120)

    assert len(customer.events) == 4
    assert new in customer.events.all()


def test_a_deleted_event_is_no_longer_among_those_loaded(session: Session) -> None:
    query = session.query(Customer).options(selectinload(Customer.events))
    customer = query.filter(Customer.externalId == "1").one()
    session.delete(customer.events[0])
    session.commit()

    assert len(customer.events) == 2


def test_raiseload_forbids_to_load_events_later(session: Session) -> None:
    customer = session.query(Customer).options(raiseload(Customer.events)).first()
    assert customer is not None

    with pytest.raises(InvalidRequestError, match=r"Customer\.events was not loaded .* raiseload forbids"):
        list(customer.events)


def test_selectinload_goes_before_raiseload(session: Session) -> None:
    query = session.query(Customer).options(raiseload(Customer.events), selectinload(Customer.events))

    assert sorted(len(row.events) for row in query) == [0, 3]


def test_the_query_can_be_asked_in_spite_of_raiseload(session: Session) -> None:
    query = session.query(Customer).options(raiseload(Customer.events))
    customer = query.filter(Customer.externalId == "1").one()

    assert customer.events.query.count() == 3


def test_events_of_a_customer_that_is_not_saved_cannot_be_queried() -> None:
    with pytest.raises(InvalidRequestError, match="is not saved, so events cannot be loaded"):
        _ = Customer(externalId="1").events.query


def test_events_of_a_detached_customer_cannot_be_loaded(session: Session, customer: Customer) -> None:
    session.expunge(customer)

    with pytest.raises(InvalidRequestError, match="no session holds it"):
        list(customer.events)


BELOW: list[tuple[str, list[str]]] = [
    ("educations", ["e1"]),
    ("jobs", ["j1", "j2"]),
    ("likes", ["l1"]),
    ("subscriptions", ["s1"]),
]


@pytest.mark.parametrize(("name", "ids_below"), BELOW)
def test_what_lives_below_a_customer_is_read_from_its_document(
    customer: Customer, world: World, name: str, ids_below: list[str]
) -> None:
    found = getattr(customer, name)

    assert isinstance(found, tuple)
    assert [one.id for one in found] == ids_below
    assert all(one.customer is customer for one in found)
    assert not world.sandbox.requests


@pytest.mark.parametrize(("name", "ids_below"), BELOW)
def test_what_lives_below_a_customer_is_one_object(
    customer: Customer, session: Session, name: str, ids_below: list[str]
) -> None:
    [first, *_] = getattr(customer, name)

    assert getattr(customer, name)[0] is first
    assert session.get(type(first), (str(customer.id), ids_below[0])) is first


def test_an_element_read_below_its_customer_is_saved_by_its_own_route(
    customer: Customer, session: Session, world: World
) -> None:
    customer.jobs[0].jobTitle = "Countess"
    session.commit()

    assert [(one.method, one.path.split("/", 5)[5]) for one in world.sandbox.requests] == [
        ("PUT", f"customers/{customer.id}/jobs/j1")
    ]
    assert customer.base.jobs[0].jobTitle == "Countess"


def test_an_element_that_was_added_is_among_them(customer: Customer, session: Session) -> None:
    job = Job(customer=customer, id="j3")
    session.add(job)
    session.commit()

    assert job in customer.jobs
    assert [one.id for one in customer.jobs] == ["j1", "j2", "j3"]


def test_sessions_are_asked_for(customer: Customer, session: Session, world: World) -> None:
    linked = CustomerSession(customer=customer, value="visit")
    session.add(linked)
    session.commit()
    world.sandbox.clear_requests()

    assert [one.value for one in customer.sessions] == ["visit"]
    assert customer.sessions[0] is linked
    assert linked.customer is customer
    assert {request.method for request in world.sandbox.requests} == {"GET"}


@pytest.mark.parametrize("name", ["educations", "jobs", "likes", "subscriptions", "sessions"])
def test_what_lives_below_a_customer_that_is_not_saved_cannot_be_loaded(name: str) -> None:
    unsaved: Any = Customer(externalId="1")

    with pytest.raises(
        InvalidRequestError, match=rf"\.{name} cannot be loaded: no session holds it as saved"
    ):
        getattr(unsaved, name)
