"""The records of a journal: its operations as rows of a table, and made again from them after a crash."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.service.account import Evidence, Outcome
from contacthub_orm.orm.service.plan import Operation, Pending, Request, Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Record", "encoded", "encoded_request", "rebuilt", "record_of"]

_REFERENCE: Final = "$created by operation"
"""The key of a reference to the entity that an operation creates, in a request."""


@attrs.define
class Record:
    """One operation in the journal.

    Attributes:
        number: its number, in the order of the plan.
        batch: the number of its batch.
        verb: what it does to the entity.
        resource: the name of the entity's resource.
        identity: the entity's identity, or None if it has none yet.
        request: the request. An id that was pending is a reference to the operation that creates the entity.
        after: the numbers of the operations that must succeed before it.
        baseline: the baseline, or only its version if the commit is not atomic; None if there is none.
        first_sent: when it was first sent, or about to be, by both clocks.
        last_sent: when it was last sent, or about to be.
        outcome: the outcome, None if none was recorded. NOT_SENT if it was undone, which is as if it had not been sent.
        document: the service's document after it, or after it was undone, or only its id if the commit is not atomic; None
            if there is none.
        evidence: how it is known that a done operation is ours, None if that was not recorded.
    """

    number: int
    batch: int
    verb: Verb
    resource: str
    identity: str | None
    request: Request
    after: tuple[int, ...]
    baseline: Document | None
    first_sent: SentAt
    last_sent: datetime
    outcome: Outcome | None = None
    document: Document | None = None
    evidence: Evidence | None = None


def record_of(row: Sequence[Any]) -> Record:
    """Make a record of a row of the table.

    Raises:
        ValueError, TypeError: if the row is damaged.
    """
    number, batch, verb, resource, identity, request, after, baseline, first, *rest = row
    ahead, last, outcome, document, evidence = rest
    method, path, params, body, *headers = json.loads(request)
    return Record(
        number,
        batch,
        Verb(verb),
        resource,
        identity,
        Request(method, tuple(path), params, body, *headers),
        tuple(json.loads(after)),
        json.loads(baseline) or None,
        SentAt(datetime.fromisoformat(first), None if ahead is None else timedelta(seconds=ahead)),
        datetime.fromisoformat(last),
        None if outcome is None else Outcome(outcome),
        None if document is None else json.loads(document),
        None if evidence is None else Evidence(evidence),
    )


def encoded(value: Any, number_of: Callable[[Entity], int] | None = None) -> str:
    """Encode a JSON value, which may have pending ids in it.

    Args:
        value: the value.
        number_of: returns the number of the operation that creates an entity; None if no id is pending.
    """

    def reference(pending: object) -> Any:
        if not isinstance(pending, Pending) or number_of is None:
            raise TypeError(f"{pending!r} has no JSON form")
        return {_REFERENCE: number_of(pending.entity)}

    return json.dumps(value, default=reference)


def encoded_request(request: Request, number_of: Callable[[Entity], int]) -> str:
    """Encode a request, which may have pending ids in it."""
    parts: list[Any] = [request.method, list(request.path), dict(request.params), request.body]
    return encoded([*parts, dict(request.headers)] if request.headers else parts, number_of)


def rebuilt(records: Iterable[Record], entity_class: Any) -> Iterator[tuple[Record, Operation]]:
    """Make the operations of a crashed process again, on new objects for its entities.

    Args:
        records: the records, in the order of the plan.
        entity_class: returns the class for the name of a resource.

    Yields:
        Each record with its operation.

    Raises:
        LookupError: if a record is damaged, or of another version.
    """
    operations: dict[int, Operation] = {}
    for record in records:
        cls: type[Entity] = entity_class(record.resource)
        entity = cls._bound(record.baseline)
        if record.identity is not None:
            state_of(entity).identify(Key(record.resource, record.identity))
        request = record.request
        restored = attrs.evolve(
            request,
            path=tuple(_dereferenced(segment, operations) for segment in request.path),
            body=_dereferenced(request.body, operations),
        )
        after = tuple(operations[number] for number in record.after if number in operations)
        operation = Operation(record.verb, entity, restored, after, record.baseline, record.first_sent)
        operations[record.number] = operation
        yield record, operation


def _dereferenced(value: Any, operations: dict[int, Operation]) -> Any:
    if isinstance(value, dict):
        if _REFERENCE in value:
            return Pending(operations[value[_REFERENCE]].entity)
        return {key: _dereferenced(item, operations) for key, item in value.items()}
    return value
