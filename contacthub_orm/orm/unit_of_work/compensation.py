"""Compensation: undoing the operations of an atomic commit in reverse, as far as a service without transactions allows.

An update is undone by patching the old values, if no other writer has changed the entity since. A creation is undone by
a delete under the same condition, and only if the answer to our own request proves that we created the entity: what a
look-up found may be another writer's. A delete cannot be undone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import message_of
from contacthub_orm.orm.entity.bodies import writable
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.mapped import render
from contacthub_orm.orm.service.account import Evidence, Outcome, created_key, kind_of_error
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.unit_of_work.polling import fetch_settled
from contacthub_orm.orm.wire.documents import Document, difference
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Entry
    from contacthub_orm.orm.service.backend import Backend

__all__ = ["Compensation", "compensate", "inverse"]


_CHANGED_SINCE: Final = "it was changed since by another writer"

_UNPROVED: Final = {
    None: "nothing proves that it is not another writer's",
    Evidence.MERGED: "the service merged it into an entity that existed before",
    Evidence.LOOK_UP: "the answer was lost, and what was found may be another writer's",
}
"""Why a creation is not undone unless the answer to it proves that we created the entity."""


@attrs.frozen(eq=False)
class Compensation:
    """The result of undoing one operation.

    Attributes:
        entry: the entry of the operation.
        reason: why it could not be undone, or None if it was undone.
        document: the service's document after undoing a change, otherwise None.
        error: what was raised while undoing it, or None.
    """

    entry: Entry
    reason: str | None = None
    document: Document | None = None
    error: Exception | None = None

    def __str__(self) -> str:
        """One line without the values that were sent, which may be personal data."""
        target = self.entry.request.target
        if self.reason is None:
            return f"undone     {target}"
        reason = self.reason if self.error is None else kind_of_error(self.error)
        created = created_key(self.entry)
        which = "" if created is None else f"{created.id}: "
        return f"not undone {target}  ({which}{reason})"


def compensate(
    backend: Backend,
    entries: Sequence[Entry],
    settle: float,
    note: Callable[[Compensation], None] | None = None,
) -> list[Compensation]:
    """Undo done operations in reverse.

    An operation that is undone already, as after a recovery that was killed, counts as undone; one whose entry says
    "not sent" is recorded as undone and passed over. Errors are not raised, but become the reason of a compensation.

    Args:
        backend: the service.
        entries: the operations that were done, in the order in which they were sent.
        settle: the seconds within which the service stores what it accepted.
        note: is called with each compensation as soon as it is known.

    Returns:
        A compensation for each operation that was not undone before, the last operation first.
    """
    undoing = _Undoing(backend, entries, timedelta(seconds=settle))
    undone = []
    for entry in reversed(entries):
        if entry.outcome is Outcome.NOT_SENT:
            undoing.pass_over(entry)
            continue
        one = undoing.undo(entry)
        undone.append(one)
        if note is not None:
            note(one)
    return undone


@attrs.frozen
class _Held:
    """The last document that we wrote; `moved` tells whether our own writes to children moved its version since."""

    document: Document
    moved: bool


class _Undoing:
    """Undoes one operation after another, and knows what that has left.

    Args:
        backend: the service.
        entries: the done operations, in the order in which they were sent.
        settle: how long the service may take to store what it accepted.
    """

    def __init__(self, backend: Backend, entries: Sequence[Entry], settle: timedelta) -> None:
        self._backend = backend
        self._settle = settle
        self._started = backend.now()
        self._ours = {state_of(entry.entity).key: entry.document for entry in entries}
        self._moved = {_key_above(entry.entity) for entry in entries}
        self._gone: set[Key | None] = set()
        self._still_referred_to: set[Key] = set()

    def pass_over(self, entry: Entry) -> None:
        """Take note of an operation that was undone before."""
        if entry.operation.verb is Verb.CREATE:
            self._gone.add(state_of(entry.entity).key)

    def undo(self, entry: Entry) -> Compensation:
        """Undo an operation. An error, of a receiver of signals too, becomes the reason why it is not undone."""
        key = state_of(entry.entity).key
        held = _Held(self._ours[key] or {}, key in self._moved)
        try:
            one = self._compensate(entry, held)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other operations must still be undone
            one = Compensation(entry, message_of(error) or type(error).__name__, error=error)
        if one.document is not None:
            self._ours[key] = one.document
        if entry.operation.verb is Verb.CREATE:
            if one.reason is None:
                self._gone.add(key)
            else:
                self._still_referred_to |= _keys_referred_to(entry.entity)
        return one

    def _compensate(self, entry: Entry, held: _Held) -> Compensation:
        if entry.operation.verb is Verb.DELETE:
            return Compensation(entry, "a delete cannot be undone")
        if entry.operation.verb is Verb.CREATE:
            reason = self._take_back_creation(entry, held)
            return Compensation(entry, reason)
        return _take_back_change(self._backend, entry, self._stored(entry, entry.operation.baseline), held)

    def _take_back_creation(self, entry: Entry, held: _Held) -> str | None:
        """Delete what we created, and return None, or the reason why it has to stay."""
        if entry.evidence is not Evidence.ANSWER:
            return _UNPROVED[entry.evidence]
        backend, entity, identity = self._backend, type(entry.entity), _identity(entry.entity)
        key = state_of(entry.entity).known_key
        if key in self._still_referred_to or not self._gone.issuperset(backend.referring(entity, identity)):
            return "what refers to it stays, and the service would delete that too"
        current = self._stored(
            entry, entry.document
        )  # the last read, so that no other comes before the delete
        if current is None:
            return None
        if not _is_untouched(backend, entry, current, held):
            return _CHANGED_SINCE
        backend.send(backend.request(Verb.DELETE, entry.entity, None))
        return None

    def _stored(self, entry: Entry, known: Document | None) -> Document | None:
        """The entity's document. What was accepted just now may appear until it is stored, or never."""
        return fetch_settled(self._backend, entry.entity, known, self._started, self._settle)


def _key_above(entity: Entity) -> Key | None:
    """The identity of the entity below which this one lives, or None if it lives below none."""
    above, key = type(entity).__parent__, state_of(entity).key
    return None if above is None or key is None else Key(above.target, key.parent_id)


def _keys_referred_to(entity: Entity) -> set[Key]:
    """The entities that an entity refers to by their ids."""
    document = render(entity)
    return {Key(one.target, document[one.key]) for one in entity.__references__ if document.get(one.key)}


def _is_untouched(backend: Backend, entry: Entry, current: Document, held: _Held) -> bool:
    """Whether no other writer has changed anything of an entity that we created.

    The version tells it. An answer without a document has none, so the current document must look as new; and if our own
    writes have moved the version, it must have the values that we wrote and no others.
    """
    by_version = _has_our_version(entry, current, held)
    if by_version is not None:
        return by_version
    if held.document is entry.document and backend.is_as_created(current):
        return holds_submitted(current, entry.request.body or {})
    now, wrote = (writable(entry.entity, one) for one in (current, held.document))
    return holds_submitted(now, wrote) and holds_submitted(wrote, now)


def _take_back_change(backend: Backend, entry: Entry, current: Document | None, held: _Held) -> Compensation:
    entity = entry.entity
    if current is None:
        return Compensation(entry, "it no longer exists")
    verb, body = _way_back(entry, held.document)
    if holds_submitted(current, body):
        return Compensation(entry, document=current)
    if not _is_ours(entry, current, held):
        return Compensation(entry, _CHANGED_SINCE)
    request = backend.request(verb, _with_baseline(entity, current), body)
    answer = backend.send(attrs.evolve(request, body=body))
    return Compensation(entry, document=backend.stored(verb, entity, body, answer))


def _way_back(entry: Entry, after: Document) -> tuple[Verb, Document]:
    """The write that undoes a change: a patch, or the whole document if the resource cannot be patched."""
    before = entry.operation.baseline or {}
    if not entry.entity.__resource__.patches:
        return Verb.REPLACE, {
            key: value for key, value in before.items() if key in (entry.request.body or before)
        }
    if entry.operation.verb is Verb.REPLACE:
        # A document that a look-up found may hold another writer's values beside ours.
        sent = entry.request.body or {}
        return Verb.UPDATE, _difference(
            entry.entity, sent if entry.evidence is Evidence.LOOK_UP else after, before
        )
    return Verb.UPDATE, inverse(before, entry.request.body or {})


def _is_ours(entry: Entry, current: Document, held: _Held) -> bool:
    """Whether no other writer has changed the entity since.

    The version tells it, or, if there is none or our own writes to children have moved it, the values that we sent.
    """
    by_version = _has_our_version(entry, current, held)
    return holds_submitted(current, entry.request.body or {}) if by_version is None else by_version


def _has_our_version(entry: Entry, current: Document, held: _Held) -> bool | None:
    """Whether a document has the version that we wrote, None if there is none or our writes to children have moved it."""
    keys = [key for key in entry.entity.__resource__.version_keys if key in held.document]
    if held.moved or not keys:
        return None
    return all(current.get(key) == held.document.get(key) for key in keys)


def _identity(entity: Entity) -> str:
    return state_of(entity).known_key.id


def _with_baseline(entity: Entity, document: Document) -> Entity:
    """Another object for the same entity, with a document as its baseline."""
    other = type(entity)._bound(document)
    state_of(other).identify(state_of(entity).known_key)
    return other


def _difference(entity: Entity, after: Document, before: Document) -> Document:
    """The patch from one whole document to another, without the keys that only the service sets."""
    return difference(writable(entity, after), writable(entity, before)) or {}


def inverse(before: Document, sent: Document) -> Document:
    """Return the patch that undoes another: the old value of every path, null if there was none.

    Args:
        before: the document before the patch.
        sent: the patch to undo.
    """
    return {
        key: _old(before.get(key), value) for key, value in sent.items() if key in before or value is not None
    }


def _old(before: Any, sent: Any) -> Any:
    if isinstance(sent, dict) and sent and isinstance(before, dict):
        return inverse(before, sent)
    if isinstance(sent, dict) and before is None:
        return None
    return before
