"""The cost of a flush depends on what has changed, not on what is loaded."""

from __future__ import annotations

import sys
import time
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from benchmarks.harness import Row, at_most, interleaved, milliseconds
from benchmarks.stub import loaded
from contacthub_orm.http import paused_gc

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["Loaded", "rows"]

_CHANGED: Final = 10
_FEW: Final = 100
_MANY: Final = 10_000
_ROUNDS: Final = 25
_BOUND: Final = 1.5


def rows() -> list[Row]:
    """The fastest of some rounds each, and the exact number of function calls."""
    many, few = Loaded(_MANY), Loaded(_FEW)
    ours, theirs = interleaved(_ROUNDS, many.seconds, few.seconds)
    return [
        at_most(
            "flush",
            f"flush {_CHANGED} changed among {_MANY:,} loaded",
            f"{milliseconds(min(ours))}, {many.calls():,} calls",
            f"among {_FEW} loaded: {milliseconds(min(theirs))}, {few.calls():,} calls",
            min(ours) / min(theirs),
            _BOUND,
        )
    ]


class Loaded:
    """A session full of customers; some are changed before each flush."""

    def __init__(self, size: int) -> None:
        self._session, self._customers = loaded(size)
        self._numbers = count()

    def seconds(self) -> float:
        """One flush, timed."""
        self._change()
        with paused_gc():
            started = time.perf_counter()
            account = self._session.flush()
            taken = time.perf_counter() - started
        assert len(account) == _CHANGED
        return taken

    def calls(self) -> int:
        """The number of function calls in one flush, including those of C functions."""
        self._change()
        calls = 0

        def note(_frame: FrameType, event: str, _argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            self._session.flush()
        finally:
            sys.setprofile(None)
        return calls

    def _change(self) -> None:
        for customer in self._customers[:: len(self._customers) // _CHANGED]:
            customer.base.contacts.email = f"new.{next(self._numbers)}@example.com"
