"""Searches of customers.

A search sees the writes that are older than `search_delay`. If SQLite can decide the whole query by its
indexes (see `compiling`), it reads one page only; otherwise `scanning` evaluates the query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.shapes import project
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.search.compiling import compiled
from contacthub_orm.sandbox.search.nodes import shown_customers
from contacthub_orm.sandbox.search.paging import requested_order, requested_page
from contacthub_orm.sandbox.search.query_language import MalformedQuery, parse_query
from contacthub_orm.sandbox.search.scanning import matching_rows
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.search.compiling import CustomerSearch
    from contacthub_orm.sandbox.search.paging import Page
    from contacthub_orm.sandbox.search.query_language import Query
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["search_customers"]

NEAR: Final = 200
"""How many matches are read in order without the thought that sorting them all might be faster."""


def search_customers(call: Call) -> Answer:
    """GET one page of a node's customers.

    The parameters are `nodeId`, `externalId`, `query`, `fields`, `sort`, `page` and `size`.
    """
    node_id = call.query.get("nodeId")
    if not node_id:
        raise malformed("nodeId is required", "nodeId", "required")
    node = call.check_node(node_id)
    page, order = requested_page(call), requested_order(call, "updatedAt")
    text = call.query.get("query")
    search = compiled(call, node, order, _parsed(text) if text else None)
    everything = [*shown_customers(node), call.store.customers.visible(call.now)]
    unfiltered = page.count_all(call, call.store.customers, node, everything)
    if not search.is_decided:
        rows = matching_rows(call, search)
        total, texts = len(rows), _documents(call, page.part(rows))
    elif len(search.clauses) == len(everything):
        total, texts = unfiltered, _documents(call, _page_of_all(call, search, page))
    else:
        total, texts = _decided(call, search, page)
    return page.answer(_projected(call, texts), total, unfiltered)


def _page_of_all(call: Call, search: CustomerSearch, page: Page) -> Sequence[int]:
    return call.connection.scalars(search.rows(page.offset, page.limit)).all()


def _decided(call: Call, search: CustomerSearch, page: Page) -> tuple[int, Sequence[str]]:
    """The number of matches of a search that SQLite decides, and the documents of the page."""
    key = None if search.node.exclusions else ("matches", search.node.shown, search.key)
    total = page.count(call, customers.c.row, search.clauses, *search.read, key=key)
    is_near = page.end <= NEAR
    if total >= page.cap and search.values and not (is_near or search.is_one_value):
        # SQLite may have to sort more than it counts. It does that once, not for each of the pages.
        return total, _documents(call, page.part(matching_rows(call, search)))
    rows: Sequence[int] | None = None
    if is_near and page.offset < min(page.end, total):
        rows = search.walk(call, min(page.end, total), total)
    if rows is not None:
        return total, _documents(call, page.part(rows))
    statement = search.rows(page.offset, page.limit, sort=True)
    return total, _documents(call, call.connection.scalars(statement).all())


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
