"""The clocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from contacthub_orm.http import Clock, ManualClock


def test_the_machines_time_is_aware_and_moves_forward():
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0.001)
    clock.sleep(-1)
    assert clock.monotonic() - before >= 0.001
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_manual_clock_moves_only_when_told():
    start = datetime(2020, 2, 29, tzinfo=UTC)
    clock = ManualClock(start)
    assert (clock.now(), clock.monotonic()) == (start, 0)
    clock.advance(60)
    assert (clock.now(), clock.monotonic()) == (start + timedelta(minutes=1), 60)


def test_a_sleep_moves_a_manual_clock_at_once():
    clock = ManualClock()
    clock.sleep(3600)
    clock.sleep(-5)
    assert clock.monotonic() == 3600
    assert clock.slept == [3600, -5]


def test_a_manual_clock_may_be_shared_by_threads():
    clock = ManualClock()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(clock.sleep, [1] * 1000))
    assert clock.monotonic() == 1000
