"""A mirror: how fast it is filled, compared with requests and inserts alone; how fast it answers, compared with SQL by hand.

The server answers after 20 ms, in a process of its own. The yardstick sends exactly the searches of the last pull from as
many threads, and inserts what it gets with sqlite3 alone. The query looks at every customer of a mirror and finds one in 800;
the yardstick is the same SQL with `json.loads` for the rows.
"""

from __future__ import annotations

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter

from benchmarks.documents import small_customer
from benchmarks.harness import Row, at_most, interleaved, stopwatch
from benchmarks.server import Server, serving
from contacthub_orm import Customer, Workspace, signals
from contacthub_orm.mirror import Mirror
from contacthub_orm.sandbox import Sandbox

if TYPE_CHECKING:
    from contacthub_orm import Node

__all__ = ["full_rows", "rows"]

_CUSTOMERS: Final = 10_000
_FULL: Final = 100_000
_LATENCY: Final = 0.02
_IN_FLIGHT: Final = 16
_ROUNDS: Final = 5
_BEGINNING: Final = datetime(2019, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_BATCH: Final = 1_000

_FILL_BOUND: Final = 1.3
_QUERY_BOUND: Final = 1.5


def rows(customers: int = _CUSTOMERS, rounds: int = _ROUNDS) -> list[Row]:
    """The fastest of some rounds each."""
    with TemporaryDirectory(prefix="mirror-") as folder:
        data = Path(folder, "customers.sqlite")
        sandbox = Sandbox(data)
        sandbox.seed(
            {**small_customer(number), "registeredAt": (_BEGINNING + number * _MINUTE).isoformat()}
            for number in range(customers)
        )
        sandbox.stop()
        with (
            serving(_LATENCY, data) as server,
            Workspace(server.workspace_id, server.token, server.base_url) as workspace,
        ):
            node = workspace.get_node(server.node_id)
            run = _Run(server, node, Path(folder), customers)
            return [_fill_row(run, rounds), _query_row(node, Path(folder, "queried"), customers, rounds)]


def full_rows() -> list[Row]:
    """The same rows with 100,000 customers."""
    return rows(_FULL, 3)


def _fill_row(run: _Run, rounds: int) -> Row:
    ours, bare = interleaved(rounds, run.pull, run.bare)
    return at_most(
        "mirror_fill",
        f"{run.customers:,} customers at {_LATENCY * 1_000:g} ms into a mirror",
        f"{run.customers / min(ours):,.0f} rows a second",
        f"{_IN_FLIGHT} threads of session.get and sqlite3: {run.customers / min(bare):,.0f}",
        min(ours) / min(bare),
        _FILL_BOUND,
    )


class _Run:
    """The two contenders. `searches` are those of the last pull."""

    def __init__(self, server: Server, node: Node, folder: Path, customers: int) -> None:
        self._server, self._node, self._folder = server, node, folder
        self.customers = customers
        self.searches: list[Any] = []
        self._count = 0

    def pull(self) -> float:
        """Fill a mirror, and note the searches of customers."""
        searches: list[Any] = []

        def note(_: object, *, params: Any, path: str, **__: object) -> None:
            if path.endswith("/customers"):
                searches.append(params)

        self._count += 1
        with (
            Mirror(self._node, self._folder / f"mirror-{self._count}") as mirror,
            signals.before_request.connected_to(note),
        ):
            started = time.perf_counter()
            done = mirror.pull()
            seconds = time.perf_counter() - started
        assert done.written == self.customers
        self.searches = searches
        return seconds

    def bare(self) -> float:
        """The same searches and inserts, without the library."""
        self._count += 1
        connection = sqlite3.connect(self._folder / f"bare-{self._count}", isolation_level=None)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("create table customers (id text primary key, version integer, document text)")
        with requests.Session() as pooled, ThreadPoolExecutor(_IN_FLIGHT) as pool:
            pooled.mount("http://", HTTPAdapter(pool_maxsize=_IN_FLIGHT))
            pooled.headers["Authorization"] = f"Bearer {self._server.token}"

            def get(parameters: Any) -> list[Any]:
                answer = pooled.get(self._server.customers_url, params=parameters, timeout=60)
                answer.raise_for_status()
                found: list[Any] = answer.json()["elements"]
                return found

            started = time.perf_counter()
            batch: list[Any] = []
            for page in pool.map(get, self.searches):
                batch += page
                if len(batch) >= _BATCH:
                    _insert(connection, batch)
                    batch = []
            _insert(connection, batch)
            seconds = time.perf_counter() - started
        connection.close()
        return seconds


def _insert(connection: sqlite3.Connection, documents: list[Any]) -> None:
    connection.execute("begin immediate")
    connection.executemany(
        "insert or replace into customers values (?, ?, ?)",
        [(one["id"], one["version"], json.dumps(one)) for one in documents],
    )
    connection.execute("commit")


def _query_row(node: Node, path: Path, customers: int, rounds: int) -> Row:
    with Mirror(node, path) as mirror:
        mirror.pull()
        query = mirror.query(Customer).filter(Customer.base.lastName == "Rossi 7")
        with sqlite3.connect(path) as connection:
            sql = "select document from customer_documents where document ->> '$.base.lastName' = 'Rossi 7'"
            by_hand = lambda: [json.loads(text) for (text,) in connection.execute(sql)]  # noqa: E731
            assert len(query.all()) == len(by_hand()) > 0
            ours, theirs = interleaved(rounds, lambda: stopwatch(query.all), lambda: stopwatch(by_hand))
    return at_most(
        "mirror_query",
        f"a query of {customers:,} customers in a mirror, without an index",
        f"{min(ours) * 1_000:.3g} ms",
        f"the same SQL by hand: {min(theirs) * 1_000:.3g} ms",
        min(ours) / min(theirs),
        _QUERY_BOUND,
    )
