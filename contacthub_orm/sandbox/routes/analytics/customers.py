"""The routes of analytics about all customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.sandbox.analytics.conventions import YEAR, zone
from contacthub_orm.sandbox.analytics.periods import periods
from contacthub_orm.sandbox.analytics.series import customers_registered
from contacthub_orm.sandbox.analytics.totals import customers_by_channel, customers_by_node
from contacthub_orm.sandbox.routes.analytics.answers import answer, key_values, time_series
from contacthub_orm.sandbox.routes.analytics.parameters import Parameters
from contacthub_orm.sandbox.routes.analytics.updates import updates_by_day

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["by_channel", "by_creation_date", "by_update_date", "count"]


def count(call: Call) -> Answer:
    """GET how many there are."""
    asked = Parameters(call)
    nodes = asked.nodes()
    numbers = customers_by_node(call)
    total = sum(numbers.get(node, 0) for node in nodes)
    return answer(asked, key_values("CustomersSnapshot", {"total": total}))


def by_creation_date(call: Call) -> Answer:
    """GET how many of those that are stored were registered when."""
    asked = Parameters(call)
    mode = asked.choice("mode", "aggregation_modes", "MONTHLY")
    first, last = asked.span(YEAR, longest=YEAR)
    nodes = asked.nodes()
    when = periods(first, last, mode, zone(call))
    counts = customers_registered(call, nodes, when)
    return answer(asked, [time_series("addedCustomers", when, counts.get((), [0] * len(when)))])


def by_channel(call: Call) -> Answer:
    """GET how many can be reached by what; the values are strings, as in the reference's sample."""
    asked = Parameters(call)
    numbers = customers_by_channel(call, asked.nodes())
    return answer(asked, key_values("communicationChannels", {key: str(one) for key, one in numbers.items()}))


def by_update_date(call: Call) -> Answer:
    """GET how many were added, updated or deleted on which day."""
    asked, when, counts = updates_by_day(call, call.store.customers)
    return answer(asked, [time_series("customers", when, counts.get((), [0] * len(when)))])
