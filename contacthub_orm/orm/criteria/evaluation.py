"""Evaluates one comparison on a wire document in memory.

A path that leads through or to a list stands for each of its elements, and a comparison holds if it holds for
one of them; NOT_EQUALS and NOT_IN are the complements of EQUALS and IN. Null, an empty list, an empty object
and an object that holds only these count as missing: they satisfy IS_NULL, NOT_EQUALS and NOT_IN only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.wire.ordering import compare
from contacthub_orm.orm.wire.paths import values_at

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["holds"]


def holds(document: Any, path: tuple[str, ...], operator: Operator, value: Any) -> bool:
    """Whether the document's value at `path` stands in the relation `operator` to `value`."""
    return _TESTS[operator](values_at(document, path), value)


def _equals(stored: list[Any], sought: Any) -> bool:
    """Whether one stored value equals the value that is sought, or one of several."""
    choices = sought if isinstance(sought, list) else [sought]
    return any(compare(one, choice) == 0 for one in stored for choice in choices)


def _lies_between(stored: list[Any], bounds: Any) -> bool:
    low, high = bounds
    return any(compare(one, low) >= 0 and compare(one, high) <= 0 for one in stored)


_TESTS: Final[dict[Operator, Callable[[list[Any], Any], bool]]] = {
    Operator.EQUALS: _equals,
    Operator.NOT_EQUALS: lambda stored, value: not _equals(stored, value),
    Operator.GT: lambda stored, value: any(compare(one, value) > 0 for one in stored),
    Operator.GTE: lambda stored, value: any(compare(one, value) >= 0 for one in stored),
    Operator.LT: lambda stored, value: any(compare(one, value) < 0 for one in stored),
    Operator.LTE: lambda stored, value: any(compare(one, value) <= 0 for one in stored),
    Operator.BETWEEN: _lies_between,
    Operator.IN: _equals,
    Operator.NOT_IN: lambda stored, value: not _equals(stored, value),
    Operator.IS_NULL: lambda stored, _: not stored,
    Operator.IS_NOT_NULL: lambda stored, _: bool(stored),
}
"""For each operator: whether it holds for the values that a document has at the path."""
