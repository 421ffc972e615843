"""The plan of a flush, as data: operations in batches."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.service.tables import html_table, request_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.errors import ValidationError
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.sent_at import SentAt
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
    """A placeholder in a request: the id of an entity that has none yet.

    Attributes:
        entity: the entity, which is created before the request is sent.
    """

    entity: Entity

    def __repr__(self) -> str:
        return "<pending id>"


def resolved(body: Any) -> Any:
    """Return a body with every pending id filled in that is known by now."""
    if isinstance(body, Pending):
        return state_of(body.entity).identity or body
    if isinstance(body, dict):
        return {key: resolved(value) for key, value in body.items()}
    if isinstance(body, tuple):
        return tuple(resolved(value) for value in body)
    return body


@attrs.frozen
class Request:
    """One request to the service. A path segment or a value of the body may be `Pending`.

    Attributes:
        method: the HTTP method.
        path: the path segments below the service's base URL, not percent-encoded.
        params: the query parameters.
        body: the JSON body, or None.
        headers: further headers, such as a precondition.
    """

    method: str
    path: tuple[Any, ...]
    params: Mapping[str, str] = attrs.field(factory=dict)
    body: Any = None
    headers: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def target(self) -> str:
        """The method and path, without parameters and body, which may hold personal data."""
        return f"{self.method} {'/'.join(map(str, self.path))}"

    def __str__(self) -> str:
        query = "?" + "&".join(f"{key}={value}" for key, value in self.params.items()) if self.params else ""
        body = "" if self.body is None else " " + json.dumps(self.body, ensure_ascii=False, default=repr)
        return f"{self.target}{query}{body}"

    def resolved(self) -> Request:
        """Return the request with every pending id filled in that is known by now."""
        return Request(self.method, resolved(self.path), self.params, resolved(self.body), self.headers)


@attrs.frozen(eq=False)
class Folded:
    """A change of a collection element that needs no request of its own.

    Attributes:
        verb: what the change does to the element.
        entity: the element.
        body: what a request for it alone would send.
    """

    verb: Verb
    entity: Entity
    body: Document


@attrs.frozen(eq=False)
class Operation:
    """One write of a plan.

    Attributes:
        verb: what it does to the entity.
        entity: the entity.
        request: the request, with the body as of planning; ids may be pending.
        after: the operations that must succeed before it.
        baseline: the entity's baseline as of planning.
        sent_before: when it was first sent, or None if it was not sent before.
        folded: changes of collection elements that are sent in the body's collection.
        own: the body without the folded changes, or None if the body has no collection of elements.
        erases: for a deletion, whether the service erases all data of the entity.
        refusal: the rules that the entity breaks, None if it breaks none. An operation with a refusal is not sent and has
            no body; it stands in a plan for those that wait for it.
    """

    verb: Verb
    entity: Entity
    request: Request
    after: tuple[Operation, ...] = ()
    baseline: Document | None = attrs.field(default=None, repr=False)
    sent_before: SentAt | None = None
    folded: tuple[Folded, ...] = ()
    own: Document | None = attrs.field(default=None, repr=False)
    erases: bool = False
    refusal: ValidationError | None = None

    @property
    def body(self) -> Document:
        """The body that is sent, empty for a deletion."""
        return self.request.body or {}

    def __str__(self) -> str:
        return str(self.request)


@attrs.frozen
class Plan:
    """The operations that a flush would send. Printed, a plan reads like a list of requests.

    Attributes:
        batches: the batches are sent one after another, the operations of one batch concurrently.
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

    def _repr_html_(self) -> str:
        """The table that a notebook shows."""
        return html_table(
            ("batch", "method", "path", "body"),
            [
                (number, *request_cells(one.request.method, one.request.path, one.request.body))
                for number, batch in enumerate(self.batches, 1)
                for one in batch
            ],
        )
