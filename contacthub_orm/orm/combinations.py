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
from contacthub_orm.orm.criteria import ALWAYS, Comparison, Conjunction, Criterion, and_

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document

__all__ = ["Combination", "Did", "SetOperation", "combined", "is_condition"]


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
    """A set operation; nested ones of one kind are flattened in the order written, as far as that changes nothing."""
    parts: list[Criterion] = []
    for index, criterion in enumerate(criteria):
        same = isinstance(criterion, Combination) and criterion.operation is operation
        if same and (operation is not SetOperation.EXCEPT or index == 0):
            assert isinstance(criterion, Combination)
            parts.extend(criterion.parts)
        else:
            parts.append(criterion)
    return Combination(operation, tuple(parts))


def is_condition(criterion: Any) -> bool:
    """Whether a criterion is a condition on one document all the way down."""
    if isinstance(criterion, Conjunction):
        return all(map(is_condition, criterion.parts))
    return isinstance(criterion, Comparison)
