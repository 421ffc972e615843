"""Entities in no session: made of a document of the service, or standing for one by its id.

Each call makes new objects, since no identity map outlives a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import ArgumentError, OperationNotPermitted
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded, copied
from contacthub_orm.orm.mapping.baseline import mark_all_dirty, take_baseline
from contacthub_orm.orm.mapping.mapped import Mapped, render
from contacthub_orm.orm.wire.conversion import dump
from contacthub_orm.orm.wire.partial import PartialDocument

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.owner import Home
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["adopt_identity", "from_document", "get_reference", "loaded", "require_identity"]

E = TypeVar("E", bound=Entity)


def loaded(entity: type[E], home: Home | None, document: Document, parent: Entity | None = None) -> E:
    """Make the detached entity of a document that the service gave."""
    made = entity._class_for(document)._bound(document)
    state = state_of(made)
    state.live_below(parent)
    state.identify(Key(entity.__resource__.name, made._identity_in(document)))
    state.live_at(home)
    return made


def from_document(entity: type[E], home: Home | None, content: Mapping[str, Any] | Mapped) -> E:
    """Make the detached entity that a document with an id stands for, or without an id a new one with its values.

    A document that lacks a key of `Resource.always` is a part of the service's: the rest is loaded when it is read.
    """
    resource = entity.__resource__
    document = dump(content)
    if document.get(resource.id_key) is None:
        made = entity._made(content)
        state_of(made).live_at(home)
        return made
    whole = all(key in document for key in resource.always)
    return loaded(entity, home, document if whole else _part(entity, document))


def _part(mapped: type[Mapped], document: Document) -> PartialDocument:
    """Mark a document and the objects in it as parts of the service's. A list is always whole."""
    found = PartialDocument(document)
    for key, value in document.items():
        attribute = mapped.__keys__.get(key)
        if isinstance(value, dict) and (attribute is None or isinstance(attribute, Embedded)):
            found[key] = _part(_target(attribute), value)
    return found


def _target(attribute: Attribute | None) -> type[Mapped]:
    """The class of an object that stands at an attribute; an undeclared one declares nothing itself."""
    return attribute.target if isinstance(attribute, Embedded) else Mapped


def get_reference(
    entity: type[E],
    home: Home,
    identity: str,
    changes: Mapping[str, Any] | None = None,
    *,
    parent: Entity | None = None,
    known: Mapping[str, Any] | None = None,
) -> E:
    """Make an entity that stands for the one with this id, without loading it, and write changes to it.

    Nothing is sent. Reading it loads it.

    Args:
        entity: the class.
        home: where it saves and reads by itself.
        identity: its id.
        changes: unsaved changes, by JSON key.
        parent: the entity above, for one that lives below another.
        known: values that it is known to have.
    """
    outline = _outline(entity, changes or {})
    outline.update(known or {}, **{entity.__resource__.id_key: identity})
    made = loaded(entity, home, outline, parent)
    _write(made, changes or {})
    return made


def _outline(mapped: type[Mapped], changes: Mapping[str, Any]) -> PartialDocument:
    """A document in which the objects that changes lead through are there, and nothing is known of them."""
    found = PartialDocument()
    for key, value in changes.items():
        attribute = mapped.__keys__.get(key)
        content = _content(value)
        if content is not None:
            found[key] = _outline(_target(attribute), content)
        elif value is None and isinstance(attribute, Embedded):
            found[key] = PartialDocument()  # something must be there for null to remove
    return found


def _write(mapped: Mapped, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        content = _content(value)
        if content is None:
            mapped[key] = copied(value)
        else:
            _write(mapped[key], content)


def _content(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapped):
        return render(value)
    return value if isinstance(value, Mapping) else None


def require_identity(entity: Entity, verb: str) -> None:
    """Make sure that the service knows the entity; a new one that was given an id adopts it.

    Raises:
        OperationNotPermitted: if it has no id, or lives below an entity that has none.
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

    What the entity was not given counts as not loaded, and an empty list or object says nothing. In a session it
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
    key = Key(entity.__resource__.name, entity._identity_in(own))
    state = state_of(entity)
    if state.owner is not None:
        state.owner.refuse_another(key)
    known: Document = {**_unchangeable(entity), **own}
    if entity.__resource__.patches:
        known = PartialDocument({**mark_all_dirty(entity), **known})
    take_baseline(entity, known)
    state.identify(key)
    if state.owner is not None:
        state.owner.make_persistent(entity, key)


def _unchangeable(entity: Entity) -> Document:
    """The values that a client cannot change once the entity exists, so the service must hold the same."""
    given = render(entity)
    keys = (one.key for one in entity.__attributes__.values() if one.create_only or one.read_only)
    return {key: given[key] for key in keys if key in given}
