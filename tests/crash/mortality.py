"""Dying at a chosen point of a commit or a recovery: an operation and a phase of it, never a time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from contacthub_orm.http import Answer, Transport
from contacthub_orm.orm.unit_of_work import journal
from contacthub_orm.orm.unit_of_work.journal import Journal

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
"""Around the recovery's own note of an outcome."""


class Reaper:
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


class MortalTransport(Transport):
    """A transport in which the reaper waits, once there is one."""

    reaper: Reaper | None = None

    def send(self, method: str, path: str, **request: Any) -> Answer:
        reaper = self.reaper
        if reaper is None:
            return super().send(method, path, **request)
        if method == "GET":
            reaper.passing(BEFORE_LOOK)
            return super().send(method, path, **request)
        reaper.passing(BEFORE_SEND)
        answer = super().send(method, path, **request)
        reaper.passing(AFTER_SEND)
        return answer


@contextmanager
def mortal(transport: MortalTransport, reaper: Reaper) -> Iterator[None]:
    """A block in which the reaper waits in the transport and in the journal, which writes marks in small groups."""

    def around(name: str, before: str, after: str | None) -> Any:
        original = getattr(Journal, name)

        def passed(self: Journal, *args: Any, **settings: Any) -> Any:
            reaper.passing(before)
            result = original(self, *args, **settings)
            if after is not None:
                reaper.passing(after)
            return result

        return patch.object(Journal, name, passed)

    transport.reaper = reaper
    with (
        patch.object(journal, "_GROUP", 7),
        around("begin", BEFORE_PLAN, AFTER_PLAN),
        around("mark", AFTER_ANSWER, None),
        around("adopt", BEFORE_NOTE, AFTER_NOTE),
    ):
        yield
    transport.reaper = None


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
        shutil.copytree(held, self._place())
