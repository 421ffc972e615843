"""An atomic commit cut short at every point: after recovery all of it, or nothing but what the report says."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, recover
from contacthub_orm.orm import Outcome, Report
from tests.crash import scenario
from tests.crash.crash_points import (
    AFTER_ANSWER,
    AFTER_NOTE,
    AFTER_PLAN,
    AFTER_SEND,
    BEFORE_NOTE,
    BEFORE_SEND,
    full_after_the_plan,
)
from tests.crash.crash_world import OPERATIONS, CrashWorld, sampled

ATOMIC = OPERATIONS - 2
"""The scenario's operations but for a delete and the creation that waits for it."""
PHASES = [BEFORE_SEND, AFTER_SEND, AFTER_ANSWER]


def nothing_but(crash_world: CrashWorld, report: Report) -> bool:
    """Whether nothing of the commit is there but what the report says."""
    return crash_world.state(versions=False) == scenario.after_undoing(report, crash_world.world.node())


def test_an_atomic_commit_without_a_crash_is_complete(crash_world: CrashWorld) -> None:
    crash_world.commit_atomically(crash_world.node())
    customers, events = crash_world.state()
    wanted = scenario.complete()
    assert events == wanted[1]
    assert len(customers - wanted[0]) == 1  # the one that was not deleted
    assert str(recover(crash_world.node(), crash_world.disk.journal)) == "nothing to recover"


def test_an_atomic_commit_killed_before_its_first_request_leaves_everything_as_it_was(
    crash_world: CrashWorld,
) -> None:
    assert crash_world.dies(AFTER_PLAN, 0, crash_world.commit_atomically)
    assert recover(crash_world.node(), crash_world.disk.journal).complete
    assert crash_world.state() == scenario.untouched()


@pytest.mark.parametrize(
    ("number", "phase"), sampled([(number, phase) for number in range(ATOMIC) for phase in PHASES], every=74)
)
def test_an_atomic_commit_killed_at_any_operation_is_undone(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, crash_world.commit_atomically)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    assert nothing_but(crash_world, report)


KILLED_AT = 44
DONE = KILLED_AT + 1
UNDOING_POINTS = [
    *((number, phase) for phase in (BEFORE_SEND, AFTER_SEND) for number in range(DONE - 1)),
    *((number, phase) for phase in (BEFORE_NOTE, AFTER_NOTE) for number in range(DONE - 1)),
]


@pytest.mark.parametrize(("number", "phase"), sampled(UNDOING_POINTS, every=55))
def test_an_undoing_killed_at_any_point_is_finished(crash_world: CrashWorld, number: int, phase: str) -> None:
    assert crash_world.dies(AFTER_SEND, KILLED_AT, crash_world.commit_atomically)
    assert crash_world.dies(phase, number, lambda node: recover(node, crash_world.disk.journal))
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    assert nothing_but(crash_world, report)


DONE_BEFORE_REFUSAL = ATOMIC - 5
"""All but the deletes."""
UNDOING = DONE_BEFORE_REFUSAL - 1
"""All of those but the merge."""


def test_a_refusal_in_an_atomic_commit_undoes_what_was_done(crash_world: CrashWorld) -> None:
    with pytest.raises(CommitError) as caught:
        crash_world.commit_atomically(crash_world.node(), refused=True)
    assert len(caught.value.account.having(Outcome.DONE)) == DONE_BEFORE_REFUSAL
    assert nothing_but(crash_world, Report(undone=caught.value.undone))
    assert str(recover(crash_world.node(), crash_world.disk.journal)) == "nothing to recover"


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(UNDOING) for phase in (BEFORE_SEND, AFTER_SEND)], every=65),
)
def test_an_undoing_killed_in_the_session_itself_is_finished(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    before = DONE_BEFORE_REFUSAL + (phase == BEFORE_SEND)  # what is refused is sent, and not answered as sent
    assert crash_world.dies(
        phase, before + number, lambda node: crash_world.commit_atomically(node, refused=True)
    )
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    assert nothing_but(crash_world, report)


FLUSHED = DONE_BEFORE_REFUSAL


def test_a_block_of_two_flushes_without_a_crash_is_complete(crash_world: CrashWorld) -> None:
    crash_world.flush_and_commit_atomically(crash_world.node())
    assert str(recover(crash_world.node(), crash_world.disk.journal)) == "nothing to recover"
    assert crash_world.state()[1]["later", "again"] == 1


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(FLUSHED + number, phase) for number in range(scenario.AGAIN) for phase in PHASES], every=5),
)
def test_a_block_killed_in_its_second_flush_is_undone(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, crash_world.flush_and_commit_atomically)
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    assert nothing_but(crash_world, report)


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(UNDOING) for phase in (BEFORE_NOTE, AFTER_NOTE)], every=61),
)
def test_an_undoing_killed_at_its_notes_is_finished(crash_world: CrashWorld, number: int, phase: str) -> None:
    assert crash_world.dies(phase, number, lambda node: crash_world.commit_atomically(node, refused=True))
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    assert nothing_but(crash_world, report)


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled(
        [
            (number, phase)
            for number in range(DONE_BEFORE_REFUSAL + UNDOING)
            for phase in (BEFORE_SEND, AFTER_SEND)
        ],
        every=137,
    ),
)
def test_an_atomic_commit_on_a_full_disk_killed_at_any_operation_is_undone(
    crash_world: CrashWorld, number: int, phase: str
) -> None:
    with full_after_the_plan():
        assert crash_world.dies(phase, number, lambda node: crash_world.commit_atomically(node, refused=True))
    report = recover(crash_world.node(), crash_world.disk.journal)
    assert report.open == []
    customers, events = crash_world.state(versions=False)
    expected = scenario.after_undoing(report, crash_world.world.node())
    assert customers == expected[0]
    assert events <= expected[1]  # a search that lags may have found what had been undone without a note
