"""A session on a sandbox, and what can be seen of its scans: requests, threads, and how many are under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from contacthub_orm import Session, Workspace, signals
from contacthub_orm.sandbox import Sandbox


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
