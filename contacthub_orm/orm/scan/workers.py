"""A pool of threads that read the partitions of a scan side by side, and hand the pages to one consumer."""

from __future__ import annotations

import os
import threading
import time
from queue import Full, Queue, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.scan.partitions import Partition, Split
from contacthub_orm.orm.service.fan_out import in_this_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["PartitionReader", "WorkerPool"]

_PUT_TIMEOUT: Final = 0.05
"""Seconds that a worker waits for room among the waiting pages before it checks whether to stop."""

_STOP_TIMEOUT: Final = 5.0
"""Seconds that `stop` waits for the workers."""


class PartitionReader(Protocol):
    """What the workers do. Its methods are called from several threads at a time."""

    def read(self, partition: Partition, share: Callable[[], None]) -> Iterator[list[Document]]:
        """Give the pages of a partition, and call `share` after each but the last."""
        ...

    def plan_splits(self, idle: int) -> list[Split]:
        """The splits by which so many idle workers get something to read."""
        ...

    def make_split(self, split: Split) -> Partition | None:
        """Make a split and give the new partition, or None if the split came too late."""
        ...


class WorkerPool:
    """Threads that read a partition, and the partitions split off from it.

    The threads start when the first page is asked for, and end with `stop`. A finalizer may call `stop`: that
    runs in whatever thread set off the garbage collector, or in a forked process. So `stop` takes no lock and
    does not wait for ever.

    Args:
        first: the partition to begin with.
        reader: what reads partitions and splits them.
        size: the number of threads.
    """

    def __init__(self, first: Partition, reader: PartitionReader, size: int) -> None:
        self._reader = reader
        self._size = size
        self._tasks: SimpleQueue[Partition | Split | None] = SimpleQueue()
        # One page for each worker may wait for the consumer.
        self._results: Queue[list[Document] | BaseException | None] = Queue(size)
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._stopped = False
        self._unfinished = 1
        self._idle = size
        self._tasks.put(first)
        self._threads: list[threading.Thread] = []

    def pages(self) -> Iterator[list[Document]]:
        """The pages as they come, until every partition is read.

        Raises:
            InvalidRequestError: if the process was forked meanwhile.
            BaseException: what a worker raised.
        """
        for _ in range(self._size):
            thread = threading.Thread(
                target=in_this_context(self._run), name="contacthub_orm scan", daemon=True
            )
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
        """Let each worker finish the request it is at, and wait for that for some seconds."""
        self._stopped = True
        if os.getpid() != self._process or threading.current_thread() in self._threads:
            return
        for _ in self._threads:
            self._tasks.put(None)
        until = time.monotonic() + _STOP_TIMEOUT
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None and not self._stopped:
            with self._lock:
                self._idle -= 1
            self._do(task)
            with self._lock:
                self._idle += 1
            self._share()

    def _do(self, task: Partition | Split) -> None:
        try:
            partition = self._reader.make_split(task) if isinstance(task, Split) else task
            for page in self._reader.read(partition, self._share) if partition is not None else ():
                if page and not self._hand_over(page):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the pages are consumed
            self._hand_over(error)
        with self._lock:
            self._unfinished -= 1
            last = self._unfinished == 0
        if last:
            self._hand_over(None)

    def _share(self) -> None:
        """Give parts of what remains to idle workers."""
        with self._lock:
            idle = self._idle - self._tasks.qsize()
            if idle <= 0:
                return
            splits = self._reader.plan_splits(idle)
            self._unfinished += len(splits)
            for split in splits:
                self._tasks.put(split)

    def _hand_over(self, found: list[Document] | BaseException | None) -> bool:
        """Hand something to the consumer, and say whether it will be taken: after `stop` it will not."""
        while not self._stopped:
            try:
                self._results.put(found, timeout=_PUT_TIMEOUT)
            except Full:
                continue
            return True
        return False
