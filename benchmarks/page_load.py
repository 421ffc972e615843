"""Loading a page of full customers into a session, compared with the bare decoding of the same bytes."""

from __future__ import annotations

import json
from typing import Any, Final

from benchmarks.documents import page_of
from benchmarks.harness import Row, at_most, interleaved, milliseconds, paired, stopwatch
from benchmarks.stub import Stubbed
from contacthub_orm import Customer, Session
from contacthub_orm.http import paused_gc
from contacthub_orm.http.responses import decoded

__all__ = ["load", "rows"]

_CUSTOMERS: Final = 1_000
_ROUNDS: Final = 100
_BOUND: Final = 1.07


def rows() -> list[Row]:
    """The only row of this subject: rounds side by side, since memory decides which is fast."""
    content = page_of(_CUSTOMERS)
    ours, bare = interleaved(
        _ROUNDS, lambda: stopwatch(lambda: load(content)), lambda: stopwatch(lambda: _decode(content))
    )
    measured = f"load {_CUSTOMERS:,} customers of {len(content) / _CUSTOMERS / 1_000:.1f} kB into a session"
    yardstick = f"json.loads, collector paused: {milliseconds(min(bare))}"
    return [at_most("page_load", measured, milliseconds(min(ours)), yardstick, paired(ours, bare), _BOUND)]


def load(content: bytes) -> tuple[Session, list[Customer]]:
    """What a query does with the body of an answer."""
    session = Session(Stubbed())
    return session, session.query(Customer).load(decoded(content)["elements"])


def _decode(content: bytes) -> Any:
    with paused_gc():
        return json.loads(content)
