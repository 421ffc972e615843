"""Several entry nodes and aggregate nodes in one workspace."""

from __future__ import annotations

from json import dumps

import pytest

from contacthub_orm.sandbox import Sandbox
from tests.sandbox.api import Api

BY_ID = {"properties": ["externalId"], "caseSensitive": False}


@pytest.fixture
def shops(sandbox):
    return sandbox.add_node("Shops")


@pytest.fixture
def all_nodes(sandbox, shops):
    return sandbox.add_aggregate_node("All")


def found(api, node, **query):
    answer = api.get("/customers", nodeId=node, **query)
    assert answer.status_code == 200, answer.text
    return {customer["id"] for customer in answer.json()["elements"]}


def test_a_node_that_is_posted_holds_customers_of_its_own(api):
    answer = api.post("/configuration/nodes/entries", {"name": "Shops", "uniqueCustomer": BY_ID})
    node = answer.json()["id"]
    first = api.create(externalId="1")
    second = api.create(nodeId=node, externalId="1")

    assert answer.status_code == 201
    assert first["id"] != second["id"]
    assert found(api, api.sandbox.node_id) == {first["id"]}
    assert found(api, node) == {second["id"]}
    assert api.create(nodeId=node, externalId="1")["id"] == second["id"]


def test_customers_match_within_their_node_only(api, shops):
    base = {"contacts": {"email": "a@x.it"}}

    assert api.create(base=base)["id"] != api.create(nodeId=shops, base=base)["id"]


def test_a_collision_in_another_node_is_none(api, shops):
    api.create(base={"contacts": {"email": "a@x.it"}})
    other = api.create(nodeId=shops, externalId="1")

    assert (
        api.patch(f"/customers/{other['id']}", {"base": {"contacts": {"email": "a@x.it"}}}).status_code == 200
    )


def test_each_node_demands_its_own_mandatory_properties(api, sandbox):
    strict = sandbox.add_node("Strict", mandatory=["base.lastName"])

    assert api.post("/customers", {"nodeId": strict, "externalId": "1"}).status_code == 400
    assert api.create(externalId="1")


def test_nodes_are_listed_with_their_types_a_page_at_a_time(api, all_nodes):
    nodes = api.get("/configuration/nodes").json()
    assert [node["nodeType"] for node in nodes["elements"]] == ["ENTRY", "ENTRY", "AGGREGATE"]
    assert nodes["page"] == {"size": 20, "totalElements": 3, "totalPages": 1, "number": 0}

    page = api.get("/configuration/nodes", size=2, page=1).json()
    assert [node["name"] for node in page["elements"]] == ["All"]
    assert page["page"]["totalPages"] == 2
    one_type = api.get("/configuration/nodes", nodeType="AGGREGATE").json()["elements"]
    assert [node["id"] for node in one_type] == [all_nodes]


@pytest.mark.parametrize("query", [{"size": 51}, {"page": -1}, {"size": "x"}, {"nodeType": "OTHER"}])
def test_a_malformed_page_of_nodes_is_answered_400(api, query):
    assert api.get("/configuration/nodes", **query).status_code == 400


def test_events_belong_to_the_node_of_their_customer(api, shops):
    customer = api.create(nodeId=shops, externalId="1")
    event = api.event(customerId=customer["id"])

    def events(node):
        return [one["id"] for one in api.get("/events", nodeId=node).json()["elements"]]

    assert (events(shops), events(api.sandbox.node_id)) == ([event], [])
    assert api.get("/events").json()["page"]["totalElements"] == 1


def test_events_that_name_a_node_create_their_customer_there(api, shops):
    back = {"type": "EXTERNAL_ID", "value": "7", "nodeId": shops}
    api.event(bringBackProperties=back)

    assert len(found(api, shops, externalId="7")) == 1
    assert found(api, api.sandbox.node_id) == set()


def test_a_session_belongs_to_one_node(api, shops):
    event = api.event(bringBackProperties={"value": "s", "nodeId": shops})
    here, there = api.create(externalId="1"), api.create(nodeId=shops, externalId="1")

    assert api.post(f"/customers/{here['id']}/sessions", {"value": "s"}).status_code == 201
    assert api.get(f"/events/{event}").json()["customerId"] is None
    assert api.post(f"/customers/{there['id']}/sessions", {"value": "s"}).status_code == 201
    assert api.get(f"/events/{event}").json()["customerId"] == there["id"]


def test_who_did_something_is_asked_of_the_searched_node(api, shops, all_nodes):
    customer = api.create(nodeId=shops, externalId="1")
    api.event(customerId=customer["id"])
    web = {"type": "atomic", "attribute": "context", "operator": "EQUALS", "value": "WEB"}
    did = {"event": {"name": "viewedPage"}, "condition": web, "timeframe": web}
    query = dumps({"query": {"type": "simple", "did": did}})

    assert found(api, shops, query=query) == found(api, all_nodes, query=query) == {customer["id"]}
    assert found(api, api.sandbox.node_id, query=query) == set()


def test_forgetting_a_customer_of_another_node_erases_its_events(api, shops):
    customer = api.create(nodeId=shops, externalId="1")
    event = api.event(customerId=customer["id"])

    assert api.post(f"/customers/{customer['id']}/forget", None).status_code == 200
    assert api.get(f"/events/{event}").status_code == 404


def test_an_aggregate_node_shows_what_its_entry_nodes_hold(api, shops, all_nodes):
    here, there = api.create(externalId="1"), api.create(nodeId=shops, externalId="2")
    event = api.event(customerId=there["id"])

    assert found(api, all_nodes) == {here["id"], there["id"]}
    assert found(api, all_nodes, externalId="2") == {there["id"]}
    assert [one["id"] for one in api.get("/events", nodeId=all_nodes).json()["elements"]] == [event]


def test_a_query_that_is_evaluated_in_memory_is_remembered_for_its_node_alone(api, shops, all_nodes):
    api.create(externalId="1", base={"lastName": "b"})
    there = api.create(nodeId=shops, externalId="2", base={"lastName": "a"})

    assert len(found(api, all_nodes, sort="base.lastName,asc")) == 2
    assert found(api, shops, sort="base.lastName,asc") == {there["id"]}


def test_a_new_aggregate_node_shows_nothing_before_it_is_active(api):
    api.create(externalId="1")
    path = "/configuration/nodes/aggregates"
    body = {"name": "All", "entryNodes": [api.sandbox.node_id], "matchingProperties": BY_ID}
    node = api.post(path, body).json()
    assert (node["state"], found(api, node["id"])) == ("NEW", set())

    assert api.put(f"{path}/{node['id']}/state", {"state": "ACTIVE"}).json() == {"state": "ACTIVE"}
    assert len(found(api, node["id"])) == 1


@pytest.mark.parametrize("state", ["NEW", "LOCKED", "REMOVED"])
def test_no_other_change_of_the_state_is_possible(api, all_nodes, state):
    answer = api.put(f"/configuration/nodes/aggregates/{all_nodes}/state", {"state": state})

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/state")


def test_its_entry_nodes_and_its_matching_cannot_change(api, all_nodes, shops):
    body = {"entryNodes": [shops], "matchingProperties": BY_ID}

    answer = api.put(f"/configuration/nodes/aggregates/{all_nodes}", body)

    assert [one["path"] for one in answer.json()["errors"]] == ["/entryNodes", "/matchingProperties"]


def test_nothing_is_written_to_it(api, all_nodes):
    answer = api.post("/customers", {"nodeId": all_nodes, "externalId": "1"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/nodeId")

    event = {"type": "viewedPage", "context": "WEB", "properties": {}}
    answer = api.post("/events", event | {"bringBackProperties": {"value": "s", "nodeId": all_nodes}})
    assert answer.json()["errors"][0]["path"] == "/bringBackProperties/nodeId"


@pytest.mark.parametrize(("pattern", "value"), [("START_WITH", "test"), ("CONTAINS", "@spam")])
def test_exclusion_filters_hide_customers_and_their_events(api, all_nodes, pattern, value):
    hidden = api.create(base={"contacts": {"email": "test@spam.it"}})
    shown = api.create(base={"contacts": {"email": "a@test.it"}})
    events = [api.event(customerId=one["id"]) for one in (hidden, shown)]
    of_session = api.event(bringBackProperties={"value": "s"})
    one = {"property": "base.contacts.email", "value": value, "pattern": pattern}
    api.put(f"/configuration/nodes/aggregates/{all_nodes}", {"exclusionFilters": [one]})

    assert found(api, all_nodes) == {shown["id"]}
    listed = {one["id"] for one in api.get("/events", nodeId=all_nodes).json()["elements"]}
    assert listed == {events[1], of_session}


def test_all_mistakes_of_a_new_one_are_told_together(api):
    unknown = "7cd9e4a4-8f00-4c0f-9a55-6f62b1b33b70"
    body = {
        "entryNodes": [unknown],
        "matchingProperties": {"properties": ["base.colour"]},
        "exclusionFilters": [{"property": 'a"b', "value": "x", "pattern": "CONTAINS"}],
    }

    errors = api.post("/configuration/nodes/aggregates", body).json()["errors"]

    assert [one["path"] for one in errors] == [
        "/name",
        "/entryNodes/0",
        "/matchingProperties/properties/0",
        "/exclusionFilters/0/property",
    ]


def test_it_has_at_most_ten_exclusion_filters(api, all_nodes):
    one = {"property": "externalId", "value": "x", "pattern": "CONTAINS"}

    answer = api.put(f"/configuration/nodes/aggregates/{all_nodes}", {"exclusionFilters": [one] * 11})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "maxItems")


def test_its_send_subscriptions_are_those_of_its_customers(api, shops, all_nodes):
    api.create(nodeId=shops, base={"subscriptions": [{"id": "news", "subscribed": True, "type": "mail"}]})

    assert api.get(f"/configuration/nodes/aggregates/{all_nodes}/send-source-subscriptions").json() == [
        {
            "subscriptionId": "news",
            "path": "base.subscriptions",
            "entryNodeName": "Shops",
            "entryNodeId": shops,
            "type": "mail",
        }
    ]


def test_nodes_are_seeded_by_name(api, shops):
    [here], [there] = (
        api.sandbox.seed([{"externalId": "1"}]),
        api.sandbox.seed([{"externalId": "1"}], node="Shops"),
    )
    [event] = api.sandbox.seed_events([{"customerId": there, "type": "viewedPage", "context": "WEB"}])

    assert (found(api, api.sandbox.node_id), found(api, shops)) == ({here}, {there})
    assert [one["id"] for one in api.get("/events", nodeId=shops).json()["elements"]] == [event]


def test_a_setting_names_further_nodes_which_keep_their_ids(http):
    with Sandbox(nodes=["Shops", "Web"]) as sandbox:
        nodes = sandbox.nodes
        assert list(nodes) == ["Sandbox", "Shops", "Web"]
        sandbox.reset()
        assert sandbox.nodes == nodes
        assert Api(sandbox, http).get("/customers", nodeId=nodes["Web"]).status_code == 200


def test_an_unknown_node_is_refused(sandbox, all_nodes):
    with pytest.raises(ValueError, match="no node 'Other'"):
        sandbox.seed([], node="Other")
    with pytest.raises(ValueError, match="aggregate node"):
        sandbox.seed([], node="All")
    with pytest.raises(ValueError, match="a permission is one of R, RW, W"):
        sandbox.add_source("x", {"Sandbox": "X"})
