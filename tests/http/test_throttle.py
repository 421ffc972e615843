"""The budget of requests per minute, and pauses."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from contacthub_orm.http import ManualClock, Throttle


def times(throttle, clock, count):
    """When each of so many requests may be sent."""
    moments = []
    for _ in range(count):
        throttle.acquire()
        moments.append(clock.monotonic())
    return moments


def test_a_budget_that_is_not_exhausted_delays_nobody(clock):
    assert times(Throttle(5, clock), clock, 5) == [0] * 5


def test_what_exceeds_the_budget_waits_until_a_minute_has_passed(clock):
    assert times(Throttle(2, clock), clock, 5) == [0, 0, 60, 60, 120]


def test_a_token_returns_one_minute_after_it_was_taken(clock):
    throttle = Throttle(2, clock)
    throttle.acquire()
    clock.advance(45)
    assert times(throttle, clock, 3) == [45, 60, 105]


@pytest.mark.parametrize("budget", [None, 0])
def test_without_a_budget_nothing_waits(clock, budget):
    times(Throttle(budget, clock), clock, 1000)
    assert clock.slept == []


@pytest.mark.parametrize("budget", [None, 100])
def test_a_pause_holds_everyone_until_it_is_over(clock, budget):
    throttle = Throttle(budget, clock)
    throttle.pause(7)
    assert times(throttle, clock, 2) == [7, 7]


def test_a_shorter_pause_does_not_end_a_longer_one(clock):
    throttle = Throttle(None, clock)
    throttle.pause(10)
    throttle.pause(1)
    assert times(throttle, clock, 1) == [10]


def test_a_pause_asked_for_while_a_thread_waits_holds_that_thread_too():
    class Interrupted(ManualClock):
        def sleep(self, seconds):
            if not self.slept:
                throttle.pause(100)
            super().sleep(seconds)

    clock = Interrupted()
    throttle = Throttle(1, clock)
    throttle.acquire()
    throttle.acquire()
    assert clock.monotonic() == 100


def test_after_a_pause_requests_keep_to_the_budget(clock):
    throttle = Throttle(2, clock)
    assert times(throttle, clock, 2) == [0, 0]
    throttle.pause(100)
    assert times(throttle, clock, 5) == [100, 100, 160, 160, 220]


def test_a_pause_asked_for_as_a_turn_comes_holds_it(clock):
    class Late(ManualClock):
        def sleep(self, seconds):
            super().sleep(seconds)
            if len(self.slept) == 1:
                throttle.pause(30)  # the thread whose turn has come has not woken yet

    clock = Late()
    throttle = Throttle(1, clock)
    assert times(throttle, clock, 3) == [0, 90, 150]


def test_a_thread_that_is_interrupted_while_it_waits_leaves_nothing_behind():
    class Interrupted(ManualClock):
        def sleep(self, seconds):
            raise KeyboardInterrupt

    clock = Interrupted()
    throttle = Throttle(2, clock)
    for _ in range(50):
        clock.advance(1)
        with suppress(KeyboardInterrupt):
            throttle.acquire()
    clock.advance(10_000)
    throttle.acquire()

    assert len(throttle._turns) <= 2


class Stage(ManualClock):
    """A clock on which threads sleep until the test moves it, from one wake-up to the next; `sent` are their requests."""

    def __init__(self):
        super().__init__()
        self.sent = []
        self._moved = threading.Condition()
        self._wakes = {}

    def sleep(self, seconds):
        me = threading.get_ident()
        with self._moved:
            self._wakes[me] = self.monotonic() + seconds
            self._moved.notify_all()
            assert self._moved.wait_for(lambda: me not in self._wakes, timeout=20)

    def send(self, throttle, name):
        throttle.acquire()
        with self._moved:
            self.sent.append((self.monotonic(), name))
            self._moved.notify_all()

    def wait(self, *, sent, asleep):
        with self._moved:
            settled = (sent, asleep)
            assert self._moved.wait_for(lambda: (len(self.sent), len(self._wakes)) == settled, timeout=20)

    def to_next_wake(self):
        with self._moved:
            self.advance(min(self._wakes.values()) - self.monotonic())
            self._wakes = {who: at for who, at in self._wakes.items() if at > self.monotonic()}
            self._moved.notify_all()


def test_a_pause_moves_all_who_wait_and_they_keep_their_order_and_the_budget():
    clock = Stage()
    throttle = Throttle(2, clock)
    with ThreadPoolExecutor(8) as pool:
        for name in range(8):
            pool.submit(clock.send, throttle, name)
            clock.wait(sent=min(2, name + 1), asleep=max(0, name - 1))
        clock.advance(10)
        throttle.pause(100)
        for waiting in (6, 6, 4, 4, 2, 2):  # each wakes for its old turn, sees that it moved, and sleeps on
            clock.wait(sent=8 - waiting, asleep=waiting)
            clock.to_next_wake()
    assert sorted(clock.sent) == list(zip([0, 0, 110, 110, 170, 170, 230, 230], range(8), strict=True))


def test_threads_together_keep_to_the_budget():
    clock = ManualClock()
    throttle = Throttle(10, clock)
    moments = []
    lock = threading.Lock()

    def request(_):
        throttle.acquire()
        with lock:
            moments.append(clock.monotonic())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(200)))
    assert clock.monotonic() >= 19 * 60
    assert len(moments) == 200


def test_the_transport_keeps_to_its_budget(connect, clock):
    transport = connect(requests_per_minute=3)
    for _ in range(7):
        transport.send("POST", "x")
    assert clock.monotonic() == 120


def test_attempts_count_against_the_budget(service, connect, clock):
    service.answers(500)
    transport = connect(requests_per_minute=2, backoff_base=0)
    transport.send("GET", "x")
    transport.send("GET", "x")
    assert clock.monotonic() == 60


def test_all_threads_wait_until_the_time_that_the_service_gave(service, connect, clock):
    transport = connect(retries=1)
    service.answers(429, b"", {"Retry-After": "30"})
    with pytest.raises(Exception, match="429"):
        transport.send("POST", "x")
    assert clock.monotonic() == 0
    with ThreadPoolExecutor(1) as pool:
        pool.submit(transport.send, "POST", "y").result()
    assert clock.monotonic() == 30
