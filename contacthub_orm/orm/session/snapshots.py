"""The pending state of a session at one moment, and the way back to it: what `begin_nested` and atomic blocks need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.orm.mapping.baseline import (
    _forget,
    _parts,
    absorb,
    apply_edits,
    changes,
    elements,
    refill,
    revert,
)
from contacthub_orm.orm.mapping.mapped import Mapped, render
from contacthub_orm.orm.wire.documents import Document, same
from contacthub_orm.orm.wire.partial import lacks

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.persistence_context import Holdings

__all__ = ["Snapshot", "start_anew"]


@attrs.frozen(eq=False)
class _Edits:
    """The unsaved edits of one entity: its whole document where it is new, else its changes."""

    entity: Entity
    document: Document
    references: dict[str, Entity] | None
    replace: bool

    @classmethod
    def of(cls, entity: Entity) -> _Edits:
        state = entity._state
        document = render(entity) if state.key is None else changes(entity)
        return cls(entity, document, dict(state.references) if state.references else None, state.replace)

    def restore(self) -> None:
        state = self.entity._state
        if state.key is None:
            _clear(self.entity, self.document)
            apply_edits(self.entity, self.document)
        else:
            revert(self.entity)
            apply_edits(self.entity, _unsaved(self.document, state.raw or {}))
        state.references = dict(self.references) if self.references else None
        state.replace = self.replace


class Snapshot:
    """New, deleted and changed entities as they are now; `restore` brings the session back here without a request."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._new = [_Edits.of(entity) for entity in holdings.new.values()]
        self._held = {id(one): _Edits.of(one) for one in holdings.held()}
        self._deleted = [(entity, entity._state.erase) for entity in holdings.deleted.values()]

    def restore(self) -> None:
        """Undo what was added, changed and deleted since; what was sent since stays sent."""
        holdings = self._holdings
        self._restore_deletions()
        self._restore_additions()
        for entity in self._changed_then_or_now():
            edits = self._held.get(id(entity))
            if edits is not None:
                edits.restore()
            else:
                revert(entity)
                entity._state.replace = False
            holdings.review(entity)

    def _changed_then_or_now(self) -> list[Entity]:
        """The held entities that had edits, which a page let go by `yield_per` has unpinned, and those that have some."""
        holdings = self._holdings
        then = [edits.entity for edits in self._held.values() if holdings.holds(edits.entity)]
        found = {id(entity): entity for entity in [*then, *holdings.touched.values()]}
        return [entity for entity in found.values() if entity._state.key is not None]

    def _restore_deletions(self) -> None:
        holdings = self._holdings
        kept = {id(entity) for entity, _ in self._deleted}
        for entity in list(holdings.deleted.values()):
            if id(entity) not in kept:
                holdings.keep(entity)
        for entity, erase in self._deleted:
            if entity._state.session is not None:
                entity._state.deleted = True
                entity._state.erase = erase
                holdings.deleted[id(entity)] = entity

    def _restore_additions(self) -> None:
        holdings = self._holdings
        kept = {id(edits.entity) for edits in self._new}
        for entity in list(holdings.new.values()):
            if id(entity) not in kept:
                holdings.leave(entity)
        for edits in self._new:
            if edits.entity._state.key is None:
                holdings.add(edits.entity)
                edits.restore()


def _clear(mapped: Mapped, document: Document) -> None:
    """Take back what a new object holds beyond a document; embedded objects and lists stay the user's."""
    for name, key, value, attribute in _parts(mapped):
        if isinstance(value, Mapped) and (attribute is not None or key in document):
            value._state.null = False
            _clear(value, document.get(key) or {})
        elif isinstance(value, list) and (attribute is not None or key in document):
            refill(value, elements(document.get(key) or [], attribute))
        else:
            _forget(mapped, name, attribute)
            mapped._state.unmark(name)


def _unsaved(edits: Document, baseline: Document) -> Document:
    """The edits that the baseline does not hold yet, null and missing being the same; what was not loaded is neither."""
    left: Document = {}
    for key, value in edits.items():
        held = baseline.get(key)
        if isinstance(value, dict) and value and isinstance(held, dict):
            if inner := _unsaved(value, held):
                left[key] = inner
        elif lacks(baseline, key) or not same(_filled(held), _filled(value)):
            left[key] = value
    return left


def _filled(value: Any) -> Any:
    """A value without nulls and what holds nothing else, at any depth; None where nothing is left."""
    if isinstance(value, dict):
        return {key: one for key, item in value.items() if (one := _filled(item)) is not None} or None
    if isinstance(value, list):
        return [_filled(one) for one in value] or None
    return value


def start_anew(entity: Entity, document: Document) -> None:
    """Make an entity one that the service does not know, with the values of a document; lists in place."""
    state = entity._state
    references = dict(state.references or {})
    revert(entity)
    absorb(entity, None)
    state.key = state.sent_before = None
    state.references = references or None
    apply_edits(entity, {key: value for key, value in document.items() if key not in references})
