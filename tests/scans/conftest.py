"""A sandbox whose searches give no more than 300 matches, and customers registered over some years."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from contacthub_orm import Session, Workspace, signals
from contacthub_orm.sandbox import Sandbox

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


@pytest.fixture(scope="session")
def served() -> Iterator[Sandbox]:
    with Sandbox(page_cap=CAP) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    """A session that has sixteen requests in flight."""
    yield from opened(sandbox, 16)


@pytest.fixture
def sequential(sandbox: Sandbox) -> Iterator[Session]:
    """A session that has one request in flight."""
    yield from opened(sandbox, 1)


def opened(sandbox: Sandbox, max_in_flight: int) -> Iterator[Session]:
    settings = {"max_in_flight": max_in_flight}
    with (
        Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url, settings=settings) as workspace,
        Session(workspace.get_node(sandbox.node_id)) as session,
    ):
        yield session


def searches(sandbox: Sandbox) -> int:
    """How many searches there were."""
    return sum(request.method == "GET" for request in sandbox.requests)


def scan_threads() -> list[threading.Thread]:
    """The threads of scans that are there."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("contacthub_orm")]


class Senders:
    """Who sends requests: the threads, and how many requests are under way at once at most."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Senders:
        signals.before_request.connect(self._before)
        signals.after_response.connect(self._after)
        return self

    def __exit__(self, *_: object) -> None:
        signals.before_request.disconnect(self._before)
        signals.after_response.disconnect(self._after)

    def _before(self, *_: object, **__: object) -> None:
        with self._lock:
            self.threads.add(threading.get_ident())
            self._now += 1
            self.most = max(self.most, self._now)

    def _after(self, *_: object, **__: object) -> None:
        with self._lock:
            self._now -= 1


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders() as watching:
        yield watching
