"""The session: an identity map and a unit of work over one backend, with SQLAlchemy's meanings.

REST has no isolation, so three defaults differ from SQLAlchemy's: nothing is flushed before a query, nothing expires
on commit (the service's answer becomes the new baseline), and a `CommitError` that leaves a `begin()` block does not
roll back: what was not done keeps its changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from contacthub_orm import signals
from contacthub_orm.errors import (
    CommitError,
    InvalidRequestError,
    ValidationError,
    Violation,
)
from contacthub_orm.http.collector import paused_gc
from contacthub_orm.orm.entity import Entity, EntityState, Key
from contacthub_orm.orm.identity import IdentityMap
from contacthub_orm.orm.plan import Account, Entry, Outcome, Plan, Verb
from contacthub_orm.orm.query import Query
from contacthub_orm.orm.state import Status, status_of
from contacthub_orm.orm.tracking import absorb, changes, revert, unmark
from contacthub_orm.orm.unit_of_work import OnError, execute, make_plan
from contacthub_orm.orm.validation import violations
from contacthub_orm.orm.versions import is_older

if TYPE_CHECKING:
    from contacthub_orm.orm.backend import Backend
    from contacthub_orm.orm.documents import Document

__all__ = ["Bind", "Session", "sessionmaker"]

E = TypeVar("E", bound=Entity)


class Bind(Protocol):
    """What a session can be opened on: anything with a backend, such as a node."""

    @property
    def backend(self) -> Backend: ...


class Session:
    """Tracks entities of one backend and saves what changed, on `flush()` or `commit()`.

    Args:
        bind: the node to work on.
        autoflush: flush before each query.
        on_error: after a failed operation, "stop" sends nothing more, "continue" sends all that does not depend on it.

    A session is not thread-safe; give every thread its own.
    """

    def __init__(self, bind: Bind, *, autoflush: bool = False, on_error: OnError = "stop") -> None:
        if on_error not in ("stop", "continue"):
            raise InvalidRequestError(f'on_error is "stop" or "continue", got {on_error!r}')
        self.bind = bind
        self.backend = bind.backend
        self.autoflush = autoflush
        self.on_error: OnError = on_error
        self.account = Account()
        self._identities = IdentityMap()
        self._new: dict[int, Entity] = {}
        self._deleted: dict[int, Entity] = {}
        self._touched: dict[int, Entity] = {}
        self._gone: set[Key] = set()
        self._closed = False
        self._begun = False
        self._flushing = False

    # -- entities in and out ------------------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Put an entity under the session's care: a new one is created by the next flush, with what it refers to.

        Raises InvalidRequestError for an entity of another session, or one that is deleted.
        """
        self._check_open()
        self._check_entity(entity)
        state = entity._state
        if state.session is self and not state.deleted:
            return
        if state.session is not None and state.session is not self:
            raise InvalidRequestError(f"{entity!r} belongs to another session: expunge it there first")
        if state.deleted and id(entity) in self._deleted:
            del self._deleted[id(entity)]
            state.deleted = False
        elif state.deleted:
            raise InvalidRequestError(f"{entity!r} was deleted")
        elif state.key is None:
            self._new[id(entity)] = entity
        else:
            self._identities.add(state.key, entity)
        state.session = self
        if state.dirty or state.watched:
            self._touched[id(entity)] = entity
        for target in (state.references or {}).values():
            self.add(target)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """`add` for each."""
        for entity in entities:
            self.add(entity)

    def delete(self, entity: Entity) -> None:
        """Have the entity deleted by the next flush. Raises InvalidRequestError for one that was never saved."""
        self._check_open()
        self._check_entity(entity)
        state = entity._state
        if state.key is None:
            raise InvalidRequestError(
                f"{entity!r} is not saved, so there is nothing to delete: expunge it instead"
            )
        if state.session is None and not state.deleted:
            self.add(entity)
        if state.session is not self:
            raise InvalidRequestError(f"{entity!r} belongs to another session")
        state.deleted = True
        self._deleted[id(entity)] = entity

    def expunge(self, entity: Entity) -> None:
        """Let go of an entity: it is detached, or transient if it was new, and keeps its values."""
        state = entity._state
        if state.session is not self:
            raise InvalidRequestError(f"{entity!r} is not in this session")
        self._release(entity)

    def expunge_all(self) -> None:
        """Let go of every entity."""
        for entity in self._everything():
            self._release(entity)
        self._gone.clear()

    def put(self, entity: Entity) -> None:
        """Have the next flush replace the whole document of the entity (PUT) instead of patching what changed."""
        self._check_open()
        if entity._state.session is not self or entity._state.key is None:
            raise InvalidRequestError(
                f"{entity!r} is not persistent in this session, so it cannot be replaced"
            )
        entity._state.replace = True
        self._register(entity)

    # -- reading ------------------------------------------------------------------------------------------------------

    def query(self, entity: type[E]) -> Query[E]:
        """A query for entities of a class."""
        self._check_open()
        if not (isinstance(entity, type) and issubclass(entity, Entity) and hasattr(entity, "__resource__")):
            raise InvalidRequestError(f"query() takes an entity class, got {entity!r}")
        return Query(self, entity)

    def get(self, entity: type[E], identity: str) -> E | None:
        """The entity with this id, from the session if it is there, else by one GET; None where there is none."""
        self._check_open()
        if not isinstance(identity, str) or not identity:
            raise InvalidRequestError(f"get() takes the id as a text, got {identity!r}")
        key = (entity.__resource__.name, identity)
        held = self._identities.get(key)
        if held is not None:
            return None if held._state.deleted else self._as(entity, held)
        if key in self._gone:
            return None
        document = self.backend.fetch(entity, identity)
        return None if document is None else self._load(entity, document)

    def refresh(self, entity: Entity) -> None:
        """Read the entity anew by one GET; unsaved changes are lost. Raises InvalidRequestError if it is gone."""
        self._check_open()
        key = entity._state.key
        if key is None or entity._state.session is not self:
            raise InvalidRequestError(
                f"{entity!r} is not persistent in this session, so it cannot be refreshed"
            )
        document = self.backend.fetch(type(entity), key[1])
        if document is None:
            raise InvalidRequestError(f"{entity!r} no longer exists")
        revert(entity)
        absorb(entity, document)
        self._review(entity)

    # -- writing ------------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """What a flush would send now, as data; nothing is sent.

        Raises ValidationError, listing every rule that the changes break.
        """
        self._check_open()
        self._cascade()
        self._validate()
        held = [entity for entity in self._touched.values() if self._is_held(entity)]
        return make_plan(self.backend, self._new.values(), held, self._deleted.values())

    def flush(self) -> Account:
        """Send what is pending and account for every operation.

        Raises ValidationError before anything is sent, and CommitError when not everything succeeded: what was done is
        clean, the rest keeps its changes and is sent by the next flush.
        """
        self._check_open()
        if self._flushing:
            raise InvalidRequestError("the session is already flushing")
        self._flushing = True
        try:
            signals.before_flush.send(self)
            self.account = execute(self.plan(), self.backend, self._settle, on_error=self.on_error)
        finally:
            self._flushing = False
        self._raise_failures(self.account)
        signals.after_flush.send(self)
        return self.account

    def commit(self) -> Account:
        """Flush, and end the block. Raises what `flush` raises."""
        self._check_open()
        signals.before_commit.send(self)
        account = self.flush()
        signals.after_commit.send(self)
        return account

    def rollback(self) -> None:
        """Undo all pending changes; nothing is sent, and what was flushed stays."""
        self._check_open()
        for entity in list(self._deleted.values()):
            entity._state.deleted = False
        self._deleted.clear()
        for entity in list(self._new.values()):
            self._release(entity)
        for entity in list(self._touched.values()):
            revert(entity)
            entity._state.replace = False
            self._review(entity)
        signals.after_rollback.send(self)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A block that commits when it is left, and rolls back when it is left by an exception.

        A CommitError does not roll back: what was not done keeps its changes.
        """
        self._check_open()
        if self._begun:
            raise InvalidRequestError("the session has already begun a block")
        self._begun = True
        try:
            yield self
        except CommitError:
            raise
        except BaseException:
            if not self._closed:
                self.rollback()
            raise
        else:
            self.commit()
        finally:
            self._begun = False

    def close(self) -> None:
        """Let go of everything; the session cannot be used again."""
        if not self._closed:
            self.expunge_all()
            self._closed = True

    # -- views --------------------------------------------------------------------------------------------------------

    @property
    def new(self) -> list[Entity]:
        """The entities that the next flush creates."""
        return list(self._new.values())

    @property
    def dirty(self) -> list[Entity]:
        """The entities that the next flush updates or replaces."""
        return [
            entity for entity in self._touched.values() if self._is_held(entity) and self.is_modified(entity)
        ]

    @property
    def deleted(self) -> list[Entity]:
        """The entities that the next flush deletes."""
        return list(self._deleted.values())

    def is_modified(self, entity: Entity) -> bool:
        """Whether the entity has changes that a flush would send."""
        state = entity._state
        return state.replace or ((state.dirty or state.watched) and bool(changes(entity)))

    @property
    @contextmanager
    def no_autoflush(self) -> Iterator[Session]:
        """A block in which queries flush nothing."""
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
        return iter([entity for entity in self._everything() if not entity._state.deleted])

    def __enter__(self) -> Session:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- loading, for queries and references --------------------------------------------------------------------------

    def _load_all(
        self, entity: type[E], documents: Sequence[Document], *, overwrite: bool = False
    ) -> list[E]:
        """The entities of a page, without those that this session has deleted."""
        with paused_gc():
            rows = [self._load(entity, document, overwrite=overwrite) for document in documents]
        return [row for row in rows if row is not None]

    def _load(self, entity: type[E], document: Document, *, overwrite: bool = False) -> E | None:
        """The entity of a document: the held one brought up to date under its changes, or a new object."""
        resource = entity.__resource__
        key = (resource.name, document[resource.id_key])
        held = self._identities.get(key)
        if held is None:
            return None if key in self._gone else self._enter(entity._class_for(document), key, document)
        if held._state.deleted:
            return None
        self._bring_up_to_date(held, document, overwrite=overwrite)
        return self._as(entity, held)

    def _enter(self, entity: type[E], key: Key, document: Document) -> E:
        loaded = entity._bound(document)
        state: EntityState = loaded._state
        state.key = key
        state.session = self
        self._identities.put(key, loaded)
        if signals.loaded.receivers:
            signals.loaded.send(type(loaded), entity=loaded)
        return loaded

    def _bring_up_to_date(self, held: Entity, document: Document, *, overwrite: bool) -> None:
        if overwrite:
            revert(held)
        elif is_older(document, held._state.raw, held.__resource__.version_keys):
            return
        absorb(held, document)
        if overwrite:
            self._review(held)

    def _as(self, entity: type[E], held: Entity) -> E:
        if not isinstance(held, entity):
            raise InvalidRequestError(
                f"{held!r} is already loaded as {type(held).__name__}, not as {entity.__name__}: "
                "use one class per resource in a session"
            )
        return held

    def _get_resource(self, resource: str, identity: str) -> Entity | None:
        held = self._identities.get((resource, identity))
        return held if held is not None else self.get(self.backend.entity_class(resource), identity)

    def _autoflush(self) -> None:
        if not self._flushing:
            self.flush()

    # -- the flush ----------------------------------------------------------------------------------------------------

    def _cascade(self) -> None:
        """Add what new and changed entities refer to since they were added themselves."""
        for entity in [*self._new.values(), *self._touched.values()]:
            for target in (entity._state.references or {}).values():
                self.add(target)

    def _validate(self) -> None:
        found: list[Violation] = []
        for entity in self._new.values():
            if entity._state.unsettled:
                raise InvalidRequestError(
                    f"{entity!r}: its creation was sent and the answer was lost; look it up, then expunge it, "
                    "or make_transient it to send it again"
                )
            found.extend(violations(entity))
        for entity in self._touched.values():
            if self._is_held(entity):
                found.extend(violations(entity))
        if found:
            raise ValidationError(found)

    def _is_held(self, entity: Entity) -> bool:
        return entity._state.key is not None and not entity._state.deleted

    def _settle(self, entry: Entry, document: Document | None) -> None:
        """Take in what became of one operation, on its success alone."""
        entity = entry.entity
        if entry.outcome is Outcome.UNKNOWN:
            entity._state.unsettled = True
        if entry.outcome is not Outcome.DONE:
            return
        if entry.operation.verb is Verb.DELETE:
            self._settle_deletion(entity)
            return
        sent = entry.request.body or {}
        assert document is not None
        entity._state.unsettled = False
        entity._state.replace = False
        if entry.operation.verb is Verb.CREATE:
            self._settle_creation(entity, sent, document)
        else:
            absorb(entity, document, sent)
            self._review(entity)

    def _settle_deletion(self, entity: Entity) -> None:
        key = entity._state.key
        assert key is not None
        self._gone.add(key)
        self._release(entity)

    def _settle_creation(self, entity: Entity, sent: Document, document: Document) -> None:
        """A created entity becomes persistent; one that the service merged into a held entity gives way to it."""
        resource = entity.__resource__
        key = (resource.name, document[resource.id_key])
        self._new.pop(id(entity), None)
        self._gone.discard(key)
        held = self._identities.get(key)
        absorb(entity, document, sent)
        entity._state.key = key
        if held is not None and held is not entity:
            self._bring_up_to_date(held, document, overwrite=False)
            entity._state.merged_into = held
            self._detach(entity)
            return
        self._identities.add(key, entity)
        self._review(entity)

    def _raise_failures(self, account: Account) -> None:
        if account.succeeded:
            return
        failures = [entry.error for entry in account if entry.error is not None]
        done = len(account.having(Outcome.DONE))
        error = CommitError(f"{done} of {len(account)} operations done\n{account}", failures, account)
        error.remaining = [entry.entity for entry in account if entry.outcome is not Outcome.DONE]
        raise error

    # -- bookkeeping --------------------------------------------------------------------------------------------------

    def _register(self, entity: Entity) -> None:
        """Pin an entity that has changes or has handed out a list."""
        self._touched[id(entity)] = entity

    def _review(self, entity: Entity) -> None:
        """Decide anew whether an entity is dirty and must be kept alive."""
        state = entity._state
        state.dirty = bool(changes(entity))
        if not state.dirty:
            unmark(entity)
        if state.session is self and (state.dirty or state.watched):
            self._touched[id(entity)] = entity
        else:
            self._touched.pop(id(entity), None)

    def _release(self, entity: Entity) -> None:
        if entity._state.key is not None and self._identities.get(entity._state.key) is entity:
            self._identities.discard(entity._state.key)
        self._detach(entity)

    def _detach(self, entity: Entity) -> None:
        for registry in (self._new, self._touched, self._deleted):
            registry.pop(id(entity), None)
        entity._state.session = None

    def _everything(self) -> list[Entity]:
        found = {id(entity): entity for entity in self._identities}
        return list({**found, **self._new, **self._deleted}.values())

    def _check_entity(self, entity: object) -> None:
        if not isinstance(entity, Entity):
            raise InvalidRequestError(f"the session holds entities, got {entity!r}")

    def _check_open(self) -> None:
        if self._closed:
            raise InvalidRequestError("the session is closed")


class sessionmaker:  # noqa: N801 - SQLAlchemy's name
    """Makes sessions with the same settings: `Sessions = sessionmaker(node); with Sessions() as session: ...`."""

    def __init__(self, bind: Bind, **settings: Any) -> None:
        self.bind = bind
        self.settings = settings

    def __call__(self, **settings: Any) -> Session:
        return Session(self.bind, **{**self.settings, **settings})

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in a block that commits when it is left and closes the session."""
        with self() as session, session.begin():
            yield session
