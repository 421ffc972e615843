"""Criteria that are more than a condition on one document: set operations on queries, and conditions on events.

Both stand in a criterion tree like any other criterion. An "and" or "or" that holds one becomes a set operation when it
is compiled; the complement of either is EXCEPT, since the query language has no "not".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER, Comparison, Conjunction, Criterion, and_

if TYPE_CHECKING:
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
        first, *others = self.parts
        if self.operation is SetOperation.EXCEPT and first == ALWAYS:
            return combined(SetOperation.UNION, *others)
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:
        first, *others = (part.holds_for(document) for part in self.parts)
        if self.operation is SetOperation.INTERSECT:
            return first and all(others)
        if self.operation is SetOperation.UNION:
            return first or any(others)
        return first and not any(others)

    def comparisons(self) -> Iterable[Comparison]:
        for part in self.parts:
            yield from part.comparisons()

    def __str__(self) -> str:
        return "(" + f" {self.operation} ".join(map(str, self.parts)) + ")"


@attrs.frozen(eq=True, slots=True)
class Did(Criterion):
    """There is an event of a type that satisfies `condition`, within `timeframe`; both are criteria on the event."""

    event: str
    condition: Criterion
    timeframe: Criterion

    def negated(self) -> Criterion:
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:  # noqa: ARG002 - a document does not tell
        raise CompileError(
            f"{self} asks for events, which are not part of the document: only the service can answer"
        )

    def comparisons(self) -> Iterable[Comparison]:
        """None of the entity itself: the criteria inside are on events."""
        return ()

    def __str__(self) -> str:
        conditions = and_(self.condition, self.timeframe)
        return f"did({self.event})" if conditions == ALWAYS else f"did({self.event}: {conditions})"


def combined(operation: SetOperation, *criteria: Criterion) -> Criterion:
    """A set operation; nested ones of one kind are flattened in the order written, as far as that changes nothing.

    What every or no entity satisfies is resolved at once, so that it is not asked.
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
    """Whether a criterion holds a condition on events, which no document tells."""
    if isinstance(criterion, Conjunction | Combination):
        return any(map(asks_for_events, criterion.parts))
    return isinstance(criterion, Did)


def is_condition(criterion: Any) -> bool:
    """Whether a criterion is a condition on one document all the way down."""
    if isinstance(criterion, Conjunction):
        return all(map(is_condition, criterion.parts))
    return isinstance(criterion, Comparison)
