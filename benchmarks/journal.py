"""A commit with a journal, compared with the same commit without one.

The server answers after 20 ms, in a process of its own. Two sessions hold the same customers, and each commit changes all of
them. The journal is beside this file, because a folder for temporary files may be in memory, where a sync costs nothing.
"""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.documents import small_customer
from benchmarks.harness import Row, at_most, interleaved
from benchmarks.server import serving
from contacthub_orm import Customer, Session, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rows"]

_CUSTOMERS: Final = 1_000
_LATENCY: Final = 0.02
_ROUNDS: Final = 5
_BOUND: Final = 1.2


def rows() -> list[Row]:
    """The fastest of some rounds each."""
    with (
        serving(_LATENCY) as server,
        TemporaryDirectory(dir=Path(__file__).parent, prefix=".journal-") as folder,
        Workspace(server.workspace_id, server.token, server.base_url) as workspace,
    ):
        node = workspace.get_node(server.node_id)
        with Session(node) as filling, filling.begin():
            filling.add_all([Customer(**small_customer(number)) for number in range(_CUSTOMERS)])
        with Session(node, journal=Path(folder, "journal")) as journalled, Session(node) as plain:
            numbers = count()
            ours, theirs = interleaved(_ROUNDS, _commit(journalled, numbers), _commit(plain, numbers))
    return [
        at_most(
            "journal",
            f"commit {_CUSTOMERS:,} changed customers at {_LATENCY * 1_000:g} ms with a journal",
            _rate(ours),
            f"without: {_rate(theirs)}",
            min(ours) / min(theirs),
            _BOUND,
        )
    ]


def _rate(seconds: list[float]) -> str:
    return f"{_CUSTOMERS / min(seconds):.0f}/s"


def _commit(session: Session, numbers: count[int]) -> Callable[[], float]:
    """A timed commit that gives every customer a new e-mail address."""
    customers = session.query(Customer).all()
    assert len(customers) == _CUSTOMERS

    def seconds() -> float:
        for customer in customers:
            customer.base.contacts.email = f"new.{next(numbers)}@example.com"
        started = time.perf_counter()
        account = session.commit()
        taken = time.perf_counter() - started
        assert len(account) == _CUSTOMERS
        return taken

    return seconds
