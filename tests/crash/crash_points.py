"""Crashes at a chosen point of a commit or a recovery: at an operation and a phase of it, never at a time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from contacthub_orm.http import Answer, Transport
from contacthub_orm.orm.unit_of_work import journal
from contacthub_orm.orm.unit_of_work.journal import Journal
from tests.support.disk import no_room_for, room

BEFORE_SEND = "before send"
AFTER_SEND = "after send"
"""Applied, and the answer lost."""
AFTER_ANSWER = "after answer"
"""Applied and answered, and the mark of it lost."""
BEFORE_PLAN, AFTER_PLAN = "before plan", "after plan"
"""Around the transaction that writes the plan down."""
BEFORE_LOOK = "before look"
"""A look-up of the recovery."""
BEFORE_NOTE, AFTER_NOTE = "before note", "after note"
"""Around the recovery's own note of an outcome, and a session's note that it has undone an operation."""

BEFORE_SETTLE, AFTER_SETTLE = "before settle", "after settle"
"""Around the end of a commit, which makes domain events due."""
AFTER_HANDLING, AFTER_FORGETTING = "after handling", "after forgetting"
"""A handler has returned; and the journal has forgotten the event."""


class CrashPoint:
    """Strikes when a phase is passed for the `number`-th time (from 0)."""

    def __init__(self, phase: str, number: int, strike: Callable[[], object]) -> None:
        self._phase = phase
        self._left = number
        self._strike = strike
        self._lock = threading.Lock()

    def passing(self, phase: str) -> None:
        if phase != self._phase:
            return
        with self._lock:
            self._left -= 1
            if self._left == -1:
                self._strike()


class CrashingTransport(Transport):
    """A transport that passes a crash point once it has one."""

    crash_point: CrashPoint | None = None

    def send(self, method: str, path: str, **request: Any) -> Answer:
        crash_point = self.crash_point
        if crash_point is None:
            return super().send(method, path, **request)
        if method == "GET":
            crash_point.passing(BEFORE_LOOK)
            return super().send(method, path, **request)
        crash_point.passing(BEFORE_SEND)
        answer = super().send(method, path, **request)
        crash_point.passing(AFTER_SEND)
        return answer


@contextmanager
def crashing(transport: CrashingTransport, crash_point: CrashPoint) -> Iterator[None]:
    """A block in which the transport and the journal pass the crash point; the journal writes marks in small groups."""

    def around(name: str, before: str, after: str | None) -> Any:
        original = getattr(Journal, name)

        def passed(self: Journal, *args: Any, **settings: Any) -> Any:
            crash_point.passing(before)
            result = original(self, *args, **settings)
            if after is not None:
                crash_point.passing(after)
            return result

        return patch.object(Journal, name, passed)

    transport.crash_point = crash_point
    with (
        patch.object(journal, "_GROUP", 7),
        around("begin", BEFORE_PLAN, AFTER_PLAN),
        around("mark", AFTER_ANSWER, None),
        around("adopt", BEFORE_NOTE, AFTER_NOTE),
        around("mark_undone", BEFORE_NOTE, AFTER_NOTE),
        around("settle", BEFORE_SETTLE, AFTER_SETTLE),
        around("forget_event", AFTER_HANDLING, AFTER_FORGETTING),
    ):
        yield
    transport.crash_point = None


class Disk:
    """Where a journal lies. `freeze` keeps the files as they are, as the death of the process would leave them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._place().mkdir(parents=True)

    def _place(self) -> Path:
        return self._folder / str(self._number)

    @property
    def journal(self) -> Path:
        return self._place() / "journal.sqlite"

    def freeze(self) -> None:
        """From now on the journal is a copy of what is on the disk at this moment."""
        held = self._place()
        self._number += 1
        with room():
            shutil.copytree(held, self._place())


@contextmanager
def full_after_the_plan() -> Iterator[None]:
    """A block in which journals find no room for anything but the plan."""
    begin = Journal.begin
    with ExitStack() as stack:

        def limited(self: Journal, *args: Any, **settings: Any) -> None:
            begin(self, *args, **settings)
            stack.enter_context(no_room_for(self.path))

        with patch.object(Journal, "begin", limited):
            yield
