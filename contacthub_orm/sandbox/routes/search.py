"""Searches of customers.

A search sees the writes that are older than `search_delay`. If SQLite can decide the whole query by its
indexes, it reads one page only; otherwise `scanning` evaluates the query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.shapes import project
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.search.nodes import shown_customers
from contacthub_orm.sandbox.search.paging import requested_order, requested_page
from contacthub_orm.sandbox.search.pushdown import CUSTOMER_COLUMNS, order_by, push_query
from contacthub_orm.sandbox.search.query_language import MalformedQuery, parse_query
from contacthub_orm.sandbox.search.scanning import CustomerSearch, matching_rows
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.search.paging import Order
    from contacthub_orm.sandbox.search.query_language import Query
    from contacthub_orm.sandbox.service.calls import Answer, Call
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["search_customers"]


def search_customers(call: Call) -> Answer:
    """GET one page of a node's customers.

    The parameters are `nodeId`, `externalId`, `query`, `fields`, `sort`, `page` and `size`.
    """
    node_id = call.query.get("nodeId")
    if not node_id:
        raise malformed("nodeId is required", "nodeId", "required")
    node = call.check_node(node_id)
    page, order = requested_page(call), requested_order(call, "updatedAt")
    everything = [*shown_customers(node), call.store.customers.visible(call.now)]
    search = _requested_search(call, node, everything, order)
    if search.rest is None and order.path in CUSTOMER_COLUMNS:
        statement = select(customers.c.document).where(*search.where).order_by(*order_by(order))
        total, texts = page.count(call, customers.c.row, search.where), page.read(call, statement)
    else:
        rows = matching_rows(call, search)
        total, texts = len(rows), _documents(call, rows[page.offset : page.offset + page.limit])
    filtered = len(search.where) > len(everything)
    unfiltered = page.count(call, customers.c.row, everything) if filtered else total
    return page.answer(_projected(call, texts), total, unfiltered)


def _requested_search(
    call: Call, node: NodeRules, everything: list[ColumnElement[bool]], order: Order
) -> CustomerSearch:
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
    return CustomerSearch(where, rest, order, node, key=(node.id, node.exclusions, external_id, text))


def _parsed(text: str) -> Query:
    try:
        return parse_query(text)
    except MalformedQuery as error:
        raise malformed(f"malformed query: {error}", f"query{error.path}") from None


def _documents(call: Call, rows: Sequence[int]) -> Sequence[str]:
    if not rows:
        return []
    statement = select(customers.c.row, customers.c.document).where(customers.c.row.in_(rows))
    texts = {row.row: row.document for row in call.connection.execute(statement)}
    return [texts[row] for row in rows]


def _projected(call: Call, texts: Sequence[str]) -> Sequence[str]:
    fields = [path for path in call.query.get("fields", "").split(",") if path]
    return [encode(project(decode(text), fields, call.settings.unset)) for text in texts] if fields else texts
