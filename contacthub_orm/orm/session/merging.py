"""`Session.merge` and `merge_all`: copy the values of objects to the persistent entities that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import attrs

from contacthub_orm.errors import InvalidRequestError, MultipleResultsFound, ValidationError
from contacthub_orm.orm.entity.constructor_fields import usual_values
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import attach, link_name
from contacthub_orm.orm.mapping.attributes import UNSET
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import creation, parts
from contacthub_orm.orm.mapping.mapped import Mapped, is_null, render
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.session.counterparts import find_counterparts
from contacthub_orm.orm.session.natural_key import NaturalKey
from contacthub_orm.orm.wire.conversion import dump
from contacthub_orm.orm.wire.documents import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contacthub_orm.errors import Violation
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.natural_key import KeyPaths, Values
    from contacthub_orm.orm.session.reading import ReadingSession
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["merge", "merge_all"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class _Row:
    """An entity that is to be merged.

    Attributes:
        entity: the entity.
        identity: the id of the entity to merge into, or None if a natural key is to find that.
        place: what the messages of errors about the row begin with.
    """

    entity: Entity
    identity: str | None
    place: str = ""


def merge(
    session: ReadingSession,
    context: PersistenceContext,
    entity: E,
    *,
    key: KeyPaths | None,
    identity: str | None,
) -> E:
    """Merge an entity into the session's own entity with the same identity; see `Session.merge`.

    Args:
        session: the session.
        context: its persistence context.
        entity: the entity whose values are merged.
        key: the natural key by which an entity without an id is found, or None.
        identity: the id of the entity to merge into, or None for the entity's own.

    Returns:
        The session's entity, which is `entity` itself if the session holds it, or if there is no other to merge into.

    Raises:
        ArgumentError: if `key` names no single values of the entity's class.
        ValidationError: if a value of its natural key is missing or blank.
        MultipleResultsFound: if several entities have its natural key.
        InvalidRequestError: if the entity no longer exists, or is new in another session.
    """
    row = _Row(entity, identity or _identity(entity))
    return cast("E", _merge_rows(session, context, [row], key)[0])


def merge_all(
    session: ReadingSession, context: PersistenceContext, entities: Iterable[E], *, key: KeyPaths | None
) -> list[E]:
    """Merge entities as `merge` does, with few requests; see `Session.merge_all`.

    Args:
        session: the session.
        context: its persistence context.
        entities: the entities whose values are merged.
        key: the natural key by which entities without an id are found, or None.

    Returns:
        The session's entity for each, in their order.

    Raises:
        ArgumentError, ValidationError, MultipleResultsFound, InvalidRequestError: as `merge`, before any is merged; the
            message names the place of the row.
    """
    rows = [_Row(one, _identity(one), f"entities[{place}]") for place, one in enumerate(entities)]
    return cast("list[E]", _merge_rows(session, context, rows, key))


def _identity(entity: Entity) -> str | None:
    own = state_of(entity).key
    return own[1] if own is not None else render(entity).get(entity.__resource__.id_key)


def _merge_rows(
    session: ReadingSession, context: PersistenceContext, rows: Sequence[_Row], key: KeyPaths | None
) -> list[Entity]:
    """Find what every row stands for, then merge them in their order: a row may stand for one that came before it."""
    others = [row for row in rows if state_of(row.entity).owner is not context.owner]
    named = [row for row in others if row.identity is None]
    keyed = {} if key is None else _keyed(session, named, key)
    targets = _by_identity(session, [row for row in others if row.identity is not None])
    indexes = {
        one: find_counterparts(
            session, context, one, [values for which, values in keyed.values() if which is one]
        )
        for one in dict.fromkeys(which for which, _ in keyed.values())
    }
    for row, (which, values) in keyed.items():
        targets[row] = _only(row, which, indexes[which].find(values))
    _refuse_foreign(row for row in named if targets.get(row) is None)
    merged: list[Entity] = []
    for row in rows:
        target = targets.get(row)
        if target is None and row in keyed:
            which, values = keyed[row]
            target = next(iter(indexes[which].find(values)), None)
        merged.append(_merge_row(context, row, target))
        for which, index in indexes.items():
            if isinstance(merged[-1], which.entity):
                index.add(merged[-1], which.values(render(merged[-1])))
    return merged


def _merge_row(context: PersistenceContext, row: _Row, target: Entity | None) -> Entity:
    if state_of(row.entity).owner is context.owner:
        return row.entity
    if target is None:
        context.add(row.entity)
        return row.entity
    _write(target, _given(row.entity))
    if state_of(row.entity).recorded:
        _hand_on_events(context, row.entity, target)
    for one in list((state_of(row.entity).attached or {}).values()):
        name = link_name(type(one), target)
        if name is not None:
            attach(one, target, name)
            context.add(one)
    return target


def _hand_on_events(context: PersistenceContext, entity: Entity, target: Entity) -> None:
    """Have an entity record what another has recorded, under the same ids, but for what went with a write in doubt."""
    held = state_of(target).recorded
    known = {one.id for one in held}
    others = [one for one in state_of(entity).recorded if not (one.in_doubt or one.id in known)]
    context.keep_events(target, [*held, *map(attrs.evolve, others)])


def _keyed(
    session: ReadingSession, rows: Iterable[_Row], key: KeyPaths
) -> dict[_Row, tuple[NaturalKey, Values]]:
    """The natural key of every row.

    Raises:
        ValidationError: if rows have none.
    """
    keys: dict[type[Entity], NaturalKey] = {}
    found: dict[_Row, tuple[NaturalKey, Values]] = {}
    violations: list[Violation] = []
    for row in rows:
        entity = type(row.entity)
        if entity not in keys:
            keys[entity] = NaturalKey.of(entity, key, session.backend)
        document = render(row.entity)
        broken = list(keys[entity].violations(document, row.place and f"{row.place}."))
        values = keys[entity].values(document)
        if values is not None and not broken:
            found[row] = keys[entity], values
        for violation in broken:
            violation.entity = row.entity
        violations += broken
    if violations:
        raise ValidationError(violations)
    return found


def _by_identity(session: ReadingSession, rows: Sequence[_Row]) -> dict[_Row, Entity | None]:
    """The entity that every row names by its id.

    Raises:
        InvalidRequestError: if one no longer exists.
    """
    found: dict[_Row, Entity | None] = {}
    for entity in dict.fromkeys(type(row.entity) for row in rows):
        some = {row: row.identity for row in rows if type(row.entity) is entity and row.identity is not None}
        identities = list(dict.fromkeys(some.values()))
        known = dict(zip(identities, session.entities.get_many(entity, identities), strict=True))
        for row, identity in some.items():
            if known[identity] is None:
                raise InvalidRequestError(
                    f"{_begin(row)}{row.entity!r} no longer exists, so nothing can be merged into it"
                )
            found[row] = known[identity]
    return found


def _only(row: _Row, key: NaturalKey, found: Sequence[Entity]) -> Entity | None:
    if len(found) > 1:
        ids = " and ".join(str(state_of(one).known_key.id) for one in found)
        raise MultipleResultsFound(
            f"{_begin(row)}several {type(row.entity).__name__} have the values of its natural key ({key}): {ids}; "
            "merge with identity= to choose one"
        )
    return found[0] if found else None


def _refuse_foreign(rows: Iterable[_Row]) -> None:
    for row in rows:
        if state_of(row.entity).owner is not None:
            raise InvalidRequestError(
                f"{_begin(row)}{row.entity!r} belongs to another session: expunge it there first"
            )


def _begin(row: _Row) -> str:
    return row.place and f"{row.place}: "


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
