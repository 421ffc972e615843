"""`AsyncQuery`: a query whose rows are awaited: `await query.all()`, `async for customer in query`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import attrs

from contacthub_orm.asyncio.rows import AsyncRows
from contacthub_orm.errors import ImplicitLoadError, InvalidRequestError
from contacthub_orm.orm import Entity
from contacthub_orm.orm.query.rows import Rows
from contacthub_orm.orm.query.statement import Statement, parts_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from contacthub_orm.asyncio.turns import Turns
    from contacthub_orm.frames.libraries import ArrowTable, PandasFrame, PolarsFrame
    from contacthub_orm.orm import Query, Session

__all__ = ["AsyncQuery"]

E = TypeVar("E", bound=Entity)


class Asker(Protocol):
    """The `AsyncSession`, as its queries use it."""

    @property
    def sync_session(self) -> Session:
        """The session that it is a facade of."""
        ...

    @property
    def turns(self) -> Turns:
        """What runs verbs in worker threads."""
        ...


@attrs.frozen(eq=False)
class AsyncQuery(Statement[E]):
    """A query of an `AsyncSession`. It is narrowed as a `Query` is; what asks the service is awaited.

    Each method that asks raises what the same one of `Query` does.
    """

    asker: Asker = attrs.field(kw_only=True, repr=False)

    @property
    def place(self) -> str:
        """Where it asks; see `Backend.place`."""
        return self.asker.sync_session.backend.place

    @property
    def sync_query(self) -> Query[E]:
        """The same query of the session below; only a worker thread can ask it."""
        return attrs.evolve(self.asker.sync_session.query(self.entity), **parts_of(self))

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied; see `Query`."""
        raise InvalidRequestError(
            f"{self} belongs to its session: pickle the same as select({self.entity.__name__})"
        )

    # -- asking -------------------------------------------------------------------------------------------------------

    def __aiter__(self) -> AsyncRows[E]:
        query, largest = self.sync_query, self.asker.sync_session.backend.page_size
        size = largest if self.batch is None else min(self.batch, largest)
        return AsyncRows(lambda: iter(query), size, self.asker.turns)

    def __iter__(self) -> NoReturn:
        raise ImplicitLoadError(f"{self} would block the event loop: use `async for`, or await its all()")

    async def all(self) -> list[E]:
        """All rows, from all pages, read page by page."""
        return Rows([row async for row in self])

    async def first(self) -> E | None:
        """The first row, or None if there is none."""
        return await self.asker.turns.run(self.sync_query.first)

    async def one(self) -> E:
        """The only row."""
        return await self.asker.turns.run(self.sync_query.one)

    async def one_or_none(self) -> E | None:
        """The only row, or None if there is none."""
        return await self.asker.turns.run(self.sync_query.one_or_none)

    async def count(self) -> int:
        """How many entities match."""
        return await self.asker.turns.run(self.sync_query.count)

    async def exists(self) -> bool:
        """Whether anything matches."""
        return await self.asker.turns.run(self.sync_query.exists)

    async def page(self, number: int, size: int) -> list[E]:
        """The rows of one page, counted from 0."""
        return await self.asker.turns.run(self.sync_query.page, number, size)

    async def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, or None if there is none; as `session.get`."""
        return await self.asker.turns.run(self.sync_query.get, identity)

    async def run_on(self, entities: Iterable[E]) -> list[E]:
        """Answer the query from objects in memory; what it needs of those that were loaded in part is loaded."""
        return await self.asker.turns.run(self.sync_query.run_on, entities)

    # -- frames -------------------------------------------------------------------------------------------------------

    async def to_arrow(self, *, flat: bool = False) -> ArrowTable:
        """All rows as an Arrow table; see `Query.to_arrow`, as for the others."""
        return await self.asker.turns.run(self.sync_query.to_arrow, flat=flat)

    async def to_pandas(self, *, flat: bool = True) -> PandasFrame:
        """All rows as a frame of pandas."""
        return await self.asker.turns.run(self.sync_query.to_pandas, flat=flat)

    async def to_polars(self, *, flat: bool = False) -> PolarsFrame:
        """All rows as a frame of polars."""
        return await self.asker.turns.run(self.sync_query.to_polars, flat=flat)

    async def to_parquet(self, path: str | os.PathLike[str], *, flat: bool = False) -> int:
        """Write all rows to a Parquet file, and return how many there are."""
        return await self.asker.turns.run(self.sync_query.to_parquet, path, flat=flat)

    # -- looking ------------------------------------------------------------------------------------------------------

    def explain(self) -> str:
        """How the query will be answered, in words."""
        return self.sync_query.explain()

    def compile(self) -> Any:
        """What the service is asked, as data: the parameters of the first page."""
        return self.sync_query.compile()
