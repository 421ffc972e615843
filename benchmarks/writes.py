"""A tracked write to a nested field, beside SQLAlchemy's to a mapped column."""

from __future__ import annotations

from timeit import Timer
from typing import Final

from benchmarks.flat import flat_customer
from benchmarks.harness import Row, at_most, interleaved
from benchmarks.stub import loaded

__all__ = ["rows"]

_ROUNDS: Final = 60
_REPEATS: Final = 2_000
_BOUND: Final = 0.4
_HELD_BOUND: Final = 0.35


def rows() -> list[Row]:
    """The fastest of many short rounds each; two values in turn, so that every write changes something."""
    session, (customer,) = loaded(1)
    flat_session, row = flat_customer()
    values = {"a": "giulia@example.com", "b": "rossi@example.com"}
    held = {"c": customer.base.contacts, **values}
    nested = Timer("c.base.contacts.email = a; c.base.contacts.email = b", globals={"c": customer, **values})
    single = Timer("c.email = a; c.email = b", globals=held)
    flat = Timer("r.email = a; r.email = b", globals={"r": row, **values})
    rounds = [lambda timer=timer: timer.timeit(_REPEATS) for timer in (nested, single, flat)]
    ours, of_held, theirs = map(min, interleaved(_ROUNDS, *rounds))
    assert session.dirty == [customer]
    assert row in flat_session.dirty
    flat_session.close()
    yardstick = f"SQLAlchemy, a flat column: {_nanoseconds(theirs)}"
    return [
        at_most(
            "writes",
            "customer.base.contacts.email = value, tracked",
            _nanoseconds(ours),
            yardstick,
            ours / theirs,
            _BOUND,
        ),
        at_most(
            "writes_held",
            "contacts.email = value, with contacts = customer.base.contacts",
            _nanoseconds(of_held),
            yardstick,
            of_held / theirs,
            _HELD_BOUND,
        ),
    ]


def _nanoseconds(seconds: float) -> str:
    return f"{seconds / (2 * _REPEATS) * 1e9:.0f} ns"
