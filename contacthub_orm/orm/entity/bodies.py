"""The body that saves an entity: all of a new one, the whole document of a replaced one, or the changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.changes import changes, creation
from contacthub_orm.orm.mapping.mapped import render

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["body_of", "replacement", "writable"]


def body_of(entity: Entity) -> Document:
    """The body that saves an entity by itself, empty if nothing has changed."""
    state = state_of(entity)
    if state.key is None:
        return creation(entity)
    if state.replace:
        return replacement(entity)
    patch = changes(entity)
    return replacement(entity) if patch and not entity.__resource__.patches else patch


def replacement(entity: Entity) -> Document:
    """The PUT body: the whole document with unknown fields, without what only the service sets or has its own routes."""
    body = writable(entity, render(entity))
    for key in entity.__own_routes__.values():
        body.pop(key, None)
    return body


def writable(entity: Entity, document: Document) -> Document:
    """Return a document of an entity without the keys that only the service sets."""
    return {key: value for key, value in document.items() if key not in entity.__read_only_keys__}
