"""The part of a query that SQLite decides: by its columns, and by values inside the documents.

A clause that is pushed down never loses a match. It equals the query if every attribute has a column that decides all
documents. Otherwise it is weaker, and the documents that it selects must still be tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from sqlalchemy import and_, false, not_, or_, true

from contacthub_orm.sandbox.search.evaluation import BOOLEAN, CUSTOMER, EVENT, STRING, is_date, operand
from contacthub_orm.sandbox.search.query_language import VALUELESS, Atomic, Combined, Composite
from contacthub_orm.sandbox.storage.tables import customers, events
from contacthub_orm.sandbox.storage.timeline import unindexed
from contacthub_orm.sandbox.storage.values import FALSE, LARGEST_NUMBER, TRUE, UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement

    from contacthub_orm.sandbox.search.evaluation import DocumentKind, Operand
    from contacthub_orm.sandbox.search.paging import Order
    from contacthub_orm.sandbox.search.query_language import Condition, Did, Query
    from contacthub_orm.sandbox.storage.values import Reading

    Having: TypeAlias = Callable[[ColumnElement[bool]], ColumnElement[bool]]
    Values: TypeAlias = Callable[[str, Reading], "Value | None"]

__all__ = ["CUSTOMERS", "CUSTOMER_COLUMNS", "EVENTS", "EVERYTHING", "Pushdown", "Pushed", "Value", "order_by"]

CUSTOMER_COLUMNS: Final[dict[str, Column[Any]]] = {
    "id": customers.c.id,
    "nodeId": customers.c.node_id,
    "externalId": customers.c.external_id,
    "base.contacts.email": customers.c.email,
    "registeredAt": customers.c.registered_at,
    "updatedAt": customers.c.updated_at,
}
EVENT_COLUMNS: Final[dict[str, Column[Any]]] = {
    "id": events.c.id,
    "customerId": events.c.customer_id,
    "type": events.c.type,
    "context": events.c.context,
    "date": events.c.date,
    "registeredAt": events.c.registered_at,
    "updatedAt": events.c.updated_at,
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


class Value(NamedTuple):
    """The column of a value inside the documents.

    Attributes:
        column: the column; see `ValueColumns` and `ListTables`.
        is_decided: whether it decides all documents.
        having: gives the clause for the documents of which one value meets a clause, if they have lists; else None.
    """

    column: ColumnElement[Any]
    is_decided: bool
    having: Having | None = None


def order_by(order: Order) -> list[ColumnElement[Any]]:
    """The clauses that sort customers by a path in `CUSTOMER_COLUMNS`."""
    return order.clauses(CUSTOMER_COLUMNS[order.path], customers.c.id)


@dataclass(frozen=True)
class Pushdown:
    """Makes clauses of queries.

    Attributes:
        kind: what is known of the documents.
        columns: the columns of their table, by the paths that they repeat.
        values: gives the column of a value inside the documents, or None if there is none.
        did: gives the clause for what customers did.
    """

    kind: DocumentKind
    columns: Mapping[str, Column[Any]]
    values: Values = lambda _path, _reading: None
    did: Callable[[Did], Pushed] = lambda _did: EVERYTHING

    def query(self, query: Query) -> Pushed:
        """The clause for a query."""
        return EVERYTHING if _count_values(query) > MAX_VALUES else self._query(query)

    def condition(self, *conditions: Condition) -> Pushed:
        """The clause for conditions, all of which are to hold."""
        if sum(map(_count_values, conditions)) > MAX_VALUES:
            return EVERYTHING
        return _all_of([self._condition(one) for one in conditions])

    def _query(self, query: Query) -> Pushed:
        if isinstance(query, Combined):
            parts = [self._query(part) for part in query.queries]
            if query.conjunction == "UNION":
                return _any_of(parts)
            if query.conjunction == "INTERSECT":
                return _all_of(parts)
            first, *others = parts
            return _all_of([first, *(_complement(other) for other in others)])
        parts = [] if query.are is None else [self._condition(query.are)]
        return _all_of(parts if query.did is None else [*parts, self.did(query.did)])

    def _condition(self, condition: Condition) -> Pushed:
        if isinstance(condition, Atomic):
            return self._atomic(condition)
        parts = [self._condition(part) for part in condition.conditions]
        return _all_of(parts) if condition.conjunction == "and" else _any_of(parts)

    def _atomic(self, atomic: Atomic) -> Pushed:
        column = self.columns.get(atomic.attribute)
        if column is None:
            return self._value(atomic)
        operands = self._operands(atomic, dated=atomic.attribute in self.kind.dates)
        if operands is None:
            return EVERYTHING
        return Pushed(_clause(column, atomic.operator, list(map(_column_value, operands))), exact=True)

    def _value(self, atomic: Atomic) -> Pushed:
        """A comparison with a value inside the documents."""
        is_open = atomic.attribute.startswith(self.kind.open_prefixes) and any(map(is_date, atomic.values))
        if is_open and not all(map(is_date, atomic.values)):
            return EVERYTHING
        dated = is_open or atomic.attribute in self.kind.dates
        operands = self._operands(atomic, dated=dated)
        value = None if operands is None else self.values(atomic.attribute, "date" if dated else "value")
        if operands is None or value is None:
            return EVERYTHING
        clause = _value_clause(value, atomic.operator, list(map(_bound, operands)))
        if value.is_decided:
            return Pushed(clause, exact=True)
        undecided = value.column == UNDECIDED
        return Pushed(or_(clause, value.having(undecided) if value.having else undecided), exact=False)

    def _operands(self, atomic: Atomic, *, dated: bool) -> list[Operand] | None:
        """What is compared with, or None if it cannot be compared with a column."""
        every = (operand(value, dated=dated) for value in atomic.values)
        operands = [each for each in every if each is not None]
        return None if dated and any(map(_is_out_of_range, operands)) else operands


CUSTOMERS: Final = Pushdown(CUSTOMER, CUSTOMER_COLUMNS)
EVENTS: Final = Pushdown(EVENT, EVENT_COLUMNS)


def _all_of(parts: Sequence[Pushed]) -> Pushed:
    return Pushed(and_(true(), *(part.clause for part in parts)), all(part.exact for part in parts))


def _any_of(parts: Sequence[Pushed]) -> Pushed:
    return Pushed(or_(false(), *(part.clause for part in parts)), all(part.exact for part in parts))


def _complement(part: Pushed) -> Pushed:
    return Pushed(not_(part.clause), exact=True) if part.exact else EVERYTHING


def _is_out_of_range(target: Operand) -> bool:
    """Whether the target cannot be compared with a column of instants: not a date, or too large a number."""
    if target.instant is None:
        return target.key[0] == STRING
    return abs(target.instant) > LARGEST_INTEGER


def _clause(column: ColumnElement[Any], operator: str, bounds: list[Any]) -> ColumnElement[bool]:
    """The operator applied to the column. It never yields NULL, so that it can be negated.

    A bound that is None comes before everything in the column.
    """
    if operator in VALUELESS:
        return column.is_(None) if operator == "IS_NULL" else column.is_not(None)
    values = [value for value in bounds if value is not None]
    # SQLite would take this for a range of its index rather than the value that is sought.
    is_set = unindexed(column).is_not(None)
    if operator in ("EQUALS", "IN"):
        is_one = column == values[0] if len(values) == 1 else column.in_(values)
        return and_(is_set, is_one) if values else false()
    if operator in ("NOT_EQUALS", "NOT_IN"):
        return or_(column.is_(None), column.not_in(values)) if values else true()
    if operator == "BETWEEN":
        lower, upper = bounds
        return and_(is_set, _compared(column, "GTE", lower), _compared(column, "LTE", upper))
    return and_(is_set, _compared(column, operator, bounds[0]))


def _value_clause(value: Value, operator: str, bounds: list[Any]) -> ColumnElement[bool]:
    """The operator applied to a value; of several values one has to meet it, or none if it is negated."""
    if value.having is None:
        return _clause(value.column, operator, bounds)
    if operator in VALUELESS:
        found = value.having(true())
        return not_(found) if operator == "IS_NULL" else found
    # Whatever is not one value comes after all that are.
    one = _clause(value.column, operator.removeprefix("NOT_"), bounds) & (value.column < UNDECIDED)
    found = value.having(one)
    return not_(found) if operator.startswith("NOT_") else found


def _column_value(target: Operand) -> Any:
    """The value to compare a column of instants or strings with; None comes before everything in it."""
    if target.instant is not None:
        return target.instant
    return target.key[1] if target.key[0] == STRING else None


def _bound(target: Operand) -> Any:
    """The value to compare a column of values with."""
    kind, value = target.key
    if kind == BOOLEAN:
        return TRUE if value else FALSE
    if target.instant is not None:
        value = target.instant
    elif kind == STRING:
        return value
    # No number in the column is that large, so it does not matter how much larger the bound is.
    return float(max(-LARGEST_NUMBER, min(LARGEST_NUMBER, value))) if abs(value) > LARGEST_INTEGER else value


def _compared(column: ColumnElement[Any], operator: str, bound: Any) -> ColumnElement[bool]:
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
