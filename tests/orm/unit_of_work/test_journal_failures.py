"""A journal that cannot write: an error before the commit point, and no obstacle after it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from contacthub_orm import CommitError, ContacthubError, Customer, JournalError, Session, recover
from contacthub_orm.orm import Account
from contacthub_orm.orm.unit_of_work.journal import read_journal
from tests.support.disk import no_room_for
from tests.support.world import Crash, World, abandon, customer, get, refused, seed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def later() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def at_first_write(world: World, do: Callable[[], object]) -> None:
    """Do something once, when the first request of a commit is about to be sent: after the commit point."""
    transport = world.transports[0]
    start = transport.writes

    def look(method: str, _: str) -> None:
        if method != "GET" and transport.writes == start:
            do()

    transport.observers.append(look)


def fills_up(world: World, path: Path, later: ExitStack) -> None:
    """The disk is full from the commit point on, until `later` is closed."""
    at_first_write(world, lambda: later.enter_context(no_room_for(path)))


def extras(world: World) -> list[str | None]:
    return [one.extra for one in world.customers()]


def change_all(session: Session, ids: list[str], extra: str) -> None:
    for one in ids:
        get(session, one).extra = extra


def test_a_disk_that_fills_up_after_the_commit_point_stops_nothing(
    world: World, path: Path, later: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    ids = seed(world, "a", "b", "c")
    with Session(world.node(), journal=path) as session:
        change_all(session, ids, "new")
        fills_up(world, path, later)
        with caplog.at_level(logging.WARNING, logger="contacthub_orm"):
            account = session.commit()
        assert [entry.outcome for entry in account] == ["done"] * 3
        assert session.account == account
        assert session.dirty == []
        [warning] = caplog.messages
        assert "cannot be written" in warning
        later.close()
        change_all(session, ids, "newer")
        assert session.commit().succeeded
    assert extras(world) == ["newer"] * 3
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_a_commit_error_says_that_the_journal_could_not_follow(
    world: World, path: Path, later: ExitStack
) -> None:
    node = world.node()
    ids = seed(world, "a", "b")
    with Session(node, journal=path) as session:
        change_all(session, ids, "new")
        world.fault(node, 1, "before", refused())
        fills_up(world, path, later)
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == ["done", "failed"]
        assert any("cannot be written" in note for note in caught.value.__notes__)
        later.close()
        assert [entry.outcome for entry in session.commit()] == ["done"]


def test_what_was_not_marked_is_looked_up_by_a_recovery(world: World, path: Path, later: ExitStack) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add_all([customer("a"), customer("b")])
    fills_up(world, path, later)
    world.fault(node, 1, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()
    later.close()
    report = recover(world.node(), path)
    assert (len(report.adopted), len(report.sent), report.complete) == (1, 1, True)
    assert len(world.customers()) == 2


def test_the_end_of_a_commit_is_written_when_the_session_closes_if_there_is_room_again(
    world: World, path: Path, later: ExitStack
) -> None:
    with Session(world.node(), journal=path) as session:
        session.add(customer("a"))
        fills_up(world, path, later)
        session.commit()
        later.close()
    assert read_journal(path)[2] == []


def test_a_session_that_closes_without_room_leaves_its_commit_to_a_recovery(
    world: World, path: Path, later: ExitStack
) -> None:
    with Session(world.node(), journal=path) as session:
        session.add(customer("a"))
        fills_up(world, path, later)
        session.commit()
    later.close()
    with pytest.raises(JournalError, match="run recover"):
        Session(world.node(), journal=path)
    assert recover(world.node(), path).complete
    assert len(world.customers()) == 1


def test_no_room_for_the_plan_is_an_error_before_anything_is_sent(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        session.add_all([customer("a"), customer("b")])
        for _ in range(2):
            with no_room_for(path), pytest.raises(JournalError, match="cannot be written"):
                session.commit()
            assert world.writes() == []
            assert len(session.new) == 2
        assert session.commit().succeeded
    assert len(world.customers()) == 2


def test_no_room_for_a_second_plan_keeps_what_is_in_doubt(world: World, path: Path) -> None:
    node = world.node()
    with Session(node, journal=path, on_error="continue") as session:
        session.add(customer("lost"))
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.add(customer("a"))
        world.sandbox.configure(search_delay=3600)
        with no_room_for(path), pytest.raises(JournalError):
            session.commit()
        assert len(read_of(session)) == 1
        world.sandbox.configure(search_delay=0)
        session.commit()
    assert sorted(str(one.externalId) for one in world.customers()) == ["a", "lost"]


def read_of(session: Session) -> list[object]:
    journal = session._flusher.journal
    assert journal is not None
    return [*journal.records()]


@pytest.mark.parametrize("gone", ["the file", "the log beside it", "both", "replaced"])
def test_a_journal_that_was_removed_is_an_error_before_anything_is_sent(
    world: World, path: Path, gone: str
) -> None:
    with Session(world.node(), journal=path) as session:
        session.add(customer("a"))
        if gone != "the log beside it":
            path.unlink()
        if gone in ("the log beside it", "both"):
            Path(f"{path}-wal").unlink()
        if gone == "replaced":
            path.write_bytes(b"")
        with pytest.raises(JournalError, match="was removed or replaced"):
            session.commit()
        assert world.writes() == []
        assert len(session.new) == 1


def test_a_journal_that_is_removed_after_the_commit_point_stops_nothing(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        session.add_all([customer("a"), customer("b")])
        at_first_write(world, path.unlink)
        assert session.commit().succeeded
        assert session.new == []


def test_the_error_of_a_journal_is_none_of_sqlites(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        journal = session._flusher.journal
        assert journal is not None
        for statement in ("drop table operation", "drop table meta"):
            journal._connection.execute(statement)
        session.add(customer("a"))
        with pytest.raises(JournalError) as caught:
            session.commit()
        assert isinstance(caught.value.__cause__, sqlite3.Error)


@pytest.mark.parametrize("deletes", [False, True])
def test_an_atomic_commit_whose_end_cannot_be_recorded_is_undone(
    world: World, path: Path, later: ExitStack, *, deletes: bool
) -> None:
    *ids, doomed = seed(world, "a", "b", "c")
    with Session(world.node(), journal=path) as session:
        fills_up(world, path, later)
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            change_all(session, ids, "new")
            if deletes:
                session.delete(get(session, doomed))
        assert [entry.outcome for entry in caught.value.account] == ["done"] * (2 + deletes)
        assert [one.reason for one in caught.value.undone if one.reason] == [
            "a delete cannot be undone"
        ] * deletes
        [cause] = caught.value.exceptions
        assert isinstance(cause, JournalError)
        assert [get(session, one).extra for one in ids] == [None, None]
        later.close()
        change_all(session, ids, "newer")
        assert session.commit().succeeded
    assert sorted(map(str, extras(world))) == [*([] if deletes else ["None"]), "newer", "newer"]
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_a_recovery_undoes_nothing_of_a_block_that_was_undone_without_a_record(
    world: World, path: Path, later: ExitStack
) -> None:
    ids = seed(world, "a", "b")
    session = Session(world.node(), journal=path)
    fills_up(world, path, later)
    with pytest.raises(CommitError), session.begin(atomic=True):
        change_all(session, ids, "new")
    abandon(session)
    later.close()
    writes = world.writes()
    assert recover(world.node(), path).complete
    assert world.writes() == writes
    assert extras(world) == [None, None]


def test_a_recovery_that_cannot_write_sends_nothing_and_can_be_run_again(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    world.fault(node, 0, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()
    writes = len(world.writes())
    limited = world.node()
    world.transports[-1].observers.append(lambda *_: shrink(path))
    with pytest.raises(JournalError, match="cannot be written"):
        recover(limited, path)
    assert len(world.writes()) == writes
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("drop trigger no_room")
    assert recover(world.node(), path).complete
    assert len(world.customers()) == 1


def shrink(path: Path) -> None:
    """From now on nothing in the journal can be changed; another connection could not say so, for the lock."""
    from contacthub_orm.orm.unit_of_work import journal_file

    [opened] = [one for one in journal_file._open_journals if one.path == path and one.is_open]
    opened._connection.execute(
        "create trigger if not exists no_room before update on operation begin select raise(abort, 'no room'); end"
    )


def test_the_account_of_a_commit_without_changes_needs_no_journal(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session, no_room_for(path):
        assert session.commit() == Account([])
        with session.begin(atomic=True):
            assert session.query(Customer).all() == []


def test_what_was_looked_up_before_a_journal_failed_is_in_the_account(world: World, path: Path) -> None:
    node = world.node()
    with Session(node, journal=path) as session:
        session.add(customer("ada"))
        world.fault(node, 0, "after")
        with pytest.raises(ContacthubError):
            session.commit()
        session.add(customer("bob"))
        with no_room_for(path), pytest.raises(JournalError):
            session.commit()

        assert [(entry.entity.externalId, entry.outcome) for entry in session.account] == [("ada", "done")]
