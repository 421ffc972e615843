"""Reads of three nested fields: the first, which makes the objects on the path, and every later one."""

from __future__ import annotations

import time
from timeit import Timer
from typing import TYPE_CHECKING, Final

from benchmarks.flat import flat_customer
from benchmarks.harness import Row, at_most, interleaved
from benchmarks.stub import loaded
from contacthub_orm.http import paused_gc

if TYPE_CHECKING:
    from contacthub_orm import Customer

__all__ = ["read_fresh", "rows"]

_ROUNDS: Final = 40
_FRESH: Final = 500
_REPEATS: Final = 5_000
_FIRST_BOUND: Final = 2e-6


def rows() -> list[Row]:
    """The fastest of some rounds each."""
    return [_first(), _again()]


def _first() -> Row:
    (taken,) = interleaved(_ROUNDS, read_fresh)
    seconds = min(taken)
    return Row(
        "reads_first",
        "first read of base.firstName, base.lastName, base.contacts.email, collector paused",
        f"{seconds * 1e6:.2f} us",
        "none",
        f"{seconds * 1e6:.2f} us",
        f"<= {_FIRST_BOUND * 1e6:g} us",
        seconds <= _FIRST_BOUND,
    )


def read_fresh(count: int = _FRESH) -> float:
    """Seconds per customer, over customers that nobody has looked into."""
    session, customers = loaded(count)
    with paused_gc():
        started = time.perf_counter()
        _read_all(customers)
        taken = time.perf_counter() - started
    session.close()
    return taken / count


def _read_all(customers: list[Customer]) -> None:
    for customer in customers:
        _ = customer.base.firstName
        _ = customer.base.lastName
        _ = customer.base.contacts.email


def _again() -> Row:
    session, (customer,) = loaded(1)
    flat_session, row = flat_customer()
    nested = Timer("c.base.firstName; c.base.lastName; c.base.contacts.email", globals={"c": customer})
    flat = Timer("r.first_name; r.last_name; r.email", globals={"r": row})
    ours, theirs = interleaved(_ROUNDS, lambda: nested.timeit(_REPEATS), lambda: flat.timeit(_REPEATS))
    session.close()
    flat_session.close()
    return at_most(
        "reads_again",
        "the same fields read again",
        _nanoseconds(min(ours)),
        f"SQLAlchemy, three flat columns: {_nanoseconds(min(theirs))}",
        min(ours) / min(theirs),
        1,
    )


def _nanoseconds(seconds: float) -> str:
    return f"{seconds / _REPEATS * 1e9:.0f} ns"
