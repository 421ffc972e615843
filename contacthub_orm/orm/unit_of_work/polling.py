"""Looking something up again and again until a deadline."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from contacthub_orm.orm.service.backend import Backend

__all__ = ["attempts"]


def attempts(
    backend: Backend, deadline: datetime, *, pause: float, longest_pause: float = inf
) -> Iterator[bool]:
    """Yield for every attempt whether it is the last one. The last attempt begins at the deadline or later.

    Args:
        backend: the service, whose clock is used.
        deadline: when to stop.
        pause: the seconds after the first attempt. Each pause is twice as long as the one before.
        longest_pause: the seconds of the longest pause.
    """
    while not (is_last := backend.now() >= deadline):
        yield is_last
        left = (deadline - backend.now()).total_seconds()
        backend.sleep(min(pause, max(left, 0.0)))
        pause = min(pause * 2, longest_pause)
    yield is_last
