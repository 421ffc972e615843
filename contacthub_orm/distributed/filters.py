"""Comparisons of an engine as criteria: what the service can be asked, so that it sends fewer rows.

Only a superset is asked of it, and the engine filters again. The service compares texts that are dates as instants, keeps
a row without a value where an engine drops it, and has milliseconds. So texts are asked for equality alone, nothing for
being different, and bounds are rounded outwards.
"""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import ContacthubError
from contacthub_orm.frames.shapes import Kind, Leaf, columns_of, shape_of
from contacthub_orm.orm.criteria.criteria import and_, or_
from contacthub_orm.orm.criteria.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["criterion_for"]

_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1)
_TEXTS: Final = (Kind.TEXT, Kind.CHOICE)
_TYPES: Final[dict[Kind, type | tuple[type, ...]]] = {
    Kind.TEXT: str,
    Kind.CHOICE: str,
    Kind.BOOLEAN: bool,
    Kind.INTEGER: int,
    Kind.NUMBER: (int, float),
    Kind.DATE: date,
    Kind.INSTANT: datetime,
}
_OPERATORS: Final[dict[str, Callable[[Any, Any], Criterion]]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def criterion_for(entity: type[Entity], path: Iterable[str], sign: str, value: Any) -> Criterion | None:
    """A criterion that holds for every row for which a comparison holds; None if the service cannot be asked it.

    Args:
        entity: the class.
        path: the column, as the names of nested fields.
        sign: `==`, `<`, `<=`, `>`, `>=`, `in`, `is null` or `is not null`.
        value: what it is compared with; for `in` several, an aware datetime for an instant.
    """
    column = next((one for one in columns_of(shape_of(entity)) if one.path == tuple(path)), None)
    if column is None or not isinstance(column.shape, Leaf) or column.shape.kind not in _TYPES:
        return None
    expression: Expression[Any] = Expression(entity, column.path, column.shape.declared)
    try:
        return _criterion(expression, column.shape.kind, sign, value)
    except (ContacthubError, TypeError, ValueError, OverflowError):
        return None  # a value that the attribute cannot have


def _criterion(expression: Expression[Any], kind: Kind, sign: str, value: Any) -> Criterion | None:
    match sign:
        case "is null":
            return expression.is_(None)
        case "is not null":
            return expression.is_not(None)
        case "in":
            found = [_compared(expression, kind, "==", one) for one in value if one is not None]
            known = [one for one in found if one is not None]
            return or_(*known) if known and len(known) == len(found) else None
    return _compared(expression, kind, sign, value)


def _compared(expression: Expression[Any], kind: Kind, sign: str, value: Any) -> Criterion | None:
    is_of_kind = isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind is Kind.BOOLEAN)
    if not is_of_kind or sign not in _OPERATORS or isinstance(value, datetime) != (kind is Kind.INSTANT):
        return None
    if kind is Kind.DATE:
        return _day(expression, sign, value)
    if kind is Kind.INSTANT:
        return _instant(expression, sign, value)
    if sign != "==" and (kind in _TEXTS or kind is Kind.BOOLEAN):
        return None
    return _OPERATORS[sign](expression, value)


def _day(expression: Expression[Any], sign: str, day: date) -> Criterion | None:
    """The criterion for a date, where the service may hold any instant of the day."""
    if sign == "==":
        return and_(expression >= day, expression < day + _DAY)
    return expression < day + _DAY if sign == "<=" else _OPERATORS[sign](expression, day)


def _instant(expression: Expression[Any], sign: str, instant: datetime) -> Criterion | None:
    if instant.tzinfo is None:
        return None
    instant = instant.astimezone(UTC)
    below = instant - timedelta(microseconds=instant.microsecond % 1000)
    above = below if below == instant else below + _MILLISECOND
    if sign == "==":
        return and_(expression >= below, expression <= above)
    return _OPERATORS[sign[0] + "="](expression, below if sign[0] == ">" else above)
