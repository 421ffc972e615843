"""The table of routes: which handler answers which method and path.

A module of `routes/` with more than a few of them lists its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.documents.schemas import COLLECTIONS
from contacthub_orm.sandbox.routes import configuration, customers, events, privacy, sessions, sub_resources
from contacthub_orm.sandbox.routes.event_search import search_events
from contacthub_orm.sandbox.routes.search import search_customers

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES", "WORKSPACE"]

WORKSPACE: Final = "/hub/v1/workspaces/{workspace}"

_CUSTOMERS: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/customers", search_customers),
    ("POST", "/customers", customers.create),
    ("GET", "/customers/{customer}", customers.show),
    ("PATCH", "/customers/{customer}", customers.patch),
    ("PUT", "/customers/{customer}", customers.put),
    ("DELETE", "/customers/{customer}", customers.remove),
    ("POST", "/customers/{customer}/forget", privacy.forget),
    ("GET", "/customers/{customer}/export", privacy.export),
    ("GET", "/customers/{customer}/sessions", sessions.listing),
    ("POST", "/customers/{customer}/sessions", sessions.create),
    ("GET", "/customers/{customer}/sessions/{session}", sessions.show),
    ("DELETE", "/customers/{customer}/sessions/{session}", sessions.remove),
]

_EVENTS: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/events", search_events),
    ("POST", "/events", events.create),
    ("GET", "/events/{event}", events.show),
    ("PUT", "/events/{event}", events.put),
    ("PATCH", "/events/{event}", events.patch),
    ("DELETE", "/events/{event}", events.remove),
]

_CONFIGURATION: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/configuration", configuration.show_workspace),
    ("GET", "/configuration/nodes/entries/{node}", configuration.show_entry_node),
]


def _sub_resources() -> list[tuple[str, str, Handler]]:
    found: list[tuple[str, str, Handler]] = []
    for name in COLLECTIONS:
        # Clients choose these ids, and a slash in an id arrives here decoded; hence `:path`.
        element = f"/customers/{{customer}}/{name}/{{element:path}}"
        found += [
            ("POST", f"/customers/{{customer}}/{name}", sub_resources.create(name)),
            ("GET", element, sub_resources.show(name)),
            ("PUT", element, sub_resources.put(name)),
            ("DELETE", element, sub_resources.remove(name)),
        ]
    return found


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    (method, WORKSPACE + path, handler)
    for group in (_CONFIGURATION, _CUSTOMERS, _EVENTS, _sub_resources())
    for method, path, handler in group
]
"""Method, path and handler; of two paths that match, the first wins."""
