"""Injected faults, seen by plain `requests` over real connections."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep

import pytest
import requests

from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Fault, Sandbox
from tests.sandbox.api import Api

ENVELOPE = {"message", "logref", "data", "errors"}
BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


def post(api, name="1"):
    return api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": name})


def stored(api):
    """The external ids of all customers, faults being over."""
    api.sandbox.clear_faults()
    return sorted(customer["externalId"] for customer in api.search(size=50)["elements"])


def seen(api):
    """What the requests so far were told, what was done to them, and whether they took effect."""
    return [(request.status, request.fault, request.applied) for request in api.sandbox.requests]


def struck(api, count, call=lambda api: api.get("/configuration")):
    """The numbers, from 1, of those of `count` requests that were answered with an error."""
    return [number for number in range(1, count + 1) if call(api).status_code >= 400]


def wait_until(condition):
    """Return as soon as it holds; a test that waits in vain fails."""
    end = perf_counter() + 5
    while not condition():
        assert perf_counter() < end, "waited in vain"
        sleep(0.01)


def test_without_faults_requests_are_applied_and_name_none(api):
    post(api)
    api.get("/customers/5")
    assert seen(api) == [(201, None, True), (404, None, False)]


def test_a_status_is_answered_in_the_envelope_and_nothing_applied(api):
    api.sandbox.faults = [Fault.status(503)]
    answer = post(api)
    assert (answer.status_code, set(answer.json())) == (503, ENVELOPE)
    assert "Retry-After" not in answer.headers
    assert seen(api) == [(503, "status", False)]
    assert api.sandbox.requests[0].body["externalId"] == "1"
    assert stored(api) == []


def test_a_status_may_come_though_the_request_was_applied(api):
    api.sandbox.faults = [Fault.status(500, applied=True)]
    assert post(api).status_code == 500
    assert seen(api) == [(500, "status", True)]
    assert stored(api) == ["1"]


def test_a_status_may_name_a_time_to_come_back(api):
    api.sandbox.faults = [Fault.status(503, retry_after=7)]
    assert post(api).headers["Retry-After"] == "7"


@pytest.mark.parametrize(("retry_after", "header"), [(None, None), (0, "0"), (30, "30")])
def test_throttled_is_a_429_with_or_without_retry_after(api, retry_after, header):
    api.sandbox.faults = [Fault.throttled(retry_after)]
    answer = post(api)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert seen(api) == [(429, "throttled", False)]
    assert stored(api) == []


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize(("cut", "names"), [(Fault.cut_before, []), (Fault.cut_after, ["1"])])
def test_a_cut_closes_the_connection_without_an_answer(api, cut, names, reset):
    api.sandbox.faults = [cut(reset=reset)]
    with pytest.raises(requests.ConnectionError, match="ConnectionReset" if reset else "RemoteDisconnected"):
        post(api)
    assert seen(api) == [(None, cut.__name__, names == ["1"])]
    assert api.sandbox.requests[0].body["externalId"] == "1"
    assert stored(api) == names


def test_a_cut_is_no_complaint_of_the_server(api, caplog):
    api.sandbox.faults = [Fault.cut_after(nth=1), Fault.truncated(nth=2)]
    for _ in range(2):
        with pytest.raises(BROKEN):
            post(api)
    assert struck(api, 3) == []
    assert not caplog.records


def test_a_refused_request_is_not_applied_whatever_the_client_sees(api):
    api.sandbox.faults = [Fault.cut_after()]
    with pytest.raises(requests.ConnectionError):
        api.post("/customers", {"nodeId": "other"})
    assert seen(api) == [(None, "cut_after", False)]


def test_a_slow_answer_is_held_back_and_others_are_not(api):
    api.sandbox.faults = [Fault.slow(0.5, path="customers")]
    with ThreadPoolExecutor() as pool, requests.Session() as session:
        start = perf_counter()
        answer = pool.submit(post, Api(api.sandbox, session))
        wait_until(lambda: api.sandbox.requests)
        assert api.get("/configuration").ok
        assert not answer.done()
        assert answer.result().status_code == 201
        assert perf_counter() - start >= 0.5
    assert seen(api)[0] == (201, "slow", True)


def test_a_slow_request_is_applied_before_its_answer_is_held_back(api):
    api.sandbox.faults = [Fault.slow(0.5, method="POST")]
    with ThreadPoolExecutor() as pool, requests.Session() as session:
        answer = pool.submit(post, Api(api.sandbox, session))
        wait_until(lambda: api.search()["elements"])
        assert not answer.done()
        assert answer.result().status_code == 201


def test_a_request_delayed_before_takes_effect_though_the_client_gave_up(api):
    api.sandbox.faults = [Fault.slow(0.5, before=True, method="POST")]
    body = {"nodeId": api.sandbox.node_id, "externalId": "1"}
    with pytest.raises(requests.ReadTimeout):
        api.session.post(f"{api.root}/customers", json=body, headers=api.headers, timeout=(5, 0.05))
    assert api.search()["elements"] == []
    wait_until(lambda: api.search()["elements"])
    assert (201, "slow", True) in seen(api)


def test_what_a_reset_finds_held_back_is_dropped(api):
    api.sandbox.faults = [Fault.slow(0.6, before=True)]
    with ThreadPoolExecutor() as pool, requests.Session() as session:
        lost = pool.submit(post, Api(api.sandbox, session))
        sleep(0.3)
        api.sandbox.reset()
        assert isinstance(lost.exception(), requests.ConnectionError)
    assert api.sandbox.requests == []
    assert stored(api) == []


def test_a_stop_does_not_wait_for_slow_answers():
    with requests.Session() as session, ThreadPoolExecutor() as pool:
        with Sandbox(faults=[Fault.slow(60)]) as sandbox:
            answer = pool.submit(post, Api(sandbox, session))
            wait_until(lambda: sandbox.requests)
            start = perf_counter()
        assert perf_counter() - start < 3
        assert answer.result().status_code == 201


@pytest.mark.parametrize("call", [post, lambda api: api.delete("/customers/there")])
def test_garbage_is_a_success_without_json(api, call):
    api.sandbox.seed([{"id": "there", "externalId": "2"}])
    api.sandbox.faults = [Fault.garbage()]
    answer = call(api)
    assert answer.ok
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert seen(api) == [(answer.status_code, "garbage", True)]
    assert stored(api) in (["1", "2"], [])


@pytest.mark.parametrize("call", [post, lambda api: api.delete("/customers/there")])
def test_a_truncated_answer_ends_before_its_length(api, call):
    api.sandbox.seed([{"id": "there", "externalId": "2"}])
    api.sandbox.faults = [Fault.truncated()]
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        call(api)
    assert [(fault, applied) for _, fault, applied in seen(api)] == [("truncated", True)]
    assert stored(api) in (["1", "2"], [])


def test_nth_strikes_one_matching_request_or_several(api):
    api.sandbox.faults = [
        Fault.status(500, nth=3),
        Fault.status(502, nth={5, 6}),
        Fault.status(503, nth=range(8, 10)),
    ]
    assert struck(api, 12) == [3, 5, 6, 8, 9]


def test_nth_counts_only_what_method_and_path_choose(api):
    api.sandbox.faults = [Fault.status(500, method="POST", path="customers", nth=2)]
    statuses = [
        post(api, "1"),
        api.get("/configuration"),
        api.get("/customers/5"),
        post(api, "2"),
        post(api, "3"),
    ]
    assert [answer.status_code for answer in statuses] == [201, 200, 404, 500, 201]


@pytest.mark.parametrize(
    ("path", "matching"),
    [
        (None, ["", "/customers", "/customers/5", "/customers/5/likes/a/b", "/events", "/customersx"]),
        ("customers", ["/customers", "/customers/5", "/customers/5/likes/a/b"]),
        ("customers/*/likes", ["/customers/5/likes/a/b"]),
        ("/customers", ["/customers"]),
        ("/customers/*", ["/customers/5"]),
        ("/*", ["/customers", "/events", "/customersx"]),
        ("events", ["/events"]),
        ("cust.mers", []),
    ],
)
def test_a_path_is_a_resource_or_with_a_slash_in_front_itself(api, path, matching):
    api.sandbox.faults = [Fault.status(500, path=path)]
    paths = ["", "/customers", "/customers/5", "/customers/5/likes/a/b", "/events", "/customersx"]
    assert [each for each in paths if api.get(each).status_code == 500] == matching


def test_methods_may_be_several_and_in_any_case(api):
    api.sandbox.faults = [Fault.status(500, method=["post", "DELETE"])]
    statuses = [answer.status_code for answer in (post(api), api.get("/events"), api.delete("/customers/5"))]
    assert statuses == [500, 200, 500]


def test_a_seed_strikes_the_same_requests_each_time(api):
    fault = Fault.status(500, probability=0.3, seed=7)
    runs = []
    for _ in range(2):
        api.sandbox.faults = [fault]
        runs.append(struck(api, 60))
    generator = random.Random(7)
    assert runs[0] == runs[1] == [number for number in range(1, 61) if generator.random() < 0.3]


def test_without_a_seed_chance_differs(api):
    runs = set()
    for _ in range(5):
        api.sandbox.faults = [Fault.status(500, probability=0.5)]
        runs.add(tuple(struck(api, 40)))
    assert len(runs) > 1


@pytest.mark.parametrize(("probability", "expected"), [(0, []), (1, [1, 2, 3])])
def test_probability_goes_from_never_to_always(api, probability, expected):
    api.sandbox.faults = [Fault.status(500, probability=probability)]
    assert struck(api, 3) == expected


def test_times_is_the_most_that_a_fault_strikes(api):
    api.sandbox.faults = [Fault.status(500, times=2)]
    assert struck(api, 5) == [1, 2]


def test_the_first_fault_that_strikes_does_and_the_others_count_on(api):
    api.sandbox.faults = [Fault.status(500, nth=2), Fault.status(501, nth=3), Fault.status(502, times=2)]
    assert [api.get("/configuration").status_code for _ in range(5)] == [502, 500, 501, 502, 200]


def test_faults_may_be_given_at_the_start_and_a_reset_brings_them_back(http):
    with Sandbox(faults=[Fault.status(500, nth=1)]) as sandbox:
        api = Api(sandbox, http)
        assert struck(api, 2) == [1]
        sandbox.clear_faults()
        assert (sandbox.faults, struck(api, 2)) == ((), [])
        sandbox.reset()
        assert struck(api, 2) == [1]


def test_a_change_of_other_settings_leaves_the_count(api):
    api.sandbox.configure(faults=[Fault.status(500, nth=2)])
    assert struck(api, 1) == []
    api.sandbox.configure(search_delay=1)
    assert struck(api, 2) == [1]


def test_a_reset_ends_faults_that_were_set_later(api):
    api.sandbox.faults = [Fault.status(500)]
    api.sandbox.reset()
    assert struck(api, 1) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fault.status(200),
        lambda: Fault.slow(-1),
        lambda: Fault.throttled(-1),
        lambda: Fault.garbage(method="FETCH"),
        lambda: Fault.garbage(method=[]),
        lambda: Fault.garbage(path="/"),
        lambda: Fault.garbage(nth=0),
        lambda: Fault.garbage(nth=[]),
        lambda: Fault.garbage(probability=1.1),
        lambda: Fault.garbage(times=-1),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError, match=r".+"):
        make()


@pytest.mark.parametrize("faults", [Fault.garbage(), ["garbage"]])
def test_what_is_no_list_of_faults_is_refused(sandbox, faults):
    with pytest.raises(TypeError):
        sandbox.faults = faults


def test_connections_are_kept_for_all_answers_but_the_broken_ones(api):
    """One connection serves on after an error answer; after a cut the client opens one more."""
    connections = []
    with requests.Session() as session:
        client = Api(api.sandbox, session)
        opened = count_connections(session)
        api.sandbox.faults = [Fault.status(503, nth=2), Fault.garbage(nth=4), Fault.cut_after(nth=6)]
        for number in range(1, 10):
            if number == 6:
                with pytest.raises(requests.ConnectionError):
                    client.get("/configuration")
            else:
                client.get("/configuration")
            connections.append(opened())
    assert connections == [1, 1, 1, 1, 1, 1, 2, 2, 2]


def count_connections(session):
    """A function that says how many connections the session has opened."""
    manager = session.get_adapter("http://").poolmanager
    return lambda: sum(manager.pools[key].num_connections for key in manager.pools.keys())  # noqa: SIM118


@pytest.mark.slow
def test_sixteen_threads_under_random_faults_leave_a_consistent_server(api):
    api.sandbox.faults = [
        Fault.cut_before(probability=0.08, seed=1),
        Fault.cut_after(probability=0.08, seed=2),
        Fault.cut_after(probability=0.08, seed=3, reset=False),
        Fault.truncated(probability=0.08, seed=4),
        Fault.garbage(probability=0.08, seed=5),
        Fault.status(500, applied=True, probability=0.08, seed=6),
        Fault.status(503, probability=0.08, seed=7),
        Fault.throttled(1, probability=0.08, seed=8),
        Fault.slow(0.02, probability=0.08, seed=9),
        Fault.slow(0.02, before=True, probability=0.08, seed=10),
    ]
    told: dict[str, int | None] = {}

    def work(thread: int) -> None:
        with requests.Session() as session:
            client = Api(api.sandbox, session)
            for number in range(25):
                name = f"{thread:02}-{number:02}"
                try:
                    told[name] = post(client, name).status_code
                except BROKEN:
                    told[name] = None

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    received = api.sandbox.requests
    api.sandbox.clear_faults()
    found = []
    for page in range(8):
        found += [customer["externalId"] for customer in api.search(size=50, page=page)["elements"]]
    assert len(received) == len(told) == 400
    assert sorted(found) == sorted(request.body["externalId"] for request in received if request.applied)
    for request in received:
        seen_by_client = None if request.fault == "truncated" else request.status
        assert told[request.body["externalId"]] == seen_by_client
    assert {request.fault for request in received} == {
        None, "cut_before", "cut_after", "truncated", "garbage", "status", "throttled", "slow",
    }  # fmt: skip


def test_a_manual_clock_turns_delays_without_waiting(http):
    manual = ManualClock()
    with Sandbox(clock=manual.now, search_delay=30) as sandbox:
        api = Api(sandbox, http)
        customer = post(api).json()
        event = api.event(customerId=customer["id"])
        manual.advance(29.9)
        api.patch(f"/customers/{customer['id']}", {"extra": "x"})
        assert api.search()["elements"] == []
        assert api.get(f"/events/{event}").status_code == 404
        manual.advance(0.1)
        assert [found["extra"] for found in api.search()["elements"]] == [None]
        assert api.get(f"/events/{event}").status_code == 200
        assert [found["id"] for found in api.get("/events").json()["elements"]] == [event]
        manual.advance(30)
        assert [found["extra"] for found in api.search()["elements"]] == ["x"]


def test_many_writes_while_a_clock_stands_still_are_seen_when_their_delay_is_over(http):
    manual = ManualClock()
    with Sandbox(clock=manual.now, search_delay=1) as sandbox:
        api = Api(sandbox, http)
        customer = post(api).json()
        for number in range(20):
            api.patch(f"/customers/{customer['id']}", {"extra": str(number)})
        manual.advance(1)
        assert [found["extra"] for found in api.search()["elements"]] == ["19"]
