"""A budget in a file, shared by all who name it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sqlite3
import threading
import time
from datetime import timedelta

import pytest

from contacthub_orm import BudgetError, ConfigurationError, NotSent, ThrottledError
from contacthub_orm.http import ManualClock, Settings, SQLiteBudget, Transport

SPAN = 6.06  # a window of 6 seconds, and what is added to it


def times(budget, clock, count):
    """When each of so many requests may be sent."""
    moments = []
    for _ in range(count):
        budget.acquire()
        moments.append(round(clock.monotonic(), 3))
    return moments


def test_what_exceeds_the_budget_waits_until_a_window_has_passed(shared, clock):
    assert times(shared(clock=clock), clock, 7) == [0, 0, 0, SPAN, SPAN, SPAN, 2 * SPAN]


def test_a_slot_returns_one_window_after_it_was_used(shared, clock):
    budget = shared(clock=clock)
    budget.acquire()
    clock.advance(4)
    assert times(budget, clock, 4) == [4, 4, SPAN, round(4 + SPAN, 3)]


def test_two_who_name_the_same_file_have_one_budget(shared, clock):
    one, other = shared(clock=clock), shared(clock=clock)
    times(one, clock, 2)
    assert times(other, clock, 2) == [0, SPAN]


def test_slots_are_handed_out_in_the_order_in_which_they_are_asked_for(shared, clock):
    class Waiting(ManualClock):
        """Asks for another slot while the first asker still waits."""

        asked = None

        def sleep(self, seconds):
            if self.asked is None:
                self.asked = seconds
                late.append(other._hand_out().at)
            super().sleep(seconds)

    late, waiting = [], Waiting()
    one, other = shared(clock=waiting), shared(clock=waiting)
    times(one, waiting, 3)
    one.acquire()
    start = waiting.now().timestamp() - waiting.monotonic()
    assert round(waiting.monotonic(), 3) == SPAN
    assert [round(at - start, 3) for at in late] == [SPAN]


def test_a_pause_holds_all_who_share_the_budget(shared, clock):
    one, other = shared(clock=clock), shared(clock=clock)
    one.pause(20)
    one.pause(5)
    assert times(other, clock, 4) == [20, 20, 20, round(20 + SPAN, 3)]


def test_those_who_wait_when_a_pause_begins_do_not_all_send_at_its_end(shared):
    class Interrupted(ManualClock):
        def sleep(self, seconds):
            if not self.slept:
                other.pause(100)
            super().sleep(seconds)

    clock = Interrupted()
    one, other = shared(clock=clock), shared(clock=clock)
    assert times(one, clock, 8) == [0, 0, 0, 100, 100, 100, 100 + SPAN, 100 + SPAN]


def test_a_short_pause_gives_no_slot_back_that_was_used(shared, clock):
    one, other = shared(clock=clock), shared(clock=clock)
    for _ in range(5):
        one._hand_out()
    other.pause(1)
    assert times(one, clock, 4) == [SPAN, SPAN, SPAN, 2 * SPAN]


def test_a_clock_that_was_set_back_stops_nobody(shared):
    clock = ManualClock()
    times(shared(clock=clock), clock, 4)
    shared(clock=clock).pause(10)
    earlier = ManualClock(clock.now() - timedelta(days=1))
    assert times(shared(clock=earlier), earlier, 3) == [0, 0, 0]


def test_the_transport_counts_against_it_and_shares_the_pause_of_a_429(service, shared, clock):
    settings = Settings(allow_http=True, retries=1)
    with (
        Transport(service.url, "token", settings, clock, budget=shared(clock=clock)) as one,
        Transport(service.url, "token", settings, clock, budget=shared(clock=clock)) as other,
    ):
        service.answers(429, b"", {"Retry-After": "30"})
        with pytest.raises(ThrottledError):
            one.send("POST", "x")
        other.send("POST", "y")
        assert clock.monotonic() == 30


def test_a_budget_that_cannot_be_read_sends_nothing(service, shared, clock, tmp_path):
    budget = shared(clock=clock)
    (tmp_path / "shared.budget").write_bytes(b"damaged" * 1000)
    with pytest.raises(BudgetError, match=r"shared\.budget cannot be used as a budget"):
        budget.acquire()
    settings = Settings(allow_http=True, retries=2, backoff_base=0)
    with Transport(service.url, "token", settings, clock, budget=budget) as transport, pytest.raises(NotSent):
        transport.send("POST", "x")
    assert service.received == []


def test_an_answer_counts_although_its_pause_cannot_be_shared(service, shared, clock, tmp_path, caplog):
    class Broken:
        def acquire(self):
            pass

        def pause(self, seconds):
            raise BudgetError("gone")

    service.answers(429, b"", {"Retry-After": "1"})
    settings = Settings(allow_http=True, retries=1)
    with (
        Transport(service.url, "token", settings, clock, budget=Broken()) as transport,
        pytest.raises(ThrottledError),
    ):
        transport.send("POST", "x")
    assert "is not shared: gone" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 60), "requests_per_minute must be a number above 0"),
        ((True, 60), "requests_per_minute must be a number above 0"),
        ((60, 0), "window must be a number of seconds above 0"),
        ((30, 1), "no request in a window of 1 seconds"),
        ((60, 6), "is the budget of 3 requests in 6.06 seconds"),
    ],
)
def test_a_budget_that_makes_no_sense_or_differs_from_the_others_is_refused(shared, arguments, message):
    shared()
    with pytest.raises(ConfigurationError, match=message):
        shared(*arguments)


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table theirs (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program's database"):
        SQLiteBudget(path, 60)
    assert path.read_bytes() == before


def test_a_path_that_cannot_be_made_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be used as a budget"):
        SQLiteBudget(tmp_path / "missing" / "folder", 60)


def test_a_pickled_budget_is_the_same(shared):
    budget = shared()
    copy = pickle.loads(pickle.dumps(budget))
    assert (copy.path, copy.slots, copy.window) == (budget.path, 3, 6.0)


def test_a_transport_has_one_budget(service, shared):
    with pytest.raises(ConfigurationError, match="budget takes the place of requests_per_minute"):
        Transport(service.url, "t", Settings(allow_http=True, requests_per_minute=3), budget=shared())
    with pytest.raises(ConfigurationError, match=r"budget must have acquire\(\) and pause"):
        Transport(service.url, "t", Settings(allow_http=True), budget=600)


def spend(budget, until, taken):
    """Take as much as there is until a time."""
    moments = []
    while time.time() < until:
        budget.acquire()
        moments.append(time.time())
    taken.put(moments)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_processes_and_their_threads_keep_to_it(tmp_path):
    budget = SQLiteBudget(tmp_path / "b", 60 * 100, window=0.2)  # 20 requests in 0.2 s
    fork = multiprocessing.get_context("fork")
    taken, until = fork.Queue(), time.time() + 0.5
    processes = [fork.Process(target=spend, args=(budget, until, taken)) for _ in range(2)]
    for process in processes:
        process.start()
    thread = threading.Thread(target=spend, args=(budget, until, taken))
    thread.start()
    moments = [at for _ in range(3) for at in taken.get(timeout=20)]
    for one in (*processes, thread):
        one.join()
    windows = (max(moments) - min(moments)) / 0.2 + 1
    assert 20 < len(moments) <= 20 * windows + 3  # whoever waited for a slot when the time was over got it
