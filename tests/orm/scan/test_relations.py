"""What reading the events of many customers costs: one request each, all at once where the query says so."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, Event, Session, raiseload, selectinload
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import customers
from tests.orm.scan.observing import Senders, opened, searches

CUSTOMERS = 50


@pytest.fixture(autouse=True)
def ids(sandbox: Sandbox) -> list[str]:
    """Fifty customers with three events each."""
    found = sandbox.seed(customers(CUSTOMERS))
    sandbox.seed_events(
        {
            "customerId": identity,
            "type": "viewedPage",
            "context": "WEB",
            "properties": {"url": f"https://example.com/{number}"},
        }
        for identity in found
        for number in range(3)
    )
    sandbox.clear_requests()
    return found


def test_fifty_customers_with_their_events_cost_fifty_one_requests(
    sandbox: Sandbox, session: Session
) -> None:
    rows = session.query(Customer).options(selectinload(Customer.events)).all()
    assert sum(len(customer.events) for customer in rows) == 3 * CUSTOMERS
    assert searches(sandbox) == CUSTOMERS + 1


def test_events_that_came_with_the_rows_are_those_of_each_customer(session: Session) -> None:
    for customer in session.query(Customer).options(selectinload(Customer.events)):
        assert {event.customerId for event in customer.events} == {customer.id}


def test_the_events_of_a_page_are_asked_for_by_several_threads(session: Session, senders: Senders) -> None:
    session.query(Customer).options(selectinload(Customer.events)).all()
    assert len(senders.threads) > 1


def test_a_scan_with_relations_keeps_to_the_requests_in_flight(sandbox: Sandbox, senders: Senders) -> None:
    sandbox.seed(customers(150, seed=2))
    sandbox.configure(latency=0.005)
    for session in opened(sandbox, 4):
        for _ in session.query(Customer).options(selectinload(Customer.events)):
            pass
    assert 1 < senders.most <= 4


def test_relations_with_one_request_in_flight_are_asked_for_by_the_calling_thread(
    sequential: Session, senders: Senders
) -> None:
    sequential.query(Customer).options(selectinload(Customer.events)).all()
    assert len(senders.threads) == 1


def test_events_read_twice_are_the_same_objects(session: Session, ids: list[str]) -> None:
    customer = session.get(Customer, ids[0])
    assert customer is not None
    first = customer.events.all()
    assert all(one is other for one, other in zip(first, customer.events.all(), strict=True))


def test_events_read_twice_are_asked_for_twice(sandbox: Sandbox, session: Session, ids: list[str]) -> None:
    customer = session.get(Customer, ids[0])
    assert customer is not None
    sandbox.clear_requests()
    assert len(customer.events.all()) == len(customer.events.all()) == 3
    assert searches(sandbox) == 2


def test_an_event_of_a_loaded_relation_names_the_same_customer(session: Session) -> None:
    customer = session.query(Customer).options(selectinload(Customer.events)).all()[0]
    assert all(event.customer is customer for event in customer.events)


def test_raiseload_refuses_a_request_per_row(sandbox: Sandbox, session: Session) -> None:
    customer = session.query(Customer).options(raiseload(Customer.events)).all()[0]
    with pytest.raises(InvalidRequestError, match=r"Customer\.events was not loaded with the row"):
        customer.events.all()
    assert searches(sandbox) == 1


def test_raiseload_leaves_the_query_behind_a_relation_open(session: Session) -> None:
    customer = session.query(Customer).options(raiseload(Customer.events)).all()[0]
    assert customer.events.query.filter(Event.type == Event.TYPES.VIEWED_PAGE).count() == 3
