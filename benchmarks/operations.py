"""The cost of the operations in the Python SDK's manual, by our node and objects, compared with requests alone.

The two sides take turns call by call. Each reaches the same server, which answers after 20 ms in a process of its own,
through a counting forwarder. It counts everything on the wire, headers included.
"""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.forwarder import Forwarder, Traffic, forwarding
from benchmarks.harness import Row, at_most, milliseconds
from benchmarks.manual import CUSTOMERS, PAGE_SIZE, NodeCalls, PlainCalls, seeded
from benchmarks.server import Server, serving
from contacthub_orm import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["rows"]

_CALLS: Final = CUSTOMERS
_LATENCY: Final = 0.02
_PLAIN: Final = "calls of requests alone"


@dataclass(frozen=True, slots=True)
class _More:
    """What each of our requests has beyond the manual's: its name and its text on the wire."""

    name: str
    text: str


_SORT: Final = _More("sort", "&sort=registeredAt%2Casc")
_DATE: Final = _More("date", ',"date":"2024-05-01T10:00:00.000Z"')
_NODE: Final = _More("nodeId", f"nodeId={UUID(int=0)}&")


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation, with the name of the method that both sides have for it."""

    name: str
    what: str
    more: _More | None = None


_OPERATIONS: Final = (
    _Operation("add_customer", "POST"),
    _Operation("force_update", "POST, 409, PATCH"),
    _Operation("get_customer", "GET by id"),
    _Operation("get_by_external_id", "GET by external id", _SORT),
    _Operation("get_customers", f"GET a page of {PAGE_SIZE}", _SORT),
    _Operation("query", "GET by two names", _SORT),
    _Operation("patch", "a new e-mail, PATCH"),
    _Operation("put", "a new e-mail, PUT"),
    _Operation("add_tag", "GET, PATCH"),
    _Operation("add_education", "POST"),
    _Operation("update_education", "PUT"),
    _Operation("remove_education", "DELETE"),
    _Operation("add_event", "POST", _DATE),
    _Operation("get_events", "GET by customer", _NODE),
    _Operation("delete_customer", "DELETE"),
)


def rows() -> list[Row]:
    """A row for each operation, then the totals."""
    with serving(_LATENCY, uniqueness_policy="BLOCK") as server, _through(server) as sides:
        measured = {operation: _measured(operation.name, sides) for operation in _OPERATIONS}
    ours, plain = (_sum([pair[place] for pair in measured.values()]) for place in (0, 1))
    return [*(_row(one, *pair) for one, pair in measured.items()), *_totals(ours, plain)]


# -- measuring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Measured:
    traffic: Traffic
    seconds: float

    def __str__(self) -> str:
        sent, received = (round(count / _CALLS) for count in (self.traffic.sent, self.traffic.received))
        took = milliseconds(self.seconds / _CALLS)
        return f"{self.traffic.requests} requests, a call {sent:,} B out, {received:,} B in, {took}"


@dataclass(frozen=True, slots=True)
class _Side:
    calls: NodeCalls | PlainCalls
    forwarder: Forwarder


_Sides = tuple[_Side, _Side]


def _measured(name: str, sides: _Sides) -> tuple[_Measured, _Measured]:
    """The calls of one operation, ours and the plain ones in turn; each side comes first half of the time."""
    gc.collect()
    calls: list[Callable[[int], object]] = [getattr(side.calls, name) for side in sides]
    before = [side.forwarder.traffic for side in sides]
    seconds = [0.0, 0.0]
    for number in range(_CALLS):
        for place in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            calls[place](number)
            seconds[place] += time.perf_counter() - started
    after = [side.forwarder.traffic for side in sides]
    return (
        _Measured(after[0] - before[0], seconds[0]),
        _Measured(after[1] - before[1], seconds[1]),
    )


def _sum(parts: list[_Measured]) -> _Measured:
    traffic = Traffic()
    for part in parts:
        traffic += part.traffic
    return _Measured(traffic, sum(part.seconds for part in parts))


@contextmanager
def _through(server: Server) -> Iterator[_Sides]:
    """Both sides, each with its customers and its forwarder. The number of plain calls checks the forwarder's counts."""
    port = urlsplit(server.base_url).port
    assert port is not None
    with forwarding(port) as to_us, forwarding(port) as to_plain:
        near, far = (_reached(server, forwarder) for forwarder in (to_us, to_plain))
        with Workspace(near.workspace_id, near.token, near.base_url) as workspace:
            ours = NodeCalls(workspace, near, seeded(server, "nodes"))
            plain = PlainCalls(far, seeded(server, "plain"))
            yield _Side(ours, to_us), _Side(plain, to_plain)
        counted = to_plain.traffic
        assert counted.requests == counted.connections == plain.calls, "a proxy, or the forwarder, is wrong"


def _reached(server: Server, forwarder: Forwarder) -> Server:
    parts = urlsplit(server.base_url)
    return replace(server, base_url=parts._replace(netloc=f"127.0.0.1:{forwarder.port}").geturl())


# -- rows -------------------------------------------------------------------------------------------------------------


def _row(operation: _Operation, ours: _Measured, plain: _Measured) -> Row:
    """A row in which our requests and bytes may not exceed theirs. Bytes beyond the manual are shown, but not bounded."""
    sent, time_ratio = ours.traffic.sent / plain.traffic.sent, ours.seconds / plain.seconds
    figure, bound, bounded = f"{sent:.2f} out", "bytes out", sent
    if operation.more is not None:
        without = f"without {operation.more.name}"
        bounded = (ours.traffic.sent - _CALLS * len(operation.more.text)) / plain.traffic.sent
        figure, bound = f"{figure}, {bounded:.2f} {without}", f"{bound} {without}"
    return Row(
        operation.name,
        operation.what,
        str(ours),
        str(plain),
        f"{figure}, {time_ratio:.2f} time",
        f"requests, {bound} <= 1",
        ours.traffic.requests <= plain.traffic.requests and bounded <= 1,
    )


def _totals(ours: _Measured, plain: _Measured) -> list[Row]:
    what = f"{_CALLS} of each operation at {_LATENCY * 1_000:g} ms"
    here, there = ours.traffic, plain.traffic
    return [
        _total("requests", what, f"{here.requests:,}", f"{there.requests:,}", here.requests / there.requests),
        _total(
            "bytes",
            "the same, bytes sent",
            _kilobytes(here.sent),
            _kilobytes(there.sent),
            here.sent / there.sent,
        ),
        _total(
            "time",
            "the same",
            f"{ours.seconds:.1f} s",
            f"{plain.seconds:.1f} s",
            ours.seconds / plain.seconds,
        ),
        Row(
            "operations_connections",
            "the same, connections opened",
            f"{here.connections}",
            f"{_PLAIN}: {there.connections:,}",
            f"{here.connections}",
            "<= 1",
            here.connections <= 1,
        ),
    ]


def _total(name: str, what: str, ours: str, plain: str, ratio: float) -> Row:
    return at_most(f"operations_{name}", what, ours, f"{_PLAIN}: {plain}", ratio, 1)


def _kilobytes(count: int) -> str:
    return f"{count / 1_000:,.0f} kB"
