"""What a condition means for one document.

Missing values: IS_NULL, NOT_EQUALS and NOT_IN match them, no other operator does. Nothing is a value but what holds one:
null, an empty list, an empty object and an object of these are missing. A path that leads through or to a list stands for
each of its elements; a condition holds if it holds for one, and NOT_EQUALS and NOT_IN are the complements of EQUALS and
IN.

Any two values have an order, so that of GT and LTE, and of GTE and LT, exactly one holds for a value: false before true
before numbers before texts (by code point) before objects. A date is ordered by the instant it stands for, wherever the
schemas declare one, and in properties without a schema if both sides look like dates. Each of the values that IN and
BETWEEN are given is compared on its own.
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
    "CUSTOMER",
    "EVENT",
    "TEXT",
    "Document",
    "DocumentKind",
    "Operand",
    "Predicate",
    "compile_condition",
    "operand",
    "sort_key",
]

Document: TypeAlias = dict[str, Any]
Predicate: TypeAlias = Callable[[Document], bool]
Reader: TypeAlias = Callable[[Any], "Operand | None"]

BOOLEAN: Final = 0
NUMBER: Final = 1
TEXT: Final = 2
OBJECT: Final = 3


class Operand(NamedTuple):
    """One side of a comparison."""

    key: tuple[int, Any]
    """The place among values of all kinds: that of the kind, then the value's own."""
    instant: float | None
    """The milliseconds since 1970 that it stands for, if it is read as a date."""


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


def operand(value: Any, *, dated: bool = False) -> Operand | None:
    """A value made ready to be compared; None for what holds nothing to compare.

    dated: read text as a date or date-time, without a zone as UTC, and a number as milliseconds since 1970.
    """
    if isinstance(value, bool):
        return Operand((BOOLEAN, value), None)
    if isinstance(value, str):
        return Operand((TEXT, value), _instant(value) if dated else None)
    if isinstance(value, (int, float)):
        return Operand((NUMBER, value), value if dated else None)
    return Operand((OBJECT, 0), None) if isinstance(value, dict) and _holds_something(value) else None


def sort_key(value: Any) -> tuple[int, Any] | None:
    """A key to sort values of any kind by, kinds apart; None for nothing to sort by."""
    found = value[0] if isinstance(value, list) and value else value
    plain = operand(found)
    return None if plain is None or plain.key[0] == OBJECT else plain.key


def _compile_atomic(atomic: Atomic, kind: DocumentKind) -> Predicate:
    names = tuple(atomic.attribute.split("."))
    operator = atomic.operator
    if operator in ("IS_NULL", "IS_NOT_NULL"):
        wanted = operator == "IS_NOT_NULL"
        return lambda document: any(map(_holds_something, values_at(document, names))) is wanted
    target_of, read = _readers(atomic, kind)
    targets = [target for target in map(target_of, atomic.values) if target is not None]
    test = TESTS[operator.removeprefix("NOT_")]
    negated = operator.startswith("NOT_")

    def predicate(document: Document) -> bool:
        operands = map(read, values_at(document, names))
        return any(each is not None and test(each, targets) for each in operands) is not negated

    return predicate


def _readers(atomic: Atomic, kind: DocumentKind) -> tuple[Reader, Reader]:
    """How the values that are asked for are read, and how those of a document."""
    if atomic.attribute in kind.dates:
        reader = partial(operand, dated=True)
        return reader, reader
    if not atomic.attribute.startswith(kind.open_prefixes):
        return operand, operand
    # Texts of documents are read as dates only where one of those asked for is a date: it costs time.
    dated = any(isinstance(value, str) and _instant(value) is not None for value in atomic.values)
    return _open_operand, _open_operand if dated else operand


def _open_operand(value: Any) -> Operand | None:
    return operand(value, dated=isinstance(value, str))


def _instant(text: str) -> int | None:
    instant = parse_instant(text, dates=True)
    return parse_instant(f"{text}Z") if instant is None else instant


def _holds_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_something, value.values()))
    if isinstance(value, list):
        return any(map(_holds_something, value))
    return value is not None


def _order(value: Operand, target: Operand) -> int:
    """Negative, zero or positive, as the value stands before, with or after the target."""
    one, other = value.key, target.key
    if value.instant is not None and target.instant is not None:
        one, other = (TEXT, value.instant), (TEXT, target.instant)
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
