"""The workspace's budget of requests per minute."""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["Throttle"]

MINUTE: Final = 60_000


class Throttle:
    """Counts the requests of the last sixty seconds, those that were refused not included."""

    def __init__(self) -> None:
        self._times: deque[int] = deque()

    def seconds_to_wait(self, now: int, budget: int) -> int:
        """Count a request at `now` milliseconds, or say in how many whole seconds there is room for one.

        Returns:
            0 if the request is within the budget; a budget of 0 is no limit.
        """
        if not budget:
            return 0
        while self._times and self._times[0] <= now - MINUTE:
            self._times.popleft()
        if len(self._times) < budget:
            self._times.append(now)
            return 0
        return max(1, -(-(self._times[0] + MINUTE - now) // 1000))

    def clear(self) -> None:
        """Start with a full budget."""
        self._times.clear()
