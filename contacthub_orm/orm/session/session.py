"""The session: an identity map and a unit of work over one backend, with SQLAlchemy's meanings.

REST has no isolation, so three defaults differ from SQLAlchemy's. Queries do not flush first. A commit expires nothing,
since the service's answer becomes the new baseline. A `CommitError` that leaves a `begin()` block does not roll back:
what was not done keeps its changes.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from contacthub_orm import signals
from contacthub_orm.errors import CommitError, ContacthubError, InvalidRequestError
from contacthub_orm.orm.criteria.sql_habits import ON_SESSIONS, habit_error
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import Status, state_of
from contacthub_orm.orm.entity.owner import Home
from contacthub_orm.orm.mapping.baseline import merge_baseline
from contacthub_orm.orm.session.bulk_saving import BulkSaving
from contacthub_orm.orm.session.context.loading import Loader
from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
from contacthub_orm.orm.session.context.recent_writes import RecentWrites
from contacthub_orm.orm.session.executing import Executing
from contacthub_orm.orm.session.owner import SessionOwner
from contacthub_orm.orm.session.reading import DocumentReader, EntityReader, RowReader, declared_criterion
from contacthub_orm.orm.session.syncing import Syncing
from contacthub_orm.orm.session.what_if.methods import WhatIf
from contacthub_orm.orm.session.writing import Writing, opened_journal
from contacthub_orm.orm.wire.partial import is_partial
from contacthub_orm.suggestions import suggests_arguments

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.errors import Violation
    from contacthub_orm.orm.entity.domain_event import DomainEvent
    from contacthub_orm.orm.entity.resource import Identity
    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.binds import Bind
    from contacthub_orm.orm.service.plan import Plan
    from contacthub_orm.orm.session.natural_key import KeyPaths
    from contacthub_orm.orm.session.transaction.conflicts import OnConflict
    from contacthub_orm.orm.unit_of_work.execution import OnError, Progress
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Session"]

E = TypeVar("E", bound=Entity)
H = TypeVar("H")


@suggests_arguments
class Session(Writing, Executing, WhatIf, BulkSaving, Syncing):
    """Tracks entities of one backend and saves what changed, on `flush()` or `commit()`.

    Args:
        bind: what to work on, anything with a `backend`.
        autoflush: flush before each query.
        expire_on_commit: read every entity anew at its first touch after a commit.
        on_error: after a failed operation, "stop" sends nothing more, "continue" sends all that does not depend on it.
            An entity that breaks rules of the API is such a failure for "continue"; "stop" sends nothing at all then.
        check_version: before each update or delete, read the entity and refuse with StaleDataError if its version moved.
        settle: the seconds after which a write that cannot be found certainly did not take effect: the service stores
            some things asynchronously, and its search may lag writes.
        journal: the path of a journal that makes commits survive a crash of this process (see `recover`).
        max_requests: warn (TooManyRequests) when the session has read more often than that; a query counts once, however
            many pages it has.

    A session is not thread-safe; give every thread its own, as `scoped_session` does.
    """

    per_call: ClassVar[bool] = False
    """Whether this is the session of one call of something that has no session (see `CallSession`)."""

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
    ) -> None:
        if on_error not in ("stop", "continue"):
            raise InvalidRequestError(f'on_error is "stop" or "continue", got {on_error!r}')
        if not hasattr(bind, "backend"):
            raise InvalidRequestError(f"a session is opened on something with a backend, got {bind!r}")
        if isinstance(settle, bool) or not isinstance(settle, int | float) or not settle >= 0:
            raise InvalidRequestError(f"settle is a number of seconds, 0 or more, got {settle!r}")
        self.bind = bind
        self.home = bind if isinstance(bind, Home) else None
        self.backend = self._backend_of(bind)
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.max_requests = max_requests
        self.settle = settle
        self.journalled = journal is not None
        self._on_error: OnError = on_error
        self._check_version = check_version
        self._journal = None if journal is None else opened_journal(journal, self.backend.place)
        self._reader = DocumentReader(self.backend, lambda: self.max_requests)
        recent = RecentWrites(self.backend.now, timedelta(seconds=settle))
        self._context = PersistenceContext(self.backend.place, self.home, recent)
        self._loader = Loader(self._context)
        self.entities = EntityReader(self._context, self._loader, self._reader)
        self.owner = SessionOwner(self, self._context, self._loader, self._reader, per_call=self.per_call)
        self._rows = RowReader(self, self._context, self._loader, before_asking=self._before_query)

    # -- entities in and out ------------------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Add an entity to the session. The next flush creates a new one, after what it refers to.

        Raises:
            InvalidRequestError: if the entity is deleted, or belongs to another session or place.
        """
        self._check(entity)
        self._context.add(entity)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """Add each entity; see `add`."""
        for entity in entities:
            self.add(entity)

    def delete(self, entity: Entity) -> None:
        """Mark an entity to be deleted by the next flush.

        Raises:
            InvalidRequestError: if the entity was never saved.
        """
        self._check(entity)
        self._context.delete(entity)

    def forget(self, entity: Entity) -> None:
        """Mark an entity so that the next flush erases all that the service holds of it, as a person may demand by law.

        Unlike `delete`, nothing brings it back, not even an earlier version.

        Raises:
            InvalidRequestError: if the entity was never saved, or the service does not erase entities of its kind.
        """
        self._check(entity)
        self._check_personal(entity, "erased")
        self._context.delete(entity, erase=True)

    def export(self, entity: Entity) -> Document:
        """Read all that the service holds of an entity, as a person may demand by law: one GET, unsaved changes left out.

        Raises:
            InvalidRequestError: if the entity was never saved, or the service does not export entities of its kind.
        """
        self._check_persistent(entity, "exported")
        self._check_personal(entity, "exported")
        self._reader.count(1)
        return self.backend.export(type(entity), state_of(entity).known_key.id)

    def expunge(self, entity: Entity) -> None:
        """Let go of an entity. It becomes detached, or transient if it was new, and keeps its values.

        A write whose outcome is unknown goes with it: the session that it is added to next looks the write up.
        """
        self._check_held(entity)
        self._context.detach(entity)

    def expunge_all(self) -> None:
        """Let go of every entity."""
        for entity in self._context:
            self._context.detach(entity)
        self._context.deleted_keys.clear()
        self._context.recent.clear()

    def put(self, entity: Entity) -> None:
        """Mark an entity so that the next flush replaces its whole document (PUT) instead of patching what changed."""
        self._check_persistent(entity, "replaced")
        if is_partial(state_of(entity).baseline):
            self.owner.load_rest(entity)
        state_of(entity).schedule_replacement()
        self._context.pin(entity)

    def merge(self, entity: E, *, key: KeyPaths | None = None, identity: str | None = None) -> E:
        """Copy what is set on an entity onto the persistent one that it stands for, and return that.

        The session looks for the persistent entity among those that it holds, then asks the service: by `identity`, by
        the entity's own id, or by a natural key: `key="publisher.name"`, or several paths. If it finds none, it adds
        the entity. A search lags writes by up to a minute, so only a key that the service itself matches by is sure to be
        created once: the service itself merges or refuses the second.
        """
        from contacthub_orm.orm.session.merging import merge  # few programs use it

        self._check(entity)
        return merge(self, self._context, entity, key=key, identity=identity)

    def merge_all(self, entities: Iterable[E], *, key: KeyPaths | None = None) -> list[E]:
        """Merge many entities, looked up with few requests; returns the session's entity for each, in their order.

        Rows with the same key are one entity, and the later row's values win. If a row has no key, or several entities
        at the service have it, nothing is merged, and the error names the place of the row.
        """
        from contacthub_orm.orm.session.merging import merge_all  # as above

        rows = list(entities)
        for entity in rows:
            self._check(entity)
        return merge_all(self, self._context, rows, key=key)

    # -- reading ------------------------------------------------------------------------------------------------------

    def query(self, entity: type[E]) -> Query[E]:
        """A query for entities of a class."""
        from contacthub_orm.orm.query.query import Query  # here, so that a program loads what it uses
        from contacthub_orm.orm.query.select import statement_on
        from contacthub_orm.orm.query.statement import parts_of

        self._check_open()
        statement = statement_on("query", entity, self.backend)
        return Query(**parts_of(statement), backend=self.backend, reader=self._rows)

    def get(self, entity: type[E], identity: Identity) -> E | None:
        """The entity with this id, held by the session or read by one GET; None if there is none.

        An entity below another is named by both ids: `get(Chapter, (book_id, chapter_id))`.
        """
        self._check_open()
        return self.entities.get(entity, identity, declared_criterion(entity))

    def get_many(self, entity: type[E], identities: Iterable[Identity]) -> list[E | None]:
        """The entity for each id, in their order, or None; the session reads concurrently what it does not hold."""
        self._check_open()
        return self.entities.get_many(entity, identities, declared_criterion(entity))

    def refresh(self, entity: Entity) -> None:
        """Read an entity again by one GET; unsaved changes are lost. Raises InvalidRequestError if it is gone."""
        self._check_persistent(entity, "refreshed")
        document = self.owner.current(entity)
        self._in_doubt.forget(entity)
        self._context.discard_events(entity)
        self._loader.bring_up_to_date(entity, document, overwrite=True, current=True)

    def rebase(self, entity: Entity) -> None:
        """Read an entity again by one GET and keep the unsaved changes on top: what to do after StaleDataError."""
        self._check_persistent(entity, "rebased")
        self._in_doubt.forget(entity)
        state_of(entity).leave_doubt()
        state_of(entity).note_current_version()
        merge_baseline(entity, self.owner.current(entity))
        self._context.recheck_dirty(entity)

    def expire(self, entity: Entity) -> None:
        """Forget the values of an entity, unsaved changes included; the next access reads it again by one GET."""
        self._check_persistent(entity, "expired")
        self._context.expire(entity)

    def expire_all(self) -> None:
        """Expire every persistent entity; see `expire`."""
        for entity in self._context:
            if state_of(entity).status is Status.PERSISTENT:
                self.expire(entity)

    # -- writing ------------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """What a flush would send now, as data; nothing is sent.

        Raises:
            ValidationError: if the changes break rules of the API; it lists all of them.
        """
        self._check_open()
        with self.no_autoflush:
            return self._flusher.plan()

    def validate(self) -> list[Violation]:
        """All rules of the API that pending changes break, each with its `entity`; nothing is sent or raised for them."""
        self._check_open()
        with self.no_autoflush:
            return self._flusher.violations()

    def flush(self, objects: Iterable[Entity] | None = None, *, progress: Progress | None = None) -> Account:
        """Send what is pending, or only some objects with what they depend on, and account for every operation.

        Args:
            objects: the entities to send with what receivers of `before_flush` add or delete, or None for all.
            progress: is called after each operation, with the number of those that have ended and of all. An exception
                that it raises stops the flush as an interrupt does: nothing more is sent, and what was sent stays.

        Raises:
            ValidationError: if the changes break rules of the API; nothing was sent. With `on_error="continue"`, outside
                an atomic block, it is instead the error of each such entity in a CommitError, and the others are sent.
            CommitError: if not everything succeeded. What was done is clean, the rest keeps its changes. The next flush
                first looks up what is unknown, then sends only what is left.
        """
        self._check_open()
        return self._committer.flush(objects, progress)

    def save(self, entity: Entity) -> None:
        """Flush one entity now, with what it depends on.

        Raises:
            ContacthubError: the error of its one request, in place of a CommitError; see `flush_account` there.
        """
        try:
            self.flush([entity])
        except CommitError as failed:
            error = failed.exceptions[0]
            if isinstance(error, ContacthubError):
                error.flush_account = failed.account
            raise error from error.__cause__  # such as the broken connection behind an OutcomeUnknown

    def commit(
        self,
        *,
        atomic: bool = False,
        progress: Progress | None = None,
        on_conflict: OnConflict | None = None,
    ) -> Account:
        """Flush, and announce the commit. In an atomic block it only flushes: the end of the block is the commit.

        Raises what `flush` raises.

        Args:
            atomic: if anything fails, undo what this commit has done, as `begin(atomic=True)` does. All changes are pending
                again then, to be mended, committed again or rolled back. What an earlier `flush()` sent is not undone.
            progress: see `flush`.
            on_conflict: is asked about each entity that another writer has changed since it was read, with the entity, the
                service's document (None if it is gone) and the changes that were to be sent (None for a deletion). It
                returns "rebase" to send the changes again on top of that document, "theirs" to drop them, or "fail". An
                entity is asked about at most five times; then, and without it, the commit fails with StaleDataError.
        """
        self._check_open()
        return self._committer.commit(atomic=atomic, progress=progress, on_conflict=on_conflict)

    def on_commit(self, handler: Callable[[DomainEvent], H]) -> Callable[[DomainEvent], H]:
        """Hand over the domain events that entities record to a handler, from now on; also usable as a decorator.

        It is called once for each event, when the operation of the entity is done for good: at the end of a flush or
        commit, or of an atomic block. If it raises, the exception reaches the caller, what was saved stays, and the event
        and those after it are handed over by the next flush or commit. With a journal, the first handler first gets the
        events that an earlier session left in it.

        Args:
            handler: is called with each event.
        """
        self._check_open()
        self._flusher.outbox.on_commit(handler)
        return handler

    def rollback(self) -> None:
        """Undo all pending changes; nothing is sent, and what was flushed stays.

        A write whose outcome is unknown stays unknown: the next flush looks it up. One that a look-up found in conflict
        with another writer's is given up.
        """
        self._check_open()
        self._in_doubt.give_up_conflicts()
        self._context.rollback(keep=[write.operation.entity for write in self._in_doubt.writes()])
        signals.after_rollback.send(self)

    @contextmanager
    def begin(self, *, atomic: bool = False, progress: Progress | None = None) -> Iterator[Self]:
        """Open a block that commits at its end, and rolls back if an exception leaves it.

        A CommitError does not roll back: what was not done keeps its changes.

        Args:
            atomic: if anything fails, undo in reverse what was done, as far as the service lets it, and bring the session
                back to where the block began. The error's `undone` says what could not be undone.
            progress: of the commit at the end; see `flush`.
        """
        self._check_open()
        with self._committer.begin(atomic=atomic, progress=progress):
            yield self

    @contextmanager
    def begin_nested(self) -> Iterator[Self]:
        """Open a block whose pending changes are undone if an exception leaves it; its end sends nothing."""
        from contacthub_orm.orm.session.context.snapshots import Snapshot  # few programs use it
        from contacthub_orm.orm.session.transaction.blocks import nested_block

        self._check_open()
        with nested_block(Snapshot(self._context)):
            yield self

    def close(self) -> None:
        """Let go of everything. The session cannot be used again."""
        if not self._context.closed:
            self.expunge_all()
            self._context.closed = True
            if self._journal is not None:
                self._journal.close()

    # -- views --------------------------------------------------------------------------------------------------------

    @property
    def new(self) -> list[Entity]:
        """The entities that the next flush creates."""
        return list(self._context.new.values())

    @property
    def dirty(self) -> list[Entity]:
        """The entities that the next flush updates or replaces."""
        return [entity for entity in self._context.held() if self._context.has_changes(entity)]

    @property
    def deleted(self) -> list[Entity]:
        """The entities that the next flush deletes."""
        return list(self._context.deleted.values())

    def is_modified(self, entity: Entity) -> bool:
        """Whether the entity has changes that a flush would send."""
        return self._context.has_changes(entity)

    def is_unsettled(self, entity: Entity) -> bool:
        """Whether a write of the entity was sent whose outcome is unknown; the next flush looks it up."""
        return entity in self._in_doubt

    @property
    @contextmanager
    def no_autoflush(self) -> Iterator[Self]:
        """A block in which queries flush nothing: `with session.no_autoflush: ...`."""
        held, self.autoflush = self.autoflush, False
        try:
            yield self
        finally:
            self.autoflush = held

    def __contains__(self, entity: object) -> bool:
        return (
            isinstance(entity, Entity)
            and state_of(entity).owner is self.owner
            and not state_of(entity).deleted
        )

    def __iter__(self) -> Iterator[Entity]:
        return iter([entity for entity in self._context if not state_of(entity).deleted])

    if not TYPE_CHECKING:  # a checker that saw this would let any name pass

        def __getattr__(self, name):
            raise habit_error("session", name, ON_SESSIONS) or AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _backend_of(self, bind: Bind) -> Backend:
        """The service that the session asks; a class of sessions may put something before it."""
        return bind.backend

    def _before_query(self) -> None:
        self._check_open()
        self._reader.count(1)
        if self.autoflush and not self._committer.flushing:
            self.flush()

    def _check(self, entity: object) -> None:
        self._check_open()
        if not isinstance(entity, Entity):
            raise InvalidRequestError(f"the session holds entities, got {entity!r}")

    @staticmethod
    def _check_personal(entity: Entity, what: str) -> None:
        if not entity.__resource__.personal:
            raise InvalidRequestError(f"{entity!r} is not {what} by itself, only with the person it is about")

    def _check_held(self, entity: Entity) -> None:
        self._check(entity)
        if state_of(entity).owner is not self.owner:
            raise InvalidRequestError(f"{entity!r} is not in this session")

    def _check_persistent(self, entity: Entity, what: str) -> None:
        self._check(entity)
        if state_of(entity).key is None or state_of(entity).owner is not self.owner:
            raise InvalidRequestError(f"{entity!r} is not persistent in this session, so it cannot be {what}")

    def _check_open(self) -> None:
        self._context.check_open()
