"""Looking up creations whose answer was lost, among the documents that a backend says they may have left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs

from contacthub_orm.orm.entity.resource import Key, joined_identity
from contacthub_orm.orm.service.in_doubt_write import Resolution, Verdict
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Tracer", "Traces", "find_created"]


@attrs.frozen
class Traces:
    """What a creation may have left.

    Attributes:
        documents: the documents.
        identified: whether each of them has the value by which the created entity is known, so that one with other values
            is another writer's.
        conclusive: whether a document with all values that were sent proves that the creation took effect.
    """

    documents: Sequence[Document]
    identified: bool = True
    conclusive: bool = True


class Tracer(Protocol):
    """What a look-up needs of a backend."""

    def traces(self, write: InDoubtWrite) -> Traces | None:
        """What a creation may have left, None if nothing tells it from other entities."""
        ...


def find_created(
    backend: Tracer, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]
) -> list[Resolution]:
    """Look up each creation, in order; see `Backend.find_created`.

    The creation with the most values chooses first: its document may also hold all values of one with fewer.
    """
    taken = set(known)
    found: dict[InDoubtWrite, Resolution] = {}
    for write in sorted(writes, key=lambda one: -_values_in(one.body)):
        found[write] = _look_up(backend, write, taken)
    return [found[write] for write in writes]


def _look_up(backend: Tracer, write: InDoubtWrite, taken: set[Key]) -> Resolution:
    traces = backend.traces(write)
    if traces is None:
        return Resolution(Verdict.OPEN)
    free = [one for one in traces.documents if _key(write, one) not in taken]
    for document in free:
        if holds_submitted(document, write.body):
            if not traces.conclusive:
                return Resolution(Verdict.OPEN)
            taken.add(_key(write, document))
            return Resolution(Verdict.APPLIED, document)
    if free and traces.identified:
        return Resolution(Verdict.CONFLICT, free[0])
    return Resolution(Verdict.ABSENT)


def _key(write: InDoubtWrite, document: Document) -> Key:
    entity = type(write.operation.entity)
    own = entity.__resource__.id_in(document)
    identity = own if entity.__parent__ is None else joined_identity(write.request.path[1], own)
    return Key(entity.__resource__.name, identity)


def _values_in(value: Any) -> int:
    """The number of values in a document, at any depth."""
    if isinstance(value, dict | list):
        return sum(map(_values_in, value.values() if isinstance(value, dict) else value))
    return value is not None
