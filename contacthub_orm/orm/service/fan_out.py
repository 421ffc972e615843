"""Calling a function for many arguments at once, within what a backend allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["concurrently"]

T = TypeVar("T")
R = TypeVar("R")


def concurrently(function: Callable[[T], R], arguments: Sequence[T], max_in_flight: int) -> list[R]:
    """Call a function for each argument, at most `max_in_flight` at once, and return the results in order.

    One at a time runs in the calling thread.
    """
    workers = min(max_in_flight, len(arguments))
    if workers <= 1:
        return [function(argument) for argument in arguments]
    with ThreadPoolExecutor(workers, thread_name_prefix="contacthub_orm") as pool:
        return list(pool.map(function, arguments))
