"""`commit(atomic=True)`: all, or what the commit did is undone and all changes are pending again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, InvalidRequestError, Session, recover, signals
from contacthub_orm.errors import BadRequestError, ValidationError
from tests.support.world import Crash, World, abandon, customer, get, seed, viewed


def no() -> BadRequestError:
    return BadRequestError(status=400, message="no", method="POST", url="somewhere")


def stored(world: World) -> dict[str | None, str | None]:
    return {one.externalId: one.extra for one in world.customers()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def test_a_success_is_the_account_of_a_commit(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        session.add_all([customer("a"), customer("b")])
        account = session.commit(atomic=True)
        assert [entry.outcome for entry in account] == ["done", "done"]
        assert session.account is account
        assert not session.new
    assert set(stored(world)) == {"a", "b"}
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_a_failure_undoes_what_was_done_and_leaves_every_change_pending(world: World) -> None:
    [first, second, gone] = seed(world, "a", "b", "c")
    node = world.node()
    with Session(node) as session:
        one, two, doomed = get(session, first), get(session, second), get(session, gone)
        one.extra, two.extra = "one", "two"
        one.tags.manual.append("vip")
        fresh = customer("d")
        event = viewed(fresh)
        session.add(event)
        session.delete(doomed)
        world.fault(node, 3, "before", no())
        with pytest.raises(CommitError) as caught:
            session.commit(atomic=True)
        assert [undone.reason for undone in caught.value.undone] == [None, None, None]
        assert stored(world) == {"a": None, "b": None, "c": None}
        assert set(session.new) == {fresh, event}
        assert set(session.dirty) == {one, two}
        assert session.deleted == [doomed]
        assert (one.extra, one.tags.manual, two.extra, event.customer) == (
            "one",
            ["one", "vip"],
            "two",
            fresh,
        )
        assert session.commit(atomic=True).succeeded
    assert stored(world) == {"a": "one", "b": "two", "d": None}
    assert len(world.events()) == 1


def test_what_an_earlier_flush_sent_stays(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(customer("early"))
        session.flush()
        session.add_all([customer("a"), customer("b")])
        world.fault(node, 1, "before", no())
        with pytest.raises(CommitError):
            session.commit(atomic=True)
        assert {one.externalId for one in session.new} == {"a", "b"}
    assert set(stored(world)) == {"early"}


def test_a_broken_rule_sends_nothing_even_if_errors_are_to_be_passed_over(world: World) -> None:
    with Session(world.node(), on_error="continue") as session:
        bad = customer("bad")
        bad.base.contacts.email = "no address"
        session.add_all([customer("a"), bad])
        with pytest.raises(ValidationError):
            session.commit(atomic=True)
        assert len(session.new) == 2
    assert world.writes() == []


def test_an_answer_that_was_lost_is_looked_up_and_undone(world: World) -> None:
    [first, second] = seed(world, "a", "b")
    node = world.node()
    with Session(node) as session:
        one, two = get(session, first), get(session, second)
        one.extra, two.extra = "one", "two"
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit(atomic=True)
        assert stored(world) == {"a": None, "b": None}
        assert session.commit(atomic=True).succeeded
    assert stored(world) == {"a": "one", "b": "two"}


def test_a_receiver_that_raises_leaves_the_session_as_it_was_at_the_call(world: World) -> None:
    def meddle(session: Any) -> None:
        session.add(customer("late"))
        raise RuntimeError("not today")

    with Session(world.node()) as session:
        session.add(customer("a"))
        with signals.before_commit.connected_to(meddle), pytest.raises(RuntimeError):
            session.commit(atomic=True)
        assert [one.externalId for one in session.new] == ["a"]
    assert world.writes() == []


def test_in_an_atomic_block_it_is_part_of_the_block(world: World) -> None:
    with Session(world.node()) as session, pytest.raises(RuntimeError), session.begin(atomic=True):
        session.add(customer("a"))
        assert session.commit(atomic=True).succeeded
        raise RuntimeError
    assert stored(world) == {}


def test_in_a_plain_block_it_is_a_commit_of_its_own(world: World) -> None:
    node = world.node()
    with Session(node) as session, session.begin():
        session.add_all([customer("a"), customer("b")])
        world.fault(node, 1, "before", no())
        with pytest.raises(CommitError):
            session.commit(atomic=True)
        assert stored(world) == {}
    assert set(stored(world)) == {"a", "b"}


def test_a_deletion_before_a_write_is_refused_and_stays_pending(world: World) -> None:
    [first] = seed(world, "a")
    with Session(world.node()) as session:
        session.delete(get(session, first))
        session.add(customer("a", extra="anew"))
        with pytest.raises(InvalidRequestError, match="cannot delete before it writes"):
            session.commit(atomic=True)
        assert (len(session.new), len(session.deleted)) == (1, 1)
        assert session.commit().succeeded
    assert stored(world) == {"a": "anew"}


def test_a_killed_commit_is_undone_by_a_recovery(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add_all([customer("a"), customer("b")])
    world.fault(node, 1, "before", Crash())
    with pytest.raises(Crash):
        session.commit(atomic=True)
    assert {one.externalId for one in session.new} >= {"b"}
    abandon(session)
    assert recover(world.node(), path).complete
    assert stored(world) == {}


def test_an_undo_that_is_interrupted_leaves_the_changes_pending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> Iterator[Any]:
        raise KeyboardInterrupt

    node = world.node()
    [first] = seed(world, "a")
    with Session(node) as session:
        one = get(session, first)
        one.extra = "one"
        fresh = customer("b")
        session.add(fresh)
        world.fault(node, 0, "before", no())
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("contacthub_orm.orm.session.transaction.blocks.compensate", stop)
            session.commit(atomic=True)
        assert (one.extra, session.new) == ("one", [fresh])
        assert session.commit().succeeded
    assert stored(world) == {"a": "one", "b": None}


def test_a_commit_within_a_flush_is_refused(world: World) -> None:
    def meddle(session: Any) -> None:
        session.commit(atomic=True)

    with Session(world.node()) as session:
        session.add(customer("a"))
        with (
            signals.before_flush.connected_to(meddle),
            pytest.raises(InvalidRequestError, match="already flushing"),
        ):
            session.commit()
        assert len(session.new) == 1
