"""What a journal holds of each operation, and when that reaches the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import CommitError, Session, recover
from contacthub_orm.orm.unit_of_work.journal import Journal, read_journal
from tests.support.world import Crash, World, customer, seed, viewed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def opened(session: Session) -> Journal:
    journal = session._flusher.journal
    assert journal is not None
    return journal


def synced(statements: list[str], beginning: str) -> list[bool]:
    """Whether each transaction with such a statement reaches the disk before it ends."""
    mode, found = "", []
    for one in statements:
        if one.startswith("pragma synchronous"):
            mode = one.rpartition(" ")[2]
        elif one.startswith(beginning):
            found.append(mode == "full")
    return found


@pytest.mark.parametrize("atomic", [False, True])
def test_the_plan_and_the_end_reach_the_disk_and_outcomes_need_not(
    world: World, path: Path, *, atomic: bool
) -> None:
    with Session(world.node(), journal=path) as session:
        statements: list[str] = []
        opened(session)._connection.set_trace_callback(statements.append)
        with session.begin(atomic=atomic):
            session.add(customer("a"))
    assert synced(statements, "insert into operation") == [True]
    assert synced(statements, "update operation set outcome") == [False]
    assert synced(statements, "delete from operation") == [
        True,
        True,
    ]  # what was before the plan, and at the end


@pytest.mark.parametrize(("atomic", "marked"), [(False, [0, 0, 0]), (True, [0, 1, 2])])
def test_outcomes_are_written_in_groups_and_those_of_an_atomic_commit_at_once(
    world: World, path: Path, *, atomic: bool, marked: list[int]
) -> None:
    with Session(world.node(), journal=path) as session:
        seen: list[int] = []

        def look(method: str, _: str) -> None:
            if method == "POST":
                seen.append(sum(one.outcome is not None for one in opened(session).records()))

        world.transports[-1].observers.append(look)
        with session.begin(atomic=atomic):
            session.add_all([customer(name) for name in "abc"])
    assert seen == marked


def test_the_first_send_is_kept_over_repeats(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    first = world.clock.now()
    for _ in range(2):
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        world.clock.advance(100)
    world.fault(node, 0, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()
    [record] = read_journal(path)[2]
    assert record.first_sent.ours == first
    assert (record.last_sent - first).total_seconds() == 200


def test_a_recovery_writes_down_that_it_sends(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add(customer("a"))
    world.fault(node, 0, "before", Crash())
    first = world.clock.now()
    with pytest.raises(Crash):
        session.commit()
    session.close()
    world.clock.advance(100)
    killed = world.node()
    world.fault(killed, 0, "after", Crash())
    with pytest.raises(Crash):
        recover(killed, path)
    [record] = read_journal(path)[2]
    assert record.first_sent.ours == first
    assert (record.last_sent - first).total_seconds() >= 100


def test_what_is_in_doubt_stays_in_the_journal_over_other_commits(world: World, path: Path) -> None:
    node = world.node()
    seed(world, "other")
    session = Session(node, journal=path, on_error="continue")
    lost, other = customer("lost"), customer("another")
    session.add(lost)
    world.fault(node, 0, "after")
    with pytest.raises(CommitError):
        session.commit()
    assert [record.outcome for record in opened(session).records()] == ["unknown"]
    opened(session).begin(
        session._flusher.plan([lost]), node.backend.sending(), keep=session._in_doubt.operations()
    )
    assert len(opened(session).records()) == 2
    session.expunge(lost)
    session.add(other)
    session.commit()
    assert opened(session).records() == []
    session.close()


def test_an_open_operation_is_recovered_although_what_it_depends_on_has_left_the_journal(
    world: World, path: Path
) -> None:
    node = world.node()
    session = Session(node, journal=path)
    bruce = customer("bruce")
    session.add_all([bruce, viewed(bruce)])
    world.fault(node, 1, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()
    second = world.node()
    world.fault(second, 0, "after")
    assert [one.verb for one in recover(second, path).open] == ["POST"]
    assert len(read_journal(path)[2]) == 1
    report = recover(world.node(), path)
    assert (len(report.adopted), report.complete) == (1, True)
    assert len(world.events()) == 1


def test_what_was_not_sent_has_no_mark(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    bruce = customer("bruce")
    session.add_all([bruce, viewed(bruce)])
    world.fault(node, 0, "before", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    session.close()
    assert [record.outcome for record in read_journal(path)[2]] == ["unknown", None]


def test_a_customer_of_the_commit_before_is_not_taken_for_this_ones_while_the_clock_moves(
    world: World, path: Path
) -> None:
    node = world.node()
    session = Session(node, journal=path)
    for seconds in (3, 0):
        nameless = customer("nameless")
        nameless.base.contacts.email = None
        session.add(nameless)
        if not seconds:
            world.fault(node, 0, "before", Crash())
            with pytest.raises(Crash):
                session.commit()
        else:
            session.commit()
            world.clock.advance(seconds)
    session.close()
    report = recover(world.node(), path)
    assert (len(report.sent), report.complete) == (1, True)
    assert len(world.customers()) == 2
