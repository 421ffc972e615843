"""Criteria that are more than a condition on one document: set operations, and conditions on events.

Both can be parts of any criterion. An "and" or "or" with such a part is compiled to a set operation; the
complement of either is compiled to EXCEPT, since the query language has no "not".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER, Comparison, Conjunction, Criterion, and_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Combination", "Did", "SetOperation", "asks_for_events", "combined", "is_condition"]


class SetOperation(StrEnum):
    """How the results of queries are combined."""

    INTERSECT = "INTERSECT"
    UNION = "UNION"
    EXCEPT = "EXCEPT"


@attrs.frozen(eq=True, slots=True)
class Combination(Criterion):
    """A set operation on the results of criteria; EXCEPT is the first without all the others."""

    operation: SetOperation
    parts: tuple[Criterion, ...]

    def negated(self) -> Criterion:
        """The exact complement."""
        first, *others = self.parts
        if self.operation is SetOperation.EXCEPT and first == ALWAYS:
            return combined(SetOperation.UNION, *others)
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:
        """Whether the results contain the entity of a wire document.

        Raises:
            CompileError: if a part is a condition on events.
        """
        first, *others = (part.holds_for(document) for part in self.parts)
        if self.operation is SetOperation.INTERSECT:
            return first and all(others)
        if self.operation is SetOperation.UNION:
            return first or any(others)
        return first and not any(others)

    def comparisons(self) -> Iterable[Comparison]:
        """The comparisons in all parts, in the order written."""
        for part in self.parts:
            yield from part.comparisons()

    def __str__(self) -> str:
        return "(" + f" {self.operation} ".join(map(str, self.parts)) + ")"


@attrs.frozen(eq=True, slots=True)
class Did(Criterion):
    """The entity has an event of a type that satisfies two criteria, `condition` and `timeframe`."""

    event: str
    condition: Criterion
    timeframe: Criterion

    def negated(self) -> Criterion:
        """The exact complement: every entity except those that have such an event."""
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:  # noqa: ARG002 - a document does not hold events
        """Refused: a document does not hold the events of its entity.

        Raises:
            CompileError: always.
        """
        raise CompileError(
            f"{self} asks for events, which are not part of the document: only the service can answer"
        )

    def comparisons(self) -> Iterable[Comparison]:
        """No comparisons: the criteria inside are on events, not on the entity."""
        return ()

    def __str__(self) -> str:
        conditions = and_(self.condition, self.timeframe)
        return f"did({self.event})" if conditions == ALWAYS else f"did({self.event}: {conditions})"


def combined(operation: SetOperation, *criteria: Criterion) -> Criterion:
    """Combine criteria by a set operation.

    Nested operations of the same kind are flattened in the order written, where that does not change the
    results. Parts that always or never hold are resolved here, so that the service is not asked for them.
    """
    parts: list[Criterion] = []
    for index, criterion in enumerate(criteria):
        same = isinstance(criterion, Combination) and criterion.operation is operation
        if same and (operation is not SetOperation.EXCEPT or index == 0):
            assert isinstance(criterion, Combination)
            parts.extend(criterion.parts)
        else:
            parts.append(criterion)
    return _excepted(parts) if operation is SetOperation.EXCEPT else _joined(operation, parts)


def _joined(operation: SetOperation, parts: list[Criterion]) -> Criterion:
    neutral, absorbing = (ALWAYS, NEVER) if operation is SetOperation.INTERSECT else (NEVER, ALWAYS)
    if absorbing in parts:
        return absorbing
    kept = [part for part in parts if part != neutral]
    if len(kept) > 1:
        return Combination(operation, tuple(kept))
    return kept[0] if kept else neutral


def _excepted(parts: list[Criterion]) -> Criterion:
    first, *others = parts
    if first == NEVER or ALWAYS in others:
        return NEVER
    kept = [part for part in others if part != NEVER]
    return Combination(SetOperation.EXCEPT, (first, *kept)) if kept else first


def asks_for_events(criterion: Criterion) -> bool:
    """Whether a part of a criterion is a condition on events, which are not part of a document."""
    if isinstance(criterion, Conjunction | Combination):
        return any(map(asks_for_events, criterion.parts))
    return isinstance(criterion, Did)


def is_condition(criterion: Any) -> bool:
    """Whether a criterion, with all its parts, is a condition on one document."""
    if isinstance(criterion, Conjunction):
        return all(map(is_condition, criterion.parts))
    return isinstance(criterion, Comparison)
