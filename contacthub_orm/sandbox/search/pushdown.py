"""The part of a condition that SQLite can decide by its indexes.

What is pushed down never loses a match: it is the condition itself where every attribute in it has a column, and
otherwise something weaker that the documents it lets pass must still be held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, false, not_, or_, true

from contacthub_orm.sandbox.search.evaluation import CUSTOMER, TEXT, operand
from contacthub_orm.sandbox.search.query_language import Atomic, Combined, Composite
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement

    from contacthub_orm.sandbox.search.evaluation import Operand
    from contacthub_orm.sandbox.search.paging import Order
    from contacthub_orm.sandbox.search.query_language import Condition, Query

__all__ = ["CUSTOMER_COLUMNS", "EVERYTHING", "Pushed", "order_by", "push_query"]

CUSTOMER_COLUMNS: Final[dict[str, Column[Any]]] = {
    "id": customers.c.id,
    "nodeId": customers.c.node_id,
    "externalId": customers.c.external_id,
    "base.contacts.email": customers.c.email,
    "registeredAt": customers.c.registered_at,
    "updatedAt": customers.c.updated_at,
}

MAX_VALUES: Final = 500
LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(frozen=True)
class Pushed:
    """A clause that every match fulfils; `exact` if nothing else does."""

    clause: ColumnElement[bool]
    exact: bool


EVERYTHING: Final = Pushed(true(), exact=False)


def push_query(query: Query) -> Pushed:
    """The clause for a whole query on customers."""
    if _count_values(query) > MAX_VALUES:
        return EVERYTHING
    return _push_query(query)


def order_by(order: Order) -> list[ColumnElement[Any]]:
    """The columns to sort by for a path that has one; equal values follow one another by id."""
    column, tie = CUSTOMER_COLUMNS[order.path], customers.c.id
    keys = [column.desc(), tie.desc()] if order.descending else [column.asc(), tie.asc()]
    # Without a value comes last, in either direction; saying so of a column that always has one would keep SQLite
    # from using its index.
    return [column.is_(None), *keys] if column.nullable else list(keys)


def _push_query(query: Query) -> Pushed:
    if isinstance(query, Combined):
        parts = [_push_query(part) for part in query.queries]
        if query.conjunction == "UNION":
            return _any_of(parts)
        if query.conjunction == "INTERSECT":
            return _all_of(parts)
        first, *others = parts
        return _all_of([first, *(_complement(other) for other in others)])
    are = EVERYTHING if query.are is None else _push_condition(query.are)
    return are if query.did is None else Pushed(are.clause, exact=False)


def _push_condition(condition: Condition) -> Pushed:
    if isinstance(condition, Atomic):
        return _push_atomic(condition)
    parts = [_push_condition(part) for part in condition.conditions]
    return _all_of(parts) if condition.conjunction == "and" else _any_of(parts)


def _all_of(parts: Sequence[Pushed]) -> Pushed:
    return Pushed(and_(*(part.clause for part in parts)), all(part.exact for part in parts))


def _any_of(parts: Sequence[Pushed]) -> Pushed:
    return Pushed(or_(*(part.clause for part in parts)), all(part.exact for part in parts))


def _complement(part: Pushed) -> Pushed:
    return Pushed(not_(part.clause), exact=True) if part.exact else EVERYTHING


def _push_atomic(atomic: Atomic) -> Pushed:
    column = CUSTOMER_COLUMNS.get(atomic.attribute)
    if column is None:
        return EVERYTHING
    dated = atomic.attribute in CUSTOMER.dates
    found = [each for each in (operand(value, dated=dated) for value in atomic.values) if each is not None]
    if dated and any(_is_out_of_range(each) for each in found):
        return EVERYTHING
    return Pushed(_clause(column, atomic.operator, found), exact=True)


def _is_out_of_range(found: Operand) -> bool:
    """Whether a column of instants cannot be compared with it: a text that is no date, a number too large."""
    if found.instant is None:
        return found.key[0] == TEXT
    return abs(found.instant) > LARGEST_INTEGER


def _clause(column: Column[Any], operator: str, found: list[Operand]) -> ColumnElement[bool]:
    """The operator on the column. Never NULL, so that it can be negated."""
    if operator == "IS_NULL":
        return column.is_(None)
    if operator == "IS_NOT_NULL":
        return column.is_not(None)
    places = [_place(each) for each in found]
    values = [value for value in places if value is not None]
    if operator in ("EQUALS", "IN"):
        return and_(column.is_not(None), column.in_(values)) if values else false()
    if operator in ("NOT_EQUALS", "NOT_IN"):
        return or_(column.is_(None), column.not_in(values)) if values else true()
    if operator == "BETWEEN":
        lower, upper = places
        return and_(column.is_not(None), _compared(column, "GTE", lower), _compared(column, "LTE", upper))
    return and_(column.is_not(None), _compared(column, operator, places[0]))


def _place(found: Operand) -> Any:
    """The value to compare the column with; None for one that stands before all that the column can hold."""
    if found.instant is not None:
        return found.instant
    return found.key[1] if found.key[0] == TEXT else None


def _compared(column: Column[Any], operator: str, place: Any) -> ColumnElement[bool]:
    if place is None:
        return true() if operator in ("GT", "GTE") else false()
    compare: dict[str, ColumnElement[bool]] = {
        "GT": column > place,
        "GTE": column >= place,
        "LT": column < place,
        "LTE": column <= place,
    }
    return compare[operator]


def _count_values(part: Query | Condition) -> int:
    if isinstance(part, Atomic):
        return 1 + len(part.values)
    if isinstance(part, Composite):
        return sum(map(_count_values, part.conditions))
    if isinstance(part, Combined):
        return sum(map(_count_values, part.queries))
    return 0 if part.are is None else _count_values(part.are)
