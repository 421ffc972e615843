"""What hangs on an aggregate root goes into the session with it, whichever side it was attached to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contacthub_orm import (
    Customer,
    CustomerSession,
    Education,
    Event,
    InvalidRequestError,
    OperationNotPermitted,
    Session,
)
from tests.support.world import World


def login(**values: object) -> Event:
    return Event(type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={}, **values)  # type: ignore[arg-type]


def by_reference(customer: Customer) -> Event:
    return login(customer=customer)


def by_assignment(customer: Customer) -> Event:
    event = login()
    event.customer = customer
    return event


def by_append(customer: Customer) -> Event:
    event = login()
    customer.events.append(event)
    return event


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


@pytest.fixture
def ada(session: Session) -> Customer:
    """A saved customer."""
    customer = Customer(externalId="ada")
    session.add(customer)
    session.commit()
    return customer


def stored_events(world: World, customer: Customer) -> list[str]:
    with Session(world.node()) as other:
        return [event.type for event in other.get(Customer, customer.id or "").events]  # type: ignore[union-attr]


EITHER_SIDE = pytest.mark.parametrize("attach", [by_reference, by_assignment, by_append])


@EITHER_SIDE
def test_what_hangs_on_a_new_root_is_created_after_it(
    session: Session, world: World, attach: Callable[[Customer], Event]
) -> None:
    customer = Customer(externalId="1")
    event = attach(customer)
    session.add(customer)

    assert session.new == [customer, event]
    assert list(customer.events) == [event]
    session.commit()
    assert stored_events(world, customer) == ["loggedIn"]
    assert event.customer is customer


@EITHER_SIDE
def test_what_is_attached_to_a_pending_root_is_in_the_plan(
    session: Session, attach: Callable[[Customer], Event]
) -> None:
    customer = Customer(externalId="1")
    session.add(customer)
    attach(customer)

    assert [operation.verb for operation in session.plan()] == ["POST", "POST"]


def test_an_event_draws_in_the_whole_aggregate(session: Session) -> None:
    customer = Customer(externalId="1")
    first, second = by_reference(customer), by_append(customer)
    session.add(second)

    assert set(session.new) == {customer, first, second}


def test_elements_and_sessions_hang_on_their_customer(session: Session) -> None:
    customer = Customer(externalId="1")
    below = [Education(customer=customer, id="e1"), CustomerSession(customer=customer, value="v")]
    session.add(customer)

    assert session.new == [customer, *below]


def test_what_is_appended_to_a_saved_root_is_added_at_once(
    session: Session, world: World, ada: Customer
) -> None:
    event = by_append(ada)

    assert session.new == [event]
    session.commit()
    assert stored_events(world, ada) == ["loggedIn"]


def test_what_only_refers_to_a_saved_root_is_not_added(session: Session, ada: Customer) -> None:
    by_reference(ada)

    session.add(ada)
    assert not session.plan()


def test_what_is_appended_to_a_detached_root_comes_with_it(session: Session, ada: Customer) -> None:
    session.expunge(ada)
    event = by_append(ada)
    session.add(ada)

    assert session.new == [event]


def test_what_was_given_to_another_root_does_not_come(session: Session) -> None:
    one, other = Customer(externalId="1"), Customer(externalId="2")
    event = by_reference(one)
    event.customer = other
    session.add(one)
    assert session.new == [one]

    session.add(other)
    assert session.new == [one, other, event]


def test_after_a_rollback_the_aggregate_can_be_added_again(session: Session, world: World) -> None:
    customer = Customer(externalId="1")
    event = by_append(customer)
    session.add(customer)
    session.rollback()
    assert session.new == []

    session.add(customer)
    assert session.new == [customer, event]
    session.commit()
    assert stored_events(world, customer) == ["loggedIn"]


def test_what_is_expunged_stays_out(session: Session) -> None:
    customer = Customer(externalId="1")
    event = by_append(customer)
    session.add(customer)
    session.expunge(event)

    assert [operation.entity for operation in session.plan()] == [customer]


@EITHER_SIDE
def test_a_nested_block_that_fails_takes_back_what_it_attached(
    session: Session, attach: Callable[[Customer], Event]
) -> None:
    customer = Customer(externalId="1")
    session.add(customer)
    with pytest.raises(KeyError), session.begin_nested():
        attach(customer)
        raise KeyError

    assert [operation.entity for operation in session.plan()] == [customer]


def test_a_merge_gives_what_hangs_on_an_object_to_its_counterpart(
    session: Session, world: World, ada: Customer
) -> None:
    row = Customer(externalId="ada", base={"firstName": "Ada"})
    event = by_append(row)

    assert session.merge(row, key="externalId") is ada
    assert event.customer is ada
    session.commit()
    assert stored_events(world, ada) == ["loggedIn"]


def test_if_a_part_is_refused_nothing_of_the_aggregate_is_taken_in(world: World, session: Session) -> None:
    customer = Customer(externalId="1")
    event = by_reference(customer)
    with Session(world.node()) as other:
        other.add(event)
        other.expunge(customer)
        with pytest.raises(InvalidRequestError, match="belongs to another session"):
            session.add(event)
        fresh = Customer(externalId="2")
        with pytest.raises(InvalidRequestError, match="belongs to another session"):
            session.add(fresh)
            fresh.events.append(event)
    assert session.new == [fresh]
    assert event.customer is customer


def test_an_entity_that_saves_itself_saves_nothing_else(world: World) -> None:
    node = world.node()
    customer = Customer(node=node, externalId="1")
    event = by_reference(customer)
    customer.post()

    assert event.id is None
    assert stored_events(world, customer) == []
    with pytest.raises(OperationNotPermitted, match="is in no session"):
        customer.events.append(login())


def test_only_what_refers_to_the_root_can_be_appended() -> None:
    with pytest.raises(OperationNotPermitted, match="can be appended"):
        Customer().events.append(Customer())  # type: ignore[arg-type]


def test_a_flush_of_the_root_alone_sends_it_alone(session: Session) -> None:
    customer = Customer(externalId="1")
    event = by_append(customer)
    session.add(customer)
    session.flush([customer])

    assert session.new == [event]


def test_what_hangs_on_a_deleted_root_is_created_before_and_goes_with_it(
    session: Session, ada: Customer, world: World
) -> None:
    by_append(ada)
    session.delete(ada)

    assert [operation.verb for operation in session.plan()] == ["POST", "DELETE"]
    session.commit()
    with Session(world.node()) as other:
        assert other.query(Event).filter(Event.customerId == ada.id).count() == 0
