"""Criteria: conditions on a document as data, and their algebra.

A criterion is a tree of comparisons under "and" and "or". There is no "not" node, since the query language
has none: `~` negates the comparisons at once, and the result is an exact complement. A missing value (absent
or null) satisfies IS_NULL, NOT_EQUALS and NOT_IN and no other operator, hence the extra IS_NULL in a negated
order comparison. There is one case that the language cannot negate: where an undeclared property holds a
list, `>` asks for one element that is greater, and `<=` for one that is not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.orm.criteria.evaluation import holds
from contacthub_orm.orm.criteria.operators import COMPLEMENTS, Operator

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
        """Whether a wire document satisfies the criterion."""

    @abstractmethod
    def comparisons(self) -> Iterable[Comparison]:
        """The comparisons in the criterion, in the order written."""

    def matches(self, entity: Any) -> bool:
        """Whether an entity satisfies the criterion as it stands in memory, unsaved changes included.

        If the criterion asks for a path that a partial load left out, the rest of the entity is loaded first.
        """
        entity.__load_paths__(comparison.path for comparison in self.comparisons())
        return self.holds_for(entity.__json__())


@attrs.frozen(eq=True, slots=True)
class Comparison(Criterion):
    """`path operator value`; `path` are JSON keys from the document's root, `value` is wire JSON.

    `owner` is the class that the path starts from, so that a query can refuse an attribute of another entity.
    """

    owner: type = attrs.field(repr=lambda owner: owner.__name__)
    path: tuple[str, ...]
    operator: Operator
    value: Any = None

    @property
    def attribute(self) -> str:
        """The path in the form that the service takes, its keys joined by dots."""
        return ".".join(self.path)

    def negated(self) -> Criterion:
        """The exact complement; for an order comparison it includes missing values."""
        return or_(*(self._with(operator) for operator in COMPLEMENTS[self.operator]))

    def _with(self, operator: Operator) -> Comparison:
        value = self.value if operator.takes_value else None
        if self.operator is Operator.BETWEEN and operator.takes_value:
            low, high = self.value
            value = low if operator is Operator.LT else high
        return attrs.evolve(self, operator=operator, value=value)

    def holds_for(self, document: Document) -> bool:
        """Whether a wire document satisfies the comparison."""
        return holds(document, self.path, self.operator, self.value)

    def comparisons(self) -> Iterable[Comparison]:
        """This comparison alone."""
        yield self

    def __str__(self) -> str:
        value = f" {self.value!r}" if self.operator.takes_value else ""
        return f"{self.attribute} {self.operator}{value}"


@attrs.frozen(eq=True, slots=True)
class Conjunction(Criterion):
    """Criteria joined by "and" or "or"; an empty "and" always holds, an empty "or" never does."""

    kind: Kind
    parts: tuple[Criterion, ...]

    def negated(self) -> Criterion:
        """The exact complement, by De Morgan's laws."""
        parts = tuple(part.negated() for part in self.parts)
        return or_(*parts) if self.kind is Kind.AND else and_(*parts)

    def holds_for(self, document: Document) -> bool:
        """Whether a wire document satisfies all parts, or one of them."""
        test = all if self.kind is Kind.AND else any
        return test(part.holds_for(document) for part in self.parts)

    def comparisons(self) -> Iterable[Comparison]:
        """The comparisons in all parts, in the order written."""
        for part in self.parts:
            yield from part.comparisons()

    def __str__(self) -> str:
        if not self.parts:
            return "always" if self.kind is Kind.AND else "never"
        return "(" + f" {self.kind} ".join(map(str, self.parts)) + ")"


ALWAYS: Final = Conjunction(Kind.AND, ())
"""Holds for every document."""

NEVER: Final = Conjunction(Kind.OR, ())
"""Holds for no document; a query with this criterion sends no request."""


def and_(*criteria: Criterion) -> Criterion:
    """All of the criteria; nested "and" is flattened in the order written.

    Raises:
        TypeError: if an argument is not a criterion.
    """
    return _join(Kind.AND, criteria, neutral=ALWAYS, absorbing=NEVER)


def or_(*criteria: Criterion) -> Criterion:
    """Any of the criteria; nested "or" is flattened in the order written.

    Raises:
        TypeError: if an argument is not a criterion.
    """
    return _join(Kind.OR, criteria, neutral=NEVER, absorbing=ALWAYS)


def not_(criterion: Criterion) -> Criterion:
    """The exact complement of a criterion; the same as `~criterion`."""
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
