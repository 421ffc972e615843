"""Criteria: conditions on a document as data, and their algebra.

A criterion is a tree of comparisons under "and" and "or". There is no "not" node, since the query language has none:
`~` is pushed to the leaves at once and is an exact complement. A missing value (absent or null) satisfies IS_NULL,
NOT_EQUALS and NOT_IN and no other operator, hence the extra IS_NULL in a negated order comparison. One case is beyond
the language: where an undeclared property holds a list, `>` asks for one element that is greater, and so does `<=`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.orm.wire.evaluator import holds
from contacthub_orm.orm.wire.partial import load_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "ALWAYS",
    "NEVER",
    "Comparison",
    "Conjunction",
    "Criterion",
    "Kind",
    "Operator",
    "and_",
    "not_",
    "or_",
]


class Operator(StrEnum):
    """The operators of the query language (all of them)."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT_IN"
    IS_NULL = "IS_NULL"
    IS_NOT_NULL = "IS_NOT_NULL"


class Kind(StrEnum):
    """How the parts of a conjunction are joined."""

    AND = "and"
    OR = "or"


class Criterion(ABC):
    """A condition on an entity, combined with `&`, `|` and `~`."""

    def __and__(self, other: Criterion) -> Criterion:
        return and_(self, other) if isinstance(other, Criterion) else NotImplemented

    def __or__(self, other: Criterion) -> Criterion:
        return or_(self, other) if isinstance(other, Criterion) else NotImplemented

    def __invert__(self) -> Criterion:
        return self.negated()

    def __bool__(self) -> bool:
        raise TypeError(
            "a criterion has no truth value: combine criteria with & and |, not with `and` and `or`"
        )

    @abstractmethod
    def negated(self) -> Criterion:
        """The exact complement."""

    @abstractmethod
    def holds_for(self, document: Document) -> bool:
        """Whether a wire document satisfies it."""

    @abstractmethod
    def comparisons(self) -> Iterable[Comparison]:
        """The leaves, in the order written."""

    def matches(self, entity: Any) -> bool:
        """Whether an entity satisfies the criterion as it stands in memory, unsaved edits included.

        What a partial load left out of it is loaded, if the criterion asks for that.
        """
        load_paths(entity, (comparison.path for comparison in self.comparisons()))
        return self.holds_for(entity.__json__())


_NEGATED: Final[dict[Operator, tuple[Operator, ...]]] = {
    Operator.EQUALS: (Operator.NOT_EQUALS,),
    Operator.NOT_EQUALS: (Operator.EQUALS,),
    Operator.IN: (Operator.NOT_IN,),
    Operator.NOT_IN: (Operator.IN,),
    Operator.IS_NULL: (Operator.IS_NOT_NULL,),
    Operator.IS_NOT_NULL: (Operator.IS_NULL,),
    Operator.GT: (Operator.LTE, Operator.IS_NULL),
    Operator.GTE: (Operator.LT, Operator.IS_NULL),
    Operator.LT: (Operator.GTE, Operator.IS_NULL),
    Operator.LTE: (Operator.GT, Operator.IS_NULL),
}


@attrs.frozen(eq=True, slots=True)
class Comparison(Criterion):
    """`path operator value`; `path` are JSON keys from the document's root, `value` is wire JSON.

    `owner` is the class the path starts from, so that a query can refuse the attribute of another entity.
    """

    owner: type = attrs.field(repr=lambda owner: owner.__name__)
    path: tuple[str, ...]
    operator: Operator
    value: Any = None

    @property
    def attribute(self) -> str:
        return ".".join(self.path)

    def negated(self) -> Criterion:
        if self.operator is Operator.BETWEEN:
            low, high = self.value
            parts = [attrs.evolve(self, operator=Operator.LT, value=low)]
            parts.append(attrs.evolve(self, operator=Operator.GT, value=high))
            return or_(*parts, attrs.evolve(self, operator=Operator.IS_NULL, value=None))
        return or_(*(self._with(operator) for operator in _NEGATED[self.operator]))

    def _with(self, operator: Operator) -> Comparison:
        value = None if operator is Operator.IS_NULL else self.value
        return attrs.evolve(self, operator=operator, value=value)

    def holds_for(self, document: Document) -> bool:
        return holds(document, self.path, self.operator.value, self.value)

    def comparisons(self) -> Iterable[Comparison]:
        yield self

    def __str__(self) -> str:
        if self.operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            return f"{self.attribute} {self.operator}"
        return f"{self.attribute} {self.operator} {self.value!r}"


@attrs.frozen(eq=True, slots=True)
class Conjunction(Criterion):
    """Criteria joined by "and" or "or"; an empty "and" is always true, an empty "or" never."""

    kind: Kind
    parts: tuple[Criterion, ...]

    def negated(self) -> Criterion:
        parts = tuple(part.negated() for part in self.parts)
        return or_(*parts) if self.kind is Kind.AND else and_(*parts)

    def holds_for(self, document: Document) -> bool:
        test = all if self.kind is Kind.AND else any
        return test(part.holds_for(document) for part in self.parts)

    def comparisons(self) -> Iterable[Comparison]:
        for part in self.parts:
            yield from part.comparisons()

    def __str__(self) -> str:
        if not self.parts:
            return "always" if self.kind is Kind.AND else "never"
        return "(" + f" {self.kind} ".join(map(str, self.parts)) + ")"


ALWAYS: Final = Conjunction(Kind.AND, ())
"""True for every document."""

NEVER: Final = Conjunction(Kind.OR, ())
"""True for none; a query under it sends no request."""


def and_(*criteria: Criterion) -> Criterion:
    """All of the criteria; nested "and" is flattened in the order written."""
    return _join(Kind.AND, criteria, neutral=ALWAYS, absorbing=NEVER)


def or_(*criteria: Criterion) -> Criterion:
    """Any of the criteria; nested "or" is flattened in the order written."""
    return _join(Kind.OR, criteria, neutral=NEVER, absorbing=ALWAYS)


def not_(criterion: Criterion) -> Criterion:
    """The exact complement, as `~criterion`."""
    return criterion.negated()


def _join(
    kind: Kind, criteria: Iterable[Criterion], *, neutral: Criterion, absorbing: Criterion
) -> Criterion:
    parts: list[Criterion] = []
    for criterion in criteria:
        if not isinstance(criterion, Criterion):
            raise TypeError(f"{kind}_ takes criteria, got {criterion!r}")
        if criterion == absorbing:
            return absorbing
        if isinstance(criterion, Conjunction) and criterion.kind is kind:
            parts.extend(criterion.parts)
        else:
            parts.append(criterion)
    parts = [part for part in parts if part != neutral]
    if len(parts) == 1:
        return parts[0]
    return Conjunction(kind, tuple(parts)) if parts else neutral
