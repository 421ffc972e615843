"""Crews: threads that walk the windows of a scan side by side and hand their pages to one consumer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from queue import Full, Queue, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.scan.partitions import Cut, Window

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Crew", "Work"]

_QUEUED_PAGES: Final = 2
_PATIENCE: Final = 0.05
_LAST_PATIENCE: Final = 5.0


class Work(Protocol):
    """What a crew does; each is called in one thread, several at a time."""

    def walk(self, window: Window, share: Callable[[Window], None]) -> Iterator[list[Document]]:
        """Give the pages of a window; call `share` after each but the last."""
        ...

    def cuts_of(self, window: Window, waiting: int) -> list[Cut]:
        """The cuts by which a window is shared with so many walkers."""
        ...

    def open(self, cut: Cut) -> Window | None:
        """Make a cut, and give the window after it, None where it came too late."""
        ...


class Crew:
    """A crew of `size` threads, at work from the first page asked for until `stop`.

    The end of a scan may be a finalizer, which runs wherever the garbage collector was set off, or in a forked child.
    `stop` therefore takes no lock, and does not wait for ever.
    """

    def __init__(self, window: Window, work: Work, size: int) -> None:
        self._work = work
        self._size = size
        self._tasks: SimpleQueue[Window | Cut | None] = SimpleQueue()
        self._results: Queue[list[Document] | BaseException | None] = Queue(_QUEUED_PAGES * size)
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._stopped = False
        self._undone = 1
        self._idle = size
        self._tasks.put(window)
        self._threads: list[threading.Thread] = []

    def pages(self) -> Iterator[list[Document]]:
        """The pages as they come, until every window is walked."""
        for _ in range(self._size):
            thread = threading.Thread(target=self._run, name="contacthub_orm scan", daemon=True)
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
            self._tasks.put(None)
        until = time.monotonic() + _LAST_PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None and not self._stopped:
            with self._lock:
                self._idle -= 1
            self._do(task)
            with self._lock:
                self._idle += 1

    def _do(self, task: Window | Cut) -> None:
        try:
            window = self._work.open(task) if isinstance(task, Cut) else task
            for page in self._work.walk(window, self._share) if window is not None else ():
                if page and not self._hand_over(page):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the pages are consumed
            self._hand_over(error)
        with self._lock:
            self._undone -= 1
            last = self._undone == 0
        if last:
            self._hand_over(None)

    def _share(self, window: Window) -> None:
        """Give parts of a window to the walkers that have nothing to do."""
        with self._lock:
            waiting = self._idle - self._tasks.qsize()
            if waiting <= 0:
                return
            cuts = self._work.cuts_of(window, waiting)
            self._undone += len(cuts)
            for cut in cuts:
                self._tasks.put(cut)

    def _hand_over(self, found: list[Document] | BaseException | None) -> bool:
        """Put a page where the consumer gets it; False when nobody will."""
        while not self._stopped:
            try:
                self._results.put(found, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False
