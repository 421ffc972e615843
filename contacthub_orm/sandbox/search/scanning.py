"""Scans: all matches of a search. Queries that SQLite cannot decide are evaluated in Python, document by document.

The matching rows are kept for the following pages until something is written.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.search.compiling import events_that_count
from contacthub_orm.sandbox.search.evaluation import CUSTOMER, EVENT, compile_condition, sort_key
from contacthub_orm.sandbox.search.query_language import Combined
from contacthub_orm.sandbox.storage.tables import customers, events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.search.compiling import CustomerSearch
    from contacthub_orm.sandbox.search.evaluation import Document, Predicate
    from contacthub_orm.sandbox.search.query_language import Did, Query
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["matching_rows"]

REMEMBERED_RESULTS: Final = 32
REMEMBERING: Final = threading.Lock()
ALL: Final = -1


def matching_rows(call: Call, search: CustomerSearch) -> list[int]:
    """The numbers of the matching rows, in order, up to the cap."""
    results, cap = call.service.search_results, call.settings.page_cap
    key = (search.key, search.order, cap, call.store.generations(call.connection))
    settled = call.store.settled(call.now)
    if settled and (known := results.get(key)) is not None:
        return known
    if search.is_decided:
        rows = [*call.connection.scalars(search.rows(0, cap, sort=True))]
    else:
        predicate = _anything if search.rest is None else _compile(call, search.node, search.rest)
        scan = _scan_and_sort if search.column is None else _scan_in_order
        rows = scan(call, search, predicate, cap)
    if settled:
        with REMEMBERING:
            while len(results) >= REMEMBERED_RESULTS:
                results.pop(next(iter(results)))
            results[key] = rows
    return rows


def _scan_in_order(call: Call, search: CustomerSearch, predicate: Predicate, cap: int) -> list[int]:
    """The first matches in an order that SQLite can produce, so that the scan ends at the cap."""
    statement = search.rows(0, ALL, customers.c.document, sort=bool(search.values) and search.are_few(call))
    rows: list[int] = []
    with call.connection.execute(statement) as found:
        for one in found:
            if predicate(decode(one.document)):
                rows.append(one.row)
                if len(rows) == cap:
                    break
    return rows


def _scan_and_sort(call: Call, search: CustomerSearch, predicate: Predicate, cap: int) -> list[int]:
    """All matches, sorted by a value inside the documents; those without a value come last."""
    order = search.order
    columns = (customers.c.row, customers.c.id, customers.c.document)
    with_value: list[tuple[tuple[int, Any], str, int]] = []
    without: list[tuple[str, int]] = []
    for row, identifier, text in call.connection.execute(select(*columns).where(*search.clauses)):
        document: Document = decode(text)
        if predicate(document):
            key = sort_key(paths.read(document, order.path))
            if key is None:
                without.append((identifier, row))
            else:
                with_value.append((key, identifier, row))
    with_value.sort(reverse=order.descending)
    without.sort(reverse=order.descending)
    return ([row for *_, row in with_value] + [row for _, row in without])[:cap]


def _compile(call: Call, node: NodeRules, query: Query) -> Predicate:
    if isinstance(query, Combined):
        first, *others = [_compile(call, node, part) for part in query.queries]
        if query.conjunction == "INTERSECT":
            return lambda document: first(document) and all(other(document) for other in others)
        if query.conjunction == "UNION":
            return lambda document: first(document) or any(other(document) for other in others)
        return lambda document: first(document) and not any(other(document) for other in others)
    are = None if query.are is None else compile_condition(query.are, CUSTOMER)
    if query.did is None:
        return are or _anything
    ids = frozenset(_customers_who_did(call, node, query.did))
    return lambda document: document["id"] in ids and (are is None or are(document))


def _customers_who_did(call: Call, node: NodeRules, did: Did) -> Iterator[str]:
    condition = compile_condition(did.condition, EVENT)
    timeframe = compile_condition(did.timeframe, EVENT)
    statement = select(events.c.customer_id, events.c.document).where(*events_that_count(call, node, did))
    for customer_id, text in call.connection.execute(statement):
        event = decode(text)
        if condition(event) and timeframe(event):
            yield customer_id


def _anything(_document: Document) -> bool:
    return True
