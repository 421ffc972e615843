"""Where a request is carried out: at once in the server's thread, or in another one, so that it keeps nobody waiting.

Requests write one after another. A search of many documents reads a snapshot in a thread of its own. While a transaction
takes long, such as one that makes an index, what reads does not wait for it, and what writes waits elsewhere.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from contacthub_orm.sandbox.storage.errors import NeedsTransaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.sandbox.storage.database import Database

__all__ = ["Turns"]

T = TypeVar("T")

SEARCHES: Final = 4
"""How many searches of many documents go on at once. The database has more snapshots than that."""


class Turns:
    """Lets requests take their turn.

    Args:
        store: the database.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        # Their threads start when they are needed.
        self._searches = ThreadPoolExecutor(SEARCHES, "contacthub-sandbox-search")
        self._writes = ThreadPoolExecutor(1, "contacthub-sandbox-write")

    async def take(
        self, transact: Callable[[], T], read: Callable[[], T] | None = None, *, is_long: bool = False
    ) -> T:
        """Carry out a request; return what it is answered.

        Args:
            transact: carries it out in transactions.
            read: carries it out on a snapshot, or raises `NeedsTransaction`; None if it writes.
            is_long: whether reading may take long.
        """
        if read is not None and is_long:
            return await _in(self._searches, lambda: _read_or_transact(read, transact))
        with self._store.turn() as is_free:
            if is_free:
                return transact()
        if read is not None:
            try:
                return read()
            except NeedsTransaction:
                pass
        return await _in(self._writes, transact)

    def close(self) -> None:
        """Interrupt what is still going on, after the server has stopped."""
        self._store.interrupt()
        for threads in (self._searches, self._writes):
            threads.shutdown(cancel_futures=True)


def _read_or_transact(read: Callable[[], T], transact: Callable[[], T]) -> T:
    try:
        return read()
    except NeedsTransaction:
        return transact()


async def _in(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, work)
