"""The unit of work: from changed entities to a plan, from a plan to an account.

Planning reads the entities and sends nothing; execution sends what the plan says and touches no entity but through
the `settle` it is given, in the calling thread, one operation at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Literal

from contacthub_orm.errors import ContacthubError, OutcomeUnknown
from contacthub_orm.orm.documents import Document
from contacthub_orm.orm.mapped import render
from contacthub_orm.orm.plan import (
    Account,
    Entry,
    Operation,
    Outcome,
    Pending,
    Plan,
    Request,
    Verb,
    resolved,
)
from contacthub_orm.orm.tracking import changes, creation

if TYPE_CHECKING:
    from contacthub_orm.orm.backend import Backend
    from contacthub_orm.orm.entity import Entity

__all__ = ["OnError", "Settle", "execute", "make_plan"]

OnError = Literal["stop", "continue"]
"""After a failed operation: send nothing more, or go on with all that does not depend on it."""

Settle = Callable[[Entry, Document | None], None]
"""Takes in what became of one operation: its entry and, where it succeeded, the service's document."""


_Result = tuple[Entry, Document | None]


def make_plan(
    backend: Backend, new: Iterable[Entity], held: Iterable[Entity], deleted: Iterable[Entity]
) -> Plan:
    """The writes for new, held and deleted entities, each after what it depends on, deletes last."""
    planner = _Planner(backend, list(new))
    saves = [operation for entity in [*planner.new, *held] if (operation := planner.save(entity))]
    removals = planner.removals(list(deleted))
    return Plan((*_batches(saves), *_batches(removals)))


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
        return Operation(verb, entity, self.backend.request(verb, entity, body), after)

    def _verb_and_body(self, entity: Entity) -> tuple[Verb, Document]:
        if id(entity) in self._pending:
            return Verb.CREATE, creation(entity)
        if entity._state.replace:
            return Verb.REPLACE, _replacement(entity)
        return Verb.UPDATE, changes(entity)

    def _prerequisites(self, entity: Entity, body: Document) -> Iterator[Operation]:
        """The creation of every referenced entity that has no id yet, whose place in the body is marked."""
        for key, target in (entity._state.references or {}).items():
            if target._state.key is None and body.get(key) is None:
                body[key] = Pending(target)
                operation = self.save(target)
                if operation is not None:
                    yield operation

    def removals(self, entities: list[Entity]) -> list[Operation]:
        """Deletes, an entity before the one it refers to."""
        operations: dict[int, Operation] = {}
        referring = sorted(entities, key=lambda entity: not entity.__references__)
        for entity in referring:
            state = entity._state
            assert state.key is not None
            after = tuple(
                operation
                for operation in operations.values()
                if any(
                    render(operation.entity).get(one.key) == state.key[1]
                    for one in operation.entity.__references__
                )
            )
            request = self.backend.request(Verb.DELETE, entity, None)
            operations[id(entity)] = Operation(Verb.DELETE, entity, request, after)
        return [operations[id(entity)] for entity in entities]


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
        sorter.add(operation, *operation.after)
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield tuple(sorted(ready, key=lambda operation: place.get(operation, -1)))
        sorter.done(*ready)


def execute(plan: Plan, backend: Backend, settle: Settle, *, on_error: OnError = "stop") -> Account:
    """Send a plan, at most `backend.max_in_flight` requests at once, and account for every operation.

    What interrupts the calling thread (KeyboardInterrupt) passes on after the requests under way were settled.
    """
    run = _Run(backend, settle, on_error)
    for batch in plan.batches:
        run.batch(batch)
    return Account([run.entries[operation] for operation in plan])


class _Run:
    def __init__(self, backend: Backend, settle: Settle, on_error: OnError) -> None:
        self.backend = backend
        self.settle = settle
        self.on_error = on_error
        self.entries: dict[Operation, Entry] = {}
        self.stopped = threading.Event()

    def batch(self, batch: tuple[Operation, ...]) -> None:
        workers = min(self.backend.max_in_flight, len(batch))
        if workers <= 1:
            for operation in batch:
                self._conclude(*self._send(operation))
            return
        with ThreadPoolExecutor(workers, thread_name_prefix="contacthub_orm") as pool:
            pending = {pool.submit(self._send, operation) for operation in batch}
            try:
                self._collect(pending)
            except BaseException:
                self.stopped.set()
                self._collect(pending)
                raise

    def _collect(self, pending: set[Future[_Result]]) -> None:
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                pending.discard(future)
                self._conclude(*future.result())

    def _send(self, operation: Operation) -> _Result:
        """Send one operation; runs in a worker thread and touches no entity."""
        if self.stopped.is_set() or not all(self._succeeded(one) for one in operation.after):
            return Entry(operation, operation.request, Outcome.NOT_SENT), None
        request = _ready(operation.request)
        try:
            document = self._stored(operation, request, self.backend.send(request))
        except OutcomeUnknown as error:
            return self._failure(operation, request, Outcome.UNKNOWN, error)
        except ContacthubError as error:
            return self._failure(operation, request, Outcome.FAILED, error)
        return Entry(operation, request, Outcome.DONE), document

    def _stored(self, operation: Operation, request: Request, answer: Any) -> Document | None:
        if operation.verb is Verb.DELETE:
            return None
        return self.backend.stored(operation.verb, operation.entity, request.body or {}, answer)

    def _failure(
        self, operation: Operation, request: Request, outcome: Outcome, error: ContacthubError
    ) -> _Result:
        if self.on_error == "stop":
            self.stopped.set()
        return Entry(operation, request, outcome, error), None

    def _succeeded(self, operation: Operation) -> bool:
        entry = self.entries.get(operation)
        return entry is not None and entry.outcome is Outcome.DONE

    def _conclude(self, entry: Entry, document: Document | None) -> None:
        self.entries[entry.operation] = entry
        self.settle(entry, document)


def _ready(request: Request) -> Request:
    return Request(request.method, request.path, request.params, resolved(request.body))
