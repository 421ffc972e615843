"""Searches of customers: which ones match, in which order, one page of them.

A search sees what was written `search_delay` ago. Where SQLite can decide everything by its indexes it answers alone, at
the cost of one page; what it cannot decide is left to `scanning`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.shapes import project
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.search.paging import Order, Page, requested_order, requested_page
from contacthub_orm.sandbox.search.pushdown import CUSTOMER_COLUMNS, order_by, push_query
from contacthub_orm.sandbox.search.query_language import MalformedQuery, parse_query
from contacthub_orm.sandbox.search.scanning import Wanted, matching_rows
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.search.query_language import Query

__all__ = ["search_customers"]


def search_customers(call: Call) -> Answer:
    """GET customers: one page of a node's, by `externalId` and `query`, with `fields`, `sort`, `page` and `size`."""
    node_id = call.query.get("nodeId")
    if not node_id:
        raise malformed("nodeId is required", "nodeId", "required")
    call.check_node(node_id)
    page, order = requested_page(call), requested_order(call, "updatedAt")
    everything = [customers.c.node_id == node_id, call.store.customers.visible(call.now)]
    wanted = _wanted(call, everything, order)
    if wanted.rest is None and order.path in CUSTOMER_COLUMNS:
        total, texts = _count(call, wanted.where, page), _page_in_sql(call, wanted, page)
    else:
        rows = matching_rows(call, wanted)
        total, texts = len(rows), _documents(call, rows[page.offset : page.offset + page.limit])
    unfiltered = total if len(wanted.where) == len(everything) else _count(call, everything, page)
    return page.answer(_projected(call, texts), total, unfiltered)


def _wanted(call: Call, everything: list[ColumnElement[bool]], order: Order) -> Wanted:
    where = list(everything)
    external_id, text = call.query.get("externalId"), call.query.get("query")
    if external_id:
        where.append(customers.c.external_id == external_id)
    rest = None
    if text:
        query = _parsed(text)
        pushed = push_query(query)
        where.append(pushed.clause)
        rest = None if pushed.exact else query
    return Wanted(where, rest, order, key=(external_id, text))


def _parsed(text: str) -> Query:
    try:
        return parse_query(text)
    except MalformedQuery as error:
        raise malformed(f"malformed query: {error}", f"query{error.path}") from None


def _count(call: Call, where: Sequence[ColumnElement[bool]], page: Page) -> int:
    matches = select(customers.c.row).where(*where).limit(page.cap).subquery()
    return call.connection.scalar(select(func.count()).select_from(matches)) or 0


def _page_in_sql(call: Call, wanted: Wanted, page: Page) -> Sequence[str]:
    statement = select(customers.c.document).where(*wanted.where).order_by(*order_by(wanted.order))
    return call.connection.scalars(statement.limit(page.limit).offset(page.offset)).all()


def _documents(call: Call, rows: Sequence[int]) -> Sequence[str]:
    if not rows:
        return []
    statement = select(customers.c.row, customers.c.document).where(customers.c.row.in_(rows))
    found = {row: text for row, text in call.connection.execute(statement)}  # noqa: C416 - rows are no pairs to mypy
    return [found[row] for row in rows]


def _projected(call: Call, texts: Sequence[str]) -> Sequence[str]:
    fields = [path for path in call.query.get("fields", "").split(",") if path]
    return [encode(project(decode(text), fields)) for text in texts] if fields else texts
