"""Searches of customers as SQLite sees them: what it decides, in which order, and by which indexes.

Where a node has many customers, the values that a search compares or sorts by become columns, with an index each. It
is made by the first search that wants it; the next ones and all restarts of the sandbox find it. Where documents have
lists, the values of these become a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import and_, func, select, union_all

from contacthub_orm.sandbox.search.nodes import in_nodes, shown_customers
from contacthub_orm.sandbox.search.pushdown import (
    CUSTOMER_COLUMNS,
    CUSTOMERS,
    EVENTS,
    EVERYTHING,
    Pushed,
    Value,
)
from contacthub_orm.sandbox.search.query_language import Atomic, Simple
from contacthub_orm.sandbox.storage.tables import customers, events
from contacthub_orm.sandbox.storage.timeline import unindexed
from contacthub_orm.sandbox.storage.values import LISTED, UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from sqlalchemy import Column, ColumnElement, Select, Table

    from contacthub_orm.sandbox.search.paging import Order
    from contacthub_orm.sandbox.search.query_language import Did, Query
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import NodeRules
    from contacthub_orm.sandbox.storage.values import Reading

    Made: TypeAlias = dict[str, dict[tuple[str, Reading], ColumnElement[Any]]]

__all__ = ["CustomerSearch", "compiled", "events_that_count"]

MAX_VALUES: Final = 8
"""The number of values that one search may have indexes made of."""

MAX_MERGED: Final = 50
SPARSE: Final = 10_000

NEAR: Final = 500
FAR: Final = 5
WASTE: Final = 4
"""A walk tests so many customers, and so many more for each match; this many times what it is expected to need."""

TIMES: Final = {"registeredAt": customers.c.registered_at, "updatedAt": customers.c.updated_at}


@dataclass(frozen=True, slots=True)
class CustomerSearch:
    """A search of customers.

    Attributes:
        node: the node that is searched.
        where: the clauses that SQLite decides, besides those for the node.
        rest: the query, if the clauses do not decide it completely, else None.
        order: the order of the result.
        column: what SQLite can sort by, or None if it cannot.
        loose: gives the same clauses without a use of indexes of values.
        values: the columns that were made for the query.
        has_lists: whether lists are compared, so that the indexes of these columns do not have all matches.
        is_one_value: whether the query asks for one value, whose index has the matches in order.
        key: the parameters of the search, by which the same search is recognized.
    """

    node: NodeRules
    where: Sequence[ColumnElement[bool]]
    rest: Query | None
    order: Order
    column: ColumnElement[Any] | None
    loose: Callable[[], Sequence[ColumnElement[bool]]]
    values: Sequence[ColumnElement[Any]]
    has_lists: bool
    is_one_value: bool
    key: tuple[Hashable, ...]

    @property
    def is_decided(self) -> bool:
        """Whether SQLite finds and sorts the result by itself."""
        return self.rest is None and self.column is not None

    @property
    def clauses(self) -> list[ColumnElement[bool]]:
        """All clauses."""
        return [*shown_customers(self.node), *self.where]

    @property
    def read(self) -> Sequence[ColumnElement[Any]]:
        """The column by whose index SQLite had better find the matches, if there is one."""
        return () if self.has_lists else self.values[:1]

    def walk(self, call: Call, end: int, total: int) -> list[int] | None:
        """The first matches, by a walk through the customers in order that tests each one.

        Args:
            call: the request.
            end: how many matches are wanted.
            total: how many there are at least.

        Returns:
            The numbers of their rows; None if SQLite had better find all matches and sort them, because they are few
            among the customers or come late in the order.
        """
        most = NEAR + FAR * end
        seldom = total < call.settings.page_cap and total * most < WASTE * end * call.store.customers.size
        if seldom or self.is_one_value or not self.values or self.column is None or len(self.node.shown) != 1:
            return None
        is_match = and_(*self.loose()).label("is_match")
        every = select(customers.c.row, is_match).where(*shown_customers(self.node))
        found: list[int] = []
        with call.connection.execute(
            every.order_by(*self.order.clauses(self.column, customers.c.id)).limit(most)
        ) as walked:
            for one in walked:
                if one.is_match:
                    found.append(one.row)
                    if len(found) == end:
                        return found
        return None

    def are_few(self, call: Call) -> bool:
        """Whether the clauses select so few rows that SQLite had better find them first and sort them then."""
        return _are_few(call, select(customers.c.row).where(*self.clauses))

    def rows(self, offset: int, limit: int, *more: Column[Any], sort: bool = False) -> Select[Any]:
        """A statement that selects the numbers of rows in order.

        Of several nodes, an index gives the order of each one, and none gives that of all.

        Args:
            offset: how many rows are passed over.
            limit: how many rows are wanted at most; -1 for all.
            *more: further columns that are selected.
            sort: whether SQLite is to find the matches first, because they are few, and to sort them then.
        """
        assert self.column is not None
        names, end = [customers.c.row, *more], offset + limit if limit >= 0 else limit
        column = unindexed(self.column) if sort and self.values and not self.is_one_value else self.column
        if not 1 < len(self.node.shown) <= MAX_MERGED:
            statement = select(*names).where(*self.clauses)
            keys: list[ColumnElement[Any]] = [column, customers.c.id]
        else:
            parts = [
                select(*names, column.label("key"), customers.c.id.label("equal"))
                .where(*shown_customers(replace(self.node, shown=(entry,))), *self.where)
                .order_by(*self.order.clauses(column, customers.c.id))
                .limit(end)
                .subquery()
                for entry in self.node.shown
            ]
            found = union_all(*map(select, parts)).subquery()
            statement = select(*(found.c[one.name] for one in names))
            keys = [found.c.key, found.c.equal]
        return statement.order_by(*self.order.clauses(*keys)).limit(limit).offset(offset)


def compiled(call: Call, node: NodeRules, order: Order, query: Query | None) -> CustomerSearch:
    """A search as SQLite sees it.

    Args:
        call: the request, of which it takes the parameter `externalId`.
        node: the node that is searched.
        order: the requested order.
        query: the parsed parameter `query`.
    """
    where, external_id = [call.store.customers.visible(call.now)], call.query.get("externalId")
    if external_id:
        where.append(customers.c.external_id == external_id)
    values = _Values(call, node, order, is_alone=_only_condition(query) is not None and not external_id)
    pushed = None if query is None else values.pushed(query)
    made, has_lists = tuple(values.made[customers.name].values()), values.has_lists

    def loose() -> Sequence[ColumnElement[bool]]:
        return where if query is None else [*where, values.pushed(query, loose=True).clause]

    return CustomerSearch(
        node,
        where if pushed is None else [*where, pushed.clause],
        None if pushed is None or pushed.exact else query,
        order,
        values.to_sort_by(order.path),
        loose,
        made,
        has_lists,
        order.path in TIMES
        and not has_lists
        and pushed is not None
        and pushed.exact
        and _asks_for_one_value(query),
        (node.id, node.exclusions, external_id, call.query.get("query")),
    )


def _only_condition(query: Query | None) -> Atomic | None:
    """The condition of a query that has one, on customers."""
    if isinstance(query, Simple) and query.did is None and isinstance(query.are, Atomic):
        return query.are
    return None


def _asks_for_one_value(query: Query | None) -> bool:
    condition = _only_condition(query)
    return condition is not None and condition.operator in ("EQUALS", "IN") and len(condition.values) == 1


def _are_few(call: Call, found: Select[Any]) -> bool:
    """Whether a statement selects so few rows that SQLite had better find them first."""
    some = select(func.count()).select_from(found.limit(SPARSE).subquery())
    return (call.connection.scalar(some) or 0) < SPARSE


def events_that_count(call: Call, node: NodeRules, did: Did) -> list[ColumnElement[bool]]:
    """The clauses for the events of one type that customers of a node did."""
    return [
        in_nodes(events, node.shown),
        events.c.type == did.event_type,
        events.c.customer_id.is_not(None),
        call.store.events.visible(call.now),
    ]


@dataclass
class _Values:
    """The columns of values that one search needs.

    Attributes:
        call: the request.
        node: the node that is searched.
        order: the requested order.
        is_alone: whether one condition is all that is asked for.
        is_loose: whether a clause is wanted that does not use the indexes of values of customers.
        has_lists: whether customers have lists at one of the paths that are compared.
        made: the columns.
        dids: the clauses for what customers did, by `id()` of the condition: they are the same in a loose clause.
    """

    call: Call
    node: NodeRules
    order: Order
    is_alone: bool
    is_loose: bool = False
    has_lists: bool = False
    made: Made = field(default_factory=lambda: {"customers": {}, "events": {}})
    dids: dict[int, Pushed] = field(default_factory=dict)

    def pushed(self, query: Query, *, loose: bool = False) -> Pushed:
        """The clause for a query; with `loose` it does not use the indexes of values of customers."""
        self.is_loose = loose

        def read(path: str, reading: Reading) -> Value | None:
            time = TIMES.get(self.order.path, customers.c.updated_at)
            value = self._value(customers, path, reading, [], [time, customers.c.id])
            if value is None:
                return None
            self.has_lists = self.has_lists or value.having is not None
            return value._replace(column=unindexed(value.column)) if loose and not value.having else value

        return replace(CUSTOMERS, values=read, did=self._did).query(query)

    def _did(self, did: Did) -> Pushed:
        """The clause for customers with an event of a type for which both conditions hold."""
        if id(did) not in self.dids:
            self.dids[id(did)] = self._made_did(did)
        return self.dids[id(did)]

    def _made_did(self, did: Did) -> Pushed:
        if not self._is_worthwhile(events):
            return EVERYTHING
        made: list[ColumnElement[Any]] = []

        def read(path: str, reading: Reading) -> Value | None:
            value = self._value(events, path, reading, [events.c.type == did.event_type], owner)
            if value is not None and not value.having:
                made.append(value.column)
            return value

        owner = [events.c.date, events.c.customer_id]
        self._index(events, [events.c.type, *owner])
        both = replace(EVENTS, values=read).condition(did.condition, did.timeframe)
        found = select(events.c.customer_id).where(*events_that_count(self.call, self.node, did), both.clause)
        if _are_few(self.call, found.order_by(*made[:1])):
            return Pushed(customers.c.id.in_(found), both.exact)
        # A search reads the first customers of the many that match; it need not know all.
        self._index(events, [events.c.customer_id, events.c.type, *made[:1], events.c.date])
        return Pushed(found.where(events.c.customer_id == customers.c.id).exists(), both.exact)

    def to_sort_by(self, path: str) -> ColumnElement[Any] | None:
        """The column to sort by, or None if documents are not sorted as a column is."""
        column = CUSTOMER_COLUMNS.get(path)
        if column is not None:
            return column
        value = self._value(customers, path, "value", [], [customers.c.id])
        return value.column if value is not None and value.is_decided and not value.having else None

    def _value(
        self,
        table: Table,
        path: str,
        reading: Reading,
        kind: Sequence[ColumnElement[bool]],
        after: Sequence[ColumnElement[Any]],
    ) -> Value | None:
        """The column of a value, with an index.

        Args:
            table: the table.
            path: the path of the value.
            reading: how it is read.
            kind: equations of columns that come before it in the index, which hold for all rows that are sought.
            after: the columns that come after it.
        """
        made = self.made[table.name]
        key: tuple[str, Reading] = (path, reading)
        if not self._is_worthwhile(table) or (key not in made and len(made) >= MAX_VALUES):
            return None
        column = self.call.store.values.column(self.call.connection, table, path, reading)
        if column is None:
            return None
        made[key] = column
        self._index(table, [*(one.left for one in kind), column, *after])
        sought = [in_nodes(table, self.node.shown), *kind]
        if self._is_any(table.c.row, *sought, column == LISTED):
            return self._listed(table, path, reading)
        return Value(column, is_decided=not self._is_any(table.c.row, *sought, column == UNDECIDED))

    def _listed(self, table: Table, path: str, reading: Reading) -> Value:
        """The values of lists. SQLite tests each row, or looks for all rows first if they may be few."""
        is_loose = self.is_loose and table is customers
        values = self.call.store.lists.table(self.call.connection, table, path, reading)

        def having(clause: ColumnElement[bool]) -> ColumnElement[bool]:
            found = select(values.c.row).where(clause)
            if is_loose or not (self.is_alone or _are_few(self.call, found)):
                return found.where(values.c.row == table.c.row).exists()
            return table.c.row.in_(found)

        is_decided = not self._is_any(values.c.row, values.c.value == UNDECIDED)
        return Value(values.c.value, is_decided, having)

    def _is_any(self, column: ColumnElement[Any], *where: ColumnElement[bool]) -> bool:
        return self.call.connection.scalar(select(column).where(*where).limit(1)) is not None

    def _index(self, table: Table, columns: Sequence[ColumnElement[Any]]) -> None:
        times = [table.c.visible_from, table.c.visible_to]
        self.call.store.values.index(self.call.connection, table, [table.c.node_id, *columns, *times])

    def _is_worthwhile(self, table: Table) -> bool:
        return self.call.store.values.are_worthwhile(self.call.connection, table)
