"""The order of any two JSON values.

Two strings that are both ISO 8601 dates are compared as instants, so that `1990-12-12` and
`1990-12-12T00:00:00Z` are equal. Other values are ordered by kind (booleans, numbers, strings, objects) and
then by value. Since any two values have an order, an order comparison of one value is the exact complement of
its opposite.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.wire.conversion import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

__all__ = ["comparable", "compare", "folded", "is_instant"]

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")

_BOOLEAN, _NUMBER, _STRING, _OBJECT = range(4)


def compare(left: Any, right: Any) -> int:
    """Compare two JSON values.

    Returns:
        A negative number, zero or a positive number, as `left` comes before `right`, is equal to it, or comes
        after it. Two objects are equal.
    """
    instants = (_instant(left), _instant(right))
    if instants[0] is not None and instants[1] is not None:
        left, right = instants
    elif _rank(left) != _rank(right):
        left, right = _rank(left), _rank(right)
    elif _rank(left) == _OBJECT:
        return 0
    return int(left > right) - int(left < right)


def comparable(value: Any) -> Hashable:
    """A hashable form of a value that is no object or list: equal for two values between which `compare` finds no order."""
    instant = _instant(value)
    return (_rank(value), value) if instant is None else instant


def folded(value: Any) -> Hashable:
    """As `comparable`, without regard to the case of a text."""
    return comparable(value.casefold() if isinstance(value, str) and _instant(value) is None else value)


def is_instant(value: Any) -> bool:
    """Whether a value is compared as an instant with another one that is."""
    return _instant(value) is not None


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return parse_datetime(value)
    except ValueError:
        return None


def _rank(value: Any) -> int:
    if isinstance(value, bool):
        return _BOOLEAN
    if isinstance(value, int | float):
        return _NUMBER
    return _STRING if isinstance(value, str) else _OBJECT
