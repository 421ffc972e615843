"""The routes of analytics that give indicators of events, by the `date` of the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.analytics.conventions import ECOMMERCE, MONTH
from contacthub_orm.sandbox.analytics.purchases import purchases
from contacthub_orm.sandbox.analytics.totals import web_page_views
from contacthub_orm.sandbox.routes.analytics.answers import answer, key_values, purchase_indicators
from contacthub_orm.sandbox.routes.analytics.parameters import Parameters

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["of_ecommerce", "of_purchases", "of_web"]


def of_purchases(call: Call) -> Answer:
    """GET what purchases brought in, in one context or in all."""
    asked = Parameters(call)
    context = asked.choice("type", "purchase_kpi_types", "ALL")
    span = asked.span(MONTH)
    contexts = enum("event_contexts") if context == "ALL" else (context,)
    found = purchases(call, asked.nodes(), span, contexts)
    return answer(asked, purchase_indicators(call, found, "totalRevenue", found.revenue, total=found.total))


def of_ecommerce(call: Call) -> Answer:
    """GET what was sold in the web shop; the reference's sample does not show `nodeId` again."""
    asked = Parameters(call)
    span = asked.span(MONTH)
    found = purchases(call, asked.nodes(), span, (ECOMMERCE,))
    del asked.effective["nodeId"]
    return answer(asked, purchase_indicators(call, found, "totalSales", found.total, total=found.total))


def of_web(call: Call) -> Answer:
    """GET how many pages were viewed on the web."""
    asked = Parameters(call)
    first, last = asked.span(MONTH)
    views = web_page_views(call, asked.nodes(), first, last)
    return answer(asked, [key_values("eventsKPI", {"pageViews": views}, name="pageViews")])
