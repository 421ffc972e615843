"""What a transport asks of a budget, and what budgets have in common that hand out the slots of a shared store."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Final, Protocol, runtime_checkable

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http.clock import Clock

__all__ = ["Budget", "Handed", "SharedBudget", "State"]

_LATE: Final = 1 / 100
"""What part of a window is added to it, since a request may reach the service later after its slot than the one before."""


@runtime_checkable
class Budget(Protocol):
    """What delays requests so that there are not too many. Threads share it, and both sides of a fork."""

    def acquire(self) -> None:
        """Wait until a request may be sent, and count it.

        Raises:
            BudgetError: if that cannot be found out; the request is not sent then.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Delay all requests for a number of seconds, as the service has asked. A longer pause that is under way stays.

        Raises:
            BudgetError: if the others cannot be told.
        """
        ...


@attrs.frozen
class State:
    """The time of the store in seconds, and how many pauses there were."""

    now: float
    pauses: int


@attrs.frozen
class Handed:
    """A slot: the time from which a request may be sent, and the store when it was handed out."""

    at: float
    state: State


class SharedBudget(ABC):
    """A budget whose slots are in a store that all who share it can reach.

    Slots are handed out in the order in which they are asked for, each at the time from which it may be used. So nobody
    is overtaken while it waits, and no span of `window` seconds sees more requests than the budget.

    Args:
        requests_per_minute: the budget.
        window: the seconds that it is counted in; each has `requests_per_minute * window / 60` slots, rounded down.
        clock: the clock that waits; for tests.

    Raises:
        ConfigurationError: if an argument is invalid.
    """

    def __init__(self, requests_per_minute: float, window: float = 60.0, clock: Clock | None = None) -> None:
        if not _is_number(requests_per_minute) or requests_per_minute <= 0:
            raise ConfigurationError(
                f"requests_per_minute must be a number above 0, not {requests_per_minute!r}"
            )
        if not _is_number(window) or window <= 0:
            raise ConfigurationError(f"window must be a number of seconds above 0, not {window!r}")
        self.requests_per_minute = requests_per_minute
        self.slots = int(requests_per_minute * window / 60)
        self.window = float(window)
        if self.slots < 1:
            raise ConfigurationError(
                f"requests_per_minute: {requests_per_minute} are no request in a window of {window} seconds"
            )
        self._clock = clock or Clock()

    @property
    def _span(self) -> float:
        """The seconds after which a slot returns."""
        return self.window * (1 + _LATE)

    def acquire(self) -> None:
        """Wait until a request may be sent, and count it.

        A slot that was handed out before a pause is no longer good after it: else all who waited would send at once.

        Raises:
            BudgetError: if the store cannot be reached.
        """
        while True:
            handed = self._hand_out()
            state = handed.state
            while state.now < handed.at and state.pauses == handed.state.pauses:
                self._clock.sleep(handed.at - state.now)
                state = self._look()
            if state.pauses == handed.state.pauses:
                return

    @abstractmethod
    def pause(self, seconds: float) -> None:
        """Delay the requests of all who share the budget. A longer pause that is under way stays.

        Raises:
            BudgetError: if the store cannot be reached.
        """

    @abstractmethod
    def _hand_out(self) -> Handed:
        """Take the next free slot that is not before the end of a pause."""

    @abstractmethod
    def _look(self) -> State:
        """The store's time, and how many pauses there were."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
