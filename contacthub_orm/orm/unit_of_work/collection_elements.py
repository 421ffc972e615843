"""Entities that are also elements of their parent's collection, such as the chapters of a book.

Such an entity has routes of its own. If the parent's body has the collection in the same flush, the change is folded
into that body instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.mapped import at_hand
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "CollectionElements",
    "changed_collection",
    "collection_path",
    "fold",
    "is_taken_out",
    "shown_in",
]


class CollectionElements:
    """The collection elements among the entities of a flush, by parent."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._of_parent: dict[int, list[Entity]] = {}
        self._folded: set[int] = set()
        for entity in entities:
            parent = state_of(entity).parent
            if parent is not None and collection_path(entity) and _has_id(entity):
                self._of_parent.setdefault(id(parent), []).append(entity)

    def carried_by(self, parent: Entity, body: Document) -> list[Entity]:
        """Return the elements whose collection is in the parent's body."""
        found = self._of_parent.get(id(parent), [])
        return [entity for entity in found if isinstance(value_at(body, collection_path(entity)), list)]

    def note_folded(self, entity: Entity) -> None:
        """Remember that the entity's change is folded into its parent's body."""
        self._folded.add(id(entity))

    def is_folded(self, entity: Entity) -> bool:
        """Whether the entity's change is folded into its parent's body."""
        return id(entity) in self._folded


def collection_path(entity: Entity) -> tuple[str, ...]:
    """Return the keys of the parent's collection that has the entity, empty if there is none."""
    declared = type(entity).__parent__
    return declared.path if declared is not None else ()


def _own_id(element: Entity) -> Any:
    """The id of an element, None for a new one that the service is to number."""
    return element.to_dict().get(element.__resource__.id_key)


def _has_id(element: Entity) -> bool:
    """Whether an element can be part of a body: one that the service is to number is created by itself."""
    return state_of(element).key is not None or at_hand(element, (element.__resource__.id_key,)) is not None


def shown_in(document: Document | None, element: Entity) -> Document | None:
    """Return the element's document from its parent's document, or None if it is not in there."""
    stored = value_at(document, collection_path(element)) or []
    id_key, own = element.__resource__.id_key, _own_id(element)
    return next((one for one in stored if isinstance(one, dict) and one.get(id_key) == own), None)


def is_taken_out(element: Entity, body: Document) -> bool:
    """Whether an element is in the parent's baseline, but not in the collection of a body."""
    above = state_of(element).parent
    assert above is not None
    return shown_in(body, element) is None and shown_in(state_of(above).baseline, element) is not None


def fold(body: Document, element: Entity, verb: Verb, content: Document) -> None:
    """Put the change of an element into the collection of its parent's body.

    Args:
        body: the parent's body, which is changed.
        element: the element.
        verb: what the change does to the element.
        content: the element's document after it, or the patch for one that stays.
    """
    container: Any = body
    *way, last = collection_path(element)
    for key in way:
        container = container[key]
    container[last] = changed_collection(container[last], element, verb, content)


def changed_collection(elements: list[Any], element: Entity, verb: Verb, content: Document) -> list[Any]:
    """Return a collection as it is after a change of one of its elements."""
    id_key, own = element.__resource__.id_key, _own_id(element)
    kept = [one for one in elements if not (isinstance(one, dict) and one.get(id_key) == own)]
    if verb is Verb.DELETE:
        return kept
    if len(kept) == len(elements):
        return [*elements, content]
    return [content if isinstance(one, dict) and one.get(id_key) == own else one for one in elements]
