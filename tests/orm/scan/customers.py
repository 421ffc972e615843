"""Customers registered over some years, more of them than one search gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

CAP = 300
BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=5 * 365)


def moment(milliseconds: float) -> str:
    """So long after the beginning."""
    return (BEGINNING + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")


def customers(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Customers registered at random over some years."""
    random = Random(seed)
    years = YEARS / timedelta(milliseconds=1)
    for number in range(count):
        yield {"externalId": str(number), "registeredAt": moment(random.random() * years)}


def at(milliseconds: Iterable[float]) -> Iterator[dict[str, Any]]:
    """Customers registered so long after the beginning."""
    for number, each in enumerate(milliseconds):
        yield {"externalId": str(number), "registeredAt": moment(each)}
