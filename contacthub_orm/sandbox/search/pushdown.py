"""The part of a query that SQLite can decide by its indexes.

A clause that is pushed down never loses a match. It equals the query if every attribute has a column.
Otherwise it is weaker, and the documents that it selects must still be tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, false, not_, or_, true

from contacthub_orm.sandbox.search.evaluation import CUSTOMER, STRING, operand
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
    """A clause that holds for every match.

    Attributes:
        clause: the clause.
        exact: whether it holds for matches only.
    """

    clause: ColumnElement[bool]
    exact: bool


EVERYTHING: Final = Pushed(true(), exact=False)


def push_query(query: Query) -> Pushed:
    """The clause for a query on customers."""
    if _count_values(query) > MAX_VALUES:
        return EVERYTHING
    return _push_query(query)


def order_by(order: Order) -> list[ColumnElement[Any]]:
    """The clauses that sort customers by a path in `CUSTOMER_COLUMNS`."""
    return order.clauses(CUSTOMER_COLUMNS[order.path], customers.c.id)


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
    operands = [each for each in (operand(value, dated=dated) for value in atomic.values) if each is not None]
    if dated and any(_is_out_of_range(each) for each in operands):
        return EVERYTHING
    return Pushed(_clause(column, atomic.operator, operands), exact=True)


def _is_out_of_range(target: Operand) -> bool:
    """Whether the target cannot be compared with a column of instants: not a date, or too large a number."""
    if target.instant is None:
        return target.key[0] == STRING
    return abs(target.instant) > LARGEST_INTEGER


def _clause(column: Column[Any], operator: str, operands: list[Operand]) -> ColumnElement[bool]:
    """The operator applied to the column. It never yields NULL, so that it can be negated."""
    if operator == "IS_NULL":
        return column.is_(None)
    if operator == "IS_NOT_NULL":
        return column.is_not(None)
    bounds = [_column_value(each) for each in operands]
    values = [value for value in bounds if value is not None]
    if operator in ("EQUALS", "IN"):
        return and_(column.is_not(None), column.in_(values)) if values else false()
    if operator in ("NOT_EQUALS", "NOT_IN"):
        return or_(column.is_(None), column.not_in(values)) if values else true()
    if operator == "BETWEEN":
        lower, upper = bounds
        return and_(column.is_not(None), _compared(column, "GTE", lower), _compared(column, "LTE", upper))
    return and_(column.is_not(None), _compared(column, operator, bounds[0]))


def _column_value(target: Operand) -> Any:
    """The value to compare the column with, or None for one that comes before everything in the column."""
    if target.instant is not None:
        return target.instant
    return target.key[1] if target.key[0] == STRING else None


def _compared(column: Column[Any], operator: str, bound: Any) -> ColumnElement[bool]:
    if bound is None:
        return true() if operator in ("GT", "GTE") else false()
    compare: dict[str, ColumnElement[bool]] = {
        "GT": column > bound,
        "GTE": column >= bound,
        "LT": column < bound,
        "LTE": column <= bound,
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
