"""Crews: threads that walk the windows of a scan side by side and hand their pages to one consumer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from queue import Full, Queue, SimpleQueue
from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document
    from contacthub_orm.orm.scans import Window

__all__ = ["Crew"]

_QUEUED_PAGES: Final = 2
_PATIENCE: Final = 0.05
_LAST_PATIENCE: Final = 5.0

Walk = Callable[["Window", Callable[["Window"], None]], Iterator[list["Document"]]]
"""Gives the pages of a window; after each request it calls what may cut the window."""

IsWorthCutting = Callable[["Window", int, int], bool]
"""Whether a window may be cut, after so many requests and cuts."""


class Crew:
    """A crew of `size` threads, at work from the first page asked for until `stop`.

    The end of a scan may be a finalizer, which runs wherever the garbage collector was set off, or in a forked child.
    `stop` therefore takes no lock, and does not wait for ever.
    """

    def __init__(self, window: Window, walk: Walk, is_worth_cutting: IsWorthCutting, size: int) -> None:
        self._walk = walk
        self._is_worth_cutting = is_worth_cutting
        self._size = size
        self._windows: SimpleQueue[Window | None] = SimpleQueue()
        self._results: Queue[list[Document] | BaseException | None] = Queue(_QUEUED_PAGES * size)
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._stopped = False
        self._requests = 0
        self._cuts = 0
        self._open = 1
        self._idle = size
        self._windows.put(window)
        self._threads: list[threading.Thread] = []

    def pages(self) -> Iterator[list[Document]]:
        """The pages as they come, until every window is walked."""
        for _ in range(self._size):
            thread = threading.Thread(target=self._work, name="contacthub_orm scan", daemon=True)
            thread.start()
            self._threads.append(thread)
        while True:
            if os.getpid() != self._process:
                raise InvalidRequestError("a scan cannot go on in a forked process: begin it there")
            found = self._results.get()
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Have the walkers end after the request they are at, and wait for them."""
        self._stopped = True
        if os.getpid() != self._process or threading.current_thread() in self._threads:
            return
        for _ in self._threads:
            self._windows.put(None)
        until = time.monotonic() + _LAST_PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (window := self._windows.get()) is not None and not self._stopped:
            with self._lock:
                self._idle -= 1
            self._walk_all(window)
            with self._lock:
                self._idle += 1

    def _walk_all(self, window: Window) -> None:
        try:
            for page in self._walk(window, self._share):
                if page and not self._hand_over(page):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the pages are consumed
            self._hand_over(error)
        with self._lock:
            self._open -= 1
            last = self._open == 0
        if last:
            self._hand_over(None)

    def _share(self, window: Window) -> None:
        """Give the later half of a window to a walker that has nothing to do."""
        with self._lock:
            self._requests += 1
            waiting = self._idle - self._windows.qsize()
            if waiting <= 0 or not self._is_worth_cutting(window, self._requests, self._cuts):
                return
            other = window.cut()
            if other is not None:
                self._cuts += 1
                self._open += 1
                self._windows.put(other)

    def _hand_over(self, found: list[Document] | BaseException | None) -> bool:
        """Put a page where the consumer gets it; False when nobody will."""
        while not self._stopped:
            try:
                self._results.put(found, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False
