"""`inspect(entity)`: where an entity stands and what has changed in it."""

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
    """A path's old and new wire value, None where there is none, and whether they differ."""

    old: Any
    new: Any
    changed: bool


@attrs.frozen(eq=False)
class InstanceState:
    """A view of one entity's bookkeeping; it is always current."""

    entity: Entity

    @property
    def status(self) -> Status:
        return state_of(self.entity).status

    @property
    def transient(self) -> bool:
        return self.status is Status.TRANSIENT

    @property
    def pending(self) -> bool:
        return self.status is Status.PENDING

    @property
    def persistent(self) -> bool:
        return self.status is Status.PERSISTENT

    @property
    def deleted(self) -> bool:
        return self.status is Status.DELETED

    @property
    def detached(self) -> bool:
        return self.status is Status.DETACHED

    @property
    def identity(self) -> Key | None:
        """The resource's name and the id, None for an entity the service does not know."""
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
        return object_session(self.entity)

    @property
    def modified(self) -> bool:
        """Whether a save would send something."""
        return state_of(self.entity).key is None or bool(self.changes())

    @property
    def baseline(self) -> Document | None:
        """What the service last said; never mutate it."""
        return state_of(self.entity).baseline

    @property
    def merged_into(self) -> Entity | None:
        """The entity that stands for this one since the service merged them."""
        return state_of(self.entity).merged_into

    @property
    def in_flight(self) -> Document | None:
        """What is being sent at this moment: the middle one of the layers service, in flight, user."""
        return state_of(self.entity).in_flight

    def history(self, path: str) -> History:
        """What the service last said of a dotted path, and what stands there now."""
        keys = tuple(path.split("."))
        old, new = value_at(state_of(self.entity).baseline, keys), value_at(self.entity.to_dict(), keys)
        return History(old, new, not same(old, new))

    def changes(self) -> Document:
        """The body a save would send: for a known entity the PATCH of changed paths, for a new one the POST."""
        if state_of(self.entity).key is None:
            return creation(self.entity)
        return changes(self.entity)

    def changed(self) -> list[Change]:
        """Changed paths as `(path, old, new)` in wire form."""
        return list(changed_paths(state_of(self.entity).baseline, changes(self.entity)))


def object_session(entity: Entity) -> Session | None:
    """The session that holds an entity, or None if none does."""
    owner = state_of(entity).owner
    session: Session | None = None if owner is None else owner.session
    return session


def inspect(entity: Entity) -> InstanceState:
    """The state of an entity: status, identity, session, changed paths.

    Raises InvalidRequestError for anything else, embedded objects included: they have no state of their own.
    """
    if not isinstance(entity, Entity):
        raise InvalidRequestError(f"inspect() takes an entity, got {entity!r}")
    return InstanceState(entity)
