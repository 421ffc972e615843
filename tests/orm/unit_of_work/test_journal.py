"""The journal: a crash at any point loses and doubles nothing."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from contacthub_orm import CommitError, Customer, Event, JournalError, Session, recover
from contacthub_orm.orm import Report
from contacthub_orm.orm.unit_of_work.journal import Journal, read_journal
from tests.support.world import Crash, World, abandon, customer, viewed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def fill(session: Session, date: object = None) -> None:
    """Three new customers, a changed one, a deleted one, and events, two of them equal."""
    held = session.query(Customer).order_by(Customer.externalId).all()
    changed, doomed = held
    changed.extra = "changed"
    changed.tags.manual.append("vip")
    session.delete(doomed)
    people = [customer(name) for name in ("a", "b")]
    session.add_all([*people, Customer(externalId="nameless")])
    session.add_all(
        [viewed(people[0], date=date), viewed(people[0], date=date), viewed(people[1]), viewed(changed)]
    )


def prepare(world: World) -> None:
    with Session(world.node()) as session, session.begin():
        session.add_all([customer("changed"), customer("doomed")])
    world.clock.advance(120)


def outcome(world: World) -> tuple[list[tuple[str, object, object]], int]:
    people = [(str(one.externalId), one.extra, tuple(one.tags.manual)) for one in world.customers()]
    return sorted(people), len(world.events())


COMPLETE = (
    sorted([("changed", "changed", ("vip",)), ("a", None, ()), ("b", None, ()), ("nameless", None, ())]),
    4,
)
OPERATIONS = 9


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("number", range(OPERATIONS))
def test_a_crash_at_any_operation_is_recovered(world: World, path: Path, phase: str, number: int) -> None:
    prepare(world)
    node = world.node()
    world.sandbox.configure(search_delay=30)
    session = Session(node, journal=path)
    fill(session, world.clock.now())
    world.fault(node, number, phase, Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    report = recover(world.node(), path, settle=60)
    assert report.complete, str(report)
    assert outcome(world) == COMPLETE


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("number", range(4))
def test_a_recovery_that_is_killed_is_recovered(world: World, path: Path, phase: str, number: int) -> None:
    prepare(world)
    node = world.node()
    world.sandbox.configure(search_delay=30)
    session = Session(node, journal=path)
    fill(session, world.clock.now())
    world.fault(node, 4, "after", Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    second = world.node()
    world.fault(second, number, phase, Crash())
    with pytest.raises(Crash):
        recover(second, path, settle=60)
    report = recover(world.node(), path, settle=60)
    assert report.complete, str(report)
    assert outcome(world) == COMPLETE


def crash_atomically(world: World, path: Path, number: int, phase: str) -> Report:
    """An atomic commit of a change, two customers and three events, killed at one request; recovered."""
    node = world.node()
    world.sandbox.configure(search_delay=30)
    session = Session(node, journal=path)
    changed = session.query(Customer).filter(Customer.externalId == "changed").one()
    people = [customer(name) for name in ("a", "b")]
    world.fault(node, number, phase, Crash())
    with pytest.raises(Crash), session.begin(atomic=True):
        changed.extra = "changed"
        session.add_all([*people, viewed(people[0]), viewed(people[1]), viewed(changed)])
    abandon(session)
    return recover(world.node(), path, settle=60)


@pytest.mark.parametrize(("number", "phase"), [*((number, "before") for number in range(6)), (3, "after")])
def test_an_atomic_commit_is_undone_after_a_crash(world: World, path: Path, number: int, phase: str) -> None:
    prepare(world)
    before = outcome(world)
    report = crash_atomically(world, path, number, phase)
    assert report.complete, str(report)
    assert outcome(world) == before


@pytest.mark.parametrize("number", [0, 1, 2, 4, 5])
def test_a_creation_that_only_a_look_up_found_is_reported_and_not_undone(
    world: World, path: Path, number: int
) -> None:
    prepare(world)
    report = crash_atomically(world, path, number, "after")
    [found, *_] = [one for one in report.undone if one.entry.operation in report.adopted]
    assert found.reason == "the answer was lost, and what was found may be another writer's"
    assert not report.complete
    assert found.entry.request.resolved().path[0] in {"customers", "events"}


def test_a_journal_holds_no_token(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    world.fault(node, 0, "after", Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    for file in path.parent.iterdir():
        assert world.sandbox.token.encode() not in file.read_bytes()


def test_a_journal_in_use_is_refused(world: World, path: Path) -> None:
    with Session(world.node(), journal=path), pytest.raises(JournalError, match="in use"):
        Session(world.node(), journal=path)


def test_a_journal_with_an_unsettled_commit_is_refused(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    world.fault(node, 0, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    with pytest.raises(JournalError, match="recover"):
        Session(world.node(), journal=path)
    recover(world.node(), path)
    Session(world.node(), journal=path).close()


def test_a_journal_of_another_node_is_refused(world: World, path: Path) -> None:
    Session(world.node(), journal=path).close()
    journal = path
    with pytest.raises(JournalError, match="not of elsewhere"):
        Journal(journal, "elsewhere")


def test_a_journal_of_another_format_is_refused_and_left_as_it_is(world: World, path: Path) -> None:
    Session(world.node(), journal=path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update meta set value = '0' where key = 'format'")

    for opened in (lambda: Session(world.node(), journal=path), lambda: recover(world.node(), path)):
        with pytest.raises(JournalError, match=r"is a journal of format 0; this version reads format 2"):
            opened()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select value from meta where key = 'format'").fetchone() == ("0",)


def test_a_file_that_is_no_journal_is_refused(world: World, path: Path) -> None:
    path.write_text("something else entirely, and long enough to be read as a page of a database " * 50)
    with pytest.raises(JournalError, match="no journal"):
        Session(world.node(), journal=path)


def test_after_a_commit_the_journal_is_empty(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        bruce = customer("bruce")
        session.add_all([bruce, viewed(bruce)])
        session.commit()
    assert str(recover(world.node(), path)) == "nothing to recover"


def test_a_refused_operation_leaves_the_journal_and_an_unknown_one_stays(world: World, path: Path) -> None:
    node = world.node()
    with Session(node, journal=path, on_error="continue") as session:
        session.add(customer("a"))
        session.add(Event(customerId="nobody", type="viewedPage", context="WEB", properties={}))
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
    report = recover(world.node(), path)
    assert len(report.adopted) == 1
    assert report.failed == []
    assert len(world.customers()) == 1


def test_the_plan_is_on_disk_before_the_first_request(world: World, path: Path) -> None:
    seen: list[int] = []
    node = world.node()
    session = Session(node, journal=path)

    def look(_: str, __: str) -> None:
        journal = session._flusher.journal
        assert journal is not None
        seen.append(len(journal.records()))

    bruce = customer("bruce")
    session.add_all([bruce, viewed(bruce)])
    world.transports[0].observers.append(look)
    session.commit()
    assert seen[0] == 2
    session.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_neither_commits_into_its_parents_journal_nor_takes_it_away(
    world: World, path: Path
) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    session.commit()
    session.add(customer("b"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside the sandbox's thread
        pid = os.fork()
    if pid == 0:
        refused = False
        try:
            session.commit()
        except JournalError as error:
            refused = "forked" in str(error)
        finally:
            session.close()
            del session
            gc.collect()
            os._exit(0 if refused else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    world.fault(node, 0, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    copied = path.with_name("copy.sqlite")
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copied}{suffix}")
    assert len(read_journal(copied)[2]) == 1
    session.close()
