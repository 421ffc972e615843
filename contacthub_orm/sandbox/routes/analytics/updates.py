"""What the routes of customers and of events ask alike: how many were added, updated or deleted on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.sandbox.analytics.conventions import MONTH, YEAR, zone
from contacthub_orm.sandbox.analytics.periods import periods
from contacthub_orm.sandbox.analytics.series import updates
from contacthub_orm.sandbox.routes.analytics.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.analytics.periods import Period
    from contacthub_orm.sandbox.analytics.series import Counts
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.storage.timeline import Timeline

__all__ = ["updates_by_day"]


def updates_by_day(call: Call, timeline: Timeline) -> tuple[Parameters, Sequence[Period], Counts]:
    """The parameters of a request for updates, its days, and the counts of each kind of document."""
    asked = Parameters(call)
    kind = asked.choice("type", "update_aggregation_types", "ADDED")
    first, last = asked.span(MONTH, longest=MONTH if kind == "DELETED" else YEAR)
    nodes = asked.nodes()
    when = periods(first, last, "DAILY", zone(call))
    return asked, when, updates(call, timeline, nodes, when, kind)
