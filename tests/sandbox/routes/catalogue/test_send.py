"""Send: what the sources with the provider CONTACTSEND say."""

from __future__ import annotations

import pytest

PROPERTIES = {
    "userdbId": 7,
    "groupPk": 3,
    "mappedColumns": [
        {"hub": "base.contacts.email", "send": "EMAIL"},
        {"hub": "consents.profiling.online.status", "send": "PROFILING"},
        {"hub": "extended.points", "send": "POINTS"},
    ],
    "subscriptions": [{"sendWfc": 12, "hub": "news", "send": "NEWS"}, {"hub": "tips", "send": "TIPS"}],
}


def add(api, **values):
    body = {"name": "Send", "provider": "CONTACTSEND", "nodes": [api.sandbox.node_id], **values}
    answer = api.post("/configuration/sources", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def root(api, path):
    url = f"{api.sandbox.base_url}/send/configurations{path}"
    return api.session.get(url, headers=api.headers, timeout=10)


@pytest.fixture
def source(api):
    return add(api, properties=PROPERTIES)


def test_a_user_database_has_the_subscriptions_that_are_mapped(api, source):
    found = api.get("/send/subscriber-sources/7/subscriptions").json()["elements"]
    assert found == [
        {"id": 12, "name": "news", "registrationField": "NEWS"},
        {"id": 2, "name": "tips", "registrationField": "TIPS"},
    ]


def test_a_field_has_the_type_of_the_property_that_fills_it(api, source):
    found = api.get("/send/subscriber-sources/7/fields", groupPk=3).json()["elements"]
    assert found == [
        {"name": "EMAIL", "type": "string"},
        {"name": "PROFILING", "type": "boolean"},
        {"name": "POINTS", "type": "string"},
    ]


@pytest.mark.parametrize("what", ["subscriptions", "fields"])
def test_a_user_database_that_no_source_is_about_is_not_found(api, source, what):
    assert api.get(f"/send/subscriber-sources/8/{what}").json()["message"] == "user db not found 8"
    assert api.get(f"/send/subscriber-sources/7/{what}", groupPk=4).status_code == 404
    assert api.get(f"/send/subscriber-sources/7/{what}", groupPk="x").status_code == 400


def test_a_configuration_tells_of_the_node_and_its_source_but_not_the_token(api, source):
    (found,) = root(api, "").json()["elements"]
    assert found == {
        "portfolio": 3,
        "id": api.sandbox.workspace_id,
        "name": "Sandbox",
        "industry": "NotDefined",
        "workspaceStatus": "ENABLED",
        "nodeId": api.sandbox.node_id,
        "nodeName": "Sandbox",
        "nodeType": "ENTRY",
        "contactSendSource": {name: value for name, value in source.items() if name != "token"},
    }


def test_configurations_are_found_by_node_group_and_user_database(api, source):
    other = add(api, properties={"userdbId": 8, "groupPk": 4})
    of = lambda answer: [one["contactSendSource"]["id"] for one in answer.json()["elements"]]  # noqa: E731
    assert of(root(api, "")) == [source["id"], other["id"]]
    assert of(root(api, "/groups/4")) == [other["id"]]
    assert of(root(api, "/groups/5")) == []
    assert root(api, "/groups/4/userdbs/8").json()["contactSendSource"]["id"] == other["id"]
    node = f"/workspaces/{api.sandbox.workspace_id}/nodes/{api.sandbox.node_id}"
    assert root(api, node).json()["contactSendSource"]["id"] == source["id"]


def test_what_has_no_configuration_is_not_found(api):
    node = f"/workspaces/{api.sandbox.workspace_id}/nodes/{api.sandbox.node_id}"
    assert root(api, "").json() == {"elements": []}
    assert root(api, node).status_code == 404
    assert root(api, f"/workspaces/{api.sandbox.workspace_id}/nodes/unknown").status_code == 404
    assert root(api, f"/workspaces/unknown/nodes/{api.sandbox.node_id}").status_code == 403
    assert root(api, "/groups/4/userdbs/8").status_code == 404


def test_other_sources_are_none_of_send(api):
    add(api, provider="API", properties=PROPERTIES)
    assert root(api, "").json() == {"elements": []}


@pytest.mark.parametrize("properties", [{"userdbId": 7, "mappedColumns": 1, "subscriptions": ["x"]}, {}])
def test_odd_properties_are_passed_over(api, properties):
    add(api, properties={"userdbId": 7} | properties)
    for what in ("subscriptions", "fields"):
        assert api.get(f"/send/subscriber-sources/7/{what}").json() == {"elements": []}
    assert root(api, "").status_code == 200


def test_a_token_sees_the_configurations_of_its_nodes(api, source):
    api.sandbox.add_node("Other")
    token = api.sandbox.add_source("reader", {"Other": "R"})
    api.headers = {"Authorization": f"Bearer {token}"}
    assert root(api, "").json() == {"elements": []}
    assert api.get("/send/subscriber-sources/7/fields").status_code == 404
