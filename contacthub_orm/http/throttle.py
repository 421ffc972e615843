"""The budget of requests per minute, and the pauses that the service asks for."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contacthub_orm.http.clock import Clock

__all__ = ["Throttle"]

_WINDOW = 60.0


class Throttle:
    """A token bucket for requests per minute, shared by the threads of one process.

    The bucket holds the tokens of a minute, and a token returns one minute after it was taken. So no 60 seconds see more
    requests than the budget, whether the service counts fixed or sliding minutes. A budget that is not exhausted delays
    no request. Threads are served in the order in which they come.

    Args:
        requests_per_minute: the budget; with None or 0 there are only the pauses.
        clock: the clock that tells the time and waits.
    """

    def __init__(self, requests_per_minute: int | None, clock: Clock) -> None:
        self._budget = requests_per_minute or 0
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: deque[float] = deque(maxlen=self._budget)
        self._paused_until = 0.0

    def acquire(self) -> None:
        """Wait until a request may be sent, and count it."""
        slot = self._reserve()
        while (wait := max(slot, self._paused_until) - self._clock.monotonic()) > 0:
            self._clock.sleep(wait)

    def pause(self, seconds: float) -> None:
        """Delay all requests for a number of seconds. A longer pause that is under way stays."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _reserve(self) -> float:
        """Take the next free token and return the time, on the monotonic clock, from which it may be used."""
        if not self._budget:
            return 0.0
        with self._lock:
            slot = self._clock.monotonic()
            if len(self._taken) == self._budget:
                slot = max(slot, self._taken[0] + _WINDOW)
            self._taken.append(slot)
            return slot
