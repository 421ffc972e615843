"""The sandbox as it grows: the last creations by POST compared with the first ones, in one run.

The sandbox runs in a process of its own. Batches of both ends are compared by their fastest, because other work of the
machine can slow a batch down, but not speed it up.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import requests

from benchmarks.harness import Row, at_most, milliseconds
from benchmarks.server import serving

if TYPE_CHECKING:
    from benchmarks.server import Server

__all__ = ["full_rows", "rows"]

_CREATIONS: Final = 10_000
_FULL: Final = 50_000
_COMPARED: Final = 1_000
_BATCH: Final = 100
_BOUND: Final = 1.5


def rows() -> list[Row]:
    """Grow to 10,000 customers."""
    return _rows(_CREATIONS)


def full_rows() -> list[Row]:
    """Grow to 50,000 customers, which takes minutes."""
    return _rows(_FULL)


def _rows(creations: int) -> list[Row]:
    with serving(0) as server, requests.Session() as client:
        client.headers["Authorization"] = f"Bearer {server.token}"
        _create(server, client, range(-_BATCH, 0))
        seconds = [
            _create(server, client, range(start, start + _BATCH)) for start in range(0, creations, _BATCH)
        ]
    first, last = (
        min(part) / _BATCH for part in (seconds[: _COMPARED // _BATCH], seconds[-_COMPARED // _BATCH :])
    )
    return [
        at_most(
            "growth",
            f"the last {_COMPARED:,} of {creations:,} creations by POST",
            milliseconds(last),
            f"the first {_COMPARED:,}: {milliseconds(first)}",
            last / first,
            _BOUND,
        )
    ]


def _create(server: Server, client: requests.Session, numbers: range) -> float:
    """The seconds that it takes to create a customer of each number."""
    started = time.perf_counter()
    for number in numbers:
        contacts = {"email": f"{number}@example.com"}
        body = {"nodeId": server.node_id, "externalId": str(number), "base": {"contacts": contacts}}
        client.post(server.customers_url, json=body, timeout=60).raise_for_status()
    return time.perf_counter() - started
