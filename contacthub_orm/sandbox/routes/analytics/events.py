"""The routes of analytics about events over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.analytics.conventions import MONTH, YEAR, zone
from contacthub_orm.sandbox.analytics.periods import periods
from contacthub_orm.sandbox.analytics.series import events_by_kind
from contacthub_orm.sandbox.routes.analytics.answers import answer, time_series
from contacthub_orm.sandbox.routes.analytics.parameters import Parameters
from contacthub_orm.sandbox.routes.analytics.updates import updates_by_day

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["by_type_and_context", "by_update_date"]


def by_type_and_context(call: Call) -> Answer:
    """GET how many happened on which day, by their `date`: a series for each type in each context."""
    asked = Parameters(call)
    context = asked.choice("context", "event_contexts_or_all", "ALL")
    first, last = asked.span(MONTH, longest=YEAR)
    nodes = asked.nodes()
    when = periods(first, last, "DAILY", zone(call))
    contexts = enum("event_contexts") if context == "ALL" else (context,)
    counts = events_by_kind(call, nodes, when, contexts)
    return answer(
        asked,
        [
            time_series(category, when, numbers, context=place)
            for (category, place), numbers in sorted(counts.items())
        ],
    )


def by_update_date(call: Call) -> Answer:
    """GET how many were added, updated or deleted on which day: a series for each type."""
    asked, when, counts = updates_by_day(call, call.store.events)
    return answer(
        asked, [time_series(category, when, numbers) for (category,), numbers in sorted(counts.items())]
    )
