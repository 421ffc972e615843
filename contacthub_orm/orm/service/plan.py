"""The plan of a flush, as data: operations in batches; and the account of what became of each."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.orm.entity.entity_state import state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Folded", "Operation", "Pending", "Plan", "Request", "Verb", "resolved"]


class Verb(StrEnum):
    """What an operation does to its entity."""

    CREATE = "POST"
    UPDATE = "PATCH"
    REPLACE = "PUT"
    DELETE = "DELETE"


@attrs.frozen(eq=False)
class Pending:
    """In a body: the id of an entity that has none yet."""

    entity: Entity

    def __repr__(self) -> str:
        return "<pending id>"


def resolved(body: Any) -> Any:
    """A body with every pending id that is known by now put in."""
    if isinstance(body, Pending):
        return state_of(body.entity).identity or body
    if isinstance(body, dict):
        return {key: resolved(value) for key, value in body.items()}
    if isinstance(body, tuple):
        return tuple(resolved(value) for value in body)
    return body


@attrs.frozen
class Request:
    """One request to the service: `path` are the unquoted segments below the service's root for the entities.

    A segment or a value of the body may be `Pending`: the id of an entity that is created before.
    """

    method: str
    path: tuple[Any, ...]
    params: Mapping[str, str] = attrs.field(factory=dict)
    body: Any = None

    def __str__(self) -> str:
        query = "?" + "&".join(f"{key}={value}" for key, value in self.params.items()) if self.params else ""
        body = "" if self.body is None else " " + json.dumps(self.body, ensure_ascii=False, default=repr)
        return f"{self.method} {'/'.join(map(str, self.path))}{query}{body}"

    def resolved(self) -> Request:
        """The request with every pending id that is known by now put in."""
        return Request(self.method, resolved(self.path), self.params, resolved(self.body))


@attrs.frozen(eq=False)
class Folded:
    """A change of an element that needs no request of its own."""

    verb: Verb
    entity: Entity
    body: Document


@attrs.frozen(eq=False)
class Operation:
    """One write: the verb, the entity and the body as it was when the plan was made.

    `after` are operations that must have succeeded before; `request` is the request it becomes, pending ids and all;
    `baseline` is the document it was planned on; `sent_before` the moment of the first send, where this is a repeat;
    `folded` are changes of elements that ride along in the collection which the body carries, and `own` is then the
    body without them; `erases` says of a deletion that the service erases all that it holds of the entity.
    """

    verb: Verb
    entity: Entity
    request: Request
    after: tuple[Operation, ...] = ()
    baseline: Document | None = attrs.field(default=None, repr=False)
    sent_before: datetime | None = None
    folded: tuple[Folded, ...] = ()
    own: Document | None = attrs.field(default=None, repr=False)
    erases: bool = False

    @property
    def body(self) -> Document:
        """What is sent, which for a DELETE is nothing."""
        return self.request.body or {}

    def __str__(self) -> str:
        return str(self.request)


@attrs.frozen
class Plan:
    """What a flush would send: `batches` go one after the other, the operations of one batch concurrently.

    Printed, a plan reads like a list of requests.
    """

    batches: tuple[tuple[Operation, ...], ...] = ()

    def __iter__(self) -> Iterator[Operation]:
        return (operation for batch in self.batches for operation in batch)

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    def __bool__(self) -> bool:
        return bool(self.batches)

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing to send"
