"""Selects the requests that faults strike, by method, path, count and chance."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.service.faults import Effect, Fault

__all__ = ["WORKSPACE", "Injector"]

WORKSPACE: Final = "/hub/v1/workspaces/[^/]+/"
"""A pattern for what comes before the paths of Contacthub's faults."""


class Injector:
    """Counts requests for a list of faults and finds the fault that strikes each.

    Args:
        faults: the faults.
        root: a pattern for what comes before their paths.
    """

    def __init__(self, faults: Sequence[Fault], root: str) -> None:
        self._watches = [_Watch(fault, root) for fault in faults]

    @classmethod
    def of(cls, faults: Sequence[Fault], root: str) -> Injector | None:
        """An injector for the faults, or None if there are none: a server without faults pays nothing."""
        return cls(faults, root) if faults else None

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Of each fault, how many requests it has counted and how many of them it has struck."""
        return [watch.counted for watch in self._watches]

    def strike(self, method: str, path: str) -> Effect | None:
        """Count the request; return the effect of the first fault that strikes it, or None if none does."""
        striking: _Watch | None = None
        for watch in self._watches:
            if watch.counts(method, path) and watch.would_strike() and striking is None:
                striking = watch
        return None if striking is None else striking.strike()


class _Watch:
    """One fault and its counts."""

    def __init__(self, fault: Fault, root: str) -> None:
        self._fault = fault
        self._methods = fault.methods
        self._numbers = fault.numbers
        self._path = _pattern(fault.path, root)
        self._random = Random(fault.seed)
        self._seen = 0
        self._struck = 0

    @property
    def counted(self) -> tuple[int, int]:
        """How many requests it has counted and struck."""
        return self._seen, self._struck

    def counts(self, method: str, path: str) -> bool:
        """Whether the fault selects the method and path; if so, the request is counted."""
        if method not in self._methods or not self._path.fullmatch(path):
            return False
        self._seen += 1
        return True

    def would_strike(self) -> bool:
        """Whether the fault strikes the request that was counted last."""
        # A number is drawn for each request, so that the outcome of a seed depends on the count alone.
        drawn = self._random.random() < self._fault.probability
        numbered = self._numbers is None or self._seen in self._numbers
        return drawn and numbered and (self._fault.times is None or self._struck < self._fault.times)

    def strike(self) -> Effect:
        self._struck += 1
        return self._fault.effect


def _pattern(path: str | None, root: str) -> re.Pattern[str]:
    if path is None:
        return re.compile(".*", re.DOTALL)
    segments = path.strip("/").split("/")
    exact = "/".join("[^/]+" if segment == "*" else re.escape(segment) for segment in segments)
    below = "/?" if path.startswith("/") else "(/.*)?"
    return re.compile(f"{root}{exact}{below}", re.DOTALL)
