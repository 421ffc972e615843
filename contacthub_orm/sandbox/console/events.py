"""The page of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.console.customers import named
from contacthub_orm.sandbox.console.visit import View
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.routes.event_search import search_events

if TYPE_CHECKING:
    from contacthub_orm.sandbox.console.visit import Visit

__all__ = ["listing"]

SIZE: Final = 25
FILTERS: Final = {
    "node": "nodeId",
    "customer": "customerId",
    "type": "type",
    "context": "context",
    "from": "dateFrom",
    "to": "dateTo",
}
"""The parameters of the page, and those of the API."""


def listing(visit: Visit) -> View:
    """GET a page of the events that meet the filters, the newest first."""
    size, number = min(SIZE, visit.service.settings.max_page_size) or SIZE, visit.number("page", 0)
    filters = {name: visit.query.get(name, "") for name in FILTERS}
    asked = {FILTERS[name]: value for name, value in filters.items() if value}
    found: Any
    error, status = None, 200
    try:
        found = visit.ask(search_events, page=str(number), size=str(size), **asked)
    except Failure as failure:
        found, error, status = {"elements": [], "page": {"totalElements": 0}}, failure.message, failure.status
    owners = {event["customerId"] for event in found["elements"]} - {None}
    data = {
        "filters": filters,
        "nodes": visit.choices(),
        "types": enum("event_types"),
        "contexts": enum("event_contexts"),
        "error": error,
        "events": found["elements"],
        "names": named(visit, owners),
        "page": visit.pages(number, size, found["page"]["totalElements"]),
    }
    return View("events.html", data, status)
