"""Calls a function on several items at once, in threads that see the context of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["concurrently", "in_this_context"]

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def concurrently(function: Callable[[T], R], items: Sequence[T], max_in_flight: int) -> list[R]:
    """Call a function on every item, each in a thread.

    Args:
        function: what to call; it must be safe to call from several threads.
        items: the arguments.
        max_in_flight: how many calls may run at once. With 1, all calls run in this thread.

    Returns:
        The results, in the order of the items.

    Raises:
        Exception: what a call raised; of several, that of the first item in order.
    """
    workers = min(max_in_flight, len(items))
    if workers <= 1:
        return [function(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor  # here, so that a program loads what it uses

    with ThreadPoolExecutor(workers, thread_name_prefix="contacthub_orm") as pool:
        return list(pool.map(in_this_context(function), items))


def in_this_context(function: Callable[P, R]) -> Callable[P, R]:
    """A function that sees the context variables of here, such as the current span, in whichever thread it is called."""
    from contextvars import copy_context  # as above

    context = copy_context()

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)  # one context cannot be entered twice at a time

    return call
