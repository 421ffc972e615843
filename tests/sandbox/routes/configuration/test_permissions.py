"""Tokens with permissions of their own: 401 without a known one, 403 without the permission, 404 for what is unseen."""

from __future__ import annotations

import pytest

ENVELOPE = {"message", "logref", "data", "errors"}


@pytest.fixture
def shops(sandbox):
    return sandbox.add_node("Shops")


@pytest.fixture
def customers(api, shops):
    """A customer of the first node and one of the other."""
    return api.create(externalId="1")["id"], api.create(nodeId=shops, externalId="2")["id"]


@pytest.fixture
def use(api, shops):
    """Go on with the token of a new source."""

    def use(**nodes):
        token = api.sandbox.add_source("Web", nodes)
        api.headers = {"Authorization": f"Bearer {token}"}

    return use


def test_a_token_that_reads_a_node_reads_its_customers(api, customers, use):
    use(Shops="R")

    assert api.get(f"/customers/{customers[1]}").status_code == 200
    assert api.get("/customers", nodeId=api.sandbox.nodes["Shops"]).status_code == 200


def test_a_token_that_only_reads_is_refused_every_write(api, customers, use):
    event = api.event(customerId=customers[1])
    use(Shops="R")
    node, path = api.sandbox.nodes["Shops"], f"/customers/{customers[1]}"
    new_event = {"customerId": customers[1], "type": "viewedPage", "context": "WEB", "properties": {}}

    answers = [
        api.post("/customers", {"nodeId": node, "externalId": "3"}),
        api.patch(path, {"extra": "x"}),
        api.put(path, {"nodeId": node, "externalId": "3"}),
        api.delete(path),
        api.post(f"{path}/sessions", {"value": "s"}),
        api.post(f"{path}/likes", {"id": "x"}),
        api.post(f"{path}/forget", None),
        api.post("/events", new_event),
        api.patch(f"/events/{event}", {"properties": {}}),
        api.delete(f"/events/{event}"),
    ]

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert answers[0].json().keys() == ENVELOPE
    assert answers[0].json()["message"] == f"the token has no permission to write to node {node}"
    assert api.customer(customers[1])["version"] == 1


def test_a_token_that_only_writes_is_refused_every_read(api, customers, use):
    use(Shops="W")
    path = f"/customers/{customers[1]}"

    assert api.patch(path, {"extra": "x"}).status_code == 200
    assert api.get(path).status_code == 403
    assert api.get(f"{path}/export").status_code == 403
    assert api.get("/customers", nodeId=api.sandbox.nodes["Shops"]).status_code == 403
    assert api.get("/events").json()["elements"] == []


def test_what_a_token_does_not_see_does_not_exist_by_id(api, customers, use):
    event = api.event(customerId=customers[0])
    use(Shops="RW")
    path = f"/customers/{customers[0]}"

    answers = [api.get(path), api.patch(path, {"extra": "x"}), api.get(f"/events/{event}"), api.delete(path)]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].json()["message"] == f"customer not found {customers[0]}"


def test_a_node_that_a_request_names_is_answered_403_without_a_permission(api, use):
    use(Shops="RW")
    node = api.sandbox.node_id

    assert api.get("/customers", nodeId=node).status_code == 403
    assert api.get("/events", nodeId=node).status_code == 403
    assert api.post("/customers", {"nodeId": node, "externalId": "1"}).status_code == 403
    assert api.get(f"/configuration/nodes/entries/{node}").status_code == 403
    assert api.get("/customers", nodeId="7cd9e4a4-8f00-4c0f-9a55-6f62b1b33b70").status_code == 404


def test_a_token_lists_the_nodes_that_it_sees(api, use):
    use(Shops="W")

    assert [node["name"] for node in api.get("/configuration/nodes").json()["elements"]] == ["Shops"]
    assert [node["name"] for node in api.get("/configuration/nodes/entries").json()["elements"]] == ["Shops"]


def test_the_status_of_retention_counts_the_events_of_nodes_that_a_token_sees(api, customers, use):
    api.event(customerId=customers[0])
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})
    use(Shops="R")

    assert api.get("/configuration/retention-policy/status").json() == {api.sandbox.nodes["Shops"]: {}}


def test_events_are_searched_in_the_nodes_that_a_token_reads(api, customers, use):
    api.event(customerId=customers[0])
    event = api.event(customerId=customers[1])
    use(Shops="R")

    assert [one["id"] for one in api.get("/events").json()["elements"]] == [event]


def test_who_reads_an_aggregate_node_reads_its_customers_by_id_but_writes_none(api, customers, use):
    api.sandbox.add_aggregate_node("All")
    use(All="RW")

    assert api.get(f"/customers/{customers[0]}").status_code == 200
    assert api.patch(f"/customers/{customers[0]}", {"extra": "x"}).status_code == 403


def test_an_event_without_a_node_goes_to_the_only_node_of_its_token(api, use):
    use(Shops="RW")
    event = api.event(bringBackProperties={"type": "EXTERNAL_ID", "value": "7"})

    assert api.get(f"/events/{event}").json()["bringBackProperties"]["nodeId"] == api.sandbox.nodes["Shops"]


def test_an_event_without_a_node_is_refused_if_its_token_has_several(api, use):
    api.sandbox.add_node("Web")
    use(Shops="RW", Web="RW")
    event = {"type": "viewedPage", "context": "WEB", "properties": {}, "bringBackProperties": {"value": "s"}}

    answer = api.post("/events", event)

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/bringBackProperties/nodeId")


def test_a_customer_tells_which_source_made_and_which_changed_it(api, shops):
    made = api.post("/configuration/sources", {"name": "Web", "nodes": [shops]}).json()
    first, api.headers = api.headers, {"Authorization": f"Bearer {made['token']}"}
    customer = api.create(nodeId=shops, externalId="1")
    assert customer["sourceInfo"] == {"registeredBy": made["id"], "updatedBy": made["id"]}

    api.headers = first
    changed = api.patch(f"/customers/{customer['id']}", {"extra": "x"}).json()
    assert changed["sourceInfo"]["updatedBy"] != made["id"]


@pytest.fixture
def made(api, shops):
    answer = api.post("/configuration/sources", {"name": "Web", "nodes": [shops]})
    assert answer.status_code == 201
    return answer.json()


def status(api, token, shops):
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{api.root}/customers"
    return api.session.get(url, params={"nodeId": shops}, headers=headers, timeout=10).status_code


def test_the_token_of_a_new_source_works_at_once(api, made, shops):
    assert status(api, made["token"], shops) == 200


def test_a_disabled_source_is_unknown(api, made, shops):
    path = f"/configuration/sources/{made['id']}"
    api.put(path, made | {"enabled": False})
    assert status(api, made["token"], shops) == 401

    api.put(path, made | {"enabled": True})
    assert status(api, made["token"], shops) == 200


def test_a_source_that_is_put_back_leaves_no_token_in_the_log_of_requests(api, made):
    assert api.put(f"/configuration/sources/{made['id']}", made).status_code == 200

    assert made["token"] not in repr(api.sandbox.requests)
    assert api.sandbox.requests[-1].body["name"] == "Web"


def test_a_source_loses_the_nodes_that_are_taken_from_it(api, made, shops):
    api.put(f"/configuration/sources/{made['id']}", made | {"nodes": [api.sandbox.node_id]})

    assert status(api, made["token"], shops) == 403
    assert status(api, made["token"], api.sandbox.node_id) == 200


def test_a_new_token_replaces_the_old_one(api, made, shops):
    new = api.post(f"/configuration/sources/{made['id']}/refresh-token", None).json()

    assert status(api, made["token"], shops) == 401
    assert status(api, new["token"], shops) == 200
    assert api.get(f"/configuration/sources/{made['id']}").json() == new


def test_the_first_source_can_be_given_a_new_token(api):
    old, source = api.sandbox.token, api.create(externalId="1")["sourceInfo"]["registeredBy"]

    new = api.post(f"/configuration/sources/{source}/refresh-token", None).json()["token"]

    assert new == api.sandbox.token != old
    assert api.get("/configuration").status_code == 401
    assert api.sandbox.workspace.api.configuration.get_workspace_configuration().name == "Sandbox"


def test_the_first_source_stays_enabled_for_all_nodes(api, shops):
    source = api.create(externalId="1")["sourceInfo"]["registeredBy"]
    path = f"/configuration/sources/{source}"
    shown = api.get(path).json()
    assert shown["nodes"] == [api.sandbox.node_id, shops]

    assert api.put(path, shown | {"name": "First"}).status_code == 200
    answer = api.put(path, shown | {"nodes": [shops], "enabled": False})
    assert [one["path"] for one in answer.json()["errors"]] == ["/nodes", "/enabled"]


def test_all_mistakes_of_a_source_are_told_together(api):
    body = {"nodes": ["7cd9e4a4-8f00-4c0f-9a55-6f62b1b33b70"], "id": "x", "token": "y"}

    errors = api.post("/configuration/sources", body).json()["errors"]

    assert [one["path"] for one in errors] == ["/name", "/id", "/token", "/nodes/0"]


@pytest.mark.parametrize("provider", ["MAGENTO", "Javascript"])
def test_a_source_of_a_retired_provider_is_refused(api, provider):
    body = {"name": "Web", "nodes": [api.sandbox.node_id], "provider": provider}

    assert api.post("/configuration/sources", body).status_code == 400


def test_no_other_token_reads_sources_or_users(api, use):
    use(Shops="RW")

    assert api.get("/configuration/sources").status_code == 403
    assert api.get("/configuration/users").status_code == 403
    assert api.get("/configuration/events").status_code == 200


def test_the_permissions_of_a_user_are_in_force(api, shops):
    headers = {"Authorization": f"Bearer {api.sandbox.add_user('Bruce', {'Shops': 'R'})}"}
    [user] = api.get("/configuration/users", search="bru").json()["elements"]
    assert user["nodes"] == [{"id": shops, "permission": "R"}]

    def create():
        body = {"nodeId": shops, "externalId": "1"}
        return api.session.post(f"{api.root}/customers", json=body, headers=headers, timeout=10).status_code

    assert create() == 403
    api.put(f"/configuration/users/{user['id']}", {"nodes": [{"id": shops, "permission": "RW"}]})
    assert create() == 201
    api.put(f"/configuration/users/{user['id']}", {"nodes": [{"id": shops}]})
    assert create() == 403


def test_an_unknown_node_or_permission_is_refused(api):
    for node in (
        {"id": "7cd9e4a4-8f00-4c0f-9a55-6f62b1b33b70"},
        {"id": api.sandbox.node_id, "permission": "X"},
    ):
        assert api.put("/configuration/users/1", {"nodes": [node]}).status_code == 400


def test_workspaces_are_found_by_part_of_their_name_and_by_group(api):
    url = f"{api.sandbox.base_url}/workspaces"
    new = {"name": "Gotham", "slug": "gotham", "groupPk": 7, "shard": "a"}
    assert api.session.post(url, json=new, headers=api.headers, timeout=10).status_code == 201

    def names(**query):
        return [
            one["name"]
            for one in api.session.get(url, params=query, headers=api.headers, timeout=10).json()["elements"]
        ]

    assert names() == ["Sandbox", "Gotham"]
    assert (names(name="goth"), names(groupPk=1), names(size=1, page=1)) == (
        ["Gotham"],
        ["Sandbox"],
        ["Gotham"],
    )
    again = api.session.post(url, json=new, headers=api.headers, timeout=10)
    assert (again.status_code, again.json()["errors"][0]["path"]) == (409, "/slug")
