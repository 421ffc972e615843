"""The days, weeks and months of a time zone, as spans of milliseconds since 1970."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import tzinfo

__all__ = ["EARLIEST", "LATEST", "Period", "months_before", "periods"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)

# A year away from the first and the last day that Python knows, so that no calendar arithmetic leaves them.
EARLIEST: Final = (datetime(3, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND
LATEST: Final = (datetime(9998, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND


@dataclass(frozen=True, slots=True)
class Period:
    """The part of a day, week or month that lies in a range.

    Attributes:
        day: the first day of the whole day, week or month, as `2019-08-24`.
        first: the first instant of the part, in milliseconds since 1970.
        last: the last instant of the part.
    """

    day: str
    first: int
    last: int


def periods(first: int, last: int, mode: str, zone: tzinfo) -> list[Period]:
    """The periods that a range touches, in order and without gaps; both bounds belong to the range.

    Args:
        first: the first instant of the range, in milliseconds since 1970.
        last: its last instant.
        mode: DAILY, WEEKLY (weeks begin on Monday, as in ISO 8601) or MONTHLY.
        zone: the time zone that the days belong to.
    """
    found: list[Period] = []
    day = _beginning(_local(first, zone).date(), mode)
    start = _midnight(day, zone)
    while start <= last:
        following = _following(day, mode)
        end = _midnight(following, zone)
        found.append(Period(day.isoformat(), max(first, start), min(last, end - 1)))
        day, start = following, end
    return found


def months_before(instant: int, months: int, zone: tzinfo) -> int:
    """The same hour that many months earlier; the last day of a month that is too short for the same day."""
    local = _local(instant, zone)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return _instant(local.replace(year=year, month=month + 1, day=day))


def _beginning(day: date, mode: str) -> date:
    if mode == "WEEKLY":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if mode == "MONTHLY" else day


def _following(day: date, mode: str) -> date:
    if mode == "MONTHLY":
        return day + timedelta(days=monthrange(day.year, day.month)[1])
    return day + timedelta(days=7 if mode == "WEEKLY" else 1)


def _midnight(day: date, zone: tzinfo) -> int:
    return _instant(datetime.combine(day, time.min, zone))


def _local(instant: int, zone: tzinfo) -> datetime:
    return (EPOCH + instant * MILLISECOND).astimezone(zone)


def _instant(local: datetime) -> int:
    return (local.astimezone(UTC) - EPOCH) // MILLISECOND
