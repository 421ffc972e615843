"""One comparison evaluated on a wire document in memory.

A missing value (an absent key, null, an empty list) satisfies IS_NULL, NOT_EQUALS and NOT_IN only. Texts that are ISO
8601 dates on both sides compare as moments, so that `1990-12-12` and `1990-12-12T00:00:00Z` are equal; other values
order by kind (booleans, numbers, texts) and then by value, which makes every order comparison the exact complement
of its opposite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from contacthub_orm.orm.conversion import parse_datetime

__all__ = ["holds", "order", "value_at"]


def value_at(document: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of keys; None where anything on the way is missing."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return parse_datetime(value)
    except ValueError:
        return None


def _rank(value: Any) -> int:
    if isinstance(value, bool):
        return 0
    return 1 if isinstance(value, int | float) else 2


def order(left: Any, right: Any) -> int:
    """Negative, zero or positive, as `left` stands before, with or after `right`."""
    moments = (_moment(left), _moment(right))
    if moments[0] is not None and moments[1] is not None:
        left, right = moments
    elif _rank(left) != _rank(right):
        left, right = _rank(left), _rank(right)
    elif _rank(left) == 2:
        left, right = str(left), str(right)
    return int(left > right) - int(left < right)


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shares(stored: Any, sought: Any) -> bool:
    return any(order(one, other) == 0 for one in _members(stored) for other in _members(sought))


_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "EQUALS": lambda stored, value: _shares(stored, value),
    "GT": lambda stored, value: order(stored, value) > 0,
    "GTE": lambda stored, value: order(stored, value) >= 0,
    "LT": lambda stored, value: order(stored, value) < 0,
    "LTE": lambda stored, value: order(stored, value) <= 0,
    "BETWEEN": lambda stored, value: order(stored, value[0]) >= 0 and order(stored, value[1]) <= 0,
    "IN": _shares,
    "IS_NOT_NULL": lambda _stored, _value: True,
}


def holds(document: Any, path: tuple[str, ...], operator: str, value: Any) -> bool:
    """Whether the document's value at `path` stands in the relation `operator` to `value`."""
    stored = value_at(document, path)
    missing = stored is None or stored == [] or stored == {}
    if operator == "IS_NULL":
        return missing
    if operator in ("NOT_EQUALS", "NOT_IN"):
        return missing or not _TESTS[operator.removeprefix("NOT_")](stored, value)
    return not missing and _TESTS[operator](stored, value)
