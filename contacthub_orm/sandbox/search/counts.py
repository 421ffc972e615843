"""Counts of matches that go beyond the cap, which need not be counted again for every search.

A write changes one document, and so one match at most. A count is at least what it was, less the writes since then.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["is_known_to_reach", "note_count"]

REMEMBERED: Final = 256
REMEMBERING: Final = threading.Lock()


def is_known_to_reach(call: Call, key: Hashable, least: int) -> bool:
    """Whether it is known that there are so many matches.

    Args:
        call: the request.
        key: what is counted.
        least: the number of matches.
    """
    count, writes = call.service.counts.get(key, (0, 0))
    # A snapshot may be older than the count.
    return count - abs(_writes(call) - writes) >= least


def note_count(call: Call, key: Hashable, count: int) -> None:
    """Remember a count, while searches see everything that was written."""
    counts = call.service.counts
    with REMEMBERING:
        counts.pop(key, None)
        while len(counts) >= REMEMBERED:
            del counts[next(iter(counts))]
        counts[key] = (count, _writes(call))


def _writes(call: Call) -> int:
    """How many matches may have changed so far; an event may go from one customer to another."""
    customers, events = call.store.generations(call.connection)
    return customers + 2 * events
