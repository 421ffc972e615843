"""The session: an identity map and a unit of work over one backend, with SQLAlchemy's meanings.

REST has no isolation, so three defaults differ from SQLAlchemy's: nothing is flushed before a query, nothing expires
on commit (the service's answer becomes the new baseline), and a `CommitError` that leaves a `begin()` block does not
roll back: what was not done keeps its changes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from contacthub_orm import signals
from contacthub_orm.errors import CommitError, InvalidRequestError, JournalError
from contacthub_orm.orm.entity.entity import Entity, Key, joined_identity
from contacthub_orm.orm.entity.inspection import Status, status_of
from contacthub_orm.orm.mapping.baseline import absorb, creation, revert
from contacthub_orm.orm.query.query import Query
from contacthub_orm.orm.service.binds import Bind, Home
from contacthub_orm.orm.service.fan_out import concurrently
from contacthub_orm.orm.service.plan import Account, Entry, Outcome, Plan
from contacthub_orm.orm.session.blocks import Block, atomic_block, nested_block, plain_block
from contacthub_orm.orm.session.flushing import Flusher
from contacthub_orm.orm.session.loading import Loader
from contacthub_orm.orm.session.merging import merge
from contacthub_orm.orm.session.persistence_context import Holdings
from contacthub_orm.orm.session.row_loading import RowReader
from contacthub_orm.orm.session.snapshots import Snapshot, start_anew
from contacthub_orm.orm.unit_of_work.execution import OnError
from contacthub_orm.orm.unit_of_work.journal import Journal
from contacthub_orm.orm.wire.partial import is_partial

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Session", "TooManyRequests", "make_transient", "object_session"]

E = TypeVar("E", bound=Entity)

Identity = str | tuple[str, str]
"""An id, or for an entity that lives below another the parent's id and its own."""


class TooManyRequests(UserWarning):
    """A session has read more often than `max_requests`, which looks like one request per row (N+1)."""


class Session:
    """Tracks entities of one backend and saves what changed, on `flush()` or `commit()`.

    Args:
        bind: the node to work on.
        autoflush: flush before each query.
        expire_on_commit: read every entity anew at its first touch after a commit.
        on_error: after a failed operation, "stop" sends nothing more, "continue" sends all that does not depend on it.
        check_version: before each update or delete, read the entity and refuse with StaleDataError if its version moved.
        settle: the seconds after which a write that cannot be found certainly did not take effect.
        journal: the path of a journal that makes commits survive a crash of this process (see `recover`).
        max_requests: warn (TooManyRequests) when the session has read more often than that; a query counts once, however
            many pages it has.

    A session is not thread-safe; give every thread its own, as `scoped_session` does.
    """

    lent: ClassVar[bool] = False
    """Whether this is the session of one call of something that has no session (see `lending`)."""

    def __init__(
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
            raise InvalidRequestError(f"a session is opened on a node, got {bind!r}")
        if isinstance(settle, bool) or not isinstance(settle, int | float) or not settle >= 0:
            raise InvalidRequestError(f"settle is a number of seconds, 0 or more, got {settle!r}")
        self.bind = bind
        self.home = bind if isinstance(bind, Home) else None
        self.backend = bind.backend
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.max_requests = max_requests
        self.settle = settle
        self.account = Account()
        self._holdings = Holdings(self)
        self._loader = Loader(self, self._holdings)
        self._reader = RowReader(
            self,
            self._holdings,
            self._loader,
            check_open=self._check_open,
            before_asking=self._before_query,
        )
        self._flusher = Flusher(
            self.backend,
            self._holdings,
            self._loader,
            on_error=on_error,
            check_version=check_version,
            settle=settle,
            journal=None if journal is None else _opened(journal, self.backend.place),
        )
        self._blocks: list[Block] = []
        self._reads = 0
        self._closed = False
        self._flushing = False

    # -- entities in and out ------------------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Put an entity under the session's care: a new one is created by the next flush, with what it refers to.

        Raises InvalidRequestError for an entity of another session, or one that is deleted.
        """
        self._check(entity)
        self._holdings.add(entity)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """`add` for each."""
        for entity in entities:
            self.add(entity)

    def delete(self, entity: Entity) -> None:
        """Have the entity deleted by the next flush. Raises InvalidRequestError for one that was never saved."""
        self._check(entity)
        self._holdings.delete(entity)

    def forget(self, entity: Entity) -> None:
        """Have the next flush erase all that the service holds of the entity, everywhere: what a person may demand by law.

        As `delete`, but nothing brings it back, not even a look into the past. Raises InvalidRequestError for one that was
        never saved, or of which the service erases nothing.
        """
        self._check(entity)
        self._check_personal(entity, "erased")
        self._holdings.delete(entity, erase=True)

    def export(self, entity: Entity) -> Document:
        """All that the service holds of the entity, as the JSON that a person may demand by law; read by one GET now.

        Unsaved changes are not in it. Raises InvalidRequestError for an entity that was never saved, or that the service
        exports nothing of.
        """
        self._check_persistent(entity, "exported")
        self._check_personal(entity, "exported")
        key = entity._state.key
        assert key is not None
        self._count_reads(1)
        return self.backend.export(type(entity), key[1])

    def expunge(self, entity: Entity) -> None:
        """Let go of an entity: it is detached, or transient if it was new, and keeps its values."""
        self._check_held(entity)
        self._flusher.unsettled.pop(id(entity), None)
        self._holdings.leave(entity)

    def expunge_all(self) -> None:
        """Let go of every entity."""
        for entity in self._holdings:
            self._holdings.leave(entity)
        self._holdings.gone.clear()
        self._flusher.unsettled.clear()

    def put(self, entity: Entity) -> None:
        """Have the next flush replace the whole document of the entity (PUT) instead of patching what changed."""
        self._check_persistent(entity, "replaced")
        if is_partial(entity._state.raw):
            self._complete(entity)
        entity._state.replace = True
        self._holdings.pin(entity)

    def merge(self, entity: E, *, key: str | None = None, identity: str | None = None) -> E:
        """Copy what is set on an entity onto the persistent one it stands for, and give that.

        The persistent entity is found by `identity`, by the entity's own id, or by a natural key such as
        `key="externalId"`: among what the session holds, then by asking the service. Where there is none the entity is
        added. A search lags writes by up to a minute, so only a key that is part of the node's matching policy is sure to
        be created once: the service itself merges or refuses the second.
        """
        self._check(entity)
        return merge(self, self._holdings, entity, key=key, identity=identity)

    # -- reading ------------------------------------------------------------------------------------------------------

    def query(self, entity: type[E]) -> Query[E]:
        """A query for entities of a class."""
        self._check_open()
        if not (isinstance(entity, type) and issubclass(entity, Entity) and hasattr(entity, "__resource__")):
            raise InvalidRequestError(f"query() takes an entity class, got {entity!r}")
        if entity.__parent__ is not None:
            raise InvalidRequestError(
                f"{entity.__name__} cannot be queried: read it through its {entity.__parent__.name} or by both ids, "
                f"session.get({entity.__name__}, (parent id, id))"
            )
        return Query(self.backend, entity, entity._own_criterion(), reader=self._reader)

    def get(self, entity: type[E], identity: Identity) -> E | None:
        """The entity with this id, from the session if it is there, else by one GET; None where there is none.

        An entity that lives below another is named by both ids: `get(Education, (customer_id, education_id))`.
        """
        self._check_open()
        one = _text(entity, identity)
        found, held = self._held(entity, one)
        return held if found else self._fetched(entity, one, self._fetch(entity, one))

    def get_many(self, entity: type[E], identities: Iterable[Identity]) -> list[E | None]:
        """`get` for each id, in their order; what the session does not hold is read concurrently."""
        self._check_open()
        wanted = [_text(entity, identity) for identity in identities]
        missing = [identity for identity in dict.fromkeys(wanted) if not self._held(entity, identity)[0]]
        documents = concurrently(
            lambda one: self.backend.fetch(entity, one), missing, self.backend.max_in_flight
        )
        self._count_reads(len(missing))
        fetched = {
            one: self._fetched(entity, one, document)
            for one, document in zip(missing, documents, strict=True)
        }
        return [fetched[one] if one in fetched else self._held(entity, one)[1] for one in wanted]

    def _held(self, entity: type[E], identity: str) -> tuple[bool, E | None]:
        """Whether the session knows of an id, and the entity where it is not deleted."""
        key = (entity.__resource__.name, identity)
        held = self._holdings.identities.get(key)
        if held is None:
            return key in self._holdings.gone, None
        return True, None if held._state.deleted else self._loader.as_class(entity, held)

    def _fetched(self, entity: type[E], identity: str, document: Document | None) -> E | None:
        return None if document is None else self._loader.load(entity, document, identity=identity)

    def _fetch(self, entity: type[Entity], identity: str) -> Document | None:
        self._count_reads(1)
        return self.backend.fetch(entity, identity)

    def refresh(self, entity: Entity) -> None:
        """Read the entity anew by one GET; unsaved changes are lost. Raises InvalidRequestError if it is gone."""
        self._check_persistent(entity, "refreshed")
        document = self._current(entity)
        self._flusher.unsettled.pop(id(entity), None)
        self._loader.bring_up_to_date(entity, document, overwrite=True)

    def rebase(self, entity: Entity) -> None:
        """Read the entity anew by one GET and keep the unsaved changes on top: the way on after StaleDataError."""
        self._check_persistent(entity, "rebased")
        self._flusher.unsettled.pop(id(entity), None)
        entity._state.sent_before = None
        entity._state.version_moved = False
        absorb(entity, self._current(entity))
        self._holdings.review(entity)

    def expire(self, entity: Entity) -> None:
        """Forget the values of an entity, unsaved changes included; the next touch reads it anew by one GET."""
        self._check_persistent(entity, "expired")
        state = entity._state
        self._holdings.touched.pop(id(entity), None)
        state.dirty = state.watched = state.replace = False
        state.expire(entity)

    def expire_all(self) -> None:
        """`expire` for every persistent entity."""
        for entity in self._holdings:
            if entity._state.key is not None and not entity._state.deleted:
                self.expire(entity)

    def _complete(self, entity: Entity) -> None:
        """Load what a partial load left out, under the unsaved changes."""
        absorb(entity, self._current(entity))
        self._holdings.review(entity)

    def _current(self, entity: Entity) -> Document:
        assert entity._state.key is not None
        return self._reloaded(type(entity), entity._state.key[1])

    def _reloaded(self, entity: type[Entity], identity: str) -> Document:
        self._check_open()
        document = self._fetch(entity, identity)
        if document is None:
            raise InvalidRequestError(f"{entity.__name__} {identity} no longer exists")
        return document

    # -- writing ------------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """What a flush would send now, as data; nothing is sent.

        Raises ValidationError, listing every rule that the changes break.
        """
        self._check_open()
        return self._flusher.plan()

    def flush(self, objects: Iterable[Entity] | None = None) -> Account:
        """Send what is pending, or only some objects and what they depend on, and account for every operation.

        What receivers of `before_flush` add or delete goes with the objects. Raises ValidationError before anything is sent,
        and CommitError when not everything succeeded: what was done is clean, the rest keeps its changes. The next flush
        first looks up what is unknown, then sends only what is left.
        """
        self._check_open()
        if self._flushing:
            raise InvalidRequestError("the session is already flushing")
        self._flushing = True
        try:
            chosen = self._with_additions_of_receivers(objects)
            self.account = self._flusher.flush(chosen, atomic=self._atomic is not None)
        finally:
            self._flushing = False
        for block in self._blocks:
            block.done += self.account.having(Outcome.DONE)
        self._conclude(self.account)
        signals.after_flush.send(self)
        return self.account

    def _with_additions_of_receivers(self, objects: Iterable[Entity] | None) -> list[Entity] | None:
        """Announce the flush; with the objects goes what the receivers have added or deleted."""
        if objects is None:
            signals.before_flush.send(self)
            return None
        pending = {id(one): one for one in self._holdings.pending()}
        signals.before_flush.send(self)
        return [*objects, *(one for one in self._holdings.pending() if id(one) not in pending)]

    def _save(self, entity: Entity) -> None:
        """Flush one entity; what fails raises the error of its one request in place of a CommitError."""
        try:
            self.flush([entity])
        except CommitError as error:
            single = error.exceptions[0]
            for block in self._blocks:
                block.failed_save = single
            raise single from single.__cause__  # such as the broken connection behind an OutcomeUnknown

    def _conclude(self, account: Account) -> None:
        """Close the journal's commit, but for what is unknown, and raise what failed."""
        journal = self._flusher.journal
        if journal is not None and self._atomic is None:
            journal.settle(write.operation for write in self._flusher.unsettled.values())
        if not account.succeeded:
            raise commit_error(account)

    def commit(self) -> Account:
        """Flush, and end the block. Raises what `flush` raises."""
        self._check_open()
        signals.before_commit.send(self)
        account = self.flush()
        if self.expire_on_commit:
            self.expire_all()
        signals.after_commit.send(self)
        return account

    def rollback(self) -> None:
        """Undo all pending changes; nothing is sent, and what was flushed stays.

        A write whose outcome is unknown stays unknown: the next flush looks it up. One that a look-up found in conflict
        with another writer's is given up.
        """
        self._check_open()
        self._flusher.forget_conflicts()
        for entity in list(self._holdings.deleted.values()):
            self._holdings.keep(entity)
        for entity in list(self._holdings.new.values()):
            if id(entity) not in self._flusher.unsettled:
                self._holdings.leave(entity)
        for entity in self._holdings.held():
            revert(entity)
            entity._state.replace = False
            self._holdings.review(entity)
        signals.after_rollback.send(self)

    @property
    def _atomic(self) -> Block | None:
        return next((block for block in self._blocks if block.atomic), None)

    @contextmanager
    def begin(self, *, atomic: bool = False) -> Iterator[Session]:
        """A block that commits when it is left, and rolls back when it is left by an exception.

        A CommitError does not roll back: what was not done keeps its changes. With `atomic`, what was done is undone in
        reverse when anything fails, as far as it can be, and the session is as it was before the block; the error's
        `undone` says what could not be.
        """
        self._check_open()
        if self._blocks:
            raise InvalidRequestError("the session has already begun a block: nest with begin_nested()")
        block = Block(Snapshot(self._holdings), atomic=atomic)
        self._blocks.append(block)
        try:
            with (atomic_block if atomic else plain_block)(self, block):
                yield self
        finally:
            self._blocks.clear()

    @contextmanager
    def begin_nested(self) -> Iterator[Session]:
        """A block whose pending changes are undone when an exception leaves it; nothing is sent at its end."""
        self._check_open()
        with nested_block(Snapshot(self._holdings)):
            yield self

    def close(self) -> None:
        """Let go of everything; the session cannot be used again."""
        if not self._closed:
            self.expunge_all()
            self._closed = True
            if self._flusher.journal is not None:
                self._flusher.journal.close()

    # -- views --------------------------------------------------------------------------------------------------------

    @property
    def new(self) -> list[Entity]:
        """The entities that the next flush creates."""
        return list(self._holdings.new.values())

    @property
    def dirty(self) -> list[Entity]:
        """The entities that the next flush updates or replaces."""
        return [entity for entity in self._holdings.held() if self._holdings.has_changes(entity)]

    @property
    def deleted(self) -> list[Entity]:
        """The entities that the next flush deletes."""
        return list(self._holdings.deleted.values())

    def is_modified(self, entity: Entity) -> bool:
        """Whether the entity has changes that a flush would send."""
        return self._holdings.has_changes(entity)

    def is_unsettled(self, entity: Entity) -> bool:
        """Whether a write of the entity was sent whose outcome is unknown; the next flush looks it up."""
        return id(entity) in self._flusher.unsettled

    @property
    def no_autoflush(self) -> Any:
        """A block in which queries flush nothing: `with session.no_autoflush: ...`."""
        return self._without_autoflush()

    @contextmanager
    def _without_autoflush(self) -> Iterator[Session]:
        held, self.autoflush = self.autoflush, False
        try:
            yield self
        finally:
            self.autoflush = held

    def __contains__(self, entity: object) -> bool:
        return (
            isinstance(entity, Entity)
            and entity._state.session is self
            and status_of(entity) is not Status.DELETED
        )

    def __iter__(self) -> Iterator[Entity]:
        return iter([entity for entity in self._holdings if not entity._state.deleted])

    def __enter__(self) -> Session:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- for queries, references and entities -------------------------------------------------------------------------

    def _load_below(self, entity: type[E], parent: Entity, documents: Iterable[Document]) -> list[E]:
        """Entities that live below another, from the documents in which the service shows them."""
        assert parent._state.key is not None
        rows = []
        for document in documents:
            own = document[entity.__resource__.id_key]
            row = self._loader.load(entity, document, identity=joined_identity(parent._state.key[1], own))
            if row is not None:
                row._state.parent = parent
                rows.append(row)
        return rows

    def _get_resource(self, resource: str, identity: str) -> Entity | None:
        held = self._holdings.identities.get((resource, identity))
        return held if held is not None else self.get(self.backend.entity_class(resource), identity)

    def _before_query(self) -> None:
        self._check_open()
        self._count_reads(1)
        if self.autoflush and not self._flushing:
            self.flush()

    def _refuse_another(self, key: Key) -> None:
        """Raise InvalidRequestError where an identity is held by an object already."""
        self._holdings.identities.refuse_another(key)

    def _has_become_persistent(self, entity: Entity) -> None:
        """A new entity that the session holds turned out to stand for one that the service knows."""
        assert entity._state.key is not None
        self._holdings.enter(entity, entity._state.key)
        self._holdings.review(entity)

    def _register(self, entity: Entity) -> None:
        self._holdings.pin(entity)

    def _count_reads(self, count: int) -> None:
        before, self._reads = self._reads, self._reads + count
        if self.max_requests is not None and before <= self.max_requests < self._reads:
            warnings.warn(
                f"this session has read more than {self.max_requests} times: "
                "is there one request per row where one query or get_many would do?",
                TooManyRequests,
                stacklevel=4,
            )

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
        if entity._state.session is not self:
            raise InvalidRequestError(f"{entity!r} is not in this session")

    def _check_persistent(self, entity: Entity, what: str) -> None:
        self._check(entity)
        if entity._state.key is None or entity._state.session is not self:
            raise InvalidRequestError(f"{entity!r} is not persistent in this session, so it cannot be {what}")

    def _check_open(self) -> None:
        if self._closed:
            raise InvalidRequestError("the session is closed")


def _text(entity: type[Entity], identity: Identity) -> str:
    parts = identity if isinstance(identity, tuple) else (identity,)
    expected = 1 if entity.__parent__ is None else 2
    if len(parts) != expected or not all(isinstance(part, str) and part for part in parts):
        what = (
            "a text that is not empty"
            if expected == 1
            else "the parent's id and its own, a tuple of two texts"
        )
        raise InvalidRequestError(f"the id of {entity.__name__} is {what}, got {identity!r}")
    return parts[0] if expected == 1 else joined_identity(*parts)


def commit_error(account: Account) -> CommitError:
    """The exception that holds an account which did not fully succeed."""
    failures = [entry.error for entry in account if entry.error is not None]
    done = len(account.having(Outcome.DONE))
    error = CommitError(f"{done} of {len(account)} operations done\n{account}", failures, account)
    remaining: list[Entry] = [entry for entry in account if entry.outcome is not Outcome.DONE]
    error.remaining = [entry.entity for entry in remaining]
    return error


def object_session(entity: Entity) -> Session | None:
    """The session that holds an entity, None where none does."""
    return entity._state.session


def make_transient(entity: Entity) -> None:
    """Make an entity new again: in no session, without identity; its values stay and would be created anew."""
    state = entity._state
    document = creation(entity)
    if state.session is not None:
        state.session.expunge(entity)
    start_anew(entity, document)
    state.deleted = False


def _opened(path: str | os.PathLike[str], place: str) -> Journal:
    journal = Journal(path, place)
    if journal.unsettled:
        journal.close()
        raise JournalError(f"{os.fspath(path)} holds a commit that was cut short: run recover() on it first")
    return journal
