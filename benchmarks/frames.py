"""Rows as Arrow, compared with the JSON decoder alone; a lazy scan, compared with threads that read the same pages.

The pages are those of the benchmark `page_load`. The server of the scan answers after 20 ms, in a process of its own.
Without the extra `engines` nothing is measured.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter

from benchmarks.documents import page_of
from benchmarks.harness import Row, at_most, interleaved, stopwatch
from benchmarks.scan import seed
from benchmarks.server import serving
from contacthub_orm import Customer, Workspace, signals

if TYPE_CHECKING:
    from benchmarks.server import Server

__all__ = ["rows"]

_PAGES: Final = 20
_PAGE: Final = 50
_CUSTOMERS: Final = 10_000
_IN_FLIGHT: Final = 16
_LATENCY: Final = 0.02
_ROUNDS: Final = 9
_ARROW_BOUND: Final = 3
_SCAN_BOUND: Final = 1.5


def rows() -> list[Row]:
    """The fastest of some rounds each."""
    if not (find_spec("pyarrow") and find_spec("polars")):
        print("frames: not measured, since pyarrow or polars is not installed", file=sys.stderr)
        return []
    return [_arrow_row(flat=False), _arrow_row(flat=True), _scan_row()]


def _arrow_row(*, flat: bool) -> Row:
    """The pages of a batch, from bytes to Arrow."""
    from contacthub_orm.frames.documents import Batches
    from contacthub_orm.frames.shapes import shape_of

    bodies = [page_of(_PAGE) for _ in range(_PAGES)]
    batches = Batches(Customer, shape_of(Customer), flat=flat, undeclared=True)

    def documents() -> list[Any]:
        return [one for body in bodies for one in json.loads(body)["elements"]]

    ours, decoder = interleaved(
        _ROUNDS, lambda: stopwatch(lambda: batches.of(documents())), lambda: stopwatch(documents)
    )
    number = _PAGES * _PAGE
    return at_most(
        "frames_flat" if flat else "frames_arrow",
        f"{number:,} customers from bytes to {'flat ' * flat}Arrow",
        f"{number / min(ours):,.0f}/s",
        f"json.loads alone: {number / min(decoder):,.0f}/s",
        min(ours) / min(decoder),
        _ARROW_BOUND,
    )


def _scan_row() -> Row:
    with TemporaryDirectory(prefix="frames-") as folder:
        data = Path(folder, "customers.sqlite")
        seed(data, _CUSTOMERS)
        with (
            serving(_LATENCY, data) as server,
            Workspace(server.workspace_id, server.token, server.base_url) as workspace,
        ):
            run = _Run(server, workspace)
            ours, threads = interleaved(_ROUNDS, run.scan, run.threads)
    return at_most(
        "frames_scan",
        f"lazy scan of {_CUSTOMERS:,} customers, a filter and two columns, at {_LATENCY * 1_000:g} ms",
        f"{_CUSTOMERS / min(ours):,.0f}/s",
        f"{_IN_FLIGHT} threads of session.get: {_CUSTOMERS / min(threads):,.0f}/s",
        min(ours) / min(threads),
        _SCAN_BOUND,
    )


class _Run:
    """The two contenders. `searches` are those of the last scan."""

    def __init__(self, server: Server, workspace: Workspace) -> None:
        import polars

        self._server = server
        name, email = polars.col("base.lastName"), polars.col("base.contacts.email")
        frame = workspace.get_node(server.node_id).scan(Customer)
        self._frame = frame.filter(name.is_not_null()).select(name, email)
        self.searches: list[Any] = []

    def scan(self) -> float:
        """One scan, which notes its searches."""
        searches: list[Any] = []

        def note(_: object, *, params: Any, **__: object) -> None:
            searches.append(params)

        with signals.before_request.connected_to(note):
            started = time.perf_counter()
            found = self._frame.collect().height
            taken = time.perf_counter() - started
        assert found == _CUSTOMERS
        self.searches = searches
        return taken

    def threads(self) -> float:
        """The searches of the last scan, sent by threads."""
        with requests.Session() as pooled, ThreadPoolExecutor(_IN_FLIGHT) as pool:
            pooled.mount("http://", HTTPAdapter(pool_maxsize=_IN_FLIGHT))
            pooled.headers["Authorization"] = f"Bearer {self._server.token}"

            def get(parameters: Any) -> int:
                answer = pooled.get(self._server.customers_url, params=parameters, timeout=60)
                answer.raise_for_status()
                return len(answer.json()["elements"])

            started = time.perf_counter()
            found = sum(pool.map(get, self.searches))
            taken = time.perf_counter() - started
        assert found >= _CUSTOMERS
        return taken
