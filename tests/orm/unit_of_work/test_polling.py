"""Attempts until a deadline, and what "not found" proves until the settle time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contacthub_orm import CommitError, Customer, CustomerSession, Session, StaleDataError
from contacthub_orm.contacthub import Node
from contacthub_orm.errors import NotFoundError
from contacthub_orm.orm import Outcome
from contacthub_orm.orm.unit_of_work.polling import attempts
from tests.orm.fakes import Library
from tests.support.world import World, customer, refused, viewed


@pytest.mark.parametrize(
    ("seconds", "longest", "at"),
    [
        (0, 5.0, [0]),
        (-1, 5.0, [0]),
        (1, 5.0, [0, 1]),
        (10, float("inf"), [0, 1, 3, 7, 10]),
        (10, 2.0, [0, 1, 3, 5, 7, 9, 10]),
    ],
)
def test_pauses_double_up_to_the_longest_and_end_at_the_deadline(
    seconds: float, longest: float, at: list[float]
) -> None:
    library = Library()
    start = library.now()
    seen = [
        ((library.now() - start).total_seconds(), is_last)
        for is_last in attempts(library, start + timedelta(seconds=seconds), pause=1.0, longest_pause=longest)
    ]

    assert [when for when, _ in seen] == at
    assert [is_last for _, is_last in seen] == [False] * (len(at) - 1) + [True]


def test_nothing_waits_after_an_attempt_that_is_enough() -> None:
    library = Library()
    start = library.now()
    for _ in attempts(library, start + timedelta(seconds=10), pause=1.0):
        break

    assert library.now() == start


def hide(world: World, node: Node, seconds: float, methods: tuple[str, ...] = ("GET",)) -> None:
    """Have the service answer 404 about single entities for some time, as if it had not stored them yet."""
    until = world.clock.now() + timedelta(seconds=seconds)

    def observe(method: str, path: str) -> None:
        if method in methods and not path.endswith("customers") and world.clock.now() < until:
            raise NotFoundError(status=404, message="not found", method=method, url=path)

    node.workspace.transport.observers.append(observe)  # type: ignore[attr-defined]


def lose(session: Session) -> None:
    with pytest.raises(CommitError):
        session.commit()


def with_new_customer(node: Node, *, check_version: bool = False) -> tuple[Session, Customer]:
    session = Session(node, check_version=check_version)
    bruce = customer("bruce", extra="old")
    session.add(bruce)
    session.commit()
    return session, bruce


def test_a_lost_delete_of_an_event_that_is_not_stored_yet_is_sent_again(world: World) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    world.sandbox.configure(search_delay=45)
    event = viewed(bruce)
    session.add(event)
    session.commit()
    session.delete(event)
    world.fault(node, 0, "before")
    lose(session)
    assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert world.events() == []


def test_a_lost_update_of_a_customer_that_is_not_shown_yet_is_no_conflict(world: World) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    bruce.extra = "new"
    world.fault(node, 0, "before")
    lose(session)
    hide(world, node, 30)
    assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert [one.extra for one in world.customers()] == ["new"]


def test_a_lost_update_of_a_customer_that_was_deleted_is_a_conflict_once_the_settle_time_is_over(
    world: World,
) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    bruce.extra = "new"
    world.fault(node, 0, "before")
    lose(session)
    world.node().delete_customer(str(bruce.id))
    with pytest.raises(CommitError) as caught:
        session.commit()
    assert [type(error) for error in caught.value.exceptions] == [StaleDataError]
    assert world.writes() == ["POST customers", "DELETE customers"]


def test_a_version_check_waits_for_what_was_stored_lately(world: World) -> None:
    node = world.node()
    session, bruce = with_new_customer(node, check_version=True)
    bruce.extra = "new"
    hide(world, node, 30)
    assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert [one.extra for one in world.customers()] == ["new"]


def test_a_version_check_does_not_wait_for_what_was_stored_long_ago(world: World) -> None:
    node = world.node()
    session, bruce = with_new_customer(node, check_version=True)
    world.clock.advance(600)
    world.node().delete_customer(str(bruce.id))
    bruce.extra = "new"
    start = world.clock.now()
    with pytest.raises(CommitError) as caught:
        session.commit()
    assert [type(error) for error in caught.value.exceptions] == [StaleDataError]
    assert world.clock.now() - start < timedelta(seconds=1)


@pytest.mark.parametrize(("seconds", "outcome"), [(30, Outcome.FAILED), (90, Outcome.DONE)])
def test_a_repeated_delete_that_is_not_found_is_done_if_the_entity_stays_away(
    world: World, seconds: float, outcome: Outcome
) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    session.delete(bruce)
    world.fault(node, 0, "before")
    lose(session)
    transport = node.workspace.transport

    def vanish(method: str, path: str) -> None:
        if method == "DELETE":
            transport.observers.remove(vanish)  # type: ignore[attr-defined]
            hide(world, node, seconds)
            raise NotFoundError(status=404, message="not found", method=method, url=path)

    transport.observers.append(vanish)  # type: ignore[attr-defined]
    try:
        account = session.commit()
    except CommitError as error:
        account = error.account
    assert [entry.outcome for entry in account] == [outcome]


def test_a_first_delete_that_is_not_found_has_failed(world: World) -> None:
    session, bruce = with_new_customer(world.node())
    world.node().delete_customer(str(bruce.id))
    session.delete(bruce)
    with pytest.raises(CommitError) as caught:
        session.commit()
    assert [type(error) for error in caught.value.exceptions] == [NotFoundError]


def test_an_update_of_a_customer_that_is_not_shown_yet_is_undone(world: World) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    world.fault(node, 1, "before", refused())

    def hide_now(method: str, _: str) -> None:
        if method == "POST":
            hide(world, node, 30)

    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        bruce.extra = "new"
        session.flush()
        node.workspace.transport.observers.append(hide_now)  # type: ignore[attr-defined]
        session.add(customer("refused"))
    assert [one.reason for one in caught.value.undone] == [None]
    assert [one.extra for one in world.customers()] == ["old"]


def test_a_lost_session_below_a_customer_that_is_not_shown_yet_is_looked_for_until_it_is(
    world: World,
) -> None:
    node = world.node()
    session, bruce = with_new_customer(node)
    session.add(CustomerSession(customer=bruce, value="s-1"))
    world.fault(node, 0, "after")
    lose(session)
    hide(world, node, 30)
    assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert world.writes() == ["POST customers", "POST customers"]
