"""A tracked write to a nested field, beside SQLAlchemy's to a mapped column."""

from __future__ import annotations

from timeit import Timer
from typing import Final

from benchmarks.flat import flat_customer
from benchmarks.harness import Row, at_most, interleaved
from benchmarks.stub import loaded

__all__ = ["rows"]

_ROUNDS: Final = 15
_REPEATS: Final = 10_000
_BOUND: Final = 2


def rows() -> list[Row]:
    """The fastest of some rounds each; two values in turn, so that every write changes something."""
    session, (customer,) = loaded(1)
    flat_session, row = flat_customer()
    values = {"a": "giulia@example.com", "b": "rossi@example.com"}
    nested = Timer("c.base.contacts.email = a; c.base.contacts.email = b", globals={"c": customer, **values})
    flat = Timer("r.email = a; r.email = b", globals={"r": row, **values})
    ours, theirs = interleaved(_ROUNDS, lambda: nested.timeit(_REPEATS), lambda: flat.timeit(_REPEATS))
    assert session.dirty == [customer]
    assert row in flat_session.dirty
    flat_session.close()
    return [
        at_most(
            "writes",
            "customer.base.contacts.email = value, tracked",
            _nanoseconds(min(ours)),
            f"SQLAlchemy, a flat column: {_nanoseconds(min(theirs))}",
            min(ours) / min(theirs),
            _BOUND,
        )
    ]


def _nanoseconds(seconds: float) -> str:
    return f"{seconds / (2 * _REPEATS) * 1e9:.0f} ns"
