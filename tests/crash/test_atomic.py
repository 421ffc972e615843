"""An atomic commit cut short at every point: after recovery all of it, or nothing but what the report says."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, recover
from contacthub_orm.orm import Outcome, Report
from tests.crash import scenario
from tests.crash.grave import OPERATIONS, Grave, sampled
from tests.crash.mortality import AFTER_ANSWER, AFTER_NOTE, AFTER_PLAN, AFTER_SEND, BEFORE_NOTE, BEFORE_SEND

ATOMIC = OPERATIONS - 2
"""The scenario's operations but for a delete and the creation that waits for it."""
PHASES = [BEFORE_SEND, AFTER_SEND, AFTER_ANSWER]


def nothing_but(grave: Grave, report: Report) -> bool:
    """Whether nothing of the commit is there but what the report says."""
    return grave.state(versions=False) == scenario.after_undoing(report)


def test_an_atomic_commit_without_a_crash_is_complete(grave: Grave) -> None:
    grave.commit_atomically(grave.node())
    customers, events = grave.state()
    wanted = scenario.complete()
    assert events == wanted[1]
    assert len(customers - wanted[0]) == 1  # the one that was not deleted
    assert str(recover(grave.node(), grave.disk.journal)) == "nothing to recover"


def test_an_atomic_commit_killed_before_its_first_request_leaves_everything_as_it_was(grave: Grave) -> None:
    assert grave.dies(AFTER_PLAN, 0, grave.commit_atomically)
    assert recover(grave.node(), grave.disk.journal).complete
    assert grave.state() == scenario.untouched()


@pytest.mark.parametrize(
    ("number", "phase"), sampled([(number, phase) for number in range(ATOMIC) for phase in PHASES], every=37)
)
def test_an_atomic_commit_killed_at_any_operation_is_undone(grave: Grave, number: int, phase: str) -> None:
    assert grave.dies(phase, number, grave.commit_atomically)
    report = recover(grave.node(), grave.disk.journal)
    assert report.open == []
    assert nothing_but(grave, report)


KILLED_AT = 44
DONE = KILLED_AT + 1
UNDOING_POINTS = [
    *((number, phase) for phase in (BEFORE_SEND, AFTER_SEND) for number in range(DONE - 1)),
    *((number, phase) for phase in (BEFORE_NOTE, AFTER_NOTE) for number in range(DONE - 1)),
]


@pytest.mark.parametrize(("number", "phase"), sampled(UNDOING_POINTS, every=55))
def test_an_undoing_killed_at_any_point_is_finished(grave: Grave, number: int, phase: str) -> None:
    assert grave.dies(AFTER_SEND, KILLED_AT, grave.commit_atomically)
    assert grave.dies(phase, number, lambda node: recover(node, grave.disk.journal))
    report = recover(grave.node(), grave.disk.journal)
    assert report.open == []
    assert nothing_but(grave, report)


DONE_BEFORE_REFUSAL = ATOMIC - 5
"""All but the deletes."""
UNDOING = DONE_BEFORE_REFUSAL - 1
"""All of those but the merge."""


def test_a_refusal_in_an_atomic_commit_undoes_what_was_done(grave: Grave) -> None:
    with pytest.raises(CommitError) as caught:
        grave.commit_atomically(grave.node(), refused=True)
    assert len(caught.value.account.having(Outcome.DONE)) == DONE_BEFORE_REFUSAL
    assert nothing_but(grave, Report(undone=caught.value.undone))
    assert str(recover(grave.node(), grave.disk.journal)) == "nothing to recover"


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled([(number, phase) for number in range(UNDOING) for phase in (BEFORE_SEND, AFTER_SEND)], every=65),
)
def test_an_undoing_killed_in_the_session_itself_is_finished(grave: Grave, number: int, phase: str) -> None:
    before = DONE_BEFORE_REFUSAL + (phase == BEFORE_SEND)  # what is refused is sent, and not answered as sent
    assert grave.dies(phase, before + number, lambda node: grave.commit_atomically(node, refused=True))
    report = recover(grave.node(), grave.disk.journal)
    assert report.open == []
    assert nothing_but(grave, report)
