"""`AsyncRows`: rows that a worker thread reads a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.asyncio.turns import Turns

__all__ = ["AsyncRows"]

R = TypeVar("R")


class AsyncRows(AsyncIterator[R]):
    """An iterator that hops into a worker thread once a page.

    Args:
        rows: begins to read; called in a worker thread.
        size: the rows of a page.
        turns: runs it in a worker thread.
    """

    def __init__(self, rows: Callable[[], Iterator[R]], size: int, turns: Turns) -> None:
        self._rows = rows
        self._size = size
        self._turns = turns
        self._reading: Iterator[R] | None = None
        self._ended = False
        self._page: Iterator[R] = iter(())

    async def __anext__(self) -> R:
        for row in self._page:
            return row
        if not self._ended:
            self._page = iter(await self._turns.run(self._next_page))
            for row in self._page:
                return row
        raise StopAsyncIteration

    def _next_page(self) -> list[R]:
        if self._reading is None:
            self._reading = self._rows()
        page = list(islice(self._reading, self._size))
        self._ended = len(page) < self._size
        return page

    def __del__(self) -> None:
        # Whoever leaves the loop early leaves what reads ahead, or an open cursor. The garbage collector may call this
        # wherever it likes, so no thread is begun here.
        if self._reading is not None and not self._ended:
            self._turns.left.append(self._reading)
