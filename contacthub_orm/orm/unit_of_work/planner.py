"""Planning: makes operations in batches from new, changed and deleted entities, without sending anything."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import ValidationError
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.mapped import render
from contacthub_orm.orm.service.plan import Folded, Operation, Pending, Plan, Verb
from contacthub_orm.orm.unit_of_work.collection_elements import CollectionElements, fold, is_taken_out
from contacthub_orm.orm.unit_of_work.unique_values import in_order_of_claims, may_free_a_claim
from contacthub_orm.orm.wire.conversion import copied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["make_plan"]


def make_plan(
    backend: Backend,
    new: Iterable[Entity],
    held: Iterable[Entity],
    deleted: Iterable[Entity],
    checks: Mapping[int, Document | ValidationError],
) -> Plan:
    """Plan the writes of a flush, in batches: each operation after those that it depends on, the deletes last.

    What frees a value that another entity claims, or may free one, goes before everything else if it is a delete or of an
    entity whose value is not loaded. So a delete is never sent beside a creation: the answer to a creation may name an
    entity that is to be deleted, which then stays.

    Args:
        backend: the service.
        new: the entities to create.
        held: the persistent entities that may have changes.
        deleted: the entities to delete.
        checks: by `id()`, what a check of new and held entities has found: the rules that one breaks, or the body that
            saves it, which the plan takes over. Other bodies are found by comparison. The plan has the operations of
            what breaks rules, too, so that it tells which others wait for them.

    Raises:
        InvalidRequestError: if two entities claim the same unique value, or swap their values.
    """
    planner = _Planner(backend, list(new), list(held), list(deleted), checks)
    operations = in_order_of_claims(backend, planner.operations())
    deletes = {one for one in operations if one.verb is Verb.DELETE}
    needed = _prerequisites(one for one in operations if one not in deletes)
    freeing = (needed & deletes) | may_free_a_claim(backend, operations)
    first = freeing | _prerequisites(freeing)
    stages = (first, set(operations) - first - deletes, deletes - first)
    return Plan(
        tuple(batch for stage in stages for batch in _batches([one for one in operations if one in stage]))
    )


def _prerequisites(operations: Iterable[Operation]) -> set[Operation]:
    """What some operations wait for, directly or through others."""
    found: set[Operation] = set()
    waiting = list(operations)
    while waiting:
        for one in waiting.pop().after:
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


class _Planner:
    """Plans each entity once, after the entities that it depends on."""

    def __init__(
        self,
        backend: Backend,
        new: list[Entity],
        held: list[Entity],
        deleted: list[Entity],
        checks: Mapping[int, Document | ValidationError],
    ) -> None:
        self._backend = backend
        self._new = new
        self._held = held
        self._deleted = deleted
        self._refusals = {one: found for one, found in checks.items() if isinstance(found, ValidationError)}
        self._bodies = {one: found for one, found in checks.items() if not isinstance(found, ValidationError)}
        self._pending = {id(entity) for entity in new}
        self._saved = {id(entity) for entity in (*new, *held)}
        self._elements = CollectionElements(
            one for one in (*new, *held, *deleted) if id(one) not in self._refusals
        )
        self._plans: dict[int, Operation | None] = {}
        self._last_below: dict[int, Operation] = {}

    def operations(self) -> list[Operation]:
        """Plan all entities: saves first, then deletes."""
        saves = [operation for entity in (*self._new, *self._held) if (operation := self._save(entity))]
        return [*saves, *self._removals()]

    def _save(self, entity: Entity) -> Operation | None:
        """The operation that saves an entity, or None if nothing has changed or it is folded into its parent's."""
        if id(entity) not in self._plans:
            self._plans[id(entity)] = None
            self._plans[id(entity)] = self._operation(entity)
        return self._plans[id(entity)]

    def _operation(self, entity: Entity) -> Operation | None:
        if id(entity) in self._refusals:
            return self._refused(entity, self._refusals[id(entity)])
        before = self._before(entity)
        if self._elements.is_folded(entity):
            return None
        verb, body = self._verb_and_body(entity)
        if verb is not Verb.CREATE and not body:
            return None
        carried = self._elements.carried_by(entity, body)
        own = copied(body) if carried else None
        folded = self._fold(carried, body) if carried else ()
        after = (*before, *self._referenced(entity, body)) if state_of(entity).references else tuple(before)
        request = self._backend.request(verb, entity, body)
        operation = Operation(
            verb, entity, request, after, _baseline(entity), state_of(entity).sent_before, folded, own
        )
        self._note_below(entity, operation)
        return operation

    def _refused(self, entity: Entity, refusal: ValidationError) -> Operation:
        """The operation of an entity that breaks rules. What lives below the entity waits for it, its siblings do not."""
        is_patched = entity.__resource__.patches and not state_of(entity).replace
        saved = Verb.UPDATE if is_patched else Verb.REPLACE
        verb = Verb.CREATE if id(entity) in self._pending else saved
        request = attrs.evolve(self._backend.request(verb, entity, {}), body=None)
        operation = Operation(verb, entity, request, baseline=_baseline(entity), refusal=refusal)
        if state_of(entity).parent is None:
            self._note_below(entity, operation)
        return operation

    def _verb_and_body(self, entity: Entity) -> tuple[Verb, Document]:
        body = self._bodies.pop(id(entity), None)
        if body is None:  # not known, or taken already
            body = body_of(entity)
        if id(entity) in self._pending:
            return Verb.CREATE, body
        is_whole = state_of(entity).replace or (body and not entity.__resource__.patches)
        return Verb.REPLACE if is_whole else Verb.UPDATE, body

    def _fold(self, elements: Iterable[Entity], body: Document) -> tuple[Folded, ...]:
        """Put the changes of elements into a collection that the body has anyway."""
        folded = []
        for element in elements:
            verb, content = self._element_change(element, body)
            if verb is not Verb.UPDATE or content:
                fold(body, element, verb, content)
                folded.append(Folded(verb, element, content))
                self._elements.note_folded(element)
        return tuple(folded)

    def _element_change(self, element: Entity, body: Document) -> tuple[Verb, Document]:
        """The change of an element. One that was changed and then taken out of the collection is deleted."""
        if state_of(element).deleted or is_taken_out(element, body):
            return Verb.DELETE, {}
        return self._verb_and_body(element)

    def _before(self, entity: Entity) -> list[Operation]:
        """The operation to wait for: writes below one parent go one after another, the parent's own write first."""
        parent = state_of(entity).parent
        if parent is None:
            return []
        if id(parent) in self._saved:
            self._save(parent)
        last = self._last_below.get(id(parent))
        return [] if last is None else [last]

    def _note_below(self, entity: Entity, operation: Operation) -> None:
        self._last_below[id(state_of(entity).parent or entity)] = operation

    def _referenced(self, entity: Entity, body: Document) -> Iterator[Operation]:
        """Put the ids of referenced entities into the body, and yield the operations that create them before.

        The id of an entity that is still to be created is `Pending`.
        """
        for key, target in (state_of(entity).references or {}).items():
            if body.get(key) is not None or (
                state_of(target).key is not None and id(entity) not in self._pending
            ):
                continue
            if state_of(target).key is not None:
                body[key] = state_of(target).known_key.id
                continue
            body[key] = Pending(target)
            operation = self._save(target)
            if operation is not None:
                yield operation

    def _removals(self) -> list[Operation]:
        """The deletes: an entity is deleted before the one that it refers to."""
        operations: dict[int, Operation] = {}
        for entity in sorted(self._deleted, key=_refers_to_nothing):
            before = self._before(entity)
            if self._elements.is_folded(entity):
                continue
            request = self._backend.request(Verb.DELETE, entity, None)
            referring = [one for one in operations.values() if _refers(one.entity, entity)]
            operation = Operation(
                Verb.DELETE,
                entity,
                request,
                (*before, *referring),
                _baseline(entity),
                state_of(entity).sent_before,
                erases=state_of(entity).erase,
            )
            operations[id(entity)] = operation
            self._note_below(entity, operation)
        return [operations[id(entity)] for entity in self._deleted if id(entity) in operations]


def _baseline(entity: Entity) -> Document | None:
    """The baseline, without its version if a write of ours to a child has moved it."""
    state = state_of(entity)
    if state.baseline is None or not state.version_moved:
        return state.baseline
    return {
        key: value for key, value in state.baseline.items() if key not in entity.__resource__.version_keys
    }


def _refers_to_nothing(entity: Entity) -> bool:
    return not entity.__references__ and type(entity).__parent__ is None


def _refers(entity: Entity, target: Entity) -> bool:
    key = state_of(target).key
    if state_of(entity).parent is target:
        return True
    return key is not None and any(
        one.target == key.resource and render(entity).get(one.key) == key.id for one in entity.__references__
    )


def _batches(operations: list[Operation]) -> Iterator[tuple[Operation, ...]]:
    """The operations in batches that depend on earlier batches only; within a batch their order is kept."""
    if operations and not any(one.after for one in operations):
        yield tuple(operations)
        return
    place = {operation: index for index, operation in enumerate(operations)}
    sorter: TopologicalSorter[Operation] = TopologicalSorter()
    for operation in operations:
        sorter.add(operation, *(one for one in operation.after if one in place))
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield tuple(sorted(ready, key=place.__getitem__))
        sorter.done(*ready)
