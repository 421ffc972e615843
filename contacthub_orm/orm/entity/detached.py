"""Entities without a session: made from a document of the service, or referred to by id without loading them.

Each call makes new objects, since no identity map outlives a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import ArgumentError, OperationNotPermitted
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded
from contacthub_orm.orm.mapping.baseline import mark_all_dirty, take_baseline
from contacthub_orm.orm.mapping.mapped import Mapped, contents, render
from contacthub_orm.orm.mapping.unknown_keys import Unknown, keeps, refuse_unknown_keys
from contacthub_orm.orm.wire.conversion import copied, dump
from contacthub_orm.orm.wire.partial import PartialDocument

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.owner import Home
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "adopt_identity",
    "from_document",
    "get_reference",
    "is_of_service",
    "loaded",
    "require_identity",
]

E = TypeVar("E", bound=Entity)


def loaded(entity: type[E], home: Home | None, document: Document, parent: Entity | None = None) -> E:
    """Make a detached entity from a document that the service sent.

    Args:
        entity: the class that was asked for; the document may choose a subclass.
        home: where the entity saves and reads by itself.
        document: the document, which becomes the baseline.
        parent: the entity above, for an entity that lives below another.
    """
    made = entity._class_for(document)._bound(document)
    state = state_of(made)
    state.live_below(parent)
    state.identify(made._key_in(document))
    state.live_at(home)
    return made


def from_document(
    entity: type[E], home: Home | None, content: Mapping[str, Any] | Mapped, unknown: Unknown = "refuse"
) -> E:
    """Make an entity from a document: a detached one if the document has an id, otherwise a new one.

    A document that lacks a key of `Resource.always` is partial: the rest is loaded when it is read.

    Args:
        entity: the class.
        home: where the entity saves and reads by itself.
        content: the document, or an object with the same content.
        unknown: what becomes of keys of a new entity that are not declared. Those of a document of the service are kept.

    Raises:
        ArgumentError: if `unknown` is neither "refuse" nor "keep".
        ValidationError: if a key of a new entity is not declared, and is not to be kept.
        TypeError: if the content has no id and is neither a mapping nor an object.
    """
    resource = entity.__resource__
    kept = keeps(unknown)
    document = dump(content)
    if document.get(resource.id_key) is None:
        made = entity._made(content)
        if not kept and not is_of_service(entity, document):
            refuse_unknown_keys(entity, content, made)
        state_of(made).live_at(home)
        return made
    whole = all(key in document for key in resource.always)
    return loaded(entity, home, document if whole else _part(entity, document))


def is_of_service(entity: type[Entity], document: Mapping[str, Any]) -> bool:
    """Whether the service made a document, so that its unknown keys are the service's too.

    It has a value that only the service sets, or, where there is none, every declared key.
    """
    id_key, declared = entity.__resource__.id_key, entity.__keys__
    own = [key for key, one in declared.items() if one.read_only and not one.derived and key != id_key]
    return any(document.get(key) is not None for key in own) if own else declared.keys() <= document.keys()


def _part(mapped: type[Mapped], document: Document) -> PartialDocument:
    """Mark a document and the objects in it as partial. A list is always whole."""
    found = PartialDocument(document)
    for key, value in document.items():
        attribute = mapped.__keys__.get(key)
        if isinstance(value, dict) and (attribute is None or isinstance(attribute, Embedded)):
            found[key] = _part(_target(attribute), value)
    return found


def _target(attribute: Attribute | None) -> type[Mapped]:
    """The class of an attribute's embedded object, or `Mapped`, which declares nothing, for an undeclared one."""
    return attribute.target if isinstance(attribute, Embedded) else Mapped


def get_reference(  # noqa: PLR0913 - what is known of an entity without loading it
    entity: type[E],
    home: Home,
    identity: str,
    changes: Mapping[str, Any] | None = None,
    *,
    parent: Entity | None = None,
    known: Mapping[str, Any] | None = None,
) -> E:
    """Make a detached entity for an id without loading it, and write changes to it.

    Nothing is sent. The entity is loaded when it is read.

    Args:
        entity: the class.
        home: where the entity saves and reads by itself.
        identity: its id.
        changes: unsaved changes, by JSON key.
        parent: the entity above, for an entity that lives below another.
        known: values that the entity is known to have, by JSON key.
    """
    outline = _outline(entity, changes or {})
    outline.update(known or {}, **{entity.__resource__.id_key: identity})
    made = loaded(entity, home, outline, parent)
    _write(made, changes or {})
    return made


def _outline(mapped: type[Mapped], changes: Mapping[str, Any]) -> PartialDocument:
    """A document with an empty partial object wherever the changes write into an object."""
    found = PartialDocument()
    for key, value in changes.items():
        attribute = mapped.__keys__.get(key)
        content = _content(value)
        if content is not None:
            found[key] = _outline(_target(attribute), content)
        elif value is None and isinstance(attribute, Embedded):
            found[key] = PartialDocument()  # null is only sent if there is an object to remove
    return found


def _write(mapped: Mapped, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        content = _content(value)
        inner = None if content is None else mapped[key]
        if content is not None and isinstance(inner, Mapped):
            _write(inner, content)
        else:
            mapped.__put__(key, copied(value))


def _content(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapped):
        return contents(value)
    return value if isinstance(value, Mapping) else None


def require_identity(entity: Entity, verb: str) -> None:
    """Make sure that the entity has an identity. A new entity that was given an id adopts it.

    Args:
        entity: the entity.
        verb: the method that needs the identity, for the message.

    Raises:
        OperationNotPermitted: if the entity has no id, or lives below an entity that has none.
        ArgumentError: if its id is not a non-empty string.
        InvalidRequestError: if the entity's session holds another object for the id.
    """
    state = state_of(entity)
    if state.key is not None:
        return
    own = entity[entity.__resource__.id_key]
    above = state.parent
    if own is None or (entity.__parent__ is not None and (above is None or state_of(above).key is None)):
        raise OperationNotPermitted(f"{entity!r} is not saved, so {verb}() has nothing to work on: post() it")
    adopt_identity(entity, own)


def adopt_identity(entity: Entity, identity: str) -> None:
    """Adopt an existing id: the entity becomes detached, its values unsaved changes.

    Values that the entity was not given count as not loaded, as do empty lists and objects. In a session the entity
    becomes persistent.

    Raises:
        ArgumentError: if the id is not a non-empty string.
        InvalidRequestError: if the entity's session holds another object for the id.
    """
    if not isinstance(identity, str) or not identity:
        raise ArgumentError(
            f"the id of {type(entity).__name__} is a string that is not empty, got {identity!r}"
        )
    own = {entity.__resource__.id_key: identity}
    key = entity._key_in(own)
    state = state_of(entity)
    if state.owner is not None:
        state.owner.refuse_another(key)
    known: Document = {**_unchangeable(entity), **own}
    if entity.__resource__.patches:
        known = PartialDocument({**mark_all_dirty(entity), **known})
    take_baseline(entity, known)
    state.leave_doubt()  # the user knows what became of the creation
    state.identify(key)
    if state.owner is not None:
        state.owner.make_persistent(entity, key)


def _unchangeable(entity: Entity) -> Document:
    """The values that a client cannot change once the entity exists, so that the service must have the same ones."""
    given = render(entity)
    keys = (one.key for one in entity.__attributes__.values() if one.create_only or one.read_only)
    return {key: given[key] for key in keys if key in given}
