"""Who may use the console, in which form it answers, and where it is served."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from contacthub_orm.sandbox import Sandbox

PAGES = ("/customers", "/events", "/requests", "/faults", "/settings", "/state")


def test_every_page_has_a_twin_in_json(console):
    for path in PAGES:
        assert console.get(path).headers["content-type"] == "text/html; charset=utf-8"
        assert console.get(path, format="json").headers["content-type"] == "application/json"


def test_the_root_leads_to_the_customers(console):
    assert console.get("").url.endswith("/console/customers")


@pytest.mark.parametrize("path", ["/customers", "/static/console.css", "/nowhere"])
def test_every_response_carries_the_policy_and_no_leave_for_other_origins(console, path):
    headers = console.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_no_page_has_a_script_or_a_style_of_its_own(console):
    for path in PAGES:
        text = console.get(path).text

        assert " style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count("<script src=")
        assert not any(f" on{event}=" in text for event in ("click", "load", "submit", "change", "error"))


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("192.168.1.7:8123", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
    ],
)
def test_a_foreign_name_for_the_server_is_refused(console, host, status):
    answer = console.get("/customers", headers={"Host": host})

    assert answer.status_code == status
    assert ("<html" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "{own}"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://{host}"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(console, sandbox, api, headers, status):
    api.create(externalId="1")
    host = urlsplit(console.url).netloc
    sent = {name: value.format(own=f"http://{host}", host=host) for name, value in headers.items()}

    assert console.post("/state/reset", headers=sent).status_code == status
    assert bool(api.search()["elements"]) == (status == 403)


def test_a_get_changes_nothing(console, api):
    api.create(externalId="1")

    assert console.get("/state/reset").status_code == 405
    assert api.search()["elements"] != []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/customers/nobody", 404),
        ("/requests/99999", 404),
        ("/requests/x", 404),
        ("/customers?workspace=x", 404),
        ("/customers?node=x", 404),
        ("/customers?page=x", 400),
        ("/customers?sort=x", 400),
        ("/events?type=x", 400),
        ("/events?from=x", 400),
        ("/static/../console.py", 404),
    ],
)
def test_what_is_not_there_is_said_in_both_forms(console, path, status):
    page, twin = console.get(path), console.get(path, format="json")

    assert (page.status_code, twin.status_code) == (status, status)
    assert twin.json()["error"]
    assert "Contacthub sandbox" in page.text


def test_a_change_leads_back_to_its_page_with_a_message(console):
    answer = requests.post(f"{console.url}/faults", data={"kind": "garbage"}, timeout=10)

    assert [one.status_code for one in answer.history] == [303]
    assert "The fault garbage is set" in answer.text
    assert "The fault garbage is set" not in console.get("/faults", done="no-number").text


def test_a_fault_does_not_strike_the_console(console, sandbox):
    console.done("/faults", kind="status")

    assert console.get("/customers").status_code == 200


def test_the_budget_and_the_latency_are_not_the_consoles(console, sandbox):
    sandbox.configure(max_requests_per_minute=1, latency=30)

    assert [console.get("/customers").status_code for _ in range(3)] == [200] * 3


def test_a_body_that_is_too_large_is_refused(console, monkeypatch):
    from contacthub_orm.sandbox.console.console import Console

    monkeypatch.setattr(Console, "max_bytes", 1000)

    assert console.post("/state/seed", text="x" * 5000).status_code == 413


@pytest.mark.parametrize(
    ("options", "is_served"),
    [
        ({}, True),
        ({"console": False}, False),
        ({"host": "0.0.0.0"}, False),
        ({"host": "0.0.0.0", "console": True}, True),
    ],
)
def test_it_is_served_on_loopback_unless_told_otherwise(options, is_served):
    with Sandbox(**options) as sandbox:
        address = f"http://127.0.0.1:{urlsplit(sandbox.base_url).port}/console"
        answer = requests.get(address, timeout=10)

        assert (sandbox.console_url is not None) == is_served
        assert (answer.status_code == 200) == is_served


def test_the_settings_say_how_to_reach_the_workspace(console, sandbox):
    sandbox.add_node("Shops")
    twin = console.twin("/settings")

    assert (twin["workspaceId"], twin["nodeId"], twin["baseUrl"]) == (
        sandbox.workspace_id,
        sandbox.node_id,
        sandbox.base_url,
    )
    assert [node["name"] for node in twin["nodes"]] == ["Sandbox", "Shops"]


def test_events_are_filtered_as_the_api_filters_them(console, sandbox):
    [customer] = sandbox.seed([{"base": {"firstName": "Ann"}}])
    kinds = [("viewedPage", "WEB"), ("openedTicket", "CONTACT_CENTER")]
    sandbox.seed_events(
        [{"customerId": customer, "type": kind, "context": where, "properties": {}} for kind, where in kinds]
    )

    found = console.twin("/events", context="WEB", customer=customer)

    assert [event["type"] for event in found["events"]] == ["viewedPage"]
    assert found["names"] == {customer: "Ann"}


def test_a_refused_form_names_the_twin_of_its_page(console):
    answer = requests.post(f"{console.url}/state/seed", data={"text": "{"}, timeout=10)

    assert answer.status_code == 400
    assert '<a href="/console/state?format=json">This page as JSON</a>' in answer.text
