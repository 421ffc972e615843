"""`Session.merge`: copies the values of one object to the persistent entity with the same identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import creation

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.attributes import Attribute
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.reading import ReadingSession

__all__ = ["merge"]

E = TypeVar("E", bound=Entity)


def merge(
    session: ReadingSession, context: PersistenceContext, entity: E, *, key: str | None, identity: str | None
) -> E:
    """Merge an entity into the session's own entity with the same identity; see `Session.merge`.

    Args:
        session: the session.
        context: its persistence context.
        entity: the entity whose values are merged.
        key: the JSON key of a natural key, by which an entity without an id is found, or None.
        identity: the id of the entity to merge into, or None for the entity's own.

    Returns:
        The session's entity, which is `entity` itself if the session holds it, or if there is no other to merge into.

    Raises:
        InvalidRequestError: if the entity no longer exists, has no value for its natural key, or is new in another
            session.
    """
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
    """The entity with the same natural key: first among the session's own, since the search lags behind writes."""
    attribute = entity.__keys__.get(key)
    value = entity.to_dict().get(key)
    if attribute is None or value is None:
        raise InvalidRequestError(f"{entity!r} has no value for its natural key {key!r}")
    for held in context:
        if isinstance(held, type(entity)) and not state_of(held).deleted and held.to_dict().get(key) == value:
            return held
    return _written_lately(session, context, entity, key, value) or _searched(
        session, context, entity, attribute, value
    )


def _written_lately(
    session: ReadingSession, context: PersistenceContext, entity: E, key: str, value: Any
) -> E | None:
    """The entity that the session wrote with this natural key and let go of, which a search may not find yet."""
    known = context.recent.find(entity.__resource__.name, key, value)
    found = None if known is None else session.get(type(entity), known.id)
    return found if found is not None and found.to_dict().get(key) == value else None


def _searched(
    session: ReadingSession, context: PersistenceContext, entity: E, attribute: Attribute, value: Any
) -> E | None:
    """The entity that a search finds, unless it is one that we have given another value since."""
    criterion = getattr(type(entity), attribute.name) == value
    found = session.query(type(entity)).filter(criterion).one_or_none()
    if found is None or state_of(found).known_key not in context.recent:
        return found
    return found if found.to_dict().get(attribute.key) == value else None
