"""Criteria that are more than a condition on one document: set operations, and what only the service can check.

Both can be parts of any criterion. An "and" or "or" with such a part is compiled to a set operation; the
complement of either is compiled to EXCEPT, since the query language has no "not". So is the complement of an
order comparison with what may be a list.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import (
    ALWAYS,
    NEVER,
    Comparison,
    Conjunction,
    Criterion,
    level_above,
    within_depth,
)
from contacthub_orm.orm.criteria.operators import COMPLEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Combination",
    "OpenComparison",
    "ServiceCondition",
    "SetOperation",
    "combined",
    "is_condition",
    "service_condition",
]


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
    depth: int = attrs.field(
        default=attrs.Factory(lambda self: level_above(self.parts), takes_self=True),
        eq=False,
        repr=False,
        validator=within_depth,
    )

    def negated(self) -> Criterion:
        """The exact complement."""
        first, *others = self.parts
        if self.operation is SetOperation.EXCEPT and first == ALWAYS:
            return combined(SetOperation.UNION, *others)
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:
        """Whether the results contain the entity of a wire document.

        Raises:
            CompileError: if only the service can check a part.
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


class ServiceCondition(Criterion):
    """A condition that only the service can check: it is on more than the entity's document.

    A subclass says in `why`, after the condition itself, what it asks for.
    """

    __slots__ = ()

    why: ClassVar[str]

    def negated(self) -> Criterion:
        """The exact complement: every entity except those that it holds for."""
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))

    def holds_for(self, document: Document) -> bool:  # noqa: ARG002 - the document does not tell
        """Refused: the document does not tell.

        Raises:
            CompileError: always.
        """
        raise CompileError(f"{self} {self.why}: only the service can answer")

    def comparisons(self) -> Iterable[Comparison]:
        """No comparisons: those inside are on other entities."""
        return ()


@attrs.frozen(eq=True, slots=True)
class OpenComparison(Comparison):
    """A comparison at a path of which no class declares what it holds: the document may hold a list there.

    An order comparison then asks for one element that satisfies it, so its opposite may hold as well.
    """

    def negated(self) -> Criterion:
        """The exact complement; for an order comparison, every entity except those that satisfy it."""
        if len(COMPLEMENTS[self.operator]) == 1:
            return super().negated()
        return Combination(SetOperation.EXCEPT, (ALWAYS, self))


def combined(operation: SetOperation, *criteria: Criterion) -> Criterion:
    """Combine criteria by a set operation.

    Nested operations of the same kind are flattened in the order written, where that does not change the
    results. Parts that always or never hold are resolved here, so that the service is not asked for them.

    Raises:
        CompileError: if the result is nested too deeply.
    """
    if operation is SetOperation.EXCEPT:
        return _excepted(criteria)
    neutral, absorbing = (ALWAYS, NEVER) if operation is SetOperation.INTERSECT else (NEVER, ALWAYS)
    parts: list[Criterion] = []
    depth = 1
    for criterion in criteria:
        if criterion == absorbing:
            return absorbing
        if isinstance(criterion, Combination) and criterion.operation is operation:
            parts.extend(criterion.parts)  # none of them is neutral: a combination is made here
            depth = max(depth, criterion.depth)
        elif criterion != neutral:
            parts.append(criterion)
            depth = max(depth, criterion.depth + 1)
    if len(parts) > 1:
        return Combination(operation, tuple(parts), depth)
    return parts[0] if parts else neutral


def _excepted(criteria: tuple[Criterion, ...]) -> Criterion:
    first, *others = criteria
    if first == NEVER or ALWAYS in others:
        return NEVER
    kept = [criterion for criterion in others if criterion != NEVER]
    if not kept:
        return first
    if isinstance(first, Combination) and first.operation is SetOperation.EXCEPT:
        depth = max(first.depth, level_above(kept))
        return Combination(SetOperation.EXCEPT, (*first.parts, *kept), depth)
    return Combination(SetOperation.EXCEPT, (first, *kept))


def service_condition(criterion: Criterion) -> ServiceCondition | None:
    """The first part of a criterion that only the service can check, or None if there is none."""
    if isinstance(criterion, Conjunction | Combination):
        return next((one for one in map(service_condition, criterion.parts) if one is not None), None)
    return criterion if isinstance(criterion, ServiceCondition) else None


def is_condition(criterion: Any) -> bool:
    """Whether a criterion, with all its parts, is a condition on one document."""
    if isinstance(criterion, Conjunction):
        return all(map(is_condition, criterion.parts))
    return isinstance(criterion, Comparison)
