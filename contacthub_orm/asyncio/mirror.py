"""`AsyncMirror`: a mirror in a thread of its own, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, TypeVar

import anyio
import attrs

from contacthub_orm.asyncio.rows import AsyncRows
from contacthub_orm.asyncio.turns import Turns
from contacthub_orm.contacthub import Customer
from contacthub_orm.errors import ImplicitLoadError, InvalidRequestError
from contacthub_orm.mirror import Mirror, MirrorQuery
from contacthub_orm.orm import Entity
from contacthub_orm.orm.query.rows import Rows
from contacthub_orm.orm.query.statement import Statement, parts_of

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.contacthub import Node
    from contacthub_orm.mirror import Pulled, Sighting
    from contacthub_orm.orm.query.options import LoaderOption

__all__ = ["AsyncMirror", "AsyncMirrorQuery"]

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

_PAGE: Final = 500
"""How many rows of a mirror are read at once."""


class _CancelledError(Exception):
    """Ends a reading of the node, at the end of a transaction, whose task was cancelled."""


class AsyncMirror:
    """A `Mirror` for asyncio and trio: `async with AsyncMirror(node, path) as mirror: await mirror.pull()`.

    It is open inside the block alone, and its verbs run one at a time in one thread, as SQLite wants it. A cancelled
    `pull` or `verify` ends after the transaction that is under way; the next goes on from there.

    Args:
        node: see `Mirror`, as for the others.
        path: the file.
        entities: subclasses of `Customer` and `Event` whose declared values the views show.
    """

    def __init__(
        self, node: Node, path: str | os.PathLike[str], *, entities: Iterable[type[Entity]] = ()
    ) -> None:
        self.node = node
        self._path = path
        self._entities = list(entities)
        self._mirror: Mirror | None = None
        limiter = anyio.CapacityLimiter(1)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="contacthub_orm mirror")
        self.turns = Turns(lambda: limiter, self._thread)

    @property
    def sync_mirror(self) -> Mirror:
        """The mirror below; it belongs to its thread, where `run_sync` calls functions.

        Raises:
            InvalidRequestError: outside the block.
        """
        if self._mirror is None:
            raise InvalidRequestError("the mirror is not open: use it in an `async with` block")
        return self._mirror

    @property
    def path(self) -> str:
        """The absolute path of the file."""
        return self.sync_mirror.path

    async def run_sync(self, function: Callable[[Mirror], T]) -> T:
        """Call a function with the mirror below in its thread."""
        mirror = self.sync_mirror
        return await self.turns.run(function, mirror)

    # -- up to date ---------------------------------------------------------------------------------------------------

    async def pull(self, *, progress: Callable[[Pulled], object] | None = None) -> Pulled:
        """Bring the mirror up to date; see `Mirror.pull`. `progress` is called in the mirror's thread."""
        mirror = self.sync_mirror
        return await self._stoppable(lambda told: mirror.pull(progress=told), progress)

    async def verify(self, *, progress: Callable[[Pulled], object] | None = None) -> Pulled:
        """Compare all ids and versions with the node's, and repair what differs; see `Mirror.verify`."""
        mirror = self.sync_mirror
        return await self._stoppable(lambda told: mirror.verify(progress=told), progress)

    async def _stoppable(
        self,
        verb: Callable[[Callable[[Pulled], object]], Pulled],
        progress: Callable[[Pulled], object] | None,
    ) -> Pulled:
        cancelled = False

        def told(done: Pulled) -> None:
            if progress is not None:
                progress(done)
            if cancelled:
                raise _CancelledError

        def stop() -> None:
            nonlocal cancelled
            cancelled = True

        return await self.turns.run_until_cancelled(stop, verb, told)

    def follow(
        self, *, poll: float = 5.0, progress: Callable[[Pulled], object] | None = None
    ) -> AsyncIterator[Pulled]:
        """Bring the mirror up to date and keep it so, until `stop()` or a cancellation; see `Mirror.follow`."""
        mirror = self.sync_mirror
        return _Steps(self, lambda: mirror.follow(poll=poll, progress=progress))

    def watch(self, query: AsyncMirrorQuery[E], *, poll: float = 5.0) -> AsyncIterator[Sighting[E]]:
        """Follow, and tell what enters the results of a query, changes in them and leaves them; see `Mirror.watch`.

        What is told begins with the first sighting that is asked for.
        """
        mirror = self.sync_mirror
        return _Steps(self, lambda: mirror.watch(query.sync_query, poll=poll))

    def stop(self) -> None:
        """End `follow` and `watch` after the transaction that is under way."""
        if self._mirror is not None:
            self._mirror.stop()

    # -- questions ----------------------------------------------------------------------------------------------------

    def query(self, entity: type[E]) -> AsyncMirrorQuery[E]:
        """A query for customers or events; see `Mirror.query`."""
        return AsyncMirrorQuery(**parts_of(self.sync_mirror.query(entity)), mirror=self)

    async def get(self, entity: type[E], identity: str) -> E | None:
        """The entity with this id, or None if the mirror has none."""
        return await self.query(entity).get(identity)

    async def index(self, *paths: str, entity: type[Entity] = Customer) -> None:
        """Index a declared value, or several together; see `Mirror.index`."""
        await self.run_sync(lambda mirror: mirror.index(*paths, entity=entity))

    def connect(self) -> sqlite3.Connection:
        """A plain connection of SQLite that cannot write, for the thread that calls this; see `Mirror.connect`."""
        return self.sync_mirror.connect()

    async def close(self) -> None:
        """Close the file, after the verb that is under way."""
        self.stop()
        mirror, self._mirror = self._mirror, None
        if mirror is not None:
            await self.turns.finish(mirror.close)
        self._thread.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        self._mirror = await self.turns.run(lambda: Mirror(self.node, self._path, entities=self._entities))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Steps(AsyncIterator[T]):
    """What following a node gives, one step at a time.

    Args:
        mirror: the mirror, which is told to stop if a wait for a step is cancelled.
        begin: begins to follow.
    """

    def __init__(self, mirror: AsyncMirror, begin: Callable[[], Iterator[T]]) -> None:
        self._mirror = mirror
        self._begin = begin
        self._steps: Iterator[T] | None = None

    async def __anext__(self) -> T:
        turns = self._mirror.turns
        for step in await turns.run_until_cancelled(self._mirror.stop, self._next):
            return step
        raise StopAsyncIteration

    def _next(self) -> list[T]:
        if self._steps is None:
            self._steps = self._begin()
        return list(islice(self._steps, 1))

    def __del__(self) -> None:
        self._mirror.turns.left.append(self._steps)


@attrs.frozen(eq=False)
class AsyncMirrorQuery(Statement[E]):
    """A query of an `AsyncMirror`; each method that reads the file is awaited, and is the same as that of `MirrorQuery`."""

    mirror: AsyncMirror = attrs.field(kw_only=True, repr=False)

    @property
    def sync_query(self) -> MirrorQuery[E]:
        """The same query of the mirror below; only the mirror's thread can ask it."""
        return attrs.evolve(self.mirror.sync_mirror.query(self.entity), **parts_of(self))

    def __aiter__(self) -> AsyncRows[E]:
        query = self.sync_query
        return AsyncRows(lambda: iter(query), _PAGE, self.mirror.turns)

    def __iter__(self) -> NoReturn:
        raise ImplicitLoadError(f"{self} would block the event loop: use `async for`, or await its all()")

    async def all(self) -> list[E]:
        """All rows."""
        return Rows([row async for row in self])

    async def first(self) -> E | None:
        """The first row, or None if there is none."""
        return await self._ask(MirrorQuery.first)

    async def one(self) -> E:
        """The only row; raises as `MirrorQuery.one` does."""
        return await self._ask(MirrorQuery.one)

    async def one_or_none(self) -> E | None:
        """The only row, or None; raises as `MirrorQuery.one_or_none` does."""
        return await self._ask(MirrorQuery.one_or_none)

    async def get(self, identity: str) -> E | None:
        """The row with this id, or None if there is none."""
        return await self._ask(lambda query: query.get(identity))

    async def count(self) -> int:
        """How many rows there are."""
        return await self._ask(MirrorQuery.count)

    async def exists(self) -> bool:
        """Whether there is a row."""
        return await self._ask(MirrorQuery.exists)

    def compile(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters; see `MirrorQuery.compile`."""
        return self.sync_query.compile()

    async def explain(self) -> str:
        """How the query is answered; see `MirrorQuery.explain`."""
        return await self._ask(MirrorQuery.explain)

    def options(self, *options: LoaderOption) -> NoReturn:
        """Refused; see `MirrorQuery.options`."""
        self.sync_query.options(*options)

    def raw(self, json: Any) -> NoReturn:
        """Refused; see `MirrorQuery.raw`."""
        self.sync_query.raw(json)

    async def _ask(self, verb: Callable[[MirrorQuery[E]], T]) -> T:
        query = self.sync_query
        return await self.mirror.run_sync(lambda _: verb(query))
