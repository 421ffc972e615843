"""Planning: from new, changed and deleted entities to operations in batches. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from contacthub_orm.orm.claims import in_order_of_claims
from contacthub_orm.orm.documents import Document
from contacthub_orm.orm.mapped import render
from contacthub_orm.orm.plan import Operation, Pending, Plan, Verb
from contacthub_orm.orm.tracking import changes, creation

if TYPE_CHECKING:
    from datetime import datetime

    from contacthub_orm.orm.backend import Backend
    from contacthub_orm.orm.entity import Entity

__all__ = ["make_plan"]


def make_plan(
    backend: Backend, new: Iterable[Entity], held: Iterable[Entity], deleted: Iterable[Entity]
) -> Plan:
    """The writes for new, held and deleted entities, in batches: each after what it depends on, deletes last.

    A delete goes earlier where it frees a value that another entity claims.
    """
    planner = _Planner(backend, list(new))
    saves = [operation for entity in [*planner.new, *held] if (operation := planner.save(entity))]
    operations = in_order_of_claims(backend, [*saves, *planner.removals(list(deleted))])
    needed = {one for operation in operations for one in operation.after}
    last = [one for one in operations if one.verb is Verb.DELETE and one not in needed]
    last += [
        one
        for one in operations
        if one.verb is Verb.DELETE and one in needed and _only_deletes(one, operations)
    ]
    first = [one for one in operations if one not in set(last)]
    return Plan((*_batches(first), *_batches([one for one in operations if one in set(last)])))


def _only_deletes(operation: Operation, operations: list[Operation]) -> bool:
    return all(one.verb is Verb.DELETE for one in operations if operation in one.after)


class _Planner:
    def __init__(self, backend: Backend, new: list[Entity]) -> None:
        self.backend = backend
        self.new = new
        self._pending = {id(entity) for entity in new}
        self._saves: dict[int, Operation | None] = {}

    def save(self, entity: Entity) -> Operation | None:
        """The operation that saves an entity, None where nothing has changed."""
        if id(entity) not in self._saves:
            self._saves[id(entity)] = None
            self._saves[id(entity)] = self._operation(entity)
        return self._saves[id(entity)]

    def _operation(self, entity: Entity) -> Operation | None:
        verb, body = self._verb_and_body(entity)
        if verb is Verb.UPDATE and not body:
            return None
        after = tuple(self._prerequisites(entity, body))
        request = self.backend.request(verb, entity, body)
        return Operation(verb, entity, request, after, entity._state.raw, self._sent_before(entity))

    def _sent_before(self, entity: Entity) -> datetime | None:
        return entity._state.sent_before

    def _verb_and_body(self, entity: Entity) -> tuple[Verb, Document]:
        if id(entity) in self._pending:
            return Verb.CREATE, creation(entity)
        if entity._state.replace:
            return Verb.REPLACE, _replacement(entity)
        return Verb.UPDATE, changes(entity)

    def _prerequisites(self, entity: Entity, body: Document) -> Iterator[Operation]:
        """Put the ids of referenced entities into the body, a mark where one has none yet and is created before."""
        for key, target in (entity._state.references or {}).items():
            if body.get(key) is not None or (
                target._state.key is not None and id(entity) not in self._pending
            ):
                continue
            if target._state.key is not None:
                body[key] = target._state.key[1]
                continue
            body[key] = Pending(target)
            operation = self.save(target)
            if operation is not None:
                yield operation

    def removals(self, entities: list[Entity]) -> list[Operation]:
        """Deletes, an entity before the one it refers to."""
        operations: dict[int, Operation] = {}
        for entity in sorted(entities, key=lambda entity: not entity.__references__):
            request = self.backend.request(Verb.DELETE, entity, None)
            after = tuple(one for one in operations.values() if _refers(one.entity, entity))
            operations[id(entity)] = Operation(
                Verb.DELETE, entity, request, after, entity._state.raw, self._sent_before(entity)
            )
        return [operations[id(entity)] for entity in entities]


def _refers(entity: Entity, target: Entity) -> bool:
    key = target._state.key
    return key is not None and any(
        one.target == key[0] and render(entity).get(one.key) == key[1] for one in entity.__references__
    )


def _replacement(entity: Entity) -> Document:
    """The PUT body: the whole document, unknown fields included, without what only the service sets."""
    document = render(entity)
    for attribute in entity.__attributes__.values():
        if attribute.read_only:
            document.pop(attribute.key, None)
    return document


def _batches(operations: list[Operation]) -> Iterator[tuple[Operation, ...]]:
    """The operations in levels: each level depends on earlier ones only; inside a level the order given is kept."""
    place = {operation: index for index, operation in enumerate(operations)}
    sorter: TopologicalSorter[Operation] = TopologicalSorter()
    for operation in operations:
        sorter.add(operation, *(one for one in operation.after if one in place))
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield tuple(sorted(ready, key=place.__getitem__))
        sorter.done(*ready)
