"""A write whose outcome is unknown stays with its entity, in whatever session or process that is saved next."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import (
    CommitError,
    Customer,
    Event,
    InvalidRequestError,
    Session,
    inspect,
    make_transient,
    recover,
)
from contacthub_orm.sandbox import Fault, Sandbox
from tests.support.world import World, customer, get, seed, viewed


def _with_lost_event(world: World, phase: str = "after") -> tuple[Session, Event]:
    """A session that got no answer to the creation of an event."""
    session = Session(world.node())
    event = viewed(get(session, seed(world, "ada")[0]))
    session.add(event)
    _lose(world, session, phase)
    return session, event


def _lose(world: World, session: Session, phase: str = "after") -> CommitError:
    world.fault(session.bind, 0, phase)
    with pytest.raises(CommitError) as caught:
        session.commit()
    return caught.value


def _hand_over(entity: Any, session: Session) -> Any:
    session.close()
    return entity


def _expunge(entity: Any, session: Session) -> Any:
    session.expunge_all()
    return entity


def _pickled(entity: Any, session: Session) -> Any:
    found = pickle.loads(pickle.dumps(entity))
    session.close()
    return found


def _copied(entity: Any, session: Session) -> Any:
    found = copy.copy(entity)
    session.close()
    return found


def _deeply_copied(entity: Any, session: Session) -> Any:
    found = copy.deepcopy(entity)
    session.close()
    return found


WAYS = pytest.mark.parametrize("move", [_hand_over, _expunge, _pickled, _copied, _deeply_copied])
Move = Callable[[Any, Session], Any]


@WAYS
def test_a_creation_that_took_effect_is_not_repeated_by_another_session(world: World, move: Move) -> None:
    session, event = _with_lost_event(world)
    moved = move(event, session)

    with Session(world.node()) as other:
        other.add(moved)
        account = other.commit()

    assert [entry.outcome for entry in account] == ["done"]
    assert len(world.events()) == 1
    assert inspect(moved).identity is not None
    assert not inspect(moved).unsettled


@WAYS
def test_a_creation_that_did_not_take_effect_is_sent_by_another_session(world: World, move: Move) -> None:
    session, event = _with_lost_event(world, "before")
    moved = move(event, session)

    with Session(world.node()) as other:
        other.add(moved)
        other.commit()

    assert len(world.events()) == 1


@WAYS
def test_an_update_that_took_effect_is_not_repeated_by_another_session(world: World, move: Move) -> None:
    session = Session(world.node())
    one = get(session, seed(world, "ada")[0])
    one.extra = "changed"
    _lose(world, session)
    moved = move(one, session)
    world.sandbox.clear_requests()

    with Session(world.node()) as other:
        other.add(moved)
        other.commit()
        assert other.dirty == []

    assert world.writes() == []
    assert [one.extra for one in world.customers()] == ["changed"]


def test_a_deletion_that_took_effect_is_known_to_another_session(world: World) -> None:
    session = Session(world.node())
    one = get(session, seed(world, "ada")[0])
    session.delete(one)
    remaining = _lose(world, session).remaining
    session.close()

    with Session(world.node()) as other:
        other.add_all(remaining)
        other.commit()

        assert inspect(one).deleted
        assert one not in other


def test_a_copy_that_is_made_transient_is_an_entity_of_its_own(world: World) -> None:
    session, event = _with_lost_event(world)
    second = copy.copy(event)
    make_transient(second)

    session.add(second)
    session.commit()

    assert len(world.events()) == 2


def test_an_entity_that_is_made_transient_is_no_longer_in_doubt(world: World) -> None:
    _session, event = _with_lost_event(world)

    make_transient(event)

    assert not inspect(event).unsettled


def test_what_was_loaded_after_the_loss_may_be_what_was_created(world: World) -> None:
    session, event = _with_lost_event(world)
    found = session.query(Event).all()

    session.commit()

    assert len(world.events()) == 1
    assert inspect(event).merged_into is found[0]


def test_equal_events_of_the_first_session_are_not_taken_for_the_lost_one(world: World) -> None:
    session = Session(world.node())
    of = get(session, seed(world, "ada")[0])
    first = viewed(of)
    session.add(first)
    session.commit()
    second = viewed(of, date=first.date)
    session.add(second)
    _lose(world, session, "before")
    moved = pickle.loads(pickle.dumps(second))
    session.close()

    with Session(world.node()) as other:
        other.add(moved)
        other.commit()

    assert len(world.events()) == 2


def test_a_write_in_doubt_at_another_node_is_refused(world: World) -> None:
    session, event = _with_lost_event(world)
    moved = pickle.loads(pickle.dumps(event))
    session.close()

    with Sandbox() as elsewhere, Session(elsewhere.node) as other:
        with pytest.raises(InvalidRequestError, match="has an unknown outcome"):
            other.add(moved)
        assert other.new == []


def test_a_session_with_a_journal_takes_a_write_in_doubt_over(world: World, tmp_path: Path) -> None:
    session, event = _with_lost_event(world)
    session.close()

    with Session(world.node(), journal=tmp_path / "journal") as other:
        other.add(event)
        other.add(customer("bob"))
        assert other.commit().succeeded

    assert len(world.events()) == 1
    assert recover(world.node(), tmp_path / "journal").complete


def test_a_creation_that_an_atomic_block_could_not_look_up_is_looked_up_when_it_is_added_again(
    world: World,
) -> None:
    session = Session(world.node())
    event = viewed(get(session, seed(world, "ada")[0]))
    world.fault(session.bind, 0, "after")
    world.sandbox.faults = [Fault.status(403, method="GET")]
    with pytest.raises(CommitError), session.begin(atomic=True):
        session.add(event)
    world.sandbox.clear_faults()

    session.add(event)
    session.commit()

    assert len(world.events()) == 1


def test_an_expunged_entity_keeps_its_doubt_and_its_edits(world: World) -> None:
    session = Session(world.node())
    one = customer("ada")
    session.add(one)
    _lose(world, session)

    session.expunge(one)

    assert inspect(one).unsettled
    assert one.externalId == "ada"
    assert isinstance(one, Customer)
