"""One comparison evaluated on a wire document in memory.

A path that leads through or to a list stands for each of its elements, and a comparison holds if it holds for one of
them; NOT_EQUALS and NOT_IN are the complements of EQUALS and IN. Nothing is a value but what holds one: null, an empty
list, an empty object and an object of these are missing, and satisfy IS_NULL, NOT_EQUALS and NOT_IN only.

Texts that are ISO 8601 dates on both sides compare as moments, so that `1990-12-12` and `1990-12-12T00:00:00Z` are equal;
other values order by kind (booleans, numbers, texts, objects) and then by value. Any two values have an order, which
makes an order comparison of one value the exact complement of its opposite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from contacthub_orm.orm.wire.conversion import parse_datetime

__all__ = ["holds", "order", "value_at", "values_at"]


def value_at(document: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of keys, through objects only; None where anything on the way is missing."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def values_at(document: Any, path: tuple[str, ...]) -> list[Any]:
    """All that is present at a path of keys: one value, or one for each element of the lists on the way."""
    values = _spread(document)
    for key in path:
        values = [found for value in values if isinstance(value, dict) for found in _spread(value.get(key))]
    return [value for value in values if _is_something(value)]


def _spread(value: Any) -> list[Any]:
    return [one for element in value for one in _spread(element)] if isinstance(value, list) else [value]


def _is_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_something, value.values()))
    if isinstance(value, list):
        return any(map(_is_something, value))
    return value is not None


def value_after(document: Any, patch: Any, path: tuple[str, ...]) -> Any:
    """The value at a path once `patch` is merged into `document`, without merging them."""
    for index, key in enumerate(path):
        if not isinstance(patch, dict) or key not in patch:
            return value_at(document, path[index:])
        patch = patch[key]
        document = document.get(key) if isinstance(document, dict) else None
    return patch


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
    if isinstance(value, int | float):
        return 1
    return 2 if isinstance(value, str) else 3


def order(left: Any, right: Any) -> int:
    """Negative, zero or positive, as `left` stands before, with or after `right`."""
    moments = (_moment(left), _moment(right))
    if moments[0] is not None and moments[1] is not None:
        left, right = moments
    elif _rank(left) != _rank(right):
        left, right = _rank(left), _rank(right)
    elif _rank(left) == _rank({}):
        return 0
    return int(left > right) - int(left < right)


def _is_one_of(stored: Any, sought: Any) -> bool:
    return any(order(stored, one) == 0 for one in (sought if isinstance(sought, list) else [sought]))


_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "EQUALS": _is_one_of,
    "IN": _is_one_of,
    "GT": lambda stored, value: order(stored, value) > 0,
    "GTE": lambda stored, value: order(stored, value) >= 0,
    "LT": lambda stored, value: order(stored, value) < 0,
    "LTE": lambda stored, value: order(stored, value) <= 0,
    "BETWEEN": lambda stored, value: order(stored, value[0]) >= 0 and order(stored, value[1]) <= 0,
}


def holds(document: Any, path: tuple[str, ...], operator: str, value: Any) -> bool:
    """Whether the document's value at `path` stands in the relation `operator` to `value`."""
    stored = values_at(document, path)
    if operator in ("IS_NULL", "IS_NOT_NULL"):
        return bool(stored) is (operator == "IS_NOT_NULL")
    test = _TESTS[operator.removeprefix("NOT_")]
    return any(test(one, value) for one in stored) is not operator.startswith("NOT_")
