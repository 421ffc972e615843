"""The end of an atomic block is one decision: what fails before it undoes the block, what comes after changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, JournalError, Session, recover, signals
from contacthub_orm.contacthub.backend.matching_policy import ASSUMED
from contacthub_orm.orm.unit_of_work.journal import read_journal
from tests.support.world import Crash, World, abandon, customer, get, lost, refused, seed, viewed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def extras(world: World) -> list[str]:
    return sorted(str(one.extra) for one in world.customers())


def fail(_: object) -> None:
    raise RuntimeError("mail server down")


def test_a_receiver_of_after_commit_that_raises_undoes_nothing(world: World, path: Path) -> None:
    [one, doomed] = seed(world, "a", "b")
    with Session(world.node(), journal=path) as session:
        with (
            signals.after_commit.connected_to(fail),
            pytest.raises(RuntimeError, match="mail server down") as caught,
            session.begin(atomic=True),
        ):
            changed = get(session, one)
            changed.extra = "new"
            session.delete(get(session, doomed))
        assert not hasattr(caught.value, "__notes__")
        assert [entry.outcome for entry in session.account] == ["done", "done"]
        assert (changed.extra, session.dirty, session.deleted) == ("new", [], [])
    assert extras(world) == ["new"]
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_after_commit_is_sent_once_the_end_is_recorded(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:

        def look(_: object) -> None:
            journal = session._flusher.journal
            assert journal is not None
            held.append((journal.block, journal.records()))

        held: list[Any] = []
        with signals.after_commit.connected_to(look), session.begin(atomic=True):
            session.add(customer("a"))
            session.commit()  # in the block, this only flushes
            assert held == []
        assert held == [(None, [])]


def test_a_kill_in_a_receiver_of_after_commit_leaves_nothing_to_recover(world: World, path: Path) -> None:
    def kill(_: object) -> None:
        raise Crash

    session = Session(world.node(), journal=path)
    with signals.after_commit.connected_to(kill), pytest.raises(Crash), session.begin(atomic=True):
        session.add(customer("a", extra="new"))
    abandon(session)
    assert str(recover(world.node(), path)) == "nothing to recover"
    assert extras(world) == ["new"]


@pytest.mark.parametrize("signal", [signals.before_commit, signals.after_flush])
def test_a_receiver_that_raises_before_the_end_undoes_the_block(
    world: World, path: Path, signal: Any
) -> None:
    with Session(world.node(), journal=path) as session:
        with pytest.raises(RuntimeError), session.begin(atomic=True):
            session.add(customer("a"))
            session.flush()
            with signal.connected_to(fail):
                session.add(customer("b"))
                session.flush()
                session.commit()
            raise RuntimeError
        assert session.new == []
    assert world.customers() == []


@pytest.mark.parametrize("journalled", [False, True])
def test_an_operation_that_was_done_before_another_was_interrupted_is_undone(
    world: World, path: Path, *, journalled: bool
) -> None:
    """A receiver of `before_request` that raises ends the flush without an account."""
    ids = seed(world, "a", "b", "c")
    requests: list[str] = []

    def refuse_the_second(_: object, *, method: str, **__: object) -> None:
        requests.append(method)
        if requests.count("PATCH") == 2:
            requests.append("PATCH")  # only once
            raise RuntimeError("not this one")

    with Session(world.node(), journal=path if journalled else None) as session:
        with (
            signals.before_request.connected_to(refuse_the_second),
            pytest.raises(RuntimeError, match="not this one"),
            session.begin(atomic=True),
        ):
            for one in ids:
                get(session, one).extra = "new"
        assert [get(session, one).extra for one in ids] == [None] * 3
        assert session.dirty == []
    assert extras(world) == ["None"] * 3


def test_what_an_earlier_flush_has_done_is_undone_when_a_later_one_fails(world: World, path: Path) -> None:
    node = world.node()
    [one] = seed(world, "a")
    with Session(node, journal=path) as session:
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            get(session, one).extra = "1"
            session.flush()
            session.add(customer("b"))
            session.flush()
            get(session, one).extra = "2"
            session.add(customer("c"))
            world.fault(node, 1, "before", refused())
        undone = [(one.entry.request.method, one.reason) for one in caught.value.undone]
        assert undone[-2:] == [("POST", None), ("PATCH", None)]
        assert {reason for _, reason in undone} == {None}
    assert [(one.externalId, one.extra) for one in world.customers()] == [("a", None)]
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_a_receiver_that_raises_during_the_undo_keeps_nothing_else_from_being_undone(world: World) -> None:
    ids = seed(world, "a", "b", "c")
    undoing: list[str] = []

    def refuse_the_first(_: object, *, method: str, **__: object) -> None:
        if undoing and method == "PATCH":
            undoing.append(method)
            if len(undoing) == 2:
                raise RuntimeError("not now")

    with Session(world.node()) as session:
        with (
            signals.before_request.connected_to(refuse_the_first),
            pytest.raises(ValueError, match="the user's") as caught,
            session.begin(atomic=True),
        ):
            for one in ids:
                get(session, one).extra = "new"
            session.flush()
            undoing.append("from here")
            raise ValueError("the user's code fails")
        assert len(caught.value.__notes__) == 1
        assert "RuntimeError" in caught.value.__notes__[0]
    assert extras(world) == ["None", "None", "new"]


# -- a kill: after an inner flush, and in the undo ---------------------------------------------------------------------


def test_a_block_that_is_killed_after_an_inner_flush_is_undone_by_a_recovery(
    world: World, path: Path
) -> None:
    ids = seed(world, "a", "b")
    session = Session(world.node(), journal=path)
    with pytest.raises(Crash), session.begin(atomic=True):
        for one in ids:
            get(session, one).extra = "new"
        session.flush()
        session.add(customer("c"))
        session.flush()
        get(session, ids[0]).extra = "newer"
        session.flush()
        raise Crash
    abandon(session)
    assert read_journal(path)[1]
    report = recover(world.node(), path)
    assert report.complete
    assert len(report.confirmed) == len(report.undone) == 4
    assert extras(world) == ["None", "None"]


@contextmanager
def killing(phase: str, number: int) -> Iterator[None]:
    """Die before or after the n-th write from 0, once `armed` is called."""
    left = [number]

    def strike(*_: object, method: str, **__: object) -> None:
        if armed and method != "GET":
            left[0] -= 1
            if left[0] == -1:
                raise Crash

    signal = signals.before_request if phase == "before" else signals.after_response
    with signal.connected_to(strike):
        yield


armed: list[bool] = []


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    armed.clear()


UNDOING = 5
"""The writes of the undo below."""


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("number", range(UNDOING))
def test_an_undo_that_is_killed_at_any_step_is_finished_by_a_recovery(
    world: World, path: Path, number: int, *, twice: bool
) -> None:
    """The same customer is changed twice, and another created: a step is undone only on top of the later ones."""
    ids = seed(world, "a", "b")

    def block(session: Session) -> None:
        with session.begin(atomic=True):
            for one in ids:
                get(session, one).extra = "1"
            new = customer("c")
            session.add_all([new, viewed(new)])
            session.flush()
            get(session, ids[0]).extra = "2"
            session.flush()
            armed.append(True)
            raise ValueError

    session = Session(world.node(), journal=path)
    with killing("before", number), pytest.raises(Crash):
        block(session)
    assert session.dirty == session.new == []
    with pytest.raises(JournalError, match="interrupted"):
        session.flush()
    abandon(session)
    if twice:
        with killing("before", 0), suppress(Crash):
            recover(world.node(), path)
    armed.clear()
    report = recover(world.node(), path)
    assert report.complete, str(report)
    assert extras(world) == ["None", "None"]
    assert world.events() == []


def test_what_an_earlier_commit_left_in_doubt_is_finished_and_not_undone_with_a_block(
    world: World, path: Path
) -> None:
    node = world.node()
    [one] = seed(world, "a")
    session = Session(node, journal=path, on_error="continue")
    session.add(customer("lost"))
    world.fault(node, 0, "after")
    with pytest.raises(CommitError):
        session.commit()
    changed, journal = get(session, one), session._flusher.journal
    assert journal is not None
    changed.extra = "new"
    plan = session._flusher.plan([changed])  # as a block sends it while the creation stays in doubt
    journal.begin(plan, node.backend.sending(), atomic=True, keep=session._in_doubt.operations())
    abandon(session)
    report = recover(world.node(), path)
    assert [operation.verb for operation in report.adopted] == ["POST"]
    assert report.undone == []
    assert sorted((str(one.externalId), one.extra) for one in world.customers()) == [
        ("a", None),
        ("lost", None),
    ]


# -- interrupts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("flushed", [False, True])
def test_an_interrupt_leaves_what_a_plain_block_leaves(
    world: World, interrupt: type[BaseException], *, flushed: bool
) -> None:
    def left_by(**block: bool) -> Any:
        [one, doomed] = seed(world, *"ab")
        with Session(world.node()) as session:
            changed = get(session, one)
            changed.tags.manual.append("before")
            session.add(customer("before"))
            with pytest.raises(interrupt), session.begin(**block):
                changed.extra = "flushed"
                if flushed:
                    session.flush()
                changed.base.firstName = "in the block"
                session.add(customer("in the block"))
                session.delete(get(session, doomed))
                raise interrupt
            names = sorted(str(held.externalId) for held in session)
            state = (changed.to_dict()["tags"], changed.extra, changed.base.firstName, names)
            left = (state, session.new, session.dirty, session.deleted, len(session.account))
        found = sorted((str(one.externalId), one.extra) for one in world.customers())
        world.sandbox.reset()
        return left, found

    assert left_by(atomic=True) == left_by()


def test_a_block_that_was_interrupted_is_undone_by_a_recovery_and_by_nothing_else(
    world: World, path: Path
) -> None:
    [one] = seed(world, "a")
    with Session(world.node(), journal=path) as session:
        with pytest.raises(KeyboardInterrupt), session.begin(atomic=True):
            get(session, one).extra = "new"
            session.flush()
            raise KeyboardInterrupt
        get(session, one).extra = "newer"
        for going_on in going_ons(session):
            with pytest.raises(JournalError, match="interrupted"):
                going_on()
        assert session.dirty != []
    assert recover(world.node(), path).complete
    assert extras(world) == ["None"]
    Session(world.node(), journal=path).close()


def going_ons(session: Session) -> list[Callable[[], object]]:
    def block() -> None:
        with session.begin(atomic=True):
            pass

    return [session.commit, session.flush, block]


def test_an_interrupt_before_anything_was_flushed_leaves_the_journal_usable(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session, ExitStack():
        with pytest.raises(KeyboardInterrupt), session.begin(atomic=True):
            session.add(customer("a"))
            raise KeyboardInterrupt
        session.add(customer("b"))
        assert session.commit().succeeded
    assert [str(one.externalId) for one in world.customers()] == ["b"]


def test_a_session_that_was_closed_in_a_block_leaves_it_to_a_recovery(world: World, path: Path) -> None:
    [one] = seed(world, "a")
    session = Session(world.node(), journal=path)
    with pytest.raises(ValueError, match="closed"), session.begin(atomic=True):
        get(session, one).extra = "new"
        session.flush()
        session.close()
        raise ValueError("closed")
    assert recover(world.node(), path).complete
    assert extras(world) == ["None"]


def test_a_block_that_ended_is_not_undone_by_the_next_ones_failure(world: World, path: Path) -> None:
    [one] = seed(world, "a")
    session = Session(world.node(), journal=path)
    with session.begin(atomic=True):
        get(session, one).extra = "1"
    with pytest.raises(Crash), session.begin(atomic=True):
        found = session.query(Customer).one()
        found.extra = "2"
        session.flush()
        raise Crash
    abandon(session)
    assert recover(world.node(), path).complete
    assert extras(world) == ["1"]


def test_a_creation_that_a_block_leaves_in_doubt_is_never_sent_by_a_recovery(
    world: World, path: Path
) -> None:
    node = world.node(matching=None)
    session = Session(node, journal=path)
    world.fault(node, 0, "before", lost())
    node.backend._policy = lambda: ASSUMED  # type: ignore[method-assign]
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        session.add(customer("a"))
    assert [one.reason is None for one in caught.value.undone] == [False]
    abandon(session)
    world.clock.advance(120)
    recover(world.node(), path)
    assert world.customers() == []
