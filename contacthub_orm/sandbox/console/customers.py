"""The pages of customers: a search of them, and one with all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, literal, select

from contacthub_orm.sandbox.console.history import versions_of
from contacthub_orm.sandbox.console.visit import Done, Download, View
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.routes import privacy, sessions
from contacthub_orm.sandbox.routes.event_search import search_events
from contacthub_orm.sandbox.routes.search import search_customers
from contacthub_orm.sandbox.search.nodes import shown_customers
from contacthub_orm.sandbox.search.paging import Page, requested_order
from contacthub_orm.sandbox.search.pushdown import order_by
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.console.visit import Visit
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["export", "forget", "listing", "named", "show", "title_of"]

SIZE: Final = 25
ORDERS: Final = {
    "updatedAt,desc": "changed last",
    "registeredAt,desc": "newest",
    "registeredAt,asc": "oldest",
    "base.contacts.email,asc": "e-mail",
    "externalId,asc": "external id",
}
SEARCHED: Final = ("$.base.firstName", "$.base.lastName", "$.base.contacts.mobilePhone", "$.tags")


def listing(visit: Visit) -> View:
    """GET a page of the customers that a search finds: all, those of a text, or those of a query."""
    node, text = visit.node, visit.query.get("q", "").strip()
    order = visit.query.get("sort", next(iter(ORDERS)))
    size = min(SIZE, visit.service.settings.max_page_size) or SIZE
    number = visit.number("page", 0)
    error, status = None, 200
    try:
        if text.startswith("{"):
            page = {"page": str(number), "size": str(size)}
            found = visit.ask(search_customers, nodeId=node.id, query=text, sort=order, **page)
        else:
            found = _containing(
                visit, node, text.split(), order, Page(number, size, visit.service.settings.page_cap)
            )
    except Failure as failure:
        found, error, status = {"elements": [], "page": {"totalElements": 0}}, failure.message, failure.status
    data = {
        "node": node.id,
        "nodes": visit.choices(),
        "text": text,
        "isQuery": text.startswith("{"),
        "sort": order,
        "orders": ORDERS,
        "error": error,
        "customers": found["elements"],
        "page": visit.pages(number, size, found["page"]["totalElements"]),
    }
    return View("customers.html", data, status)


def show(visit: Visit, customer: str) -> View:
    """GET one customer: document, versions, events, sessions. Of a deleted one, the versions are left.

    Raises:
        Failure: 404 if nothing is known of it.
    """
    with visit.call(path={"customer": customer}) as call:
        versions = versions_of(call, customer)
        try:
            document = customer_records.load(call, customer)
        except Failure:
            if not versions:
                raise
            document = None
        linked = decode(sessions.listing(call).text)["elements"] if document else []
    size, number = min(SIZE, visit.service.settings.max_page_size) or SIZE, visit.number("page", 0)
    found = visit.ask(search_events, customerId=customer, page=str(number), size=str(size))
    node_id = versions[0]["nodeId"] if document is None else document["nodeId"]
    data = {
        "id": customer,
        "customer": document,
        "nodeName": visit.service.rules().nodes[node_id].name,
        "versions": versions,
        "events": found["elements"],
        "page": visit.pages(number, size, found["page"]["totalElements"]),
        "sessions": linked,
    }
    return View("customer.html", data)


def export(visit: Visit, customer: str) -> Download:
    """POST: the file that the customer is owed, as the API exports it. The consent log tells of it."""
    with visit.call(writes=True, path={"customer": customer}) as call:
        text = privacy.export(call).text
    return Download(f"customer-{customer}.json", "application/json", text.encode())


def forget(visit: Visit, customer: str) -> Done:
    """POST: erase the customer and its events for good."""
    with visit.call(writes=True, path={"customer": customer}) as call:
        privacy.forget(call)
    return Done("The customer was forgotten, with all its versions and events.", "/customers")


def named(visit: Visit, identities: set[str]) -> dict[str, str]:
    """What to call customers of the workspace, by their ids."""
    with visit.call() as call:
        rows = select(customers.c.id, customers.c.document).where(
            customers.c.id.in_(identities), customers.c.node_id.in_(call.rules.nodes), customers.c.current
        )
        return {row.id: title_of(decode(row.document)) for row in call.connection.execute(rows)}


def title_of(document: dict[str, Any]) -> str:
    """What to call a customer: by name, else by e-mail, external id or id."""
    base = document["base"] or {}
    contacts = base.get("contacts") or {}
    name = " ".join(part for part in (base.get("firstName"), base.get("lastName")) if part)
    return str(name or contacts.get("email") or document["externalId"] or document["id"])


def _containing(visit: Visit, node: NodeRules, words: list[str], order: str, page: Page) -> Any:
    """The customers that have all the words somewhere in what people know them by."""
    if order not in ORDERS:
        raise Failure(400, f"sort is one of {', '.join(ORDERS)}")
    with visit.call() as call:
        call.query = {"sort": order}
        everything = [*shown_customers(node), call.store.customers.visible(call.now)]
        where = [*everything, *(clause for word in words for clause in _contains(word))]
        clauses = order_by(requested_order(call, "updatedAt"))
        texts = page.read(call, select(customers.c.document).where(*where).order_by(*clauses))
        total = page.count(call, customers.c.row, where)
        return decode(page.answer(texts, total, total).text)


def _contains(word: str) -> list[ColumnElement[bool]]:
    """Clauses for the customers with a word, in any case: a quick one on the whole document, then the true one."""
    columns = customers.c
    parts = [
        columns.external_id,
        columns.email,
        *(func.json_extract(columns.document, path) for path in SEARCHED),
    ]
    known_by: ColumnElement[str] = literal("")
    for part in parts:
        known_by = known_by.concat(" ").concat(func.coalesce(part, ""))
    return [
        columns.document.contains(encode(word)[1:-1], autoescape=True),
        known_by.contains(word, autoescape=True) | (columns.id == word),
    ]
