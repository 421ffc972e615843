"""The meaning of a condition for one document.

Missing values match IS_NULL, NOT_EQUALS and NOT_IN and no other operator. Null, an empty list, an empty
object, and lists and objects of these only count as missing. A path that leads through or to a list stands
for each of its elements; a condition holds if it holds for one of them. NOT_EQUALS and NOT_IN are the
complements of EQUALS and IN.

Values of all kinds have one total order: false, true, numbers, strings (by code point), objects. So for each
value exactly one of GT and LTE holds, and exactly one of GTE and LT. Dates are compared as instants where the
schemas declare a date, and in properties without a schema if both sides look like dates. Each value of IN and
BETWEEN is compared on its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from contacthub_orm.sandbox.documents.paths import values_at
from contacthub_orm.sandbox.documents.schemas import date_paths
from contacthub_orm.sandbox.documents.wire import parse_instant
from contacthub_orm.sandbox.search.query_language import Atomic, Condition

__all__ = [
    "BOOLEAN",
    "CUSTOMER",
    "EVENT",
    "STRING",
    "Document",
    "DocumentKind",
    "Operand",
    "Predicate",
    "compile_condition",
    "is_date",
    "operand",
    "sort_key",
]

Document: TypeAlias = dict[str, Any]
Predicate: TypeAlias = Callable[[Document], bool]
Reader: TypeAlias = Callable[[Any], "Operand | None"]

BOOLEAN: Final = 0
NUMBER: Final = 1
STRING: Final = 2
OBJECT: Final = 3


class Operand(NamedTuple):
    """One side of a comparison.

    Attributes:
        key: the position in the total order: the rank of the kind, then the value.
        instant: milliseconds since 1970, if the value is read as a date.
    """

    key: tuple[int, Any]
    instant: float | None


@dataclass(frozen=True)
class DocumentKind:
    """What is known of a kind of document.

    Attributes:
        dates: the paths that hold dates.
        open_prefixes: the prefixes of paths that no schema describes.
    """

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


def operand(value: Any, *, dated: bool = False) -> Operand | None:
    """Prepare a value for comparison.

    Args:
        value: a JSON value.
        dated: whether to read a string as a date or date-time, in UTC if it has no zone, and a number as
            milliseconds since 1970.

    Returns:
        None if the value counts as missing.
    """
    if isinstance(value, bool):
        return Operand((BOOLEAN, value), None)
    if isinstance(value, str):
        return Operand((STRING, value), _instant(value) if dated else None)
    if isinstance(value, (int, float)):
        return Operand((NUMBER, value), value if dated else None)
    return Operand((OBJECT, 0), None) if isinstance(value, dict) and _has_value(value) else None


def is_date(value: Any) -> bool:
    """Whether a value without a schema looks like a date."""
    return isinstance(value, str) and _instant(value) is not None


def sort_key(value: Any) -> tuple[int, Any] | None:
    """A key that sorts values of all kinds, or None if the value has no order: a missing one or an object."""
    first = value[0] if isinstance(value, list) and value else value
    plain = operand(first)
    return None if plain is None or plain.key[0] == OBJECT else plain.key


def _compile_atomic(atomic: Atomic, kind: DocumentKind) -> Predicate:
    names = tuple(atomic.attribute.split("."))
    operator = atomic.operator
    if operator in ("IS_NULL", "IS_NOT_NULL"):
        wanted = operator == "IS_NOT_NULL"
        return lambda document: any(map(_has_value, values_at(document, names))) is wanted
    target_of, read = _readers(atomic, kind)
    targets = [target for target in map(target_of, atomic.values) if target is not None]
    test = TESTS[operator.removeprefix("NOT_")]
    negated = operator.startswith("NOT_")

    def predicate(document: Document) -> bool:
        operands = map(read, values_at(document, names))
        return any(each is not None and test(each, targets) for each in operands) is not negated

    return predicate


def _readers(atomic: Atomic, kind: DocumentKind) -> tuple[Reader, Reader]:
    """How to read the values in the condition, and how to read those in a document."""
    if atomic.attribute in kind.dates:
        reader = partial(operand, dated=True)
        return reader, reader
    if not atomic.attribute.startswith(kind.open_prefixes):
        return operand, operand
    # Reading strings of documents as dates takes time, so it is done only if the condition holds a date.
    dated = any(map(is_date, atomic.values))
    return _open_operand, _open_operand if dated else operand


def _open_operand(value: Any) -> Operand | None:
    return operand(value, dated=isinstance(value, str))


def _instant(text: str) -> int | None:
    instant = parse_instant(text, dates=True)
    return parse_instant(f"{text}Z") if instant is None else instant


def _has_value(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_value, value.values()))
    if isinstance(value, list):
        return any(map(_has_value, value))
    return value is not None


def _order(value: Operand, target: Operand) -> int:
    """Negative, zero or positive if the value comes before, equals or comes after the target."""
    one, other = value.key, target.key
    if value.instant is not None and target.instant is not None:
        one, other = (STRING, value.instant), (STRING, target.instant)
    return (one > other) - (one < other)


def _is_any(value: Operand, targets: list[Operand]) -> bool:
    return any(_order(value, target) == 0 for target in targets)


TESTS: Final[dict[str, Callable[[Operand, list[Operand]], bool]]] = {
    "EQUALS": _is_any,
    "IN": _is_any,
    "GT": lambda value, targets: _order(value, targets[0]) > 0,
    "GTE": lambda value, targets: _order(value, targets[0]) >= 0,
    "LT": lambda value, targets: _order(value, targets[0]) < 0,
    "LTE": lambda value, targets: _order(value, targets[0]) <= 0,
    "BETWEEN": lambda value, targets: _order(value, targets[0]) >= 0 >= _order(value, targets[1]),
}
