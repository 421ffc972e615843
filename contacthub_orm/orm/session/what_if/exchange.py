"""Pending changes as JSON: what one session exports, another one imports, if it still fits what the service holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import attrs
from attrs.validators import instance_of

from contacthub_orm.errors import ArgumentError, ContacthubError, InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity, restored
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key, split_identity
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.mapping.mapped import render
from contacthub_orm.orm.session.context.snapshots import Snapshot
from contacthub_orm.orm.wire.documents import Document, filled, same
from contacthub_orm.orm.wire.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext

__all__ = ["Importing", "exported", "imported"]

E = TypeVar("E", bound=Entity)

_FORMAT: Final = 1
_MOST_LINES: Final = 20


class Importing(Protocol):
    """The session, as an import uses it."""

    backend: Backend

    def get(self, entity: type[E], identity: Any) -> E | None:
        """The entity with this id, or None."""
        ...

    def get_many(self, entity: type[E], identities: Iterable[Any]) -> list[E | None]:
        """The entity for each id, or None."""
        ...

    def rebase(self, entity: Entity) -> None:
        """Read an entity again under its unsaved changes."""
        ...

    def is_unsettled(self, entity: Entity) -> bool:
        """Whether a write of the entity has an unknown outcome."""
        ...

    def add(self, entity: Entity) -> None:
        """Add an entity."""
        ...

    def put(self, entity: Entity) -> None:
        """Have the next flush replace the whole document."""
        ...


@attrs.frozen
class _New:
    """An entity that is to be created. `links` and `parent` name others by their places in the list of new ones."""

    entity: str = attrs.field(validator=instance_of(str))
    resource: str = attrs.field(validator=instance_of(str))
    document: Document = attrs.field(validator=instance_of(dict))
    links: dict[str, int] = attrs.field(validator=instance_of(dict))
    parent: int | str | None = attrs.field(validator=instance_of((int, str, type(None))))


@attrs.frozen
class _Changed:
    """A saved entity with changes; `before` are the values of the service that they replace."""

    entity: str = attrs.field(validator=instance_of(str))
    resource: str = attrs.field(validator=instance_of(str))
    id: str = attrs.field(validator=instance_of(str))
    changes: Document = attrs.field(validator=instance_of(dict))
    before: Document = attrs.field(validator=instance_of(dict))
    links: dict[str, int] = attrs.field(validator=instance_of(dict))
    replace: bool = attrs.field(validator=instance_of(bool))


@attrs.frozen
class _Deleted:
    """A saved entity that is to be deleted; `before` is its version, or its document if it has none."""

    entity: str = attrs.field(validator=instance_of(str))
    resource: str = attrs.field(validator=instance_of(str))
    id: str = attrs.field(validator=instance_of(str))
    before: Document = attrs.field(validator=instance_of(dict))
    erase: bool = attrs.field(validator=instance_of(bool))


# -- export -----------------------------------------------------------------------------------------------------------


def exported(context: PersistenceContext) -> Document:
    """What is pending in a session, as JSON; see `Session.export_changes`.

    Raises:
        InvalidRequestError: if the outcome of a write is unknown.
    """
    context.cascade()
    for entity in context.in_doubt.values():
        raise InvalidRequestError(
            f"a write of {entity!r} has an unknown outcome, so nobody else may send it: flush first, which looks it up"
        )
    new = list(context.new.values())
    places = {id(entity): place for place, entity in enumerate(new)}
    changed = [one for one in context.held() if context.has_changes(one) and not state_of(one).deleted]
    found = {
        "format": _FORMAT,
        "place": context.place,
        "new": [attrs.asdict(_new(entity, places)) for entity in new],
        "changed": [attrs.asdict(_changed(entity, places)) for entity in changed],
        "deleted": [attrs.asdict(_deleted(entity)) for entity in context.deleted.values()],
    }
    document: Document = json.loads(json.dumps(found))
    return document


def _new(entity: Entity, places: Mapping[int, int]) -> _New:
    document, links = _linked(entity, render(entity), places)
    above = state_of(entity).parent
    parent: int | str | None = None
    if above is not None:
        parent = places[id(above)] if id(above) in places else state_of(above).known_key.id
    return _New(type(entity).__name__, entity.__resource__.name, document, links, parent)


def _changed(entity: Entity, places: Mapping[int, int]) -> _Changed:
    state = state_of(entity)
    if is_partial(state.baseline):
        state.load_rest(entity)
    patch, links = _linked(entity, changes(entity), places)
    before = _before(state.baseline or {}, patch)
    return _Changed(type(entity).__name__, *state.known_key, patch, before, links, state.replace)


def _deleted(entity: Entity) -> _Deleted:
    state = state_of(entity)
    return _Deleted(
        type(entity).__name__, *state.known_key, _version(entity, state.baseline or {}), state.erase
    )


def _linked(entity: Entity, document: Document, places: Mapping[int, int]) -> tuple[Document, dict[str, int]]:
    """A document with the ids of the saved entities that an entity was made to refer to, and the places of the new ones."""
    references = state_of(entity).references or {}
    links = {key: places[id(target)] for key, target in references.items() if id(target) in places}
    ids = {
        key: state_of(target).identity
        for key, target in references.items()
        if key not in links and (state_of(entity).key is None or key in document)
    }
    return {key: one for key, one in {**document, **ids}.items() if key not in links}, links


def _before(old: Document, patch: Document) -> Document:
    """The part of a document that a patch changes."""
    return {
        key: _before(old[key], value) if _goes_deeper(old.get(key), value) else old.get(key)
        for key, value in patch.items()
    }


def _goes_deeper(old: Any, value: Any) -> bool:
    return isinstance(old, dict) and isinstance(value, dict) and bool(value)


def _version(entity: Entity, document: Document) -> Document:
    known = {key: document[key] for key in entity.__resource__.version_keys if document.get(key) is not None}
    return known or document


# -- import -----------------------------------------------------------------------------------------------------------


def imported(
    session: Importing, context: PersistenceContext, document: Any, classes: Iterable[type[Entity]]
) -> list[Entity]:
    """Take exported changes into a session; see `Session.import_changes`.

    Raises:
        ArgumentError: if the document is not one of `exported`, or names a class that is not known.
        InvalidRequestError: if a change does not fit any more; nothing is taken in.
    """
    try:
        return _imported(session, context, document, classes)
    except (TypeError, AttributeError, LookupError, RecursionError) as error:
        if isinstance(error, ContacthubError):
            raise
        raise ArgumentError(f"import_changes: the document holds what no export does: {error}") from error


def _imported(
    session: Importing, context: PersistenceContext, document: Any, classes: Iterable[type[Entity]]
) -> list[Entity]:
    new, changed, deleted = _parsed(document)
    if document["place"] != context.place:
        raise InvalidRequestError(
            f"the changes are for {document['place']}, the session works on {context.place}"
        )
    known = {one.__name__: one for one in classes}
    made = [_made(session, known, record) for record in new]
    held = _current(session, context, known, [*changed, *deleted])
    above = {key: session.get(*key) for key in dict.fromkeys(_parents(made, new, session))}
    misfits = [
        *(
            line
            for record in changed
            for line in _misfits_of_change(record, held[Key(record.resource, record.id)])
        ),
        *(
            line
            for record in deleted
            for line in _misfits_of_deletion(record, held[Key(record.resource, record.id)])
        ),
        *(
            f"{entity.__name__} {identity}: it no longer exists"
            for (entity, identity), one in above.items()
            if one is None
        ),
    ]
    if misfits:
        raise InvalidRequestError("the changes no longer fit, and none was taken in:\n" + _listed(misfits))
    start = Snapshot(context)
    try:
        for record, entity in zip(new, made, strict=True):
            _connect(session, record, entity, made, above)
        for entity in made:
            session.add(entity)
        return [
            *made,
            *(
                _take_change(session, context, record, held[Key(record.resource, record.id)], made)
                for record in changed
            ),
            *(
                _take_deletion(context, record, doomed)
                for record in deleted
                if (doomed := held[Key(record.resource, record.id)]) is not None
            ),
        ]
    except BaseException:
        start.restore()
        raise


def _parsed(document: Any) -> tuple[list[_New], list[_Changed], list[_Deleted]]:
    try:
        if document["format"] != _FORMAT or not isinstance(document["place"], str):
            raise ValueError(f"its format is {document['format']!r}, not {_FORMAT}")
        new = [_New(**one) for one in document["new"]]
        places = range(len(new))
        links = [*(one for record in new for one in (*record.links.values(), record.parent))]
        changed = [_Changed(**one) for one in document["changed"]]
        links += [one for record in changed for one in record.links.values()]
        if any(not isinstance(one, str | None) and one not in places for one in links):
            raise ValueError("it refers to a new entity that it does not have")
        return new, changed, [_Deleted(**one) for one in document["deleted"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArgumentError(f"import_changes takes what export_changes gave: {error}") from None


def _class_of(session: Importing, known: Mapping[str, type[Entity]], record: Any) -> type[Entity]:
    """The class that a record is loaded as.

    Raises:
        ArgumentError: if the service has no such entities, or the class given is one of others.
    """
    try:
        entity = known.get(record.entity) or session.backend.entity_class(record.resource)
    except LookupError:
        raise ArgumentError(f"import_changes: the service has no {record.resource!r}") from None
    if entity.__resource__.name != record.resource:
        raise ArgumentError(f"import_changes: {entity.__name__} is not a class of {record.resource!r}")
    return entity


def _check_class(record: Any, entity: Entity) -> None:
    if record.entity not in {one.__name__ for one in type(entity).__mro__}:
        raise ArgumentError(
            f"import_changes: {record.entity} was exported, and is not known here: pass classes=[{record.entity}]"
        )


def _made(session: Importing, known: Mapping[str, type[Entity]], record: _New) -> Entity:
    entity = _class_of(session, known, record)
    if entity.__name__ != record.entity:
        entity = entity._class_for(record.document)
    made = restored(entity, None, None, record.document, None, None)
    _check_class(record, made)
    return made


def _current(
    session: Importing,
    context: PersistenceContext,
    known: Mapping[str, type[Entity]],
    records: Iterable[_Changed | _Deleted],
) -> dict[Key, Entity | None]:
    """The entities of records by resource and id, as the service holds them now; None for what no longer exists."""
    found: dict[Key, Entity | None] = {}
    missing: dict[type[Entity], list[Key]] = {}
    for record in records:
        key = Key(record.resource, record.id)
        entity: Entity | None = context.identities.get(key)
        if entity is None:
            missing.setdefault(_class_of(session, known, record), []).append(key)
            continue
        _check_class(record, entity)
        if session.is_unsettled(entity):
            raise InvalidRequestError(
                f"a write of {entity!r} has an unknown outcome: flush first, which looks it up"
            )
        found[key] = None if state_of(entity).deleted else entity
        if found[key] is not None and not state_of(entity).expired:
            session.rebase(entity)
    for cls, keys in missing.items():
        ids: list[Any] = [key.id if cls.__parent__ is None else split_identity(key.id) for key in keys]
        found.update(zip(keys, session.get_many(cls, ids), strict=True))
    for record in records:
        loaded = found[Key(record.resource, record.id)]
        if loaded is not None:
            _check_class(record, loaded)
    return found


def _parents(
    made: Iterable[Entity], records: Iterable[_New], session: Importing
) -> Iterator[tuple[type[Entity], str]]:
    for entity, record in zip(made, records, strict=True):
        above = type(entity).__parent__
        if above is not None and isinstance(record.parent, str):
            yield session.backend.entity_class(above.target), record.parent


def _misfits_of_change(record: _Changed, entity: Entity | None) -> Iterator[str]:
    if entity is None:
        yield f"{record.entity} {record.id}: it no longer exists"
        return
    for path in _moved(record.before, record.changes, render(entity)):
        yield f"{record.entity} {record.id}: {path} was changed since"


def _misfits_of_deletion(record: _Deleted, entity: Entity | None) -> Iterator[str]:
    if entity is not None:
        baseline = state_of(entity).baseline or {}
        if changes(entity) or not same(record.before, _version(entity, baseline)):
            yield f"{record.entity} {record.id}: it is to be deleted, and was changed since"


def _moved(before: Document, patch: Document, now: Document, prefix: str = "") -> Iterator[str]:
    """The paths of a patch whose values are neither what they were nor what the patch makes of them."""
    for key, value in patch.items():
        old, current = before.get(key), now.get(key)
        if _goes_deeper(old, value):
            yield from _moved(
                old or {}, value, current if isinstance(current, dict) else {}, f"{prefix}{key}."
            )
        elif not any(same(filled(current), filled(one)) for one in (old, value)):
            yield f"{prefix}{key}"


def _listed(lines: list[str]) -> str:
    rest = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], *([f"and {rest:,} more"] if rest > 0 else [])])


def _connect(
    session: Importing,
    record: _New,
    entity: Entity,
    made: list[Entity],
    above: Mapping[tuple[type[Entity], str], Entity | None],
) -> None:
    """Let a new entity refer to others, and live below its parent."""
    _refer(entity, record.links, made)
    declared = type(entity).__parent__
    if declared is not None and record.parent is not None:
        named = record.parent
        parent = (
            above[session.backend.entity_class(declared.target), named]
            if isinstance(named, str)
            else made[named]
        )
        setattr(entity, declared.name, parent)


def _refer(entity: Entity, links: Mapping[str, int], made: list[Entity]) -> None:
    for reference in type(entity).__references__:
        if reference.key in links:
            setattr(entity, reference.name, made[links[reference.key]])


def _take_change(
    session: Importing,
    context: PersistenceContext,
    record: _Changed,
    entity: Entity | None,
    made: list[Entity],
) -> Entity:
    assert entity is not None
    apply_edits(entity, record.changes)
    _refer(entity, record.links, made)
    context.recheck_dirty(entity)
    if record.replace:
        session.put(entity)
    return entity


def _take_deletion(context: PersistenceContext, record: _Deleted, entity: Entity) -> Entity:
    context.delete(entity, erase=record.erase)
    return entity
