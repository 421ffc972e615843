"""What operations change, path by path, with the old and the new values: for audit trails and reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.orm.entity.bodies import writable
from contacthub_orm.orm.mapping.changes import changed_paths
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.wire.documents import difference

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["FieldChange", "field_changes"]


@attrs.frozen(eq=False)
class FieldChange:
    """The change of one path of an entity. A list changes as a whole.

    Attributes:
        entity: the entity.
        verb: what is done to the entity.
        path: the dotted path.
        old: the wire value before, or None if there was none or it was not loaded.
        new: the wire value after, or None if there is none.
    """

    entity: Entity
    verb: Verb
    path: str
    old: Any
    new: Any


def field_changes(verb: Verb, entity: Entity, baseline: Document | None, body: Document) -> list[FieldChange]:
    """Return what a write changes.

    Args:
        verb: what it does to the entity.
        entity: the entity.
        baseline: the service's document before it, or None if there is none.
        body: the body of its request.
    """
    before = writable(entity, baseline or {})
    if verb is Verb.DELETE:
        return [FieldChange(entity, verb, path, old, None) for path, _, old in changed_paths(None, before)]
    if verb is Verb.REPLACE:
        shown = {key: value for key, value in before.items() if key not in entity.__own_routes__.values()}
        body = difference(shown, writable(entity, body)) or {}
    return [FieldChange(entity, verb, path, old, new) for path, old, new in changed_paths(before, body)]
