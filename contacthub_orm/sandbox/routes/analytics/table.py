"""Which handler answers which path of analytics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.routes.analytics import customers, events, indicators, one_customer, workspace

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES"]

ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/analytics/workspace", workspace.show_workspace),
    ("GET", "/analytics/nodes", workspace.list_nodes),
    ("GET", "/analytics/customers/count", customers.count),
    ("GET", "/analytics/customers/creation-date", customers.by_creation_date),
    ("GET", "/analytics/customers/communication-channels", customers.by_channel),
    ("GET", "/analytics/customers/updates", customers.by_update_date),
    ("GET", "/analytics/customers/{customer}/events", one_customer.events_by_category),
    ("GET", "/analytics/customers/{customer}/buying-behaviors", one_customer.buying_behaviors),
    ("GET", "/analytics/events", events.by_type_and_context),
    ("GET", "/analytics/events/updates", events.by_update_date),
    ("GET", "/analytics/events/kpi/purchases", indicators.of_purchases),
    ("GET", "/analytics/events/kpi/ecommerce", indicators.of_ecommerce),
    ("GET", "/analytics/events/kpi/web", indicators.of_web),
]
