"""The same commit in a process of its own that dies by SIGKILL: no `finally`, no flush, no closing of files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contacthub_orm import drain_events, recover
from contacthub_orm.orm import Report
from contacthub_orm.sandbox import Sandbox
from tests.crash import scenario
from tests.crash.crash_points import (
    AFTER_ANSWER,
    AFTER_FORGETTING,
    AFTER_HANDLING,
    AFTER_NOTE,
    AFTER_PLAN,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_LOOK,
    BEFORE_NOTE,
    BEFORE_PLAN,
    BEFORE_SEND,
    BEFORE_SETTLE,
)
from tests.crash.crash_world import OPERATIONS

DELAY, SETTLE = 0.2, 0.6
ROOT = Path(__file__).parents[2]


class Doomed:
    """Runs victims on a sandbox, one journal for all of them."""

    def __init__(self, sandbox: Sandbox, journal: Path) -> None:
        self.sandbox = sandbox
        self.journal = journal
        self.handed_over = journal.with_name("handed-over")

    def dies(self, do: str, phase: str, number: int, *, in_flight: int = 1) -> None:
        """Run a process and see it die at the point, and not otherwise."""
        task = {
            "do": do,
            "journal": str(self.journal),
            "phase": phase,
            "number": number,
            "in_flight": in_flight,
            "settle": SETTLE,
            "handed_over": str(self.handed_over),
        }
        ended = subprocess.run(
            [sys.executable, "-m", "tests.crash.victim", json.dumps(task)],
            cwd=ROOT,
            env={**os.environ, **self.sandbox.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr or "it came to its end"

    def recovered(self) -> Report:
        return recover(self.sandbox.node, self.journal, settle=SETTLE)

    def handed(self, identity: str) -> None:
        with self.handed_over.open("a", encoding="utf-8") as file:
            file.write(f"{identity}\n")

    def state(self, *, versions: bool = True) -> scenario.State:
        time.sleep(2 * DELAY)
        return scenario.state(self.sandbox.node, versions=versions)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(search_delay=DELAY) as sandbox:
        yield sandbox
        sandbox.workspace.close()


@pytest.fixture
def doomed(running: Sandbox, tmp_path: Path) -> Doomed:
    running.reset()
    scenario.seed(running)
    return Doomed(running, tmp_path / "journal.sqlite")


def points(chosen: list[tuple[str, int]], every: dict[str, int]) -> list[object]:
    """The chosen points, and all others of the same phases marked for the long run."""
    others = [(phase, number) for phase, count in every.items() for number in range(count)]
    return [
        *(pytest.param(*point) for point in chosen),
        *(pytest.param(*point, marks=pytest.mark.soak) for point in others if point not in chosen),
    ]


COMMIT = points(
    [(AFTER_PLAN, 0), (BEFORE_SEND, 8), (AFTER_SEND, 22), (AFTER_ANSWER, 47)],
    {BEFORE_SEND: OPERATIONS, AFTER_SEND: OPERATIONS, AFTER_ANSWER: OPERATIONS},
)


@pytest.mark.parametrize(("phase", "number"), COMMIT)
def test_a_commit_killed_at_any_point_is_recovered(doomed: Doomed, phase: str, number: int) -> None:
    doomed.dies("commit", phase, number)
    report = doomed.recovered()
    assert report.complete, str(report)
    assert doomed.state() == scenario.complete()


def test_a_commit_killed_before_its_plan_is_written_has_not_happened(doomed: Doomed) -> None:
    doomed.dies("commit", BEFORE_PLAN, 0)
    assert str(doomed.recovered()) == "nothing to recover"
    assert doomed.state() == scenario.untouched()


CONCURRENT = [
    (AFTER_SEND, 30),
    *(pytest.param(AFTER_SEND, n, marks=pytest.mark.soak) for n in range(0, OPERATIONS, 3)),
]


@pytest.mark.parametrize(("phase", "number"), CONCURRENT)
def test_a_commit_killed_with_many_requests_in_flight_is_recovered(
    doomed: Doomed, phase: str, number: int
) -> None:
    doomed.dies("commit", phase, number, in_flight=8)
    time.sleep(DELAY)  # what was in flight reaches the service
    report = doomed.recovered()
    assert report.complete, str(report)
    assert doomed.state() == scenario.complete()


LEFT = OPERATIONS - 31
RECOVERY = points(
    [(BEFORE_LOOK, 20), (AFTER_SEND, 10), (AFTER_NOTE, 35)],
    {BEFORE_LOOK: 40, BEFORE_SEND: LEFT, AFTER_SEND: LEFT, BEFORE_NOTE: LEFT, AFTER_NOTE: LEFT},
)


@pytest.mark.parametrize(("phase", "number"), RECOVERY)
def test_a_recovery_killed_at_any_point_is_recovered(doomed: Doomed, phase: str, number: int) -> None:
    doomed.dies("commit", AFTER_SEND, 30)
    doomed.dies("recover", phase, number)
    report = doomed.recovered()
    assert report.complete, str(report)
    assert doomed.state() == scenario.complete()


EVENTS = points(
    [(AFTER_ANSWER, 47), (AFTER_SETTLE, 0), (AFTER_HANDLING, 30)],
    {
        BEFORE_SETTLE: 1,
        AFTER_SEND: OPERATIONS,
        AFTER_ANSWER: OPERATIONS,
        AFTER_HANDLING: OPERATIONS,
        AFTER_FORGETTING: OPERATIONS,
    },
)


@pytest.mark.parametrize(("phase", "number"), EVENTS)
def test_each_event_of_a_killed_commit_is_handed_over(doomed: Doomed, phase: str, number: int) -> None:
    doomed.dies("commit with events", phase, number)
    assert doomed.recovered().complete
    if phase not in (
        AFTER_HANDLING,
        AFTER_FORGETTING,
    ):  # those have handed over what there was, or most of it
        doomed.dies("drain", AFTER_HANDLING, 5)
    drain_events(doomed.journal, lambda event: doomed.handed(event.id))
    handed = doomed.handed_over.read_text(encoding="utf-8").split()
    assert len(set(handed)) == OPERATIONS
    assert len(handed) <= OPERATIONS + 2  # at most the one that each process died at, once more
    assert doomed.state() == scenario.complete()


ATOMIC = OPERATIONS - 2
UNDONE = points(
    [(AFTER_SEND, 50), (AFTER_ANSWER, ATOMIC - 1)],
    {BEFORE_SEND: ATOMIC, AFTER_SEND: ATOMIC, AFTER_ANSWER: ATOMIC},
)


@pytest.mark.parametrize(("phase", "number"), UNDONE)
def test_an_atomic_commit_killed_at_any_point_is_undone(doomed: Doomed, phase: str, number: int) -> None:
    doomed.dies("atomic", phase, number)
    report = doomed.recovered()
    assert report.open == []
    assert doomed.state(versions=False) == scenario.after_undoing(report, doomed.sandbox.node)
