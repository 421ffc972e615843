"""Entities in no session: made of a document of the service, or standing for one that it knows by its id.

Objects made here are new ones: no identity map outlives a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import ArgumentError, OperationNotPermitted
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded, copied
from contacthub_orm.orm.mapping.baseline import taken_as_edits
from contacthub_orm.orm.mapping.mapped import Mapped, render, take_baseline
from contacthub_orm.orm.wire.conversion import dump
from contacthub_orm.orm.wire.partial import PartialDocument

if TYPE_CHECKING:
    from contacthub_orm.orm.service.binds import Home
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["from_document", "identify", "loaded", "referred", "stand_for"]

E = TypeVar("E", bound=Entity)


def loaded(entity: type[E], home: Home | None, document: Document, parent: Entity | None = None) -> E:
    """The detached entity of a document that the service gave."""
    made = entity._class_for(document)._bound(document)
    made._state.parent = parent
    made._state.key = (entity.__resource__.name, made._identity_in(document))
    made._state.home = home
    return made


def from_document(entity: type[E], home: Home | None, content: Mapping[str, Any] | Mapped) -> E:
    """The detached entity that a document with an id stands for, unchanged; without an id a new entity with its values.

    A document that lacks what the service always tells is a part: what it does not hold is loaded when it is read.
    """
    resource = entity.__resource__
    document = dump(content)
    if document.get(resource.id_key) is None:
        made = entity._made(content)
        made._state.home = home
        return made
    whole = all(key in document for key in resource.always)
    return loaded(entity, home, document if whole else _part(entity, document))


def _part(mapped: type[Mapped], document: Document) -> PartialDocument:
    """A document as a part of the service's, and so the objects in it; a list is always whole."""
    found = PartialDocument(document)
    for key, value in document.items():
        attribute = mapped.__keys__.get(key)
        if isinstance(value, dict) and (attribute is None or isinstance(attribute, Embedded)):
            found[key] = _part(_target(attribute), value)
    return found


def _target(attribute: Attribute | None) -> type[Mapped]:
    """The class of an object that stands at an attribute; an undeclared one declares nothing itself."""
    return attribute.target if isinstance(attribute, Embedded) else Mapped


def referred(
    entity: type[E],
    home: Home,
    identity: str,
    changes: Mapping[str, Any] | None = None,
    *,
    parent: Entity | None = None,
    known: Mapping[str, Any] | None = None,
) -> E:
    """The entity that the service knows by this id, of which nothing was loaded, with unsaved changes.

    Nothing is sent. What is read of it is loaded then; `known` are values that it is known to have.
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


def identify(entity: Entity, verb: str) -> None:
    """Have a new entity that was given an id stand for the one that the service knows by it.

    Raises OperationNotPermitted where it has no id, or lives below an entity that has none.
    """
    if entity._state.key is not None:
        return
    own = entity[entity.__resource__.id_key]
    above = entity._state.parent
    if own is None or (entity.__parent__ is not None and (above is None or above._state.key is None)):
        raise OperationNotPermitted(f"{entity!r} is not saved, so {verb}() has nothing to work on: post() it")
    stand_for(entity, own)


def stand_for(entity: Entity, identity: str) -> None:
    """Have a new entity stand for the one that the service knows by this id; what it holds are changes of that.

    What it was not given is not known, and what is empty says nothing. A session that holds it has it as persistent.
    Raises InvalidRequestError where that session holds another object for the id, ArgumentError for what is no id.
    """
    if not isinstance(identity, str) or not identity:
        raise ArgumentError(
            f"the id of {type(entity).__name__} is a text that is not empty, got {identity!r}"
        )
    own = {entity.__resource__.id_key: identity}
    key = (entity.__resource__.name, entity._identity_in(own))
    session = entity._state.session
    if session is not None:
        session._refuse_another(key)
    known: Document = {**_unchangeable(entity), **own}
    if entity.__resource__.patches:
        known = PartialDocument({**taken_as_edits(entity), **known})
    take_baseline(entity, known)
    entity._state.key = key
    if session is not None:
        session._has_become_persistent(entity)


def _unchangeable(entity: Entity) -> Document:
    """What an entity was given that a client cannot change: the service must hold it so."""
    given = render(entity)
    keys = (one.key for one in entity.__attributes__.values() if one.create_only or one.read_only)
    return {key: given[key] for key in keys if key in given}
