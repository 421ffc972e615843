"""What commands that go on until a signal have in common: how often they ask, and how they end."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["poll_option", "stopped_by_signals"]


def poll_option(help: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """The option for the seconds between two requests."""
    return click.option(
        "--poll",
        type=click.FloatRange(min=0, min_open=True),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help=help,
    )


@contextmanager
def stopped_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Let SIGINT and SIGTERM stop what is followed in place of the process, so that what is told and kept agree."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
