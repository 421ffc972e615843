"""The transitions of an entity's state: the status that each leads to, and the states that it may not start from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contacthub_orm.orm.entity.entity_state import EntityState, Status, state_of
from contacthub_orm.orm.entity.own_writes import OwnWrites
from contacthub_orm.orm.entity.resource import Key
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book

KEY = Key("books", "1")
OTHER_KEY = Key("books", "2")
SENT_AT = datetime(2020, 1, 1, tzinfo=UTC)


def owner() -> Any:
    """The owner of a session of its own."""
    return opened(Library()).owner


def transient() -> EntityState:
    return state_of(Book())


def pending(by: Any = None) -> EntityState:
    state = transient()
    state.become_pending(by or owner())
    return state


def persistent(by: Any = None) -> EntityState:
    state = transient()
    state.become_persistent(by or owner(), KEY)
    return state


def detached() -> EntityState:
    state = transient()
    state.identify(KEY)
    return state


def to_be_deleted(by: Any = None, *, erase: bool = False) -> EntityState:
    state = persistent(by)
    state.schedule_delete(erase=erase)
    return state


def deleted() -> EntityState:
    state = to_be_deleted()
    state.detach(None)
    state.become_deleted()
    return state


# -- the status -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (transient, Status.TRANSIENT),
        (pending, Status.PENDING),
        (persistent, Status.PERSISTENT),
        (detached, Status.DETACHED),
        (to_be_deleted, Status.DELETED),
        (deleted, Status.DELETED),
    ],
)
def test_each_state_has_its_status(made: Callable[[], EntityState], status: Status) -> None:
    assert made().status is status


def test_a_pending_entity_becomes_persistent_when_it_is_created() -> None:
    by = owner()
    state = pending(by)
    state.become_persistent(by, KEY)

    assert (state.status, state.key, state.identity) == (Status.PERSISTENT, KEY, "1")


def test_a_detached_entity_becomes_persistent_when_a_session_takes_it_in() -> None:
    state = detached()
    state.become_persistent(owner(), KEY)

    assert state.status is Status.PERSISTENT


@pytest.mark.parametrize(("made", "status"), [(pending, Status.TRANSIENT), (persistent, Status.DETACHED)])
def test_an_entity_that_its_session_lets_go_of_keeps_its_identity_if_it_has_one(
    made: Callable[[], EntityState], status: Status
) -> None:
    state = made()
    state.detach(None)

    assert (state.status, state.owner) == (status, None)


def test_an_entity_whose_deletion_is_cancelled_is_persistent_and_not_to_be_erased() -> None:
    state = to_be_deleted(erase=True)
    state.undelete()

    assert (state.status, state.erase) == (Status.PERSISTENT, False)


def test_an_erasure_stays_one_when_the_entity_is_deleted_too() -> None:
    state = to_be_deleted(erase=True)
    state.schedule_delete(erase=False)

    assert state.erase


def test_a_deleted_entity_can_be_made_transient_again() -> None:
    state = deleted()
    state.become_transient()

    assert (state.status, state.key) == (Status.TRANSIENT, None)


def test_a_merged_entity_is_detached_and_says_which_one_stands_for_it() -> None:
    state, other = detached(), Book()
    state.merge_into(other)

    assert (state.status, state.merged_into) == (Status.DETACHED, other)


def test_an_element_has_its_identity_below_its_parent() -> None:
    state, parent = transient(), Book()
    state.become_element(parent, KEY)

    assert (state.status, state.parent, state.key) == (Status.DETACHED, parent, KEY)


def test_a_confirmed_write_ends_what_was_noted_of_it() -> None:
    state = persistent()
    state.send({"title": "Emma"})
    state.fall_in_doubt(SENT_AT, None)
    state.note_own_writes(OwnWrites(frozenset(), SENT_AT))
    state.settle()

    assert (state.in_flight, state.sent_before, state.version_moved) == (None, None, False)
    assert state.status is Status.PERSISTENT


# -- where a transition may not start ---------------------------------------------------------------------------------

ILLEGAL: dict[str, Callable[[], object]] = {
    "identify under another identity": lambda: detached().identify(OTHER_KEY),
    "pending with an identity": lambda: detached().become_pending(owner()),
    "pending when persistent": lambda: persistent().become_pending(owner()),
    "pending in two sessions": lambda: pending().become_pending(owner()),
    "persistent in two sessions": lambda: persistent().become_persistent(owner(), KEY),
    "persistent where another session has it pending": lambda: pending().become_persistent(owner(), KEY),
    "delete when transient": lambda: transient().schedule_delete(erase=False),
    "delete when pending": lambda: pending().schedule_delete(erase=False),
    "delete when detached": lambda: detached().schedule_delete(erase=True),
    "deleted while a session holds it": lambda: to_be_deleted().become_deleted(),
    "transient while a session holds it": lambda: persistent().become_transient(),
    "merged while a session holds it": lambda: persistent().merge_into(Book()),
    "an element while a session holds it": lambda: persistent().become_element(Book(), KEY),
    "the key of one without": lambda: transient().known_key,
}


@pytest.mark.parametrize("transition", ILLEGAL.values(), ids=ILLEGAL.keys())
def test_a_transition_that_may_not_start_here_fails_by_assertion(transition: Callable[[], object]) -> None:
    with pytest.raises(AssertionError):
        transition()
