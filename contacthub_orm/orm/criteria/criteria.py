"""Criteria: conditions on a document as data, and their algebra.

A criterion is a tree of comparisons under "and" and "or". There is no "not" in it, since the query language
has none: `~` negates the comparisons at once, and the result is an exact complement. A missing value (absent
or null) satisfies IS_NULL, NOT_EQUALS and NOT_IN and no other operator, hence the extra IS_NULL in a negated
order comparison. Where no class declares what a path holds, it may be a list, of which `>` and `<=` may both
hold; the complement there is a set operation, see `set_operations.OpenComparison`.

Criteria are nested at most `MAX_DEPTH` levels deep, so that whatever goes through them may be recursive. Parts
that are joined alike are one level, however many they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.evaluation import holds
from contacthub_orm.orm.criteria.operators import COMPLEMENTS, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "ALWAYS",
    "MAX_DEPTH",
    "NEVER",
    "Comparison",
    "Conjunction",
    "Criterion",
    "Kind",
    "Operator",
    "and_",
    "level_above",
    "not_",
    "or_",
    "within_depth",
]

MAX_DEPTH: Final = 50
"""How many levels deep criteria may be nested: a choice of this library, as no source states the service's limit."""


class Kind(StrEnum):
    """How the parts of a conjunction are joined."""

    AND = "and"
    OR = "or"


class Criterion(ABC):
    """A condition on an entity, combined with `&`, `|` and `~`."""

    depth: int = 0
    """How many levels of criteria it contains."""

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


def level_above(parts: Iterable[Criterion]) -> int:
    """The depth of a criterion that contains these."""
    return 1 + max((part.depth for part in parts), default=0)


def within_depth(_: Any, __: attrs.Attribute[int], depth: int) -> None:
    """An attrs validator of a criterion's depth.

    Raises:
        CompileError: if it is more than `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise CompileError(
            f"criteria are nested at most {MAX_DEPTH} levels deep: join those that belong together by one and_ or or_"
        )


@attrs.frozen(eq=False, repr=False, slots=True)
class Conjunction(Criterion):
    """Criteria joined by "and" or "or"; an empty "and" always holds, an empty "or" never does.

    `joined` are the criteria as they were joined, `parts` the same without conjunctions of the same kind: to flatten
    these only when they are asked for keeps a loop of `&` or `|` linear.
    """

    kind: Kind
    joined: tuple[Criterion, ...]
    depth: int = attrs.field(
        default=attrs.Factory(lambda self: level_above(self.joined), takes_self=True), validator=within_depth
    )

    @cached_property
    def parts(self) -> tuple[Criterion, ...]:
        """The criteria in the order written, none of them a conjunction of the same kind."""
        found: list[Criterion] = []
        waiting: list[Criterion] = [*reversed(self.joined)]
        while waiting:
            criterion = waiting.pop()
            if isinstance(criterion, Conjunction) and criterion.kind is self.kind:
                waiting.extend(reversed(criterion.joined))
            else:
                found.append(criterion)
        return tuple(found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Conjunction):
            return NotImplemented
        return self is other or (self.kind is other.kind and self.parts == other.parts)

    def __hash__(self) -> int:
        return hash((self.kind, self.parts))

    def __repr__(self) -> str:
        return f"Conjunction(kind={self.kind!r}, parts={self.parts!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the parts: a chain of joins may be too deep for that."""
        return Conjunction, (self.kind, self.parts, self.depth)

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
        CompileError: if the result is nested too deeply.
    """
    return _join(Kind.AND, criteria)


def or_(*criteria: Criterion) -> Criterion:
    """Any of the criteria; nested "or" is flattened in the order written.

    Raises:
        TypeError: if an argument is not a criterion.
        CompileError: if the result is nested too deeply.
    """
    return _join(Kind.OR, criteria)


def not_(criterion: Criterion) -> Criterion:
    """The exact complement of a criterion; the same as `~criterion`."""
    return criterion.negated()


def _join(kind: Kind, criteria: Iterable[Criterion]) -> Criterion:
    """Join criteria; one that holds for every document, or for none, leaves the others alone or takes their place."""
    joined: list[Criterion] = []
    depth = 1
    for criterion in criteria:
        if not isinstance(criterion, Criterion):
            raise TypeError(f"{kind}_ takes criteria, got {criterion!r}")
        is_same_kind = False
        if isinstance(criterion, Conjunction):
            is_same_kind = criterion.kind is kind
            if not criterion.joined:  # it always holds, or never does
                if is_same_kind:
                    continue
                return criterion
        joined.append(criterion)
        depth = max(depth, criterion.depth if is_same_kind else criterion.depth + 1)
    if not joined:
        return ALWAYS if kind is Kind.AND else NEVER
    return joined[0] if len(joined) == 1 else Conjunction(kind, tuple(joined), depth)
