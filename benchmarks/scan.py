"""A scan of many customers: its time, compared with threads that read the same pages with requests alone; its requests; its memory.

The server answers after 20 ms, in a process of its own. The customers were registered at random over some years. The
yardstick sends exactly the searches of an earlier scan and decodes the answers. The memory of a scan is traced in a process
that does nothing else. Reading customers with their events is compared with the same requests one after another.
"""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter

from benchmarks.documents import Document, small_customer
from benchmarks.harness import Row, at_least, at_most, interleaved, microseconds, paired, processor_seconds
from benchmarks.server import Server, serving
from contacthub_orm import Customer, Session, Workspace, selectinload, signals
from contacthub_orm.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["full_rows", "peak_of", "rows", "seed"]

_CUSTOMERS: Final = 20_000
_HALF: Final = 10_000
_FULL: Final = 100_000
_FIFTH: Final = 20_000
_PAGE: Final = 50
_IN_FLIGHT: Final = 16
_LATENCY: Final = 0.02
_ROUNDS: Final = 15
_EVENTS_ROUNDS: Final = 9
_WITH_EVENTS: Final = 50
_EVENTS: Final = 3
_BEGINNING: Final = datetime(2019, 1, 1, tzinfo=UTC)
_YEARS: Final = timedelta(days=5 * 365)

_TIME_BOUND: Final = 1.15
_PROCESSOR_BOUND: Final = 1.25
_REQUESTS_BOUND: Final = 1.03
_MEMORY_BOUND: Final = 1.2
_EVENTS_BOUND: Final = 6


def rows(customers: int = _CUSTOMERS, part: int = _HALF) -> list[Row]:
    """The time by rounds side by side, the rest by the fastest; memory is measured once, because it hardly varies."""
    with TemporaryDirectory(prefix="scan-") as folder:
        data = Path(folder, "customers.sqlite")
        instants = seed(data, customers)
        with (
            serving(_LATENCY, data) as server,
            Workspace(server.workspace_id, server.token, server.base_url) as workspace,
            Session(workspace.get_node(server.node_id)) as session,
        ):
            return [
                *_scan_rows(_Run(server, session, customers)),
                _memory_row(server, {part: instants[part], customers: datetime.now(UTC)}),
                _events_row(_WithEvents(server, session)),
            ]


def full_rows() -> list[Row]:
    """The same rows with 100,000 customers, which takes some minutes."""
    return rows(_FULL, _FIFTH)


def seed(data: Path, customers: int) -> list[datetime]:
    """Fill the file and return the times of registration, sorted."""
    random = Random(1)
    instants = [_BEGINNING + random.random() * _YEARS for _ in range(customers)]
    sandbox = Sandbox(data)
    ids = sandbox.seed(
        {**small_customer(number), "registeredAt": instant.isoformat()}
        for number, instant in enumerate(instants)
    )
    sandbox.seed_events(_viewed(one) for one in ids[:_WITH_EVENTS] for _ in range(_EVENTS))
    sandbox.stop()
    return sorted(instants)


def _viewed(identity: str) -> Document:
    return {"customerId": identity, "type": "viewedPage", "context": "WEB", "properties": {}}


# -- time and requests ------------------------------------------------------------------------------------------------


def _scan_rows(run: _Run) -> list[Row]:
    what = f"scan {run.customers:,} customers at {_LATENCY * 1_000:g} ms, {_IN_FLIGHT} in flight"
    ours, threads = interleaved(_ROUNDS, run.scan, run.threads)
    least = -(-run.customers // _PAGE)
    return [
        at_most(
            "scan_time",
            what,
            f"{median(ours):.2f} s",
            f"{_IN_FLIGHT} threads of session.get: {median(threads):.2f} s",
            paired(ours, threads),
            _TIME_BOUND,
        ),
        at_most(
            "scan_processor",
            "the same: processors' time of the client per page",
            microseconds(min(run.scan_work)),
            f"{_IN_FLIGHT} threads of session.get: {microseconds(min(run.threads_work))}",
            min(run.scan_work) / min(run.threads_work),
            _PROCESSOR_BOUND,
        ),
        at_most(
            "scan_requests",
            "the same",
            f"{len(run.searches)} requests",
            f"full pages: {least}",
            len(run.searches) / least,
            _REQUESTS_BOUND,
        ),
    ]


class _Run:
    """The two contenders. `searches` are those of the last scan."""

    def __init__(self, server: Server, session: Session, customers: int) -> None:
        self._server = server
        self._session = session
        self.customers = customers
        self.searches: list[Any] = []
        self.scan_work: list[float] = []
        self.threads_work: list[float] = []

    def scan(self) -> float:
        """One scan, which notes its searches."""
        searches: list[Any] = []

        def note(_: object, *, params: Any, **__: object) -> None:
            searches.append(params)

        with signals.before_request.connected_to(note):
            (found, seconds), work = processor_seconds(
                lambda: _timed(lambda: sum(1 for _ in self._session.query(Customer).yield_per(_PAGE)))
            )
        assert found == self.customers
        self.searches = searches
        self.scan_work.append(work / len(searches))
        return seconds

    def threads(self) -> float:
        """The searches of the last scan, sent by threads."""
        with _pooled(self._server) as pooled, ThreadPoolExecutor(_IN_FLIGHT) as pool:

            def get(parameters: Any) -> int:
                answer = pooled.get(self._server.customers_url, params=parameters, timeout=60)
                answer.raise_for_status()
                return len(answer.json()["elements"])

            (found, seconds), work = processor_seconds(
                lambda: _timed(lambda: sum(pool.map(get, self.searches)))
            )
        assert found >= self.customers
        self.threads_work.append(work / len(self.searches))
        return seconds


# -- memory -----------------------------------------------------------------------------------------------------------


def _memory_row(server: Server, ends: dict[int, datetime]) -> Row:
    """The peak for all customers, compared with that for a part; `ends` has the time up to which a number was registered."""
    few, many = ends
    part, whole = (_child(server, ends[each]) for each in (few, many))
    return at_most(
        "scan_memory",
        f"memory for a scan of {many:,} customers",
        f"{whole / 1e6:.1f} MB",
        f"of {few:,}: {part / 1e6:.1f} MB",
        whole / part,
        _MEMORY_BOUND,
    )


def _child(server: Server, end: datetime) -> int:
    arguments = [server.base_url, server.workspace_id, server.node_id, server.token, end.isoformat()]
    code = "import sys; from benchmarks.scan import peak_of; print(peak_of(*sys.argv[1:]))"
    answer = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return int(answer.stdout)


def peak_of(base_url: str, workspace_id: str, node_id: str, token: str, end: str) -> int:
    """The peak of the bytes that Python allocates in a scan of the customers registered before `end`."""
    with (
        Workspace(workspace_id, token, base_url) as workspace,
        Session(workspace.get_node(node_id)) as session,
    ):
        query = session.query(Customer)
        assert query.first() is not None
        tracemalloc.start()
        for customer in query.filter(Customer.registeredAt < datetime.fromisoformat(end)).yield_per(_PAGE):
            assert customer.base.contacts.email is not None
            assert customer.tags.manual
        return tracemalloc.get_traced_memory()[1]


# -- events -----------------------------------------------------------------------------------------------------------


def _events_row(run: _WithEvents) -> Row:
    ours, loop = interleaved(_EVENTS_ROUNDS, run.selectinload, run.loop)
    return at_least(
        "scan_events",
        f"{_WITH_EVENTS} customers with their events at {_LATENCY * 1_000:g} ms",
        f"{min(ours) * 1_000:.0f} ms",
        f"a loop of session.get: {min(loop) * 1_000:.0f} ms",
        min(loop) / min(ours),
        _EVENTS_BOUND,
    )


class _WithEvents:
    """The two contenders: the same requests in parallel and one after another."""

    def __init__(self, server: Server, session: Session) -> None:
        self._server = server
        self._session = session
        wanted = [small_customer(number)["externalId"] for number in range(_WITH_EVENTS)]
        self._query = session.query(Customer).filter(Customer.externalId.in_(wanted))
        self._parameters = self._query.compile()

    def selectinload(self) -> float:
        """The customers with their events by one query."""
        query = self._query.options(selectinload(Customer.events))
        found, seconds = _timed(lambda: sum(len(customer.events) for customer in query.all()))
        assert found == _WITH_EVENTS * _EVENTS
        return seconds

    def loop(self) -> float:
        """The same requests by requests alone."""

        def read() -> Iterable[Document]:
            customers = pooled.get(
                self._server.customers_url, params={**self._parameters, "size": "50"}, timeout=60
            )
            for customer in customers.json()["elements"]:
                events = pooled.get(
                    self._server.events_url, params={"customerId": customer["id"], "size": "50"}, timeout=60
                )
                yield from events.json()["elements"]

        with _pooled(self._server) as pooled:
            found, seconds = _timed(lambda: sum(1 for _ in read()))
        assert found == _WITH_EVENTS * _EVENTS
        return seconds


def _pooled(server: Server) -> requests.Session:
    pooled = requests.Session()
    pooled.mount("http://", HTTPAdapter(pool_maxsize=_IN_FLIGHT))
    pooled.headers["Authorization"] = f"Bearer {server.token}"
    return pooled


def _timed(action: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    found = action()
    return found, time.perf_counter() - started
