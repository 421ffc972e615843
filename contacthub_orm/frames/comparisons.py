"""Comparisons of frames and engines as criteria: what the service can be asked, so that it sends fewer rows.

Only a superset may be asked of it: every row for which a comparison holds satisfies the criterion. Whoever compares filters
again, so a criterion may let more rows pass, and what has none is left to the frame or the engine.

- The service compares two texts that are dates as instants, and no source says how it compares cases. So texts are asked
  for equality alone, and never for being different.
- It keeps a row without a value where a frame drops it.
- It may hold an instant where a class declares a date, whose day is compared. So a date is asked as a range of a day.
- The wire has milliseconds, so bounds are rounded outwards.
"""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.frames.shapes import Kind
from contacthub_orm.orm.criteria.criteria import and_

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.criteria.expressions import Expression

__all__ = ["TYPES", "compared"]

TYPES: Final[dict[Kind, type | tuple[type, ...]]] = {
    Kind.TEXT: str,
    Kind.CHOICE: str,
    Kind.BOOLEAN: bool,
    Kind.INTEGER: int,
    Kind.NUMBER: (int, float),
    Kind.DATE: date,
    Kind.INSTANT: datetime,
}
"""The types of the values of each kind that can be compared."""

_NUMBERS: Final = (Kind.INTEGER, Kind.NUMBER)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1)
_OPERATORS: Final[dict[str, Callable[[Any, Any], Criterion]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(expression: Expression[Any], kind: Kind, sign: str, value: Any) -> Criterion | None:
    """A criterion that holds for every row for which a comparison holds; None if the service cannot be asked it.

    Args:
        expression: the column.
        kind: what kind of values it has, one of `TYPES`.
        sign: `==`, `!=`, `<`, `<=`, `>` or `>=`.
        value: what it is compared with; an aware datetime for an instant.
    """
    is_of_kind = isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind is Kind.BOOLEAN)
    if not is_of_kind or sign not in _OPERATORS or isinstance(value, datetime) != (kind is Kind.INSTANT):
        return None
    if kind is Kind.DATE:
        return _day(expression, sign, value)
    if kind is Kind.INSTANT:
        return _instant(expression, sign, value)
    return _OPERATORS[sign](expression, value) if sign == "==" or kind in _NUMBERS else None


def _day(expression: Expression[Any], sign: str, day: date) -> Criterion | None:
    """The criterion for a date, where the service may hold any instant of the day."""
    match sign:
        case "==":
            return and_(expression >= day, expression < day + _DAY)
        case "!=":
            return None
        case "<=":
            return expression < day + _DAY
    return _OPERATORS[sign](expression, day)


def _instant(expression: Expression[Any], sign: str, instant: datetime) -> Criterion | None:
    """The criterion for an instant; the wire has milliseconds, so bounds between two of them are moved outwards."""
    if instant.tzinfo is None or sign == "!=":
        return None
    instant = instant.astimezone(UTC)
    below = instant - timedelta(microseconds=instant.microsecond % 1000)
    if below == instant:
        return _OPERATORS[sign](expression, instant)
    above = below + _MILLISECOND
    if sign == "==":
        return and_(expression >= below, expression <= above)
    return _OPERATORS[sign[0] + "="](expression, below if sign[0] == ">" else above)
