"""`inspect(entity)`: the state of an entity and what has changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import Status, state_of
from contacthub_orm.orm.mapping.changes import Change, changed_paths, changes, creation
from contacthub_orm.orm.wire.documents import Document, same
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.session.session import Session

__all__ = ["History", "InstanceState", "inspect", "object_session"]


@attrs.frozen
class History:
    """The history of one path.

    Attributes:
        old: the wire value of the baseline, or None if there is none.
        new: the wire value now, or None if there is none.
        changed: whether they differ.
    """

    old: Any
    new: Any
    changed: bool


@attrs.frozen(eq=False)
class InstanceState:
    """A view of the state of one entity. It is always current.

    Attributes:
        entity: the entity.
    """

    entity: Entity

    @property
    def status(self) -> Status:
        """The state of the entity."""
        return state_of(self.entity).status

    @property
    def transient(self) -> bool:
        """Whether the entity is new and in no session."""
        return self.status is Status.TRANSIENT

    @property
    def pending(self) -> bool:
        """Whether the entity was added to a session and is not created yet."""
        return self.status is Status.PENDING

    @property
    def persistent(self) -> bool:
        """Whether the entity is in a session and has an identity."""
        return self.status is Status.PERSISTENT

    @property
    def deleted(self) -> bool:
        """Whether the entity is to be deleted, or was."""
        return self.status is Status.DELETED

    @property
    def detached(self) -> bool:
        """Whether the entity has an identity and is in no session."""
        return self.status is Status.DETACHED

    @property
    def identity(self) -> Key | None:
        """The name of the resource and the id, or None if the service does not know the entity."""
        return state_of(self.entity).key

    @property
    def parent(self) -> Entity | None:
        """The entity below which this one lives, as far as it is at hand; nothing is loaded."""
        return state_of(self.entity).parent

    @property
    def to_be_erased(self) -> bool:
        """Whether its deletion is an erasure, as by `Session.forget`."""
        return state_of(self.entity).erase

    @property
    def session(self) -> Session | None:
        """The session that holds the entity, or None if none does."""
        return object_session(self.entity)

    @property
    def modified(self) -> bool:
        """Whether a save would send something."""
        return state_of(self.entity).key is None or bool(self.changes())

    @property
    def baseline(self) -> Document | None:
        """The document that the service last sent, or None for a new entity. Never mutate it."""
        return state_of(self.entity).baseline

    @property
    def unsettled(self) -> bool:
        """Whether a write of the entity has an unknown outcome. The next save looks it up, in whichever session."""
        return state_of(self.entity).in_doubt is not None

    @property
    def merged_into(self) -> Entity | None:
        """The entity that replaces this one since the service merged the two, or None."""
        return state_of(self.entity).merged_into

    @property
    def in_flight(self) -> Document | None:
        """The body that is being sent now, or None if no write is under way."""
        return state_of(self.entity).in_flight

    def history(self, path: str) -> History:
        """Return the baseline's value and the current value at a dotted path."""
        keys = tuple(path.split("."))
        old, new = value_at(state_of(self.entity).baseline, keys), value_at(self.entity.to_dict(), keys)
        return History(old, new, not same(old, new))

    def changes(self) -> Document:
        """Return the body that a save would send: the POST body of a new entity, otherwise the PATCH body."""
        if state_of(self.entity).key is None:
            return creation(self.entity)
        return changes(self.entity)

    def changed(self) -> list[Change]:
        """Return the changed paths as `(path, old, new)`, with wire values."""
        return list(changed_paths(state_of(self.entity).baseline, changes(self.entity)))


def object_session(entity: Entity) -> Session | None:
    """Return the session that holds an entity, or None if none does."""
    owner = state_of(entity).owner
    session: Session | None = None if owner is None else owner.session
    return session


def inspect(entity: Entity) -> InstanceState:
    """Return a view of the state of an entity: status, identity, session, changed paths.

    Raises:
        InvalidRequestError: if it is not an entity. Embedded objects have no such state.
    """
    if not isinstance(entity, Entity):
        raise InvalidRequestError(f"inspect() takes an entity, got {entity!r}")
    return InstanceState(entity)
