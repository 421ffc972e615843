"""`Session.merge`: copies the values of one object to the persistent entity with the same identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import InvalidRequestError, ValidationError, Violation
from contacthub_orm.orm.entity.constructor_fields import usual_values
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import UNSET
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import creation, parts
from contacthub_orm.orm.mapping.mapped import Mapped, is_null
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.conversion import dump
from contacthub_orm.orm.wire.documents import CONTAINERS

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.attributes import Attribute
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.reading import ReadingSession
    from contacthub_orm.orm.wire.documents import Document

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
        ValidationError: if the value of its natural key is empty or blank.
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
    _write(found, _given(entity))
    return found


def _given(entity: Entity) -> Document:
    """The values of an entity that the user set, empty ones included, without what its class or template begins with."""
    document = creation(entity)
    _add_empty(entity, document)
    _drop_defaults(entity, document)
    for key, usual in usual_values(entity).items():
        if state_of(entity).home is not None and document.get(key) == usual:
            document.pop(key, None)
    return document


def _drop_defaults(mapped: Mapped, document: Document) -> None:
    """Take out the values that classes gave their objects, at every depth, and objects that hold nothing else."""
    for name, key, value, _ in parts(mapped):
        if name in object_state(mapped).default_names:
            document.pop(key, None)
        elif isinstance(value, Mapped) and document.get(key):
            _drop_defaults(value, document[key])
            if not document[key]:
                del document[key]


def _add_empty(mapped: Mapped, document: Document) -> None:
    """Add to the values of an object the empty lists and objects that the user wrote, which a creation leaves out."""
    written = object_state(mapped).dirty_names
    for name, key, value, attribute in parts(mapped):
        if value is UNSET or (attribute is not None and attribute.read_only):
            continue
        if isinstance(value, Mapped) and not is_null(value):
            inner = document.get(key) or {}
            _add_empty(value, inner)
            if inner or name in written:
                document[key] = inner
        elif name in written and isinstance(value, CONTAINERS) and not value:
            document[key] = dump(value)


def _write(mapped: Mapped, values: Document) -> None:
    """Write values into an object as a user would; an empty object empties the one that is there."""
    for key, value in values.items():
        held = mapped[key] if isinstance(value, dict) and (key in mapped.__keys__ or key in mapped) else None
        if isinstance(held, Mapped) and value:
            _write(held, value)
        elif isinstance(held, Mapped):
            if held.__json__():
                mapped[key] = {}
        else:
            apply_edits(mapped, {key: value})


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
    if isinstance(value, str) and not value.strip():
        rule = "a natural key must not be empty or blank, or all rows without one would be one entity"
        raise ValidationError([Violation(key, value, rule)])
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
