"""A budget on a Redis server, shared by all machines."""

from __future__ import annotations

import pickle
import time

import pytest

from contacthub_orm import BudgetError, ConfigurationError
from contacthub_orm.http import RedisBudget


@pytest.fixture
def shared(redis_url, redis_name):
    """Makes one more of the same budget: 4 requests in 0.4 seconds."""

    def make(requests_per_minute=600, window=0.4):
        return RedisBudget(redis_url, requests_per_minute, window, redis_name)

    return make


def times(budget, count):
    """When each of so many requests may be sent, from now."""
    start, moments = time.monotonic(), []
    for _ in range(count):
        budget.acquire()
        moments.append(time.monotonic() - start)
    return moments


def test_all_who_share_it_have_one_budget(shared):
    one, other = shared(), shared()
    first = times(one, 3)
    second = times(other, 6)
    assert max(first) < 0.3
    assert second[0] < 0.3
    assert all(0.3 < at < 0.75 for at in second[1:5])
    assert second[5] > 0.7


def test_places_are_kept_in_the_order_in_which_they_are_asked_for(shared):
    one, other = shared(), shared()
    times(one, 4)
    places = [budget._hand_out().at for budget in (one, other) * 4]
    assert places == sorted(places)
    assert places[4] - places[0] >= 0.4


def test_a_pause_holds_all_who_share_it(shared):
    one, other = shared(), shared()
    one.pause(0.5)
    one.pause(0.1)
    moments = times(other, 5)
    assert 0.45 < moments[0] <= moments[3] < 0.8
    assert moments[4] > 0.85


def test_a_pause_takes_back_the_places_that_are_kept_ahead(shared):
    one = shared()
    ahead = [one._hand_out() for _ in range(12)]
    one.pause(0.3)
    moments = times(one, 4)
    assert ahead[-1].at - ahead[0].at > 0.7
    assert max(moments) < 0.7


def test_a_budget_that_differs_from_the_others_is_refused(shared):
    shared()
    with pytest.raises(ConfigurationError, match=r"is the budget of 4 requests in 0\.404 seconds"):
        shared(1200)


def test_a_pickled_budget_is_the_same_and_its_repr_hides_the_server(shared, redis_url, redis_name):
    copy = pickle.loads(pickle.dumps(shared()))
    assert (copy.name, copy.slots) == (redis_name, 4)
    assert redis_url not in repr(copy) + str(vars(copy))


def test_a_server_that_cannot_be_reached_is_named_by_no_password(redis_url, closed_port):
    url = f"redis://:secret@127.0.0.1:{closed_port}/0"
    with pytest.raises(ConfigurationError, match="cannot be used") as caught:
        RedisBudget(url, 600)
    assert "secret" not in str(caught.value) + repr(caught.value.__cause__)


def test_a_server_that_was_started_again_is_used_on(shared):
    budget = shared()
    times(budget, 1)
    budget._store()._redis.script_flush()
    assert max(times(budget, 3)) < 0.3


def test_a_server_that_refuses_is_an_error(shared, redis_name):
    budget = shared()
    budget._store()._redis.set(f"{redis_name}:slots", "of another program")
    with pytest.raises(BudgetError, match="cannot be used"):
        budget.acquire()
