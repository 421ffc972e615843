"""Searches of customers: which ones match, in which order, one page of them.

A search sees what was written `search_delay` ago. Where the query touches only indexed columns SQLite answers it alone, at
the cost of one page; otherwise documents are decoded and looked at one after another until the cap is reached, and
what was found is kept for the following pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from contacthub_orm.sandbox import paths
from contacthub_orm.sandbox.calls import Answer, Call
from contacthub_orm.sandbox.evaluation import CUSTOMER, EVENT, compile_condition, sort_key
from contacthub_orm.sandbox.failures import malformed
from contacthub_orm.sandbox.paging import Order, Page, requested_order, requested_page
from contacthub_orm.sandbox.pushdown import CUSTOMER_COLUMNS, Pushed, push_query
from contacthub_orm.sandbox.query_language import Combined, MalformedQuery, parse_query
from contacthub_orm.sandbox.shapes import project
from contacthub_orm.sandbox.tables import customers, events
from contacthub_orm.sandbox.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.evaluation import Document, Predicate
    from contacthub_orm.sandbox.query_language import Did, Query

__all__ = ["search_customers"]

REMEMBERED_RESULTS: Final = 32


def search_customers(call: Call) -> Answer:
    """GET customers: one page of those of a node, by `externalId` and `query`, with `fields`, `sort`, `page`, `size`."""
    node_id = call.query.get("nodeId")
    if not node_id:
        raise malformed("nodeId is required", "nodeId", "required")
    call.check_node(node_id)
    page, order = requested_page(call), requested_order(call, "updatedAt")
    everything = [customers.c.node_id == node_id, call.store.customers.visible(call.now)]
    where = list(everything)
    external_id = call.query.get("externalId")
    if external_id:
        where.append(customers.c.external_id == external_id)
    text = call.query.get("query")
    query = _parsed(text) if text else None
    pushed = None if query is None else push_query(query)
    if pushed is not None:
        where.append(pushed.clause)
    if (pushed is None or pushed.exact) and order.path in CUSTOMER_COLUMNS:
        total, texts = _count(call, where, page.cap), _page_in_sql(call, where, order, page)
    else:
        rows = _remembered(call, (text, external_id, order, page.cap), where, order, query, pushed)
        total, texts = len(rows), _documents(call, rows[page.offset : page.offset + page.limit])
    filtered = external_id or text
    return page.answer(
        _projected(call, texts), total, _count(call, everything, page.cap) if filtered else total
    )


def _parsed(text: str) -> Query:
    try:
        return parse_query(text)
    except MalformedQuery as error:
        raise malformed(f"malformed query: {error}", f"query{error.path}") from None


def _projected(call: Call, texts: Sequence[str]) -> Sequence[str]:
    fields = [path for path in call.query.get("fields", "").split(",") if path]
    return [encode(project(decode(text), fields)) for text in texts] if fields else texts


def _count(call: Call, where: Sequence[ColumnElement[bool]], cap: int) -> int:
    matches = select(customers.c.row).where(*where).limit(cap).subquery()
    return call.connection.scalar(select(func.count()).select_from(matches)) or 0


def _page_in_sql(call: Call, where: Sequence[ColumnElement[bool]], order: Order, page: Page) -> Sequence[str]:
    statement = select(customers.c.document).where(*where).order_by(*_order_by(order))
    return call.connection.scalars(statement.limit(page.limit).offset(page.offset)).all()


def _order_by(order: Order) -> list[ColumnElement[Any]]:
    column, tie = CUSTOMER_COLUMNS[order.path], customers.c.id
    keys = [column.desc(), tie.desc()] if order.descending else [column.asc(), tie.asc()]
    # Without a value comes last, in either direction; saying so of a column that always has one would keep SQLite
    # from using its index.
    return [column.is_(None), *keys] if column.nullable else list(keys)


def _documents(call: Call, rows: Sequence[int]) -> Sequence[str]:
    if not rows:
        return []
    statement = select(customers.c.row, customers.c.document).where(customers.c.row.in_(rows))
    found = dict(call.connection.execute(statement).all())
    return [found[row] for row in rows]


def _remembered(
    call: Call,
    key: tuple[object, ...],
    where: Sequence[ColumnElement[bool]],
    order: Order,
    query: Query | None,
    pushed: Pushed | None,
) -> list[int]:
    """The matching rows in order, up to the cap: as found for an earlier page if nothing was written since."""
    results, store = call.service.results, call.store
    key = (*key, store.customers.generation, store.events.generation)
    settled = store.customers.settled(call.now) and store.events.settled(call.now)
    if settled and key in results:
        return results[key]
    is_exact = query is None or pushed is None or pushed.exact
    predicate = None if is_exact or query is None else _compile(call, query)
    cap = call.settings.page_cap
    rows = (
        _scan_in_order(call, where, order, predicate, cap)
        if order.path in CUSTOMER_COLUMNS
        else _scan_and_sort(call, where, order, predicate, cap)
    )
    if settled:
        while len(results) >= REMEMBERED_RESULTS:
            results.pop(next(iter(results)))
        results[key] = rows
    return rows


def _scan_in_order(
    call: Call, where: Sequence[ColumnElement[bool]], order: Order, predicate: Predicate | None, cap: int
) -> list[int]:
    statement = select(customers.c.row, customers.c.document).where(*where).order_by(*_order_by(order))
    rows: list[int] = []
    with call.connection.execute(statement) as found:
        for row, text in found:
            if predicate is None or predicate(decode(text)):
                rows.append(row)
                if len(rows) == cap:
                    break
    return rows


def _scan_and_sort(
    call: Call, where: Sequence[ColumnElement[bool]], order: Order, predicate: Predicate | None, cap: int
) -> list[int]:
    statement = select(customers.c.row, customers.c.id, customers.c.document).where(*where)
    with_value: list[tuple[tuple[str, Any], str, int]] = []
    without: list[tuple[str, int]] = []
    for row, identifier, text in call.connection.execute(statement):
        document: Document = decode(text)
        if predicate is not None and not predicate(document):
            continue
        key = sort_key(paths.read(document, order.path))
        if key is None:
            without.append((identifier, row))
        else:
            with_value.append((key, identifier, row))
    with_value.sort(reverse=order.descending)
    without.sort(reverse=order.descending)
    return [row for *_, row in with_value][:cap] + [row for _, row in without][
        : max(0, cap - len(with_value))
    ]


def _compile(call: Call, query: Query) -> Predicate:
    if isinstance(query, Combined):
        first, *others = [_compile(call, part) for part in query.queries]
        if query.conjunction == "INTERSECT":
            return lambda document: first(document) and all(other(document) for other in others)
        if query.conjunction == "UNION":
            return lambda document: first(document) or any(other(document) for other in others)
        return lambda document: first(document) and not any(other(document) for other in others)
    are = None if query.are is None else compile_condition(query.are, CUSTOMER)
    if query.did is None:
        return are or (lambda _document: True)
    ids = frozenset(_customers_who_did(call, query.did))
    return lambda document: document["id"] in ids and (are is None or are(document))


def _customers_who_did(call: Call, did: Did) -> Iterator[str]:
    condition = compile_condition(did.condition, EVENT)
    timeframe = compile_condition(did.timeframe, EVENT)
    statement = select(events.c.customer_id, events.c.document).where(
        events.c.node_id == call.store.credentials.node_id,
        events.c.type == did.event_type,
        events.c.customer_id.is_not(None),
        call.store.events.visible(call.now),
    )
    for customer_id, text in call.connection.execute(statement):
        event = decode(text)
        if condition(event) and timeframe(event):
            yield customer_id
