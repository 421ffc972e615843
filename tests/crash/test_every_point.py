"""A commit of more than sixty operations, cut short in this process at every point there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contacthub_orm import Customer, Session, recover
from contacthub_orm.contacthub import Node
from contacthub_orm.orm import Verb
from tests.crash import scenario
from tests.crash.grave import OPERATIONS, Grave, sampled
from tests.crash.mortality import (
    AFTER_ANSWER,
    AFTER_NOTE,
    AFTER_PLAN,
    AFTER_SEND,
    BEFORE_LOOK,
    BEFORE_NOTE,
    BEFORE_PLAN,
    BEFORE_SEND,
)

PHASES = [BEFORE_SEND, AFTER_SEND, AFTER_ANSWER]


def test_the_commit_is_of_more_than_sixty_operations_of_every_kind(grave: Grave) -> None:
    with Session(grave.node()) as session:
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


def test_the_commit_without_a_crash_comes_to_what_is_expected(grave: Grave) -> None:
    grave.commit(grave.node())
    assert grave.state() == scenario.complete()


def test_before_the_plan_is_written_nothing_has_happened(grave: Grave) -> None:
    assert grave.dies(BEFORE_PLAN, 0, grave.commit)
    assert str(recover(grave.node(), grave.disk.journal)) == "nothing to recover"
    assert grave.state() == scenario.untouched()


def test_once_the_plan_is_written_recovery_sends_all_of_it(grave: Grave) -> None:
    assert grave.dies(AFTER_PLAN, 0, grave.commit)
    report = recover(grave.node(), grave.disk.journal)
    assert len(report.sent) == OPERATIONS
    assert grave.state() == scenario.complete()


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(OPERATIONS) for phase in PHASES], every=37),
)
def test_a_commit_killed_at_any_operation_is_recovered(grave: Grave, number: int, phase: str) -> None:
    assert grave.dies(phase, number, grave.commit)
    report = recover(grave.node(), grave.disk.journal)
    assert report.complete, str(report)
    assert grave.state() == scenario.complete()


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
def test_a_recovery_killed_at_any_point_is_recovered(grave: Grave, number: int, phase: str) -> None:
    assert grave.dies(AFTER_SEND, KILLED_AT, grave.commit)
    assert grave.dies(phase, number, lambda node: recover(node, grave.disk.journal))
    report = recover(grave.node(), grave.disk.journal)
    assert report.complete, str(report)
    assert grave.state() == scenario.complete()


def test_a_recovery_killed_again_and_again_comes_to_its_end(grave: Grave) -> None:
    assert grave.dies(AFTER_SEND, 20, grave.commit)
    deaths = 0
    while grave.dies(AFTER_SEND, 9, lambda node: recover(node, grave.disk.journal)):
        deaths += 1
    assert deaths == (OPERATIONS - 21) // 10
    assert grave.state() == scenario.complete()


def test_an_equal_event_of_the_commit_before_is_not_taken_for_this_ones(grave: Grave) -> None:
    def two_commits(node: Node) -> None:
        with Session(node, journal=grave.disk.journal) as session:
            (known,) = session.query(Customer).filter(Customer.externalId == "known")
            for _ in range(2):
                session.add(scenario.viewed(known, "equal", date=datetime(2023, 12, 31, tzinfo=UTC)))
                session.commit()

    assert grave.dies(BEFORE_SEND, 1, two_commits)
    report = recover(grave.node(), grave.disk.journal)
    assert len(report.sent) == 1
    assert grave.state()[1] == {("known", "equal"): 2}
