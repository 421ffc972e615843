"""What `AsyncSession` adds to a request: the same GETs, one after another, by it and by `Session`, at 20 ms."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from benchmarks.documents import small_customer
from benchmarks.harness import Row, at_most, interleaved, milliseconds
from benchmarks.server import serving
from contacthub_orm import Customer, Session, Workspace
from contacthub_orm.asyncio import AsyncSession

if TYPE_CHECKING:
    from contacthub_orm import Node

__all__ = ["rows"]

_CUSTOMERS: Final = 50
_LATENCY: Final = 0.02
_ROUNDS: Final = 7
_BOUND: Final = 1.03


def rows() -> list[Row]:
    """The fastest of some rounds each."""
    with (
        serving(_LATENCY) as server,
        Workspace(server.workspace_id, server.token, server.base_url) as workspace,
    ):
        node = workspace.get_node(server.node_id)
        with Session(node) as filling:
            customers = [Customer(**small_customer(number)) for number in range(_CUSTOMERS)]
            filling.add_all(customers)
            filling.commit()
            ids = [str(customer.id) for customer in customers]
        ours, theirs = interleaved(
            _ROUNDS, lambda: asyncio.run(_awaited(node, ids)), lambda: _called(node, ids)
        )
    return [
        at_most(
            "asyncio",
            f"a GET at {_LATENCY * 1_000:g} ms by AsyncSession",
            milliseconds(min(ours) / _CUSTOMERS),
            f"Session: {milliseconds(min(theirs) / _CUSTOMERS)}",
            min(ours) / min(theirs),
            _BOUND,
        )
    ]


async def _awaited(node: Node, ids: list[str]) -> float:
    started = time.perf_counter()
    async with AsyncSession(node) as session:
        for identity in ids:
            assert await session.get(Customer, identity) is not None
    return time.perf_counter() - started


def _called(node: Node, ids: list[str]) -> float:
    started = time.perf_counter()
    with Session(node) as session:
        for identity in ids:
            assert session.get(Customer, identity) is not None
    return time.perf_counter() - started
