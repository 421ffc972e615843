"""The budget of requests per minute, and the pauses that the service asks for."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.http.clock import Clock

__all__ = ["Throttle"]

_WINDOW = 60.0


@attrs.define(eq=False)
class _Turn:
    """When a request may be sent, on the monotonic clock. A pause moves it unless it is taken."""

    at: float
    taken: bool = False


class Throttle:
    """A token bucket for requests per minute, shared by the threads of one process.

    The bucket holds the tokens of a minute, and a token returns one minute after it was taken. So no 60 seconds see more
    requests than the budget, whether the service counts fixed or sliding minutes. A budget that is not exhausted delays
    no request. Threads are served in the order in which they come. After a pause they keep this order and the budget.

    Args:
        requests_per_minute: the budget; with None or 0 there are only the pauses.
        clock: the clock that tells the time and waits.
    """

    def __init__(self, requests_per_minute: int | None, clock: Clock) -> None:
        self._budget = requests_per_minute or 0
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: deque[_Turn] = deque()
        self._pause = _Turn(0.0)

    def acquire(self) -> None:
        """Wait until a request may be sent, and count it."""
        turn = self._next_turn() if self._budget else self._pause
        try:
            while (wait := self._left(turn)) > 0:
                self._clock.sleep(wait)
        finally:  # after an interrupt, too
            turn.taken = True

    def pause(self, seconds: float) -> None:
        """Delay all requests for a number of seconds. A longer pause that is under way stays."""
        with self._lock:
            self._pause.at = max(self._pause.at, self._clock.monotonic() + seconds)
            turns = list(self._turns)
            for place, turn in enumerate(turns):
                if not turn.taken:
                    turn.at = max(turn.at, self._earliest(turns, place))

    def _next_turn(self) -> _Turn:
        """Take the next free token."""
        with self._lock:
            earliest = self._earliest(self._turns, len(self._turns))
            turn = _Turn(max(self._clock.monotonic(), earliest))
            self._turns.append(turn)
            while len(self._turns) > self._budget and self._turns[0].taken:
                self._turns.popleft()
            return turn

    def _left(self, turn: _Turn) -> float:
        """The seconds until a turn. When there are none, it is taken."""
        with self._lock:
            wait = turn.at - self._clock.monotonic()
            turn.taken = wait <= 0
            return wait

    def _earliest(self, turns: Sequence[_Turn], place: int) -> float:
        """When the turn at a place is possible: after the pause, and a minute after the one whose token it takes."""
        if place < self._budget:
            return self._pause.at
        return max(self._pause.at, turns[place - self._budget].at + _WINDOW)
