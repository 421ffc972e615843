"""The routes of analytics about one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.analytics.conventions import YEAR, zone
from contacthub_orm.sandbox.analytics.nodes import entry_nodes
from contacthub_orm.sandbox.analytics.periods import periods
from contacthub_orm.sandbox.analytics.purchases import purchases
from contacthub_orm.sandbox.analytics.series import events_of_customer
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.routes.analytics.answers import answer, purchase_indicators, time_series
from contacthub_orm.sandbox.routes.analytics.parameters import Parameters

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["buying_behaviors", "events_by_category"]


def events_by_category(call: Call) -> Answer:
    """GET how many events the customer has when, a series for each type.

    The values are strings, as in the reference's sample.
    """
    asked = Parameters(call)
    mode = asked.choice("mode", "aggregation_modes", "DAILY")
    first, last = asked.span(YEAR, longest=YEAR)
    customer_id = _customer(call, asked)
    when = periods(first, last, mode, zone(call))
    counts = events_of_customer(call, customer_id, entry_nodes(call, None), when)
    return answer(
        asked,
        [time_series(category, when, map(str, numbers)) for (category,), numbers in sorted(counts.items())],
    )


def buying_behaviors(call: Call) -> Answer:
    """GET what the customer spent."""
    asked = Parameters(call)
    span = asked.span(YEAR)
    customer_id = _customer(call, asked)
    found = purchases(call, entry_nodes(call, None), span, enum("event_contexts"), customer_id)
    return answer(
        asked,
        purchase_indicators(
            call, found, "totalSpending", found.total, total=found.total, revenue=found.revenue
        ),
    )


def _customer(call: Call, asked: Parameters) -> str:
    asked.check()
    found: str = customer_records.load(call, call.path["customer"])["id"]
    return found
