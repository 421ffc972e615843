"""Clocks: the machine's, one that tests control, and the service's, as its answers tell it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Clock", "ManualClock", "ServiceClock"]

_PRECISION: Final = timedelta(seconds=2)
"""A `Date` header has whole seconds and is some milliseconds old, so smaller differences count as none."""

_HALF_A_SECOND: Final = timedelta(seconds=0.5)

_IMPLAUSIBLE: Final = timedelta(days=36_525)
"""A century: no clock is that wrong, and times that far off could not be computed with."""


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary instant; never decreases."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds; 0 or less does not wait."""
        if seconds > 0:
            time.sleep(seconds)


class ManualClock(Clock):
    """A clock that moves only by `advance` and `sleep`, which return at once.

    `slept` lists the sleeps, in seconds. Threads may share the clock.
    """

    def __init__(self, start: datetime = datetime(2024, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The clock's time, aware, in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        with self._lock:
            return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move the clock forward by a number of seconds."""
        with self._lock:
            self._elapsed += seconds

    def sleep(self, seconds: float) -> None:
        """Move the clock forward as a sleep would, and record the sleep; 0 or less does not move it."""
        with self._lock:
            self.slept.append(seconds)
            self._elapsed += max(0.0, seconds)


class ServiceClock:
    """The difference between the service's clock and ours, by the `Date` header of its latest answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest = ""
        self._ahead: timedelta | None = None

    def observe(self, headers: Mapping[str, str]) -> None:
        """Read the `Date` header of an answer; ignores one that is malformed or that no clock can show."""
        date = headers.get("Date")
        if date is None or date == self._latest:
            return
        self._latest = date
        try:
            ahead = parsedate_to_datetime(date) + _HALF_A_SECOND - self._clock.now()
        except (TypeError, ValueError, OverflowError):
            return
        if abs(ahead) < _IMPLAUSIBLE:
            self._ahead = ahead if abs(ahead) > _PRECISION else timedelta(0)

    @property
    def known(self) -> bool:
        """Whether an answer has told the time."""
        return self._ahead is not None

    @property
    def ahead(self) -> timedelta:
        """How far the service's clock is ahead of ours, to a precision of two seconds; nothing if it is not known."""
        return self._ahead or timedelta(0)
