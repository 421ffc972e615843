"""`AsyncSession`: the verbs of one `Session`, awaited."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from anyio import get_cancelled_exc_class

from contacthub_orm.asyncio.guard import LoopSession
from contacthub_orm.asyncio.limiting import limiter_of
from contacthub_orm.asyncio.loading import load
from contacthub_orm.asyncio.query import AsyncQuery
from contacthub_orm.asyncio.results import RowResult, ScalarResult
from contacthub_orm.asyncio.turns import Turns
from contacthub_orm.orm import Entity
from contacthub_orm.orm.query.statement import Statement, parts_of

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import Unpack

    from anyio import CapacityLimiter

    from contacthub_orm.errors import Violation
    from contacthub_orm.orm import Account, Bind, BulkAccount, BulkPlan, DomainEvent, Plan, Select
    from contacthub_orm.orm.entity.resource import Identity
    from contacthub_orm.orm.service.bulk_load import BulkArguments, BulkRows
    from contacthub_orm.orm.service.updates import Synced, Update
    from contacthub_orm.orm.session.natural_key import KeyPaths
    from contacthub_orm.orm.session.transaction.conflicts import OnConflict
    from contacthub_orm.orm.unit_of_work.execution import OnError, Progress
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["AsyncSession"]

E = TypeVar("E", bound=Entity)
H = TypeVar("H")


class BlockCancelledError(Exception):
    """Stands for a cancellation at the end of a block: an atomic block undoes what it did for an `Exception` alone."""


def _hand_over_notes(told: BaseException, error: BaseException) -> None:
    """Let the cancellation say what could not be undone."""
    for note in getattr(told, "__notes__", ()):
        error.add_note(note)


class AsyncSession:
    """A `Session` for asyncio and trio. Its verbs are awaited, `add`, `delete` and attributes are not.

    Each verb runs in a worker thread, one at a time, and raises what the same verb of `Session` raises. A verb that has
    begun ends even if its task is cancelled, which is cancelled then; `account` tells what a cancelled commit has done.

    Args:
        bind: see `Session`, as for all others but the last.
        autoflush: flush before each query.
        expire_on_commit: read every entity anew after a commit, when it is loaded.
        on_error: what becomes of the rest after a failed operation.
        check_version: whether to refuse to overwrite what has changed since it was read.
        settle: the seconds after which a write that cannot be found certainly did not take effect.
        journal: the path of a journal that makes commits survive a crash of this process.
        max_requests: the number of reads from which on to warn.
        limiter: how many sessions may be at work at once; by default as many of one workspace as that keeps connections
            (`Settings.pool_size`).

    A session is for one task at a time; give each task its own.
    """

    def __init__(  # noqa: PLR0913 - the settings of a session, by name
        self,
        bind: Bind,
        *,
        autoflush: bool = False,
        expire_on_commit: bool = False,
        on_error: OnError = "stop",
        check_version: bool = False,
        settle: float = 60.0,
        journal: str | os.PathLike[str] | None = None,
        max_requests: int | None = None,
        limiter: CapacityLimiter | None = None,
    ) -> None:
        session = LoopSession(
            bind,
            autoflush=autoflush,
            expire_on_commit=expire_on_commit,
            on_error=on_error,
            check_version=check_version,
            settle=settle,
            journal=journal,
            max_requests=max_requests,
        )
        self._stand_for(session, limiter)

    def _stand_for(self, session: LoopSession, limiter: CapacityLimiter | None) -> None:
        self._session = session
        self._session.guard.loop_thread = threading.get_ident()
        self._limiter = limiter
        self.turns = Turns(lambda: limiter or limiter_of(session.bind))

    @property
    def sync_session(self) -> LoopSession:
        """The session below. In a worker thread, such as one of `run_sync`, it may be used as any other."""
        return self._session

    @property
    def bind(self) -> Bind:
        """What the session is opened on."""
        return self._session.bind

    @property
    def account(self) -> Account:
        """What became of each operation of the last flush, also if its task was cancelled meanwhile."""
        return self._session.account

    async def run_sync(self, function: Callable[[LoopSession], H]) -> H:
        """Call a function with the session below, in a worker thread, where it may load whatever it likes."""
        return await self._run(function, self._session)

    async def _run(self, verb: Callable[..., H], *args: Any, **kwargs: Any) -> H:
        self._session.guard.loop_thread = threading.get_ident()
        return await self.turns.run(verb, *args, **kwargs)

    # -- entities in and out ------------------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Add an entity; see `Session.add`."""
        self.turns.refuse_meanwhile("add")
        self._session.add(entity)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """Add each entity; see `Session.add_all`."""
        self.turns.refuse_meanwhile("add_all")
        self._session.add_all(entities)

    def delete(self, entity: Entity) -> None:
        """Mark an entity to be deleted; see `Session.delete`."""
        self.turns.refuse_meanwhile("delete")
        self._session.delete(entity)

    def forget(self, entity: Entity) -> None:
        """Mark an entity to be erased; see `Session.forget`."""
        self.turns.refuse_meanwhile("forget")
        self._session.forget(entity)

    async def export(self, entity: Entity) -> Document:
        """Read all that the service holds of an entity; see `Session.export`."""
        return await self._run(self._session.export, entity)

    def expunge(self, entity: Entity) -> None:
        """Let go of an entity; see `Session.expunge`."""
        self.turns.refuse_meanwhile("expunge")
        self._session.expunge(entity)

    def expunge_all(self) -> None:
        """Let go of every entity; see `Session.expunge_all`."""
        self.turns.refuse_meanwhile("expunge_all")
        self._session.expunge_all()

    async def put(self, entity: Entity) -> None:
        """Mark an entity to be replaced whole; see `Session.put`. What was loaded in part is read first."""
        await self._run(self._session.put, entity)

    async def merge(self, entity: E, *, key: KeyPaths | None = None, identity: str | None = None) -> E:
        """Copy an entity onto the persistent one that it stands for; see `Session.merge`."""
        return await self._run(lambda: self._session.merge(entity, key=key, identity=identity))

    async def merge_all(self, entities: Iterable[E], *, key: KeyPaths | None = None) -> list[E]:
        """Merge many entities; see `Session.merge_all`."""
        return await self._run(lambda: self._session.merge_all(entities, key=key))

    # -- reading ------------------------------------------------------------------------------------------------------

    def query(self, entity: type[E] | Statement[E]) -> AsyncQuery[E]:
        """A query for entities of a class; or one that asks what a statement says, such as `customer.events.query`."""
        asked: Statement[E] = entity if isinstance(entity, Statement) else self._session.query(entity)
        return AsyncQuery(**parts_of(asked), asker=self)

    async def scalars(self, statement: Select[E]) -> ScalarResult[E]:
        """Read all entities that a statement asks for: `(await session.scalars(select(Book))).all()`."""
        found = AsyncQuery(**parts_of(self._session.scalars(statement)), asker=self)
        return ScalarResult(str(statement), await found.all())

    async def stream_scalars(self, statement: Select[E]) -> AsyncQuery[E]:
        """The entities that a statement asks for, for `async for`; nothing is read until then."""
        return AsyncQuery(**parts_of(self._session.scalars(statement)), asker=self)

    async def scalar(self, statement: Select[E]) -> E | None:
        """The first entity that a statement asks for, or None; see `Session.scalar`."""
        return await self._run(lambda: self._session.scalar(statement))

    async def execute(self, statement: Select[E]) -> RowResult[E]:
        """Read all rows that a statement asks for, each a tuple of one entity; see `Session.execute`."""
        found = AsyncQuery(**parts_of(self._session.execute(statement).scalars()), asker=self)
        return RowResult(ScalarResult(str(statement), await found.all()))

    async def get(self, entity: type[E], identity: Identity) -> E | None:
        """The entity with this id, or None; see `Session.get`."""
        return await self._run(self._session.get, entity, identity)

    async def get_many(self, entity: type[E], identities: Iterable[Identity]) -> list[E | None]:
        """The entity for each id, or None; see `Session.get_many`."""
        return await self._run(self._session.get_many, entity, identities)

    @overload
    async def load(self, entity: E) -> E: ...
    @overload
    async def load(self, entity: Entity, attribute: str) -> Any: ...
    async def load(self, entity: Entity, attribute: str | None = None) -> Any:
        """Load what reading an attribute needs, and return its value; the attribute is plain then.

        Args:
            entity: the entity.
            attribute: a relation, a reference, a parent, or an attribute that a partial load left out, with dots for one
                of an embedded object; None loads an entity whole that has expired or was loaded in part. Entities below
                another that have routes of their own are read at each access: use what this returns.

        Raises:
            AttributeError: if there is no such attribute.
        """
        return await self._run(load, self._session, entity, attribute)

    async def refresh(self, entity: Entity) -> None:
        """Read an entity again; see `Session.refresh`."""
        await self._run(self._session.refresh, entity)

    async def rebase(self, entity: Entity) -> None:
        """Read an entity again and keep the unsaved changes on top; see `Session.rebase`."""
        await self._run(self._session.rebase, entity)

    def expire(self, entity: Entity) -> None:
        """Forget the values of an entity; `load` or `refresh` reads them again. See `Session.expire`."""
        self.turns.refuse_meanwhile("expire")
        self._session.expire(entity)

    def expire_all(self) -> None:
        """Expire every persistent entity; see `expire`."""
        self.turns.refuse_meanwhile("expire_all")
        self._session.expire_all()

    async def sync(self, updates: Iterable[Update]) -> Synced:
        """Take in updates; see `Session.sync`."""
        return await self._run(self._session.sync, updates)

    # -- writing ------------------------------------------------------------------------------------------------------

    async def plan(self) -> Plan:
        """What a flush would send now; see `Session.plan`."""
        return await self._run(self._session.plan)

    async def validate(self) -> list[Violation]:
        """All rules of the API that pending changes break; see `Session.validate`."""
        return await self._run(self._session.validate)

    async def flush(
        self, objects: Iterable[Entity] | None = None, *, progress: Progress | None = None
    ) -> Account:
        """Send what is pending; see `Session.flush`. `progress` is called in worker threads."""
        return await self._run(self._session.flush, objects, progress=progress)

    async def save(self, entity: Entity) -> None:
        """Flush one entity now; see `Session.save`."""
        await self._run(self._session.save, entity)

    async def commit(
        self,
        *,
        atomic: bool = False,
        progress: Progress | None = None,
        on_conflict: OnConflict | None = None,
    ) -> Account:
        """Flush, and announce the commit; see `Session.commit`. The callables are called in worker threads."""
        return await self._run(
            self._session.commit, atomic=atomic, progress=progress, on_conflict=on_conflict
        )

    def on_commit(self, handler: Callable[[DomainEvent], H]) -> Callable[[DomainEvent], H]:
        """Hand over domain events to a handler, which is called in a worker thread; see `Session.on_commit`."""
        return self._session.on_commit(handler)

    async def bulk_save(self, rows: BulkRows, **options: Unpack[BulkArguments]) -> BulkAccount:
        """Save many rows at once; see `Session.bulk_save`."""
        return await self._run(self._session.bulk_save, rows, **options)

    async def plan_bulk_save(self, rows: BulkRows, **options: Unpack[BulkArguments]) -> BulkPlan:
        """What `bulk_save` would send; see `Session.plan_bulk_save`."""
        return await self._run(self._session.plan_bulk_save, rows, **options)

    async def rollback(self) -> None:
        """Undo all pending changes; see `Session.rollback`."""
        await self._run(self._session.rollback)

    @asynccontextmanager
    async def begin(self, *, atomic: bool = False, progress: Progress | None = None) -> AsyncIterator[Self]:
        """Open a block that commits at its end: `async with session.begin(): ...`; see `Session.begin`.

        A block that is cancelled rolls back; an atomic one undoes what it has sent.
        """
        async with self._block(self._session.begin(atomic=atomic, progress=progress)):
            yield self

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[Self]:
        """Open a block whose pending changes are undone if an exception leaves it; see `Session.begin_nested`."""
        async with self._block(self._session.begin_nested()):
            yield self

    @asynccontextmanager
    async def _block(self, block: AbstractContextManager[Any]) -> AsyncIterator[None]:
        await self._run(block.__enter__)
        try:
            yield
        except BaseException as error:
            is_cancelled = isinstance(error, get_cancelled_exc_class())
            told = BlockCancelledError("the task was cancelled") if is_cancelled else error
            with suppress(BlockCancelledError):
                await self.turns.finish(block.__exit__, type(told), told, error.__traceback__)
            if is_cancelled:
                _hand_over_notes(told, error)
            raise
        await self._run(block.__exit__, None, None, None)

    async def close(self) -> None:
        """Let go of everything, after the verb that is under way."""
        await self.turns.finish(self._session.close)

    # -- what-if ------------------------------------------------------------------------------------------------------

    async def fork(self) -> AsyncSession:
        """A session with copies of all that this one holds; see `Session.fork`."""
        return _AsyncFork(await self._run(self._session.fork), self._limiter)

    def counterpart(self, entity: E) -> E:
        """The copy that this fork holds of an entity; see `Session.counterpart`."""
        return self._session.counterpart(entity)

    async def merge_back(self) -> None:
        """Give all edits of this fork to the session that it was made from; see `Session.merge_back`."""
        await self._run(self._session.merge_back)

    async def export_changes(self) -> Document:
        """What is pending, as JSON; see `Session.export_changes`."""
        return await self._run(self._session.export_changes)

    async def import_changes(
        self, changes: Document, *, classes: Iterable[type[Entity]] = ()
    ) -> list[Entity]:
        """Take in what another session exported; see `Session.import_changes`."""
        return await self._run(self._session.import_changes, changes, classes=classes)

    # -- views --------------------------------------------------------------------------------------------------------

    @property
    def new(self) -> list[Entity]:
        """The entities that the next flush creates."""
        return self._session.new

    @property
    def dirty(self) -> list[Entity]:
        """The entities that the next flush updates or replaces."""
        return self._session.dirty

    @property
    def deleted(self) -> list[Entity]:
        """The entities that the next flush deletes."""
        return self._session.deleted

    def is_modified(self, entity: Entity) -> bool:
        """Whether the entity has changes that a flush would send."""
        return self._session.is_modified(entity)

    def is_unsettled(self, entity: Entity) -> bool:
        """Whether a write of the entity was sent whose outcome is unknown; the next flush looks it up."""
        return self._session.is_unsettled(entity)

    @property
    def no_autoflush(self) -> AbstractContextManager[Any]:
        """A block in which queries flush nothing: `with session.no_autoflush: ...`."""
        return self._session.no_autoflush

    def __contains__(self, entity: object) -> bool:
        return entity in self._session

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._session)

    async def __aenter__(self) -> Self:
        self._session.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _AsyncFork(AsyncSession):
    """What `fork()` makes.

    Args:
        session: the fork.
        limiter: that of the session that it was made from.
    """

    def __init__(self, session: LoopSession, limiter: CapacityLimiter | None) -> None:
        self._stand_for(session, limiter)
