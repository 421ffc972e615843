"""The `Sandbox` object: lifetime, files, seeding, what it remembers."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from functools import reduce
from math import inf
from time import perf_counter

import pytest
import requests

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.service import recording
from tests.sandbox.api import Api

NESTED = reduce(lambda inner, _: [inner], range(5000), [])
ENDLESS: list[object] = []
ENDLESS.append(ENDLESS)


def test_the_base_url_is_on_loopback_and_ends_with_the_version(sandbox):
    assert sandbox.base_url.startswith("http://127.0.0.1:")
    assert sandbox.base_url.endswith("/hub/v1")


def test_the_environment_names_the_four_variables(sandbox):
    assert sandbox.environment == {
        "CONTACTHUB_WORKSPACE_ID": sandbox.workspace_id,
        "CONTACTHUB_NODE_ID": sandbox.node_id,
        "CONTACTHUB_TOKEN": sandbox.token,
        "CONTACTHUB_BASE_URL": sandbox.base_url,
    }


def test_a_sandbox_that_was_not_started_has_no_address():
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.base_url
    sandbox.stop()


def test_a_sandbox_cannot_be_started_twice(sandbox):
    with pytest.raises(RuntimeError, match="running"):
        sandbox.start()


def test_the_port_is_free_again_after_the_block():
    with Sandbox() as sandbox:
        port = int(sandbox.base_url.split(":")[2].split("/")[0])
    with Sandbox(port=port) as again:
        assert f":{port}/" in again.base_url


def test_stopping_waits_for_nothing_while_a_client_keeps_its_connection(http, monkeypatch):
    slept = []
    sleep = asyncio.sleep

    def noting(seconds, *rest):
        slept.append(seconds)
        return sleep(seconds, *rest)

    with Sandbox() as sandbox:
        http.get(sandbox.base_url)
        monkeypatch.setattr(asyncio, "sleep", noting)
    assert sum(slept) < 0.1


def test_a_port_in_use_is_an_error_that_leaves_nothing_behind():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = Sandbox(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            sandbox.start()
        sandbox.stop()


def test_stopping_ends_the_thread_though_a_client_keeps_its_connection():
    with requests.Session() as session:
        with Sandbox() as sandbox:
            Api(sandbox, session).search()
            start = perf_counter()
        assert perf_counter() - start < 3
    assert not [thread for thread in threading.enumerate() if thread.name == "contacthub-sandbox"][1:]


def test_two_sandboxes_know_nothing_of_each_other(api, http):
    with Sandbox() as other:
        api.create(externalId="1")
        assert Api(other, http).search()["elements"] == []
        assert other.token != api.sandbox.token


def test_a_file_keeps_data_ids_and_token(tmp_path, http):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path) as sandbox:
        before = sandbox.workspace_id, sandbox.node_id, sandbox.token
        customer = Api(sandbox, http).create(externalId="1")
    with Sandbox(path) as sandbox:
        assert before == (sandbox.workspace_id, sandbox.node_id, sandbox.token)
        assert Api(sandbox, http).customer(customer) == customer


def test_a_file_opened_under_another_policy_matches_by_it(tmp_path, http):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path) as sandbox:
        customer = Api(sandbox, http).create(externalId="1")
    with Sandbox(path, matching=["externalId"]) as sandbox:
        assert Api(sandbox, http).create(externalId="1")["id"] == customer["id"]


def test_a_reset_forgets_data_requests_and_changed_settings(api):
    customer = api.create(externalId="1")
    api.post(f"/customers/{customer['id']}/sessions", {"value": "s"})
    api.event(customerId=customer["id"])
    api.sandbox.configure(uniqueness_policy="BLOCK")
    api.sandbox.reset()
    assert api.sandbox.requests == []
    assert api.sandbox.settings.uniqueness_policy == "MERGE"
    assert api.search()["elements"] == api.get("/events").json()["elements"] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"uniqueness_policy": "NO_CHECK"},
        {"latency": -1},
        {"page_cap": -1},
        {"enabled_event_types": ["danced"]},
    ],
)
def test_an_impossible_setting_is_refused(sandbox, settings):
    with pytest.raises(ValueError, match=r".+"):
        sandbox.configure(**settings)


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError):
        Sandbox(speed=1)


def test_latency_holds_each_answer_back(api):
    api.sandbox.configure(latency=0.1)
    start = perf_counter()
    api.search()
    assert perf_counter() - start >= 0.1


def test_answers_to_concurrent_requests_are_held_back_together(api):
    api.sandbox.configure(latency=0.2)
    start = perf_counter()
    threads = [
        threading.Thread(target=requests.get, args=(api.root,), kwargs={"timeout": 10}) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert perf_counter() - start < 8 * 0.2


def test_requests_are_remembered_with_query_body_and_status(api, clock):
    api.search(sort="id")
    api.post("/customers", {"nodeId": api.sandbox.node_id})
    first, second = api.sandbox.requests
    assert (first.method, first.query["sort"], first.body, first.status) == ("GET", "id", None, 200)
    assert first.path == f"/hub/v1/workspaces/{api.sandbox.workspace_id}/customers"
    assert (second.method, second.body, second.status) == ("POST", {"nodeId": api.sandbox.node_id}, 400)
    assert second.time == clock.time


def test_the_token_is_in_no_remembered_request_and_in_no_repr(api):
    api.search()
    assert api.sandbox.token not in repr(api.sandbox.requests)
    assert api.sandbox.token not in repr(api.sandbox._service)


def test_the_memory_of_remembered_requests_is_bounded_in_bytes(api, monkeypatch):
    monkeypatch.setattr(recording, "MAX_BYTES", 100_000)
    for number in range(20):
        api.post("/customers", {"nodeId": str(number), "extra": "x" * 30_000})
    assert [request.body["nodeId"] for request in api.sandbox.requests] == ["17", "18", "19"]
    for _ in range(150):
        api.get("/customers/5")
    assert len(api.sandbox.requests) == 150


def test_many_small_values_count_for_the_memory_that_they_take(api, monkeypatch):
    monkeypatch.setattr(recording, "MAX_BYTES", 10_000_000)
    for _ in range(20):
        api.post("/customers", {"extra": [{}] * 10_000})
    assert len(api.sandbox.requests) < 10


def test_requests_can_be_forgotten(api):
    api.search()
    api.sandbox.clear_requests()
    assert api.sandbox.requests == []


def test_seeded_customers_keep_their_ids_and_times(api):
    times = {"registeredAt": "2020-01-01T00:00:00Z", "updatedAt": "2021-01-01T00:00:00Z"}
    assert api.sandbox.seed([{"id": "1", "extra": "x"} | times]) == ["1"]
    customer = api.customer("1")
    assert customer["registeredAt"] == "2020-01-01T00:00:00.000+0000"
    assert customer["updatedAt"] == "2021-01-01T00:00:00.000+0000"
    assert customer["nodeId"] == api.sandbox.node_id


def test_seeding_neither_merges_nor_shows_as_a_request(api):
    assert len(set(api.sandbox.seed([{"base": {"contacts": {"email": "a@b.it"}}}] * 2))) == 2
    assert api.sandbox.requests == []


@pytest.mark.parametrize(
    "document",
    [
        {"base": {"fristName": "x"}},
        {"nodeId": "other"},
        {"id": "taken"},
        {"registeredAt": "yesterday"},
        {"extra": 1},
        {"extra": "\ud800"},
        {"\ud800": 1},
        {"extended": {"a": NESTED}},
        {"extended": {"a": ENDLESS}},
        {"extended": {"a": inf}},
        {"extended": {"a": {1, 2}}},
        {"id": 5},
        {"id": ["x"]},
        {"registeredAt": 5},
        [],
    ],
)
def test_a_document_that_cannot_be_seeded_leaves_the_store_as_it_was(api, document):
    api.sandbox.seed([{"id": "taken"}])
    with pytest.raises(ValueError, match=r".+"):
        api.sandbox.seed([{"id": "new"}, document])
    assert api.get("/customers/new").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"type": None},
        {"type": "danced"},
        {"type": ["viewedPage"]},
        {"context": None},
        {"context": "MOON"},
        {"context": {}},
        {"date": 5},
        {"tracking": "\ud800"},
        {"properties": {"a": NESTED}},
    ],
)
def test_an_event_that_cannot_be_seeded_leaves_the_store_as_it_was(api, change):
    event = {"type": "viewedPage", "context": "WEB", "properties": {}}
    with pytest.raises(ValueError, match=r".+"):
        api.sandbox.seed_events([event, event | change])
    assert api.get("/events").json()["elements"] == []


def test_seeded_events_are_seen_at_once(api):
    customer = api.create(externalId="1")
    event = {
        "type": "viewedPage",
        "context": "WEB",
        "customerId": customer["id"],
        "date": "2020-01-01T00:00:00Z",
    }
    [identifier] = api.sandbox.seed_events([event])
    assert api.get(f"/events/{identifier}").json()["date"] == "2020-01-01T00:00:00.000+0000"


def test_importing_the_package_and_its_plugin_loads_no_optional_dependency():
    code = (
        "import sys, contacthub_orm.sandbox, contacthub_orm.sandbox.pytest_plugin\n"
        "print([name for name in ('uvicorn', 'starlette', 'sqlalchemy', 'jsonschema') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_missing_dependency_is_named_with_how_to_install_it(monkeypatch):
    from contacthub_orm.sandbox.server.server import SandboxUnavailable

    monkeypatch.delitem(sys.modules, "contacthub_orm.sandbox.server.server.application", raising=False)
    monkeypatch.setitem(sys.modules, "contacthub_orm.sandbox.storage.store", None)
    with pytest.raises(SandboxUnavailable, match=r'pip install "contacthub_orm\[sandbox,cli\]"'):
        Sandbox()


def test_the_node_follows_a_renewed_token(sandbox, api):
    node = sandbox.node
    assert node is sandbox.node
    source = api.get("/configuration/sources").json()["elements"][0]["id"]
    api.post(f"/configuration/sources/{source}/refresh-token", None)
    assert sandbox.node is not node
    assert list(sandbox.node.get_customers()) == []
