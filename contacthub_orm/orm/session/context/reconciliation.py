"""Reconciliation: what a confirmed operation changes in a session: the entity, its parent, and the parent's list.

Read it from top to bottom: `take_in` is called for each operation that the service confirmed.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.own_writes import OwnWrites, written_paths
from contacthub_orm.orm.entity.references import referred_to
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.baseline import merge_baseline
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.mapping.mapped import at_hand
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.unit_of_work.collection_elements import changed_collection, collection_path, shown_in
from contacthub_orm.orm.wire.partial import lacks_path
from contacthub_orm.orm.wire.versions import is_newer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Entry
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Reconciliation"]

_RECENT: Final = timedelta(seconds=10)
"""For how long a recovery could take a created entity for one of a later commit, since clocks are not exact."""


class Reconciliation:
    """Takes confirmed writes into a persistence context.

    Args:
        context: the persistence context.
        loader: loads documents into it.
        now: returns the current time of the service's clock, or None without a journal: then nobody asks for
            `recent_creations`, and none are kept.
    """

    def __init__(
        self, context: PersistenceContext, loader: Loader, now: Callable[[], datetime] | None
    ) -> None:
        self._context = context
        self._loader = loader
        self._now = now
        self._creations: deque[tuple[datetime, Key]] = deque()

    def take_in(self, entry: Entry) -> None:
        """Take in a done operation, then the changes of elements that were folded into its body."""
        operation = entry.operation
        sent = operation.own or entry.request.body or {}
        self.take_in_write(operation.verb, operation.entity, sent, entry.document)
        for folded in operation.folded:
            document = shown_in(entry.document, folded.entity) or folded.body
            self._update_entity(folded.verb, folded.entity, folded.body, document)

    def take_in_write(self, verb: Verb, entity: Entity, sent: Document, document: Document | None) -> None:
        """Take in a write that took effect.

        Args:
            verb: what it did to the entity.
            entity: the entity.
            sent: its body.
            document: the service's document after it, or None after a deletion.
        """
        self.update_parent(entity, verb, document)
        self._update_entity(verb, entity, sent, document)

    # -- the entity ---------------------------------------------------------------------------------------------------

    def _update_entity(self, verb: Verb, entity: Entity, sent: Document, document: Document | None) -> None:
        state = state_of(entity)
        state.settle()
        if verb is Verb.DELETE:
            self._context.make_deleted(entity)
            return
        assert document is not None
        _fill_in_ids(entity, sent)
        state.schedule_replacement(replace=False)
        keys = entity.__resource__.version_keys
        if verb is Verb.CREATE:
            has_version = any(document.get(key) is not None for key in keys)
            self._enter_created(entity, sent, document)
        else:
            has_version = is_newer(document, state.baseline, keys)
            merge_baseline(entity, document, sent)
            self._context.recheck_dirty(entity)
            self._context.recent.note(state.known_key, type(entity), document, has_version=has_version)
        if not has_version:
            self._note_own_writes(entity, written_paths(sent))

    def _note_own_writes(self, entity: Entity, paths: Iterable[tuple[str, ...]]) -> None:
        """Note writes that moved the version of an entity, without an answer that tells the version."""
        state_of(entity).note_own_writes(OwnWrites(frozenset(paths), self._context.recent.until))

    def _enter_created(self, entity: Entity, sent: Document, document: Document) -> None:
        """Make a created entity persistent, or detach it if the service merged it into an entity that is held."""
        key = entity._key_in(document)
        held = self._context.identities.get(key)
        state_of(entity).identify(key)
        merge_baseline(entity, document, sent)
        self._context.created_keys.add(key)
        self._context.recent.note(key, type(entity), document, has_version=True)
        if self._now is not None:
            self._creations.append((self._now(), key))
        self._forget_related(entity, document)
        if held is None or held is entity:
            self._context.make_persistent(entity, key)
            self._context.recheck_dirty(entity)
            return
        self._context.undelete(held)  # or the next flush would delete what was merged into it
        self._loader.bring_up_to_date(held, document)
        self._context.recheck_dirty(held)
        self._context.detach(entity)
        state_of(entity).merge_into(held)

    def _forget_related(self, entity: Entity, document: Document) -> None:
        """Forget the related entities of those that a new one refers to, since the new one is not among them."""
        ids = ((one.target, document.get(one.key)) for one in entity.__references__)
        by_id = (self._context.identities.get(Key(name, one)) for name, one in ids if one is not None)
        for target in (*referred_to(entity), *by_id):
            if target is not None:
                state_of(target).forget_related()

    # -- its parent ---------------------------------------------------------------------------------------------------

    def update_parent(self, element: Entity, verb: Verb, document: Document | None) -> None:
        """Apply a change of an element to its parent's baseline, and to the parent's list if that was handed out.

        The change has moved the parent's version in the service, so the version of the baseline is not the latest.
        """
        parent, path = state_of(element).parent, collection_path(element)
        if path:
            self._note_write_below(element)
        if parent is None:
            return
        state = state_of(parent)
        if verb is Verb.DELETE:
            state.forget_below(state_of(element).known_key)
        if state.expired or state.baseline is None or not path:
            return
        content = document or {}
        self._note_own_writes(parent, [path])
        if lacks_path(state.baseline, path):
            return
        was_shown = shown_in(state.baseline, element) is not None
        merge_baseline(parent, _with_element(state.baseline, path, element, verb, content))
        self._update_list(parent, element, verb, content, was_shown=was_shown)
        self._context.recheck_dirty(parent)

    def _note_write_below(self, element: Entity) -> None:
        """Remember that what the element lives below was written, though it may not be held."""
        declared, state = type(element).__parent__, state_of(element)
        above = None if state.parent is None else state_of(state.parent).key
        if above is None and declared is not None and state.key is not None:
            above = Key(declared.target, state.key.parent_id)
        if above is not None:
            self._context.recent.note(above, type(element), None, has_version=False)

    # -- the parent's list --------------------------------------------------------------------------------------------

    @staticmethod
    def _update_list(
        parent: Entity, element: Entity, verb: Verb, content: Document, *, was_shown: bool
    ) -> None:
        """Apply the change to the list. The user's own edits of it stay: an element taken out is not put back."""
        listed = at_hand(parent, collection_path(element))
        if not isinstance(listed, list):
            return
        places = [index for index, one in enumerate(listed) if _is_same(one, element, content)]
        if verb is Verb.DELETE:
            listed[:] = [one for index, one in enumerate(listed) if index not in places]
            return
        if not places and (verb is Verb.CREATE or not was_shown):
            listed.append(element)
        for index in places:
            other = listed[index]
            if verb is Verb.CREATE and state_of(other).key is not None and not changes(other):
                listed[index] = element  # the other one was just made from the document
            elif other is not element:
                merge_baseline(other, content)

    # -- for the journal ----------------------------------------------------------------------------------------------

    def recent_creations(self) -> list[Key]:
        """Return the identities of recently created entities.

        A recovery must not take them for entities that the next plan creates.
        """
        if self._now is not None:
            oldest = self._now() - _RECENT
            while self._creations and self._creations[0][0] < oldest:
                self._creations.popleft()
        return [key for _, key in self._creations]


def _fill_in_ids(entity: Entity, sent: Document) -> None:
    """Write the ids that the body had of entities which were new when the references to them were set."""
    for key, target in (state_of(entity).references or {}).items():
        identity = sent.get(key)
        if identity is not None and identity == state_of(target).identity and at_hand(entity, (key,)) is None:
            entity[key] = identity


def _with_element(
    document: Document, path: Sequence[str], element: Entity, verb: Verb, content: Document
) -> Document:
    """A copy of the parent's document after a change of an element."""
    key, *rest = path
    held = document.get(key)
    if rest:
        below = held if isinstance(held, dict) else {}
        changed: Any = _with_element(below, rest, element, verb, content)
    else:
        changed = changed_collection(held or [], element, verb, content)
    return document.__class__({**document, key: changed})  # a partial document stays partial


def _is_same(one: Any, element: Entity, content: Document) -> bool:
    """Whether an element of a list stands for another, whose id its own document has, or only the service's."""
    if one is element or not isinstance(one, type(element)):
        return one is element
    id_key = element.__resource__.id_key
    own = element[id_key] if element[id_key] is not None else content.get(id_key)
    return own is not None and bool(one[id_key] == own)
