"""GET /me: the owner of the token."""

from __future__ import annotations


def me(api, token=None):
    headers = api.headers if token is None else {"Authorization": f"Bearer {token}"}
    answer = api.session.get(f"{api.sandbox.base_url}/me", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_first_token_may_do_everything(api):
    sandbox = api.sandbox
    node = {"id": sandbox.node_id, "name": "Sandbox", "type": "ENTRY", "permission": "RW"}
    workspace = {"id": sandbox.workspace_id, "name": "Sandbox", "status": "ENABLED", "nodes": [node]}
    assert me(api) == {
        "name": "Sandbox",
        "groups": [{"id": 1, "name": "Group 1", "workspaces": [workspace]}],
        "lang": "en",
        "roles": ["ADMIN", "DPO"],
        "mc": False,
    }


def test_a_user_has_a_number_and_the_nodes_with_the_permissions(api):
    other = api.sandbox.add_node("Other")
    found = me(api, api.sandbox.add_user("Ann", {"Other": "R"}))
    assert (found["name"], found["roles"], type(found["id"])) == ("Ann", ["USER"], int)
    (workspace,) = found["groups"][0]["workspaces"]
    assert workspace["nodes"] == [{"id": other, "name": "Other", "type": "ENTRY", "permission": "R"}]


def test_a_source_is_a_trusted_application(api):
    found = me(api, api.sandbox.add_source("Shop", {"Sandbox": "W"}))
    assert (found["name"], found["roles"], "id" in found) == ("Shop", ["TRUSTED_APPLICATION"], False)
    assert [node["permission"] for node in found["groups"][0]["workspaces"][0]["nodes"]] == ["W"]


def test_an_aggregate_node_is_listed(api):
    api.sandbox.add_aggregate_node("All")
    (workspace,) = me(api)["groups"][0]["workspaces"]
    assert [(node["name"], node["type"]) for node in workspace["nodes"]] == [
        ("Sandbox", "ENTRY"),
        ("All", "AGGREGATE"),
    ]


def test_an_unknown_token_is_nobody(api):
    answer = api.session.get(f"{api.sandbox.base_url}/me", headers={"Authorization": "Bearer x"}, timeout=10)
    assert answer.status_code == 401
