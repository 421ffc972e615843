"""A commit of more than sixty operations, cut short in this process at every point there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contacthub_orm import Customer, Session, recover
from contacthub_orm.contacthub import Node
from contacthub_orm.orm import Verb
from tests.crash import scenario
from tests.crash.crash_points import (
    AFTER_ANSWER,
    AFTER_NOTE,
    AFTER_PLAN,
    AFTER_SEND,
    BEFORE_LOOK,
    BEFORE_NOTE,
    BEFORE_PLAN,
    BEFORE_SEND,
    full_after_the_plan,
)
from tests.crash.crash_world import OPERATIONS, CrashWorld, sampled

PHASES = [BEFORE_SEND, AFTER_SEND, AFTER_ANSWER]


def test_the_commit_is_of_more_than_sixty_operations_of_every_kind(crash_world: CrashWorld) -> None:
    with Session(crash_world.node()) as session:
        scenario.fill(session)
        plan = session.plan()
        session.expunge_all()
    assert len(plan) == OPERATIONS
    assert {(one.verb, one.request.path[0]) for one in plan} == {
        (Verb.CREATE, "customers"),
        (Verb.UPDATE, "customers"),
        (Verb.REPLACE, "customers"),
        (Verb.DELETE, "customers"),
        (Verb.CREATE, "events"),
    }


def test_the_commit_without_a_crash_comes_to_what_is_expected(crash_world: CrashWorld) -> None:
    crash_world.commit(crash_world.node())
    assert crash_world.state() == scenario.complete()


def test_before_the_plan_is_written_nothing_has_happened(crash_world: CrashWorld) -> None:
    assert crash_world.dies(BEFORE_PLAN, 0, crash_world.commit)
    assert str(recover(crash_world.node(), crash_world.disk.journal)) == "nothing to recover"
    assert crash_world.state() == scenario.untouched()


def test_once_the_plan_is_written_recovery_sends_all_of_it(crash_world: CrashWorld) -> None:
    assert crash_world.dies(AFTER_PLAN, 0, crash_world.commit)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert len(report.sent) == OPERATIONS
    assert crash_world.state() == scenario.complete()


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(OPERATIONS) for phase in PHASES], every=74),
)
def test_a_commit_killed_at_any_operation_is_recovered(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, crash_world.commit)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.complete, str(report)
    assert crash_world.state() == scenario.complete()


KILLED_AT = 30
LEFT = OPERATIONS - KILLED_AT - 1
LOOKS = 60
UNMARKED = 3
"""The last group of marks, never written."""

RECOVERY_POINTS = [
    *((number, phase) for phase in (BEFORE_SEND, AFTER_SEND) for number in range(LEFT)),
    *((number, phase) for phase in (BEFORE_NOTE, AFTER_NOTE) for number in range(LEFT + UNMARKED)),
    *((number, BEFORE_LOOK) for number in range(LOOKS)),
]


@pytest.mark.parametrize(("number", "phase"), sampled(RECOVERY_POINTS, every=47))
def test_a_recovery_killed_at_any_point_is_recovered(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(AFTER_SEND, KILLED_AT, crash_world.commit)
    assert crash_world.dies(phase, number, lambda node: recover(node, crash_world.disk.journal))
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.complete, str(report)
    assert crash_world.state() == scenario.complete()


def test_a_recovery_killed_again_and_again_comes_to_its_end(crash_world: CrashWorld) -> None:
    assert crash_world.dies(AFTER_SEND, 20, crash_world.commit)
    deaths = 0
    while crash_world.dies(AFTER_SEND, 9, lambda node: recover(node, crash_world.disk.journal)):
        deaths += 1
    assert deaths == (OPERATIONS - 21) // 10
    assert crash_world.state() == scenario.complete()


def test_an_equal_event_of_the_commit_before_is_not_taken_for_this_ones(crash_world: CrashWorld) -> None:
    def two_commits(node: Node) -> None:
        with Session(node, journal=crash_world.disk.journal) as session:
            (known,) = session.query(Customer).filter(Customer.externalId == "known")
            for _ in range(2):
                session.add(scenario.viewed(known, "equal", date=datetime(2023, 12, 31, tzinfo=UTC)))
                session.commit()

    assert crash_world.dies(BEFORE_SEND, 1, two_commits)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert len(report.sent) == 1
    assert crash_world.state()[1] == {("known", "equal"): 2}


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(OPERATIONS) for phase in PHASES], every=101),
)
def test_a_commit_on_a_full_disk_killed_at_any_operation_is_recovered(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    with full_after_the_plan():
        assert crash_world.dies(phase, number, crash_world.commit)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.complete, str(report)
    assert crash_world.state() == scenario.complete()


def test_a_commit_on_a_full_disk_comes_to_its_end(crash_world: CrashWorld) -> None:
    with full_after_the_plan():
        crash_world.commit(crash_world.node())
    assert recover(crash_world.node(), crash_world.disk.journal).complete
    assert crash_world.state() == scenario.complete()
