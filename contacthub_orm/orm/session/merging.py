"""`session.merge`: the values of one object onto the persistent entity it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import creation

if TYPE_CHECKING:
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.reading import ReadingSession

__all__ = ["merge"]

E = TypeVar("E", bound=Entity)


def merge(
    session: ReadingSession, context: PersistenceContext, entity: E, *, key: str | None, identity: str | None
) -> E:
    """The persistent or pending entity that `entity` stands for, with its values; see `Session.merge`."""
    if state_of(entity).owner is context.owner:
        return entity
    found = _counterpart(session, context, entity, key, identity)
    if found is None:
        if state_of(entity).key is not None or identity is not None:
            raise InvalidRequestError(f"{entity!r} no longer exists, so nothing can be merged into it")
        if state_of(entity).owner is not None:
            raise InvalidRequestError(f"{entity!r} belongs to another session: expunge it there first")
        context.add(entity)
        return entity
    apply_edits(found, creation(entity))
    return found


def _counterpart(
    session: ReadingSession, context: PersistenceContext, entity: E, key: str | None, identity: str | None
) -> E | None:
    own = state_of(entity).key
    chosen = identity or (own[1] if own is not None else entity.to_dict().get(entity.__resource__.id_key))
    if chosen is not None:
        return session.get(type(entity), chosen)
    return None if key is None else _by_natural_key(session, context, entity, key)


def _by_natural_key(session: ReadingSession, context: PersistenceContext, entity: E, key: str) -> E | None:
    """The session's own entities first: the search does not know yet what was written a moment ago."""
    attribute = entity.__keys__.get(key)
    value = entity.to_dict().get(key)
    if attribute is None or value is None:
        raise InvalidRequestError(f"{entity!r} has no value for its natural key {key!r}")
    for held in context:
        if isinstance(held, type(entity)) and not state_of(held).deleted and held.to_dict().get(key) == value:
            return held
    return session.query(type(entity)).filter(getattr(type(entity), attribute.name) == value).one_or_none()
