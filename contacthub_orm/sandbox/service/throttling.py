"""The workspace's budget of requests per minute."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Final

__all__ = ["Throttle"]

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND


class Throttle:
    """Counts the accepted requests of the last sixty seconds."""

    def __init__(self) -> None:
        self._times: deque[int] = deque()

    def seconds_to_wait(self, now: int, budget: int) -> int:
        """Accept and count a request, or refuse it.

        Args:
            now: the time of the request, in milliseconds since 1970.
            budget: the number of requests that a minute allows; 0 sets no limit.

        Returns:
            0 if the request is accepted, else the seconds, at least 1, until the budget allows another one.
        """
        if not budget:
            return 0
        while self._times and self._times[0] <= now - MINUTE:
            self._times.popleft()
        if len(self._times) < budget:
            self._times.append(now)
            return 0
        return max(1, ceil((self._times[0] + MINUTE - now) / SECOND))

    def clear(self) -> None:
        """Restore the full budget."""
        self._times.clear()
