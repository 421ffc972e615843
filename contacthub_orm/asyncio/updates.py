"""`AsyncUpdates`: the update stream of a node, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self

import anyio

from contacthub_orm.asyncio.limiting import limiter_of
from contacthub_orm.asyncio.turns import Turns
from contacthub_orm.orm.service.updates import Update

if TYPE_CHECKING:
    from datetime import datetime

    from contacthub_orm.contacthub import Customer, Event, Node
    from contacthub_orm.contacthub.node.updates import UpdateEntity, UpdatePage, UpdateStream

__all__ = ["AsyncUpdates"]


class AsyncUpdates(AsyncIterator[Update]):
    """What everybody writes to a node, oldest first: `async for update in AsyncUpdates(node, poll=5): ...`.

    A page of updates is one hop into a worker thread, and between two pages the task sleeps in the event loop. Cancelled
    there, it may go on, or later from `offset`; see `UpdateStream`.

    Args:
        node: the node.
        since: an offset, an aware datetime, or None for the oldest update that the service keeps.
        entity: `Customer` or `Event`, or None for both.
        poll: the seconds between two requests once there is nothing new; without it the iteration ends then.

    Raises:
        ArgumentError: if an argument is invalid, or the offset is of another node or other entities.
    """

    def __init__(
        self,
        node: Node,
        since: str | datetime | None = None,
        entity: type[Customer | Event] | UpdateEntity | None = None,
        *,
        poll: float | None = None,
    ) -> None:
        node.updates(since, entity, poll=poll)  # checks the arguments
        self._stream: UpdateStream = node.updates(since, entity)
        self._poll = poll
        self._turns = Turns(lambda: limiter_of(node))
        self._stopped = False
        self._waiting: list[Update] = []
        self._page_end = self.offset = self._stream.offset

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update:
        while not self._waiting:
            self.offset = self._page_end
            page = await self._next_page()
            if page is None:
                raise StopAsyncIteration
            self._waiting = page.updates[::-1]
            self._page_end = page.offset
        if self._stopped:
            raise StopAsyncIteration
        return self._waiting.pop()

    async def pages(self) -> AsyncIterator[UpdatePage]:
        """The updates by pages, each with the offset after it. Read either this or the updates one by one."""
        while (page := await self._next_page()) is not None:
            yield page

    async def _next_page(self) -> UpdatePage | None:
        while not self._stopped:
            page = await self._turns.run(lambda: next(self._stream.pages(), None))
            if page is not None or self._poll is None:
                return page
            await anyio.sleep(self._poll)
        return None

    def stop(self) -> None:
        """End the iteration after the page that is being read. What was not given is told again after `offset`."""
        self._stopped = True
        self._stream.stop()
