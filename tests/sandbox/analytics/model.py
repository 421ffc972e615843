"""Analytics once more, as plain Python over lists of documents: what the sandbox's figures are compared with.

It looks at each document by itself, and at each day by its name. Nothing of it is the sandbox's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

Document: TypeAlias = dict[str, Any]


def period_of(moment: datetime, mode: str) -> str:
    day = moment.astimezone(ROME).date()
    if mode == "WEEKLY":
        year, week, _ = day.isocalendar()
        day = date.fromisocalendar(year, week, 1)
    return f"{day:%Y-%m-01}" if mode == "MONTHLY" else day.isoformat()


def axis(start: datetime, end: datetime, mode: str) -> list[str]:
    """The periods of a range, found by looking at every hour of it."""
    hours = int((end - start) / timedelta(hours=1)) + 1
    moments = [start + timedelta(hours=hour) for hour in range(hours)]
    return list(dict.fromkeys(period_of(moment, mode) for moment in [*moments, end]))


def series(moments: Iterable[datetime], start: datetime, end: datetime, mode: str) -> list[tuple[str, int]]:
    counts = Counter(period_of(moment, mode) for moment in moments if start <= moment <= end)
    return [(period, counts[period]) for period in axis(start, end, mode)]


def series_by(
    documents: Iterable[Document], name: str, start: datetime, end: datetime, mode: str, *keys: str
) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """A series for each combination of the values of some keys that occurs in the range."""
    found = [one for one in documents if start <= one[name] <= end]
    kinds = {tuple(one[key] for key in keys) for one in found}
    return {
        kind: series(
            [one[name] for one in found if tuple(one[key] for key in keys) == kind], start, end, mode
        )
        for kind in kinds
    }


def money(events: Iterable[Document], start: datetime, end: datetime) -> dict[str, Fraction]:
    """The purchases of a range: their number, and what they sum up to."""
    found = {"number": Fraction(), "total": Fraction(), "revenue": Fraction()}
    for event in events:
        if event["type"] != "completedOrder" or not start <= event["date"] <= end:
            continue
        amount = event["properties"].get("amount", {})
        total = Fraction(str(amount.get("total", 0)))
        revenue = Fraction(str(amount["revenue"])) if "revenue" in amount else total
        if event["properties"].get("type") == "return":
            total, revenue = min(total, -total), min(revenue, -revenue)
        else:
            found["number"] += 1
        found["total"] += total
        found["revenue"] += revenue
    return found
