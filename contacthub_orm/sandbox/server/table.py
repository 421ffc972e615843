"""The table of routes: which handler answers which method and path.

A module of `routes/` with more than a few of them lists its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.documents.schemas import COLLECTIONS
from contacthub_orm.sandbox.routes import (
    analytics,
    customers,
    entry_customers,
    events,
    privacy,
    sessions,
    sub_resources,
)
from contacthub_orm.sandbox.routes.bulk_jobs import jobs as bulk_jobs
from contacthub_orm.sandbox.routes.catalogue import models, send, user
from contacthub_orm.sandbox.routes.changes import consent_log, updates
from contacthub_orm.sandbox.routes.configuration import (
    aggregate_nodes,
    entry_nodes,
    properties,
    retention,
    sources,
    users,
    workspace,
    workspaces,
)
from contacthub_orm.sandbox.routes.configuration import events as event_types
from contacthub_orm.sandbox.routes.event_search import search_events
from contacthub_orm.sandbox.routes.search import search_customers

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES", "WORKSPACE"]

ROOT: Final = "/hub/v1"
WORKSPACE: Final = ROOT + "/workspaces/{workspace}"

_CUSTOMERS: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/customers", search_customers),
    ("POST", "/customers", customers.create),
    ("GET", "/customers/{customer}", customers.show),
    ("PATCH", "/customers/{customer}", customers.patch),
    ("PUT", "/customers/{customer}", customers.put),
    ("DELETE", "/customers/{customer}", customers.remove),
    ("POST", "/customers/{customer}/forget", privacy.forget),
    ("GET", "/customers/{customer}/export", privacy.export),
    ("GET", "/customers/{customer}/entries", entry_customers.listing),
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
    *workspace.ROUTES,
    *event_types.ROUTES,
    *properties.ROUTES,
    *retention.ROUTES,
    *entry_nodes.ROUTES,
    *aggregate_nodes.ROUTES,
    *sources.ROUTES,
    *users.ROUTES,
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


_ROOT: Final = [*workspaces.ROUTES, *user.ROOT_ROUTES, *send.ROOT_ROUTES]

ROUTES: Final[list[tuple[str, str, Handler]]] = [
    (method, WORKSPACE + path, handler)
    for group in (
        _CUSTOMERS,
        _EVENTS,
        _sub_resources(),
        _CONFIGURATION,
        consent_log.ROUTES,
        updates.ROUTES,
        bulk_jobs.ROUTES,
        models.ROUTES,
        send.ROUTES,
        analytics.ROUTES,
    )
    for method, path, handler in group
] + [(method, ROOT + path, handler) for method, path, handler in _ROOT]
"""Method, path and handler; of two paths that match, the first wins."""
