"""Measures contenders side by side and prints the results as a table.

Mostly the fastest rounds of each are compared: other work of the machine can slow a round down, but not speed it up. Where
chance can do either, neighbouring rounds are (see `paired`).
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

__all__ = [
    "Row",
    "at_least",
    "at_most",
    "interleaved",
    "microseconds",
    "milliseconds",
    "paired",
    "processor_seconds",
    "stopwatch",
    "table",
]

T = TypeVar("T")

Contender = Callable[[], float]
"""One measurement. It returns the seconds that it took, so that its preparation is not timed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a figure, what it is compared with, and the bound that it must hold."""

    name: str
    measured: str
    ours: str
    yardstick: str
    figure: str
    bound: str
    held: bool


def at_most(  # noqa: PLR0913, PLR0917 - the cells of a row, in their order
    name: str, measured: str, ours: str, yardstick: str, ratio: float, bound: float
) -> Row:
    """A row whose ratio of our time to the yardstick's may not exceed the bound."""
    return Row(name, measured, ours, yardstick, f"{ratio:.2f}", f"<= {bound:g}", ratio <= bound)


def at_least(  # noqa: PLR0913, PLR0917 - the cells of a row, in their order
    name: str, measured: str, ours: str, yardstick: str, ratio: float, bound: float
) -> Row:
    """A row whose ratio of our rate to the yardstick's must reach the bound."""
    return Row(name, measured, ours, yardstick, f"{ratio:.2f}", f">= {bound:g}", ratio >= bound)


def interleaved(rounds: int, *contenders: Contender) -> list[list[float]]:
    """The seconds of each contender, measured in turn (A B A B ...), so that a slow minute of the machine affects all.

    Before that, every contender runs once, unmeasured.
    """
    for contender in contenders:
        contender()
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(rounds):
        for contender, taken in zip(contenders, times, strict=True):
            taken.append(contender())
    return times


def paired(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """The median of the ratios of rounds that were measured side by side.

    It tells more than the fastest rounds where chance can also speed a round up: what lies where in memory, or how the
    threads of a client and a server meet.
    """
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


def stopwatch(action: Callable[[], object]) -> float:
    """The seconds that an action takes, after a garbage collection and without the release of its result."""
    gc.collect()
    started = time.perf_counter()
    result = action()
    taken = time.perf_counter() - started
    del result
    return taken


def milliseconds(seconds: float) -> str:
    """The seconds as milliseconds, with three digits."""
    return f"{seconds * 1_000:.3g} ms"


def microseconds(seconds: float) -> str:
    """The seconds as whole microseconds."""
    return f"{seconds * 1e6:.0f} us"


def processor_seconds(action: Callable[[], T]) -> tuple[T, float]:
    """What an action returns, and the seconds for which this process, with all its threads, has used the processors."""
    started = time.process_time()
    result = action()
    return result, time.process_time() - started


_HEAD = Row("name", "what", "ours", "yardstick", "figure", "bound", True)


def table(rows: Iterable[Row]) -> str:
    """The rows as text, with each column as wide as its longest cell."""
    lines = [_cells(_HEAD, "held"), *(_cells(row, "yes" if row.held else "NO") for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cells(row: Row, held: str) -> tuple[str, ...]:
    return row.name, row.measured, row.ours, row.yardstick, row.figure, row.bound, held
