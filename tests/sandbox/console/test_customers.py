"""The pages of customers: search, one customer, its versions, what becomes of it."""

from __future__ import annotations

import json
import re

import pytest

from contacthub_orm.sandbox.console.history import changes


def query(value: str) -> str:
    condition = {"type": "atomic", "attribute": "base.lastName", "operator": "EQUALS", "value": value}
    return json.dumps({"name": "", "query": {"type": "simple", "are": {"condition": condition}}})


def external_ids(found) -> list[str]:
    return [customer["externalId"] for customer in found["customers"]]


@pytest.fixture
def family(sandbox):
    return sandbox.seed(
        [
            {
                "externalId": "1",
                "base": {"firstName": "Bruce", "lastName": "Wayne"},
                "tags": {"manual": ["vip"]},
            },
            {"externalId": "2", "base": {"firstName": "Martha", "lastName": "Wayne"}},
            {"externalId": "3", "base": {"contacts": {"email": "kent@example.com"}}},
        ]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wayne", ["1", "2"]),
        ("bruce wayne", ["1"]),
        ("wayne bruce", ["1"]),
        ("KENT@", ["3"]),
        ("vip", ["1"]),
        ("firstName", []),
        ("%", []),
        ('"', []),
    ],
)
def test_a_text_finds_whoever_is_known_by_all_its_words(console, family, text, expected):
    assert external_ids(console.twin("/customers", q=text, sort="externalId,asc")) == expected


def test_an_id_finds_its_customer(console, family):
    assert external_ids(console.twin("/customers", q=family[1])) == ["2"]


def test_query_json_finds_what_a_search_of_the_api_finds(console, family):
    assert external_ids(console.twin("/customers", q=query("Wayne"), sort="externalId,asc")) == ["1", "2"]


def test_a_malformed_query_is_shown_with_what_is_wrong(console):
    answer = console.get("/customers", q='{"name"')

    assert answer.status_code == 400
    assert "Malformed query" in answer.text
    assert 'value="{&#34;name&#34;"' in answer.text


def test_the_page_is_in_the_address_and_names_its_neighbours(console, sandbox):
    sandbox.seed([{"externalId": f"{number:02}"} for number in range(60)])

    second = console.twin("/customers", page=1, sort="externalId,asc")

    assert external_ids(second)[0] == "25"
    assert second["page"]["previous"] == "/console/customers?format=json&sort=externalId%2Casc"
    assert "page=2" in second["page"]["next"]


def test_the_aggregate_node_shows_what_its_entry_nodes_hold(console, sandbox, family):
    everybody = sandbox.add_aggregate_node("All")

    assert len(console.twin("/customers", node=everybody)["customers"]) == 3


def test_another_workspace_has_customers_of_its_own(console, sandbox, family):
    shop = sandbox.add_workspace("Shop")
    shop.seed([{"externalId": "s"}])

    found = console.twin("/customers", workspace=shop.workspace_id)

    assert external_ids(found) == ["s"]
    assert console.get(f"/customers/{family[0]}", workspace=shop.workspace_id).status_code == 404


def test_what_a_document_says_is_never_markup(console, sandbox):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    [customer] = sandbox.seed([{"externalId": evil, "base": {"firstName": evil}}])

    for path in ("/customers", f"/customers/{customer}", f"/customers?q={evil}"):
        assert "<script>alert" not in console.get(path).text
        assert "<img src=x" not in console.get(path).text


def test_each_version_says_what_it_changed_from_the_seeded_one_on(console, sandbox, api, family):
    api.patch(f"/customers/{family[0]}", {"base": {"firstName": "Bat"}})
    api.patch(f"/customers/{family[0]}", {"tags": {"manual": ["vip", "night"]}})

    third, second, first = console.twin(f"/customers/{family[0]}")["versions"]

    assert [one["version"] for one in (first, second, third)] == [1, 2, 3]
    assert second["changes"] == [{"path": "base.firstName", "before": "Bruce", "after": "Bat"}]
    assert third["changes"] == [{"path": "tags.manual", "before": ["vip"], "after": ["vip", "night"]}]
    assert (first["operation"], first["changes"]) == ("STORED", None)


def test_what_was_kept_of_a_seeded_customer_is_no_update(console, sandbox, api, family):
    api.patch(f"/customers/{family[0]}", {"base": {"firstName": "Bat"}})

    updates = api.get("/updates").json()["updates"]

    assert [one["operation"] for one in updates] == ["UPDATE"]


def test_a_created_customer_begins_with_what_was_set(console, api):
    customer = api.create(externalId="9")

    [created] = console.twin(f"/customers/{customer['id']}")["versions"]

    assert created["operation"] == "CREATE"
    assert {"path": "externalId", "after": "9"} in created["changes"]


def test_of_a_deleted_customer_the_versions_are_left(console, api):
    customer = api.create(externalId="9", base={"firstName": "Ann"})
    api.delete(f"/customers/{customer['id']}")

    page = console.get(f"/customers/{customer['id']}")
    twin = console.twin(f"/customers/{customer['id']}")

    assert "was deleted" in page.text
    assert "Ann" in page.text
    assert twin["customer"] is None
    assert [one["operation"] for one in twin["versions"]] == ["DELETE", "CREATE"]


def test_of_a_forgotten_customer_nothing_is_left(console, sandbox, api, family):
    api.patch(f"/customers/{family[0]}", {"base": {"firstName": "Bat"}})

    console.done(f"/customers/{family[0]}/forget")

    assert api.get(f"/customers/{family[0]}").status_code == 404
    assert console.get(f"/customers/{family[0]}").status_code == 404


def test_the_export_is_a_file_of_which_the_consent_log_tells(console, api, family):
    answer = console.post(f"/customers/{family[0]}/export")

    assert answer.json()["customer"]["externalId"] == "1"
    assert answer.headers["content-disposition"] == f'attachment; filename="customer-{family[0]}.json"'
    assert api.get("/consent-logs", nodeId=api.sandbox.node_id).json()["elements"] != []


def test_the_events_and_sessions_of_a_customer_are_with_it(console, api, family):
    api.event(customerId=family[0])
    api.post(f"/customers/{family[0]}/sessions", {"value": "a3b1"})

    twin = console.twin(f"/customers/{family[0]}")

    assert [event["type"] for event in twin["events"]] == ["viewedPage"]
    assert [session["value"] for session in twin["sessions"]] == ["a3b1"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [{"path": "a", "before": 1, "after": True}]),
        ({"a": {"b": 1}}, {"a": None}, [{"path": "a.b", "before": 1}]),
        (
            {"l": [{"id": "x", "n": 1}]},
            {"l": [{"id": "x", "n": 2}]},
            [{"path": "l[x].n", "before": 1, "after": 2}],
        ),
        ({"l": []}, {"l": None}, []),
        ({"l": ["a"]}, {"l": ["a", "b"]}, [{"path": "l", "before": ["a"], "after": ["a", "b"]}]),
    ],
)
def test_what_differs_is_told_by_path(before, after, expected):
    assert changes(before, after) == expected


def test_an_id_of_any_characters_has_a_page(console, sandbox):
    odd = "a?b#c %41+é"
    sandbox.seed([{"id": odd, "externalId": "1"}])

    [link] = re.findall(r'href="(/console/customers/[^"]+)"', console.get("/customers").text)
    [twin] = re.findall(r'rel="alternate" type="application/json" href="([^"]+)"', console.get(link[8:]).text)

    assert console.twin(link[8:])["id"] == odd
    assert console.twin(twin[8:])["id"] == odd
