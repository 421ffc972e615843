"""What a condition means for one document.

Missing values: IS_NULL, NOT_EQUALS and NOT_IN match them, no other operator does. Nothing is a value but what holds one:
null, an empty list, an empty object and an object of these are missing. A path that leads through or to a list stands for
each of its elements; a condition holds if it holds for one, and NOT_EQUALS and NOT_IN are the complements of EQUALS and
IN. Text is compared by code point; a date by the instant it stands for, wherever the schemas declare one, and in
properties without a schema if both sides look like dates; values of two types are never equal and have no order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from contacthub_orm.sandbox.paths import values_at
from contacthub_orm.sandbox.query_language import Atomic, Condition
from contacthub_orm.sandbox.schemas import date_paths
from contacthub_orm.sandbox.wire import parse_instant

__all__ = [
    "CUSTOMER",
    "EVENT",
    "Comparable",
    "Document",
    "Predicate",
    "comparable",
    "compile_condition",
    "sort_key",
]

Document: TypeAlias = dict[str, Any]
Predicate: TypeAlias = Callable[[Document], bool]
Comparable: TypeAlias = "tuple[str, Any] | None"
Reader: TypeAlias = Callable[[Any], Comparable]

TEXT: Final = "text"
NUMBER: Final = "number"
INSTANT: Final = "instant"
BOOLEAN: Final = "boolean"


@dataclass(frozen=True)
class DocumentKind:
    """Which paths of a document are dates, and below which prefixes the schemas say nothing."""

    dates: frozenset[str]
    open_prefixes: tuple[str, ...]


CUSTOMER: Final = DocumentKind(date_paths(), ("extended.",))
EVENT: Final = DocumentKind(frozenset({"date", "registeredAt", "updatedAt"}), ("properties.", "contextInfo."))


def compile_condition(condition: Condition, kind: DocumentKind) -> Predicate:
    """A function that says whether the condition holds for a document."""
    if isinstance(condition, Atomic):
        return _compile_atomic(condition, kind)
    parts = [compile_condition(part, kind) for part in condition.conditions]
    if condition.conjunction == "and":
        return lambda document: all(part(document) for part in parts)
    return lambda document: any(part(document) for part in parts)


def comparable(value: Any, *, dated: bool = False) -> Comparable:
    """A value with its type, so that unequal types are unequal; None for what cannot be compared.

    dated: read text as a date or date-time, and a number as milliseconds since 1970.
    """
    if isinstance(value, bool):
        return BOOLEAN, value
    if isinstance(value, str):
        instant = parse_instant(value, dates=True) if dated else None
        return (TEXT, value) if instant is None else (INSTANT, instant)
    if isinstance(value, (int, float)):
        return (INSTANT if dated else NUMBER), value
    return None


def sort_key(value: Any) -> tuple[str, Any] | None:
    """A key to sort values of any type by, types apart; None for nothing to sort by."""
    found = value[0] if isinstance(value, list) and value else value
    return comparable(found)


def _compile_atomic(atomic: Atomic, kind: DocumentKind) -> Predicate:
    names = tuple(atomic.attribute.split("."))
    operator = atomic.operator
    if operator in ("IS_NULL", "IS_NOT_NULL"):
        wanted = operator == "IS_NOT_NULL"
        return lambda document: any(map(_holds_something, values_at(document, names))) is wanted
    read = _reader(atomic, kind)
    targets = [read(value) for value in atomic.values]
    negated = operator in ("NOT_EQUALS", "NOT_IN")
    test = partial(TESTS[operator], targets)

    def predicate(document: Document) -> bool:
        return any(test(read(value)) for value in values_at(document, names)) is not negated

    return predicate


def _reader(atomic: Atomic, kind: DocumentKind) -> Reader:
    if atomic.attribute in kind.dates:
        return partial(comparable, dated=True)
    is_open = atomic.attribute.startswith(kind.open_prefixes)
    if is_open and all(
        isinstance(v, str) and parse_instant(v, dates=True) is not None for v in atomic.values
    ):
        return _date_or_plain
    return comparable


def _date_or_plain(value: Any) -> Comparable:
    return comparable(value, dated=isinstance(value, str))


def _holds_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_something, value.values()))
    if isinstance(value, list):
        return any(map(_holds_something, value))
    return value is not None


def _equal(targets: list[Comparable], value: Comparable) -> bool:
    return value is not None and value in targets


def _greater(targets: list[Comparable], value: Comparable) -> bool:
    return _ordered(targets[0], value) and value[1] > targets[0][1]  # type: ignore[index]


def _at_least(targets: list[Comparable], value: Comparable) -> bool:
    return _ordered(targets[0], value) and value[1] >= targets[0][1]  # type: ignore[index]


def _less(targets: list[Comparable], value: Comparable) -> bool:
    return _ordered(targets[0], value) and value[1] < targets[0][1]  # type: ignore[index]


def _at_most(targets: list[Comparable], value: Comparable) -> bool:
    return _ordered(targets[0], value) and value[1] <= targets[0][1]  # type: ignore[index]


def _between(targets: list[Comparable], value: Comparable) -> bool:
    return _at_least(targets[:1], value) and _at_most(targets[1:], value)


def _ordered(one: Comparable, other: Comparable) -> bool:
    return one is not None and other is not None and one[0] == other[0] != BOOLEAN


TESTS: Final[dict[str, Callable[[list[Comparable], Comparable], bool]]] = {
    "EQUALS": _equal,
    "NOT_EQUALS": _equal,
    "IN": _equal,
    "NOT_IN": _equal,
    "GT": _greater,
    "GTE": _at_least,
    "LT": _less,
    "LTE": _at_most,
    "BETWEEN": _between,
}
