"""When something was sent: the first send and the last, by both clocks, kept over repeats, crashes and recoveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Education, Session, recover
from contacthub_orm.contacthub import Node
from contacthub_orm.contacthub.backend.matching_policy import ASSUMED
from contacthub_orm.http import ManualClock
from contacthub_orm.orm import Outcome
from contacthub_orm.orm.unit_of_work.journal import Journal, read_journal
from contacthub_orm.sandbox import Sandbox
from tests.support.world import Crash, World, abandon, customer, viewed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def die(session: Session) -> None:
    """Commit until the process dies; the file's lock goes, what was not written is lost."""
    with pytest.raises(Crash):
        session.commit()
    abandon(session)


def lose(session: Session) -> None:
    with pytest.raises(CommitError):
        session.commit()


def with_lost_event(world: World, node: Node, path: Path | None = None) -> Session:
    """A session whose event is stored later than it waits for: it has looked in vain, and is about to repeat it."""
    session = Session(node, settle=10, journal=path)
    bruce = customer("bruce")
    session.add(bruce)
    session.commit()
    world.sandbox.configure(search_delay=100)
    session.add(viewed(bruce, date=world.clock.now()))
    world.fault(node, 0, "after")
    lose(session)
    return session


def test_a_repeat_does_not_forget_when_the_first_send_was(world: World) -> None:
    node = world.node()
    with with_lost_event(world, node) as session:
        world.fault(node, 0, "before")
        lose(session)
        world.clock.advance(100)
        assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert len(world.events()) == 1


def test_the_journal_of_a_repeat_knows_when_the_first_send_was(world: World, path: Path) -> None:
    node = world.node()
    session = with_lost_event(world, node, path)
    world.fault(node, 0, "before", Crash())
    die(session)
    world.clock.advance(100)
    assert len(recover(world.node(), path).adopted) == 1
    assert len(world.events()) == 1


def test_the_settle_time_begins_anew_with_each_send(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.add(viewed(bruce, date=world.clock.now()))
        world.fault(node, 0, "before")
        lose(session)
        world.sandbox.configure(search_delay=45)
        world.clock.advance(50)
        world.fault(node, 0, "after")
        lose(session)
        world.clock.advance(20)
        assert [entry.outcome for entry in session.commit()] == [Outcome.DONE]
    assert len(world.events()) == 1


def test_a_recovery_counts_the_settle_time_from_its_own_start(world: World, path: Path) -> None:
    """The journal knows when the commit began, and its last request may have been sent much later."""
    node = world.node()
    session = Session(node, journal=path)
    bruce = customer("bruce")
    session.add_all([bruce, viewed(bruce, date=world.clock.now())])
    world.sandbox.configure(search_delay=45)
    transport = world.transports[-1]

    def take_time(method: str, path: str) -> None:
        if method == "POST" and path.endswith("events"):
            world.clock.advance(300)

    transport.observers.append(take_time)
    world.fault(node, 1, "after", Crash())
    die(session)
    assert recover(world.node(), path).complete
    assert len(world.events()) == 1


def test_a_recovery_knows_what_an_earlier_one_has_sent(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    session.add_all([customer("a"), customer("b")])
    world.fault(node, 0, "before", Crash())
    die(session)
    second = world.node()
    world.fault(second, 1, "before", Crash())
    with pytest.raises(Crash):
        recover(second, path)
    third = world.node()
    report = recover(third, path)
    assert [one.request.body["externalId"] for one in report.confirmed] == ["a"]
    assert [one.request.body["externalId"] for one in report.sent] == ["b"]
    assert len(world.customers()) == 2


def test_an_operation_that_stays_unknown_survives_the_next_commit_in_the_journal(
    world: World, path: Path
) -> None:
    node = world.node(matching=None)
    node.backend._policy = lambda: ASSUMED  # type: ignore[method-assign]
    session = Session(node, journal=path, settle=1, on_error="continue")
    session.add(customer("unknown"))
    world.fault(node, 0, "before")
    lose(session)
    session.add(customer("next"))
    world.fault(node, 0, "before", Crash())
    die(session)
    report = recover(world.node(), path)
    assert [one.request.body["externalId"] for one in report.sent] == ["unknown", "next"]
    assert len(world.customers()) == 2


@pytest.mark.parametrize("seconds", [0, 1, 5, 60])
def test_an_equal_event_of_a_commit_just_before_is_not_taken_for_a_later_one(
    world: World, path: Path, seconds: float
) -> None:
    node = world.node()
    session = Session(node, journal=path)
    bruce = customer("bruce")
    session.add(bruce)
    session.commit()
    date = world.clock.now()
    session.add(viewed(bruce, date=date))
    session.commit()
    world.clock.advance(seconds)
    session.add(viewed(bruce, date=date))
    world.fault(node, 0, "before", Crash())
    die(session)
    assert len(recover(world.node(), path).sent) == 1
    assert len(world.events()) == 2


def test_an_event_that_a_recovery_found_is_not_taken_for_another_one(world: World, path: Path) -> None:
    node = world.node()
    session = Session(node, journal=path)
    bruce = customer("bruce")
    session.add(bruce)
    session.commit()
    world.clock.advance(60)
    date = world.clock.now()
    session.add_all([viewed(bruce, date=date) for _ in range(2)])
    world.fault(node, 1, "before", Crash())
    die(session)
    report = recover(world.node(), path)
    assert (len(report.confirmed) + len(report.adopted), len(report.sent)) == (1, 1)
    assert len(world.events()) == 2


@pytest.mark.parametrize("phase", ["before", "after"])
def test_an_element_is_there_once_after_a_recovery(world: World, path: Path, phase: str) -> None:
    session = Session(node := world.node(), journal=path)
    bruce = customer("bruce")
    session.add(bruce)
    session.commit()
    session.add_all([Education(customer=bruce, id=name, schoolName=name) for name in ("e1", "e2")])
    world.fault(node, 0, phase, Crash())
    die(session)
    second = world.node()
    world.fault(second, 1 if phase == "before" else 0, "before", Crash())
    with pytest.raises(Crash):
        recover(second, path)
    assert recover(world.node(), path).complete
    [found] = world.customers()
    assert [one.id for one in found.base.educations] == ["e1", "e2"]


@pytest.fixture(params=[-3600, 3600])
def skewed(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service whose clock is an hour off ours."""
    clock = ManualClock()
    with Sandbox(clock=lambda: clock.now() + timedelta(seconds=request.param)) as sandbox:
        yield World(sandbox, clock)


def test_the_journal_learns_the_services_clock_from_the_first_answer(skewed: World, path: Path) -> None:
    node = skewed.node()
    session = Session(node, journal=path)
    session.add_all([Customer(externalId="a"), Customer(externalId="b")])
    skewed.fault(node, 1, "after", Crash())
    die(session)
    [first, second] = read_journal(path)[2]
    assert first.first_sent.ahead == second.first_sent.ahead
    assert second.first_sent.ahead is not None
    assert abs(abs(second.first_sent.ahead.total_seconds()) - 3600) <= 2
    assert recover(skewed.node(), path).complete
    assert len(skewed.customers()) == 2


def test_every_commit_is_on_the_disk_before_its_first_request(
    world: World, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite syncs what is written with `synchronous = full` (2), and not what is written with `off` (0)."""
    insert = Journal._insert
    levels = []

    def observed(journal: Journal, *arguments: Any) -> None:
        levels.append(journal._connection.execute("pragma synchronous").fetchone()[0])
        insert(journal, *arguments)

    monkeypatch.setattr(Journal, "_insert", observed)
    with Session(world.node(), journal=path) as session:
        for name in ("a", "b"):
            session.add(customer(name))
            session.commit()
    assert levels == [2, 2]
