"""Days, weeks and months of a time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm.sandbox.analytics.periods import EARLIEST, LATEST, months_before, periods

ROME = ZoneInfo("Europe/Rome")
HOUR = 3_600_000


def instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_day_lasts_from_midnight_to_midnight_also_when_the_clocks_change() -> None:
    when = periods(instant("2024-03-30T12:00+01:00"), instant("2024-04-01T12:00+02:00"), "DAILY", ROME)
    assert [(one.day, (one.last + 1 - one.first) / HOUR) for one in when] == [
        ("2024-03-30", 12),
        ("2024-03-31", 23),
        ("2024-04-01", 12 + 1 / HOUR),
    ]


def test_a_day_without_a_midnight_begins_when_its_first_hour_does() -> None:
    (before, day) = periods(
        instant("2017-10-15T02:59:59Z"), instant("2017-10-15T03:00Z"), "DAILY", ZoneInfo("America/Sao_Paulo")
    )
    assert (before.day, day.day) == ("2017-10-14", "2017-10-15")


@pytest.mark.parametrize(
    ("instants", "months", "expected"),
    [
        ("2024-03-31T10:00+02:00", 1, "2024-02-29T10:00+01:00"),
        ("2024-02-29T10:00+01:00", 12, "2023-02-28T10:00+01:00"),
        ("2024-01-15T10:00+01:00", 1, "2023-12-15T10:00+01:00"),
        ("2024-12-15T10:00+01:00", 12, "2023-12-15T10:00+01:00"),
    ],
)
def test_months_before_keep_the_hour_and_the_day_where_the_month_has_it(
    instants: str, months: int, expected: str
) -> None:
    assert months_before(instant(instants), months, ROME) == instant(expected)


@given(
    first=st.integers(EARLIEST, LATEST),
    length=st.integers(0, 100 * 24 * HOUR),
    mode=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    zone=st.sampled_from([ROME, UTC, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu")]),
)
def test_periods_fill_a_range_without_gaps(first: int, length: int, mode: str, zone: ZoneInfo) -> None:
    when = periods(first, first + length, mode, zone)

    assert (when[0].first, when[-1].last) == (first, first + length)
    assert all(one.first <= one.last for one in when)
    assert all(one.last + 1 == other.first for one, other in pairwise(when))
    assert sorted({one.day for one in when}) == [one.day for one in when]


@pytest.mark.parametrize("bound", [EARLIEST, LATEST])
def test_the_calendar_reaches_a_year_beyond_each_bound(bound: int) -> None:
    assert months_before(bound, 12, ROME) < bound
    assert periods(bound, bound, "WEEKLY", ROME)
