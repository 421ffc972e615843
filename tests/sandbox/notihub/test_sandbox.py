"""The `NotihubSandbox` object: lifetime, file, settings, seeding, faults, what it remembers."""

from __future__ import annotations

import re
import socket
import sys
from math import inf
from time import perf_counter

import pytest
import requests

from contacthub_orm.sandbox import Fault, NotihubSandbox, NotihubTemplate, Sandbox, SandboxError
from contacthub_orm.sandbox.server.server import SandboxUnavailable
from tests.sandbox.notihub.api import Api, email, keys_of, push, refusal


def test_the_base_url_is_on_loopback_and_has_no_path(sandbox):
    assert sandbox.base_url.startswith("http://127.0.0.1:")
    assert sandbox.base_url.count("/") == 2


def test_the_environment_names_the_keys_and_the_place(sandbox):
    assert sandbox.environment == {
        "NOTIHUB_PUBLIC_KEY": sandbox.public_key,
        "NOTIHUB_SECRET_KEY": sandbox.secret_key,
        "NOTIHUB_CLIENT_ID": sandbox.client_id,
        "NOTIHUB_CLIENT_SECRET": sandbox.client_secret,
        "NOTIHUB_BASE_URL": sandbox.base_url,
    }


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_sandbox_with_default_settings(notihub_sandbox, turn):
    assert notihub_sandbox.settings.default_limit == 25
    assert notihub_sandbox.requests == []
    notihub_sandbox.seed([{"customerId": "same", "externalId": "1"}])
    notihub_sandbox.configure(default_limit=turn)


def test_a_file_keeps_data_and_keys_but_no_tokens(tmp_path, http):
    path = tmp_path / "notihub.sqlite"
    with NotihubSandbox(path) as sandbox:
        before = keys_of(sandbox)
        api = Api(sandbox, http)
        customer = api.create(externalId="1", contacts=[email()])
        headers = api.headers
    with NotihubSandbox(path) as sandbox:
        assert keys_of(sandbox) == before
        api = Api(sandbox, http)
        assert api.customer(customer) == customer
        api.headers = headers
        assert api.get("/customers/").status_code == 401


def test_the_file_of_one_service_is_refused_by_the_other(tmp_path):
    with Sandbox(tmp_path / "contacthub.sqlite"), NotihubSandbox(tmp_path / "notihub.sqlite"):
        pass
    for kind, name in ((NotihubSandbox, "contacthub"), (Sandbox, "notihub")):
        before = (tmp_path / f"{name}.sqlite").read_bytes()
        with pytest.raises(SandboxError, match="another program's file"):
            kind(tmp_path / f"{name}.sqlite")
        assert (tmp_path / f"{name}.sqlite").read_bytes() == before


def test_a_missing_dependency_is_named_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "contacthub_orm.sandbox.notihub.store", None)
    with pytest.raises(SandboxUnavailable, match=r'pip install "contacthub_orm\[sandbox,cli\]"'):
        NotihubSandbox()


def test_a_port_in_use_is_an_error_that_leaves_nothing_behind():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = NotihubSandbox(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            sandbox.start()
        sandbox.stop()


@pytest.mark.parametrize(
    "settings",
    [
        {"latency": -1},
        {"token_lifetime": inf},
        {"first_page": 2},
        {"default_limit": 0},
        {"default_limit": 201},
        {"max_limit": 0},
    ],
)
def test_an_impossible_setting_is_refused(sandbox, settings):
    before = sandbox.settings
    with pytest.raises(ValueError, match=r".+"):
        sandbox.configure(**settings)
    assert sandbox.settings == before


@pytest.mark.parametrize(
    "settings", [{"page_cap": 5}, {"templates": {"t": {"group": "g"}}}, {"faults": ["slow"]}]
)
def test_a_setting_that_is_none_is_refused(settings):
    with pytest.raises(TypeError):
        NotihubSandbox(**settings)


def test_a_misspelt_setting_is_told_the_nearest(sandbox):
    with pytest.raises(TypeError, match="did you mean 'token_lifetime'"):
        sandbox.configure(token_lifetimes=5)


@pytest.mark.parametrize("mechanisms", ["EMAIL", ["FAX"]])
def test_a_template_has_mechanisms_that_there_are(mechanisms):
    with pytest.raises(ValueError, match="EMAIL, PHONE, PUSH"):
        NotihubTemplate(group="g", mechanisms=mechanisms)


def test_a_reset_forgets_everything_but_the_keys(sandbox, api):
    customer = api.create(contacts=[email()])
    api.post(f"/customers/{customer['customerId']}/preferences/", [{"templateGroupId": "g"}])
    api.message(customer)
    sandbox.configure(default_limit=1)
    sandbox.reset()
    assert sandbox.requests == []
    assert sandbox.settings.default_limit == 25
    dump = "\n".join(sandbox._service.store._raw.iterdump())
    assert not set(re.findall(r'INSERT INTO "(\w+)"', dump)) - {"credentials", "sqlite_stat1"}


def test_seeded_customers_have_their_ids_contacts_and_preferences(sandbox, api):
    preferences = [{"templateGroupId": "news", "mechanisms": ["EMAIL"]}]
    documents = [
        {"customerId": "1", "contacts": [email(primary=True)], "preferences": preferences},
        {"externalId": "second", "status": "DISABLED"},
    ]
    assert sandbox.seed(documents)[0] == "1"
    assert api.customer({"customerId": "1"})["contacts"][0]["value"] == "a@b.it"
    assert api.get("/customers/1/preferences/").json() == preferences
    assert api.listed() == [None, "second"]
    assert [request.method for request in sandbox.requests] == ["GET"] * 3


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"contacts": [push()]},
        {"externalId": 5},
        {"externalId": "\ud800"},
        {"externalId": inf},
        {"externalId": "1", "customerId": "taken"},
        {"externalId": "1", "customerId": 5},
        {"externalId": "1", "nodeId": "x"},
        {"externalId": "1", "preferences": {"templateGroupId": "g"}},
        {"externalId": "1", "preferences": [{}]},
        {"externalId": {1, 2}},
    ],
)
def test_a_document_that_cannot_be_seeded_leaves_the_store_as_it_was(sandbox, api, document):
    sandbox.seed([{"customerId": "taken", "externalId": "0"}])
    with pytest.raises(ValueError, match=r".+"):
        sandbox.seed([{"externalId": "new"}, document])
    assert api.listed() == ["0"]


def test_requests_are_remembered_with_query_body_and_status(api):
    api.listed(limit=5)
    api.post("/customers/", {"metadata": "x"})
    first, second = api.sandbox.requests
    assert (first.method, first.path, first.query, first.status) == (
        "GET",
        "/customers/",
        {"limit": "5"},
        200,
    )
    assert (second.body, second.status, second.applied) == ({"metadata": "x"}, 400, False)


@pytest.mark.parametrize("path", ["customers", "/customers", "/customers/"])
def test_a_fault_strikes_a_path_with_or_without_its_last_slash(api, path):
    api.sandbox.faults = [Fault.status(503, retry_after=7, method="POST", path=path)]
    answer = api.post("/customers/", {"externalId": "1"})
    assert refusal(answer) == (503, "injected fault: 503")
    assert answer.headers["Retry-After"] == "7"
    assert api.post("/customers", {"externalId": "1"}).status_code == 503
    assert api.listed() == []


def test_a_fault_chooses_one_customers_contacts(api):
    customer = api.create(contacts=[email()])
    api.sandbox.faults = [Fault.status(500, path="customers/*/contacts")]
    assert api.customer(customer) == customer
    assert api.delete(f"/customers/{customer['customerId']}/contacts/1").status_code == 500


def test_the_answer_of_a_request_that_took_effect_can_be_lost(api):
    api.sandbox.faults = [Fault.cut_after(method="POST", path="customers", nth=1)]
    with pytest.raises(requests.ConnectionError):
        api.post("/customers/", {"externalId": "1"})
    last = api.sandbox.requests[-1]
    assert (last.status, last.fault, last.applied) == (None, "cut_after", True)
    assert api.listed() == ["1"]


def test_the_exchange_of_keys_can_fail_too(sandbox):
    sandbox.faults = [Fault.throttled(3, path="token")]
    answer = requests.post(f"{sandbox.base_url}/token/", timeout=10)
    assert refusal(answer) == (429, "injected fault: 429")


def test_a_spent_budget_is_a_429_with_the_seconds_to_wait(api, clock):
    api.sandbox.configure(max_requests_per_minute=1)
    api.headers = {"Authorization": f"Bearer {api.sandbox.issue_token()}"}
    assert api.get("/customers/").status_code == 200
    answer = api.get("/customers/")
    assert refusal(answer) == (429, "the environment has spent its requests per minute")
    assert answer.headers["Retry-After"] == "60"


def test_latency_holds_each_answer_back(api):
    api.sandbox.configure(latency=0.05)
    start = perf_counter()
    api.listed()
    assert perf_counter() - start >= 0.05


@pytest.mark.parametrize(
    ("content", "status"), [("{", 400), (b"\xff", 400), ("[" * 300 + "]" * 300, 400), (" " * 70_000, 413)]
)
def test_what_is_no_json_or_too_much_is_refused_in_the_documented_form(api, content, status):
    url = f"{api.sandbox.base_url}/customers/"
    answer = requests.post(url, data=content, headers=api.headers, timeout=10)
    assert refusal(answer)[0] == status


def test_what_is_not_http_is_refused_in_the_documented_form(sandbox):
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET nonsense\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(1000), b""))
    assert received.startswith(b"HTTP/1.1 400")
    assert b'{"code":400,"message":"this is not HTTP' in received


def test_pages_of_any_origin_may_call_it(api):
    assert api.call("OPTIONS", "/customers/").status_code == 204
    assert api.get("/customers/").headers["Access-Control-Allow-Origin"] == "*"
