"""A commit over HTTP, compared with threads that send the same requests with requests alone, and with a plain loop.

The server answers after 20 ms, in a process of its own. The processors' time of the client is measured beside the seconds: it
tells the same on a machine that is busy, and the server has no part in it. The customers exist before and are loaded by a query; every request
changes one. They are small, so that the server, which checks and stores every write, is not what is measured.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter

from benchmarks.documents import Document, small_customer
from benchmarks.harness import Row, at_least, at_most, interleaved, microseconds, processor_seconds
from benchmarks.server import Server, serving
from contacthub_orm import Customer, Session, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rows"]

_CUSTOMERS: Final = 1_000
_IN_FLIGHT: Final = 16
_LATENCY: Final = 0.02
_LOOPED: Final = 100
_ROUNDS: Final = 7
_THREADS_BOUND: Final = 1
_PROCESSOR_BOUND: Final = 0.9
_LOOP_BOUND: Final = 12


def rows() -> list[Row]:
    """The fastest of some rounds each."""
    with (
        serving(_LATENCY) as server,
        Workspace(server.workspace_id, server.token, server.base_url) as workspace,
        Session(workspace.get_node(server.node_id)) as session,
    ):
        run = _Run(server, session)
        ours, threads, loop = interleaved(
            _ROUNDS, run.measured(run.commit), run.measured(run.threads), run.loop
        )
    our_work, their_work = (min(run.work[one][1:]) for one in (run.commit, run.threads))
    what = f"commit {_CUSTOMERS:,} changed customers at {_LATENCY * 1_000:g} ms, {_IN_FLIGHT} in flight"
    return [
        _row("commit_threads", what, ours, f"{_IN_FLIGHT} threads of session.patch", threads, _THREADS_BOUND),
        at_most(
            "commit_processor",
            "the same: processors' time of the client per operation",
            microseconds(our_work),
            f"{_IN_FLIGHT} threads of session.patch: {microseconds(their_work)}",
            our_work / their_work,
            _PROCESSOR_BOUND,
        ),
        _row("commit_loop", "the same", ours, "a loop of requests.patch", loop, _LOOP_BOUND),
    ]


def _row(  # noqa: PLR0913, PLR0917 - the cells of a row, in their order
    name: str, what: str, ours: list[float], whose: str, theirs: list[float], bound: float
) -> Row:
    return at_least(name, what, _rate(ours), f"{whose}: {_rate(theirs)}", min(theirs) / min(ours), bound)


def _rate(seconds: list[float]) -> str:
    return f"{1 / min(seconds):.0f}/s"


class _Run:
    """The three contenders over the same customers. Each returns its seconds per request."""

    def __init__(self, server: Server, session: Session) -> None:
        self._server = server
        self._session = session
        session.add_all([Customer(**small_customer(number)) for number in range(_CUSTOMERS)])
        session.commit()
        session.expunge_all()
        self._customers = session.query(Customer).all()
        assert len(self._customers) == _CUSTOMERS
        self._urls = [server.customer_url(str(customer.id)) for customer in self._customers]
        self._numbers = count()
        self.work: dict[Callable[[], float], list[float]] = {}
        """By contender, the processors' seconds per request of each run; the first one is that to warm up."""

    def measured(self, contender: Callable[[], float]) -> Callable[[], float]:
        """A contender that notes the processors' time, too."""

        def run() -> float:
            seconds, work = processor_seconds(contender)
            self.work.setdefault(contender, []).append(work / _CUSTOMERS)
            return seconds

        return run

    def commit(self) -> float:
        """One commit of all customers."""
        for customer in self._customers:
            customer.base.contacts.email = self._email()
        account, seconds = _timed(self._session.commit)
        assert len(account) == _CUSTOMERS
        return seconds / _CUSTOMERS

    def threads(self) -> float:
        """The same requests from threads over one pooled session."""
        bodies = [self._body() for _ in self._urls]
        with requests.Session() as pooled, ThreadPoolExecutor(_IN_FLIGHT) as pool:
            pooled.mount("http://", HTTPAdapter(pool_maxsize=_IN_FLIGHT))
            pooled.headers.update(self._headers())

            def patch(url: str, body: Document) -> None:
                pooled.patch(url, json=body, timeout=30).raise_for_status()

            return _timed(lambda: list(pool.map(patch, self._urls, bodies)))[1] / _CUSTOMERS

    def loop(self) -> float:
        """Some of the same requests, one after another, each with a connection of its own."""
        urls = self._urls[:_LOOPED]
        bodies = [self._body() for _ in urls]
        headers = self._headers()

        def patch_all() -> None:
            for url, body in zip(urls, bodies, strict=True):
                requests.patch(url, json=body, headers=headers, timeout=30).raise_for_status()

        return _timed(patch_all)[1] / _LOOPED

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._server.token}"}

    def _body(self) -> Document:
        return {"base": {"contacts": {"email": self._email()}}}

    def _email(self) -> str:
        return f"new.{next(self._numbers)}@example.com"


def _timed(action: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started
