"""Entities that are also elements of their parent's collection, such as the educations of a customer.

Such an entity has routes of its own. Where the parent's body carries the collection in the same flush, the change rides
along in it instead; where it does not, the parent's baseline and its list are brought up to date afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.mapping.baseline import absorb, changes
from contacthub_orm.orm.mapping.mapped import at_hand
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.orm.wire.partial import lacks_path
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["Elements", "fold", "is_taken_out", "show", "shown_in", "with_element"]


class Elements:
    """The elements among the entities of a flush, by parent."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._of_parent: dict[int, list[Entity]] = {}
        self._folded: set[int] = set()
        for entity in entities:
            parent = entity._state.parent
            if parent is not None and _path(entity):
                self._of_parent.setdefault(id(parent), []).append(entity)

    def carried_by(self, parent: Entity, body: Document) -> list[Entity]:
        """The elements whose collection the parent's body carries."""
        found = self._of_parent.get(id(parent), [])
        return [entity for entity in found if isinstance(value_at(body, _path(entity)), list)]

    def note_folded(self, entity: Entity) -> None:
        self._folded.add(id(entity))

    def is_folded(self, entity: Entity) -> bool:
        """Whether the entity's change rides along with its parent."""
        return id(entity) in self._folded


def _path(entity: Entity) -> tuple[str, ...]:
    declared = type(entity).__parent__
    return declared.path if declared is not None else ()


def shown_in(document: Document | None, element: Entity) -> Document | None:
    """The element as its parent's document shows it, None where it does not."""
    stored = value_at(document, _path(element)) or []
    id_key = element.__resource__.id_key
    own = element.to_dict().get(id_key)
    return next((one for one in stored if isinstance(one, dict) and one.get(id_key) == own), None)


def is_taken_out(element: Entity, body: Document) -> bool:
    """Whether the collection in a body lacks an element that the parent's baseline has."""
    above = element._state.parent
    assert above is not None
    return shown_in(body, element) is None and shown_in(above._state.raw, element) is not None


def fold(body: Document, element: Entity, verb: Verb, content: Document) -> None:
    """Put the change of an element into the collection of its parent's body."""
    container: Any = body
    *way, last = _path(element)
    for key in way:
        container = container[key]
    container[last] = _changed(container[last], element, verb, content)


def with_element(document: Document, element: Entity, verb: Verb, content: Document) -> Document | None:
    """A copy of the parent's document after a change of an element; None where it does not hold the collection."""
    path = _path(element)
    if not path or lacks_path(document, path):
        return None
    return _copied_along(document, path, element, verb, content)


def show(parent: Entity, document: Document, element: Entity, verb: Verb, content: Document) -> None:
    """Make a document that shows a change of an element the parent's baseline, and have its list show the change too.

    What the user did to the list stays: an element that was taken out of it is not put back.
    """
    known = shown_in(parent._state.raw, element) is not None
    absorb(parent, document)
    listed = at_hand(parent, _path(element))
    if not isinstance(listed, list):
        return
    places = [index for index, one in enumerate(listed) if _is_same(one, element)]
    if verb is Verb.DELETE:
        listed[:] = [one for index, one in enumerate(listed) if index not in places]
    elif not places and (verb is Verb.CREATE or not known):
        listed.append(element)
    for index in places if verb is not Verb.DELETE else ():
        other = listed[index]
        if verb is Verb.CREATE and other._state.key is not None and not changes(other):
            listed[index] = element  # it was made of the document just now
        elif other is not element:
            absorb(other, content)


def _is_same(one: Any, element: Entity) -> bool:
    id_key = element.__resource__.id_key
    return isinstance(one, type(element)) and bool(one[id_key] == element[id_key])


def _copied_along(
    document: Document, path: tuple[str, ...], element: Entity, verb: Verb, content: Document
) -> Document:
    key, *rest = path
    held = document.get(key)
    if not rest:
        changed: Any = _changed(held or [], element, verb, content)
    else:
        changed = _copied_along(held if isinstance(held, dict) else {}, tuple(rest), element, verb, content)
    return document.__class__({**document, key: changed})  # what was loaded in part stays so


def _changed(elements: list[Any], element: Entity, verb: Verb, content: Document) -> list[Any]:
    id_key = element.__resource__.id_key
    own = element.to_dict().get(id_key)
    kept = [one for one in elements if not (isinstance(one, dict) and one.get(id_key) == own)]
    if verb is Verb.DELETE:
        return kept
    if len(kept) == len(elements):
        return [*elements, content]
    return [content if isinstance(one, dict) and one.get(id_key) == own else one for one in elements]
