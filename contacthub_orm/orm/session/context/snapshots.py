"""Snapshots: the unsaved state of a session at one time, which `begin_nested` and atomic blocks restore on failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import Attr
from contacthub_orm.orm.mapping.baseline import (
    apply_edits,
    elements,
    forget_value,
    merge_baseline,
    refill,
    revert,
)
from contacthub_orm.orm.mapping.changes import changes, creation, parts
from contacthub_orm.orm.mapping.mapped import Mapped, at_hand, render
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.documents import Document, filled, same
from contacthub_orm.orm.wire.partial import is_partial, lacks

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext

__all__ = ["Snapshot", "make_transient", "start_anew"]


@attrs.frozen(eq=False)
class _Edits:
    """The unsaved edits of one entity: its whole document if it is new, otherwise its changes."""

    entity: Entity
    document: Document
    references: dict[str, Entity] | None
    attached: dict[int, Entity] | None
    replace: bool

    @classmethod
    def of(cls, entity: Entity) -> _Edits:
        state = state_of(entity)
        document = render(entity) if state.key is None else changes(entity)
        references = dict(state.references) if state.references else None
        return cls(entity, document, references, dict(state.attached or {}), state.replace)

    def restore(self) -> None:
        state = state_of(self.entity)
        if state.key is None:
            _clear(self.entity, self.document)
            apply_edits(self.entity, self.document)
        else:
            revert(self.entity)
            apply_edits(self.entity, _unsaved(self.document, state.baseline or {}, self.entity))
        state.restore_references(self.references)
        state.restore_attached(self.attached)
        state.schedule_replacement(replace=self.replace)


class Snapshot:
    """The new, deleted and changed entities of a session as they are now, to restore without a request."""

    def __init__(self, context: PersistenceContext) -> None:
        self._context = context
        self._new = [_Edits.of(entity) for entity in context.new.values()]
        self._held = {id(one): _Edits.of(one) for one in context.held()}
        self._deleted = [(entity, state_of(entity).erase) for entity in context.deleted.values()]
        self._recorded = [(entity, state_of(entity).recorded) for entity in context.recording.values()]

    def restore(self) -> None:
        """Undo additions, changes and deletions since. What was sent since is not undone in the service."""
        self._restore_deletions()
        self._restore_additions()
        for entity in self._changed_then_or_now():
            edits = self._held.get(id(entity))
            if edits is not None:
                edits.restore()
            else:
                revert(entity)
                state_of(entity).schedule_replacement(replace=False)
            self._context.recheck_dirty(entity)
        self._restore_events()

    def _changed_then_or_now(self) -> list[Entity]:
        """The held entities that had edits then or may have some now. `yield_per` may have unpinned the former."""
        then = [edits.entity for edits in self._held.values() if self._context.holds(edits.entity)]
        found = {id(entity): entity for entity in [*then, *self._context.pinned.values()]}
        return [entity for entity in found.values() if state_of(entity).key is not None]

    def _restore_events(self) -> None:
        """Bring back the events of then, beside those that were sent since and are in doubt."""
        then = {id(entity) for entity, _ in self._recorded}
        for entity in list(self._context.recording.values()):
            if id(entity) not in then:
                self._context.discard_events(entity)
        for entity, events in self._recorded:
            self._context.discard_events(entity, events)

    def _restore_deletions(self) -> None:
        kept = {id(entity) for entity, _ in self._deleted}
        for entity in list(self._context.deleted.values()):
            if id(entity) not in kept:
                self._context.undelete(entity)
        for entity, erase in self._deleted:
            if state_of(entity).owner is self._context.owner:
                state_of(entity).undelete()
                self._context.delete(entity, erase=erase)

    def _restore_additions(self) -> None:
        kept = {id(edits.entity) for edits in self._new}
        for entity in list(self._context.new.values()):
            if id(entity) not in kept:
                self._context.detach(entity)
        for edits in self._new:
            if state_of(edits.entity).key is None:
                edits.restore()  # first: what was attached since would be taken in with it
                self._context.add(edits.entity)


def _clear(mapped: Mapped, document: Document) -> None:
    """Remove from a new object what a document lacks. Embedded objects and lists stay the same objects."""
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and (attribute is not None or key in document):
            object_state(value).null = False
            _clear(value, document.get(key) or {})
        elif isinstance(value, list) and (attribute is not None or key in document):
            refill(value, elements(document.get(key) or [], attribute))
        else:
            forget_value(mapped, name, attribute)
            object_state(mapped).unmark(name)


def _unsaved(edits: Document, baseline: Document, mapped: Any) -> Document:
    """The edits that the baseline of an object does not have yet; a value is one edit, whatever JSON shows it as.

    Null equals missing; a path that was not loaded equals neither.
    """
    left: Document = {}
    attributes = mapped.__keys__ if isinstance(mapped, Mapped) else {}
    for key, value in edits.items():
        held = baseline.get(key)
        if (
            isinstance(value, dict)
            and value
            and isinstance(held, dict)
            and not isinstance(attributes.get(key), Attr)
        ):
            if inner := _unsaved(value, held, at_hand(mapped, (key,))):
                left[key] = inner
        elif lacks(baseline, key) or not same(filled(held), filled(value)):
            left[key] = value
    return left


def start_anew(entity: Entity, document: Document) -> None:
    """Make a detached entity a new one with the values of a document. Lists are updated in place."""
    state = state_of(entity)
    references = dict(state.references or {})
    revert(entity)
    merge_baseline(entity, None)
    state.become_transient()
    state.restore_references(references)
    apply_edits(entity, {key: value for key, value in document.items() if key not in references})


def make_transient(entity: Entity) -> None:
    """Make an entity new again, in no session and without an identity. It keeps its values; a save would create it.

    Any session may take it in, of whatever place. It still refers to what it referred to, until it is given another.

    Raises:
        InvalidRequestError: if it was loaded in part, and nobody can load the rest.
    """
    state = state_of(entity)
    if is_partial(state.baseline):
        state.load_rest(entity)
    document = creation(entity)
    if state.owner is not None:
        state.owner.session.expunge(entity)
    start_anew(entity, _without_nulls(document))  # the service sends them for what is unset
    state.keep_recorded(tuple(one.anew() for one in state.recorded))
    state.leave_home()


def _without_nulls(document: Document) -> Document:
    """An object without its nulls, at any depth; lists are left as they are."""
    return {
        key: _without_nulls(value) if isinstance(value, dict) else value
        for key, value in document.items()
        if value is not None
    }
