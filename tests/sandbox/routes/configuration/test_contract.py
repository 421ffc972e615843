"""Every operation of the groups `configuration` and `workspaces`, as the facts state it."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.contacthub.api.answers import Pages, Record
from contacthub_orm.contacthub.api.api import GROUPS
from contacthub_orm.contacthub.api.operation import operations_of
from contacthub_orm.reference import operations
from tests.sandbox.shapes import departures

FACTS = {facts["id"]: facts for facts in operations() if facts["group"] in ("configuration", "workspaces")}
MATCHING = {"properties": ["externalId"], "caseSensitive": True}
DEFINITIONS = {"points": {"type": "integer", "contactlabProperties": {"label": "Points", "maxLength": 9}}}
MONTHS = {"viewedPage": {"months": 6}}

each_operation = pytest.mark.parametrize("name", FACTS)


class World:
    """What a request for each operation needs: the ids that its path names, and a body."""

    def __init__(self, api) -> None:
        self.api = api
        sandbox = api.sandbox
        source = api.post("/configuration/sources", {"name": "Shop", "nodes": [sandbox.node_id]}).json()
        self.values = {
            "workspaceId": sandbox.workspace_id,
            "nodeId": sandbox.node_id,
            "aggregateNodeId": sandbox.add_aggregate_node("All"),
            "sourceId": source["id"],
            "id": "1",
            "eventType": "completedOrder",
            "planModel": "ORDER",
            "name": "base.firstName",
            "baseProperty": "base.firstName",
        }

    def body(self, name: str) -> Any:
        node = self.api.sandbox.node_id
        entry = {"name": "Shops", "uniqueCustomer": MATCHING, "mandatoryProperties": ["base.lastName"]}
        extended = {"update_event_extended_properties", "update_product_extended_properties"}
        if name in extended | {"update_customer_extended_properties"}:
            return DEFINITIONS
        return {
            "update_workspace_configuration": {"name": "Wayne", "currency": "USD"},
            "update_throttling": {"maxRequestsPerMinute": 1000},
            "update_event_configuration": {"enabled": False},
            "set_event_state": {"value": False},
            "update_product_update_event_types": {"eventTypes": ["completedOrder"]},
            "update_retention_policy": MONTHS,
            "update_events_consent_policy": {"marketing.automatic.email": ["campaignSent"]},
            "update_events_payload_size": {"viewedPage": {"maxBytes": 500}},
            "update_node_retention_policy": {"enabled": False, "events": MONTHS},
            "create_entry_node": entry,
            "update_entry_node": entry | {"id": node},
            "update_entry_node_retention_policy": MONTHS,
            "set_entry_node_retention_state": {"enabled": False},
            "create_aggregate_node": {"name": "x", "entryNodes": [node], "matchingProperties": MATCHING},
            "update_aggregate_node": {"name": "y"},
            "set_aggregate_node_state": {"state": "ACTIVE"},
            "update_customer_base_property": {"name": "base.firstName", "enabled": False},
            "set_customer_base_property_state": {"value": False},
            "create_source": {"name": "Web", "nodes": [node]},
            "update_source": {"name": "Web", "nodes": [node], "enabled": False},
            "update_matching_policy": MATCHING,
            "update_user": {"nodes": [{"id": node, "permission": "RW"}]},
            "create_workspace": {"name": "Two", "slug": "two", "groupPk": 7, "shard": "a"},
            "set_workspace_status": {"status": "SUSPENDED"},
        }.get(name)

    def send(self, name: str):
        facts, sandbox = FACTS[name], self.api.sandbox
        path = facts["path"].format(**self.values)
        return self.api.session.request(
            facts["method"],
            sandbox.base_url + path,
            json=self.body(name),
            headers=self.api.headers,
            timeout=10,
        )


@pytest.fixture
def world(api):
    return World(api)


@pytest.fixture
def furnished(world):
    """A world in which there is something to show."""
    api = world.api
    customer = api.create(base={"subscriptions": [{"id": "news", "subscribed": True}]})
    api.event(customerId=customer["id"])
    api.put("/configuration/retention-policy", MONTHS)
    api.put("/configuration/products/properties/extended", DEFINITIONS)
    api.put("/configuration/events/completedOrder/properties/extended", DEFINITIONS)
    return world


@each_operation
def test_an_operation_answers_with_the_stated_status_and_shape(furnished, name):
    answer = furnished.send(name)

    assert answer.status_code == FACTS[name]["success"], answer.text
    assert departures(FACTS[name]["response"], answer.json() if answer.content else None) == []


@each_operation
def test_an_operation_needs_a_known_token(world, name):
    world.api.headers = {"Authorization": "Bearer nobody"}

    answer = world.send(name)

    assert answer.status_code == 401
    assert answer.json()["message"] == "The client is not authorized to access the API"


@pytest.mark.parametrize("name", [name for name, facts in FACTS.items() if facts["method"] != "GET"])
def test_the_configuration_is_changed_by_administrators_only(world, name):
    node = world.api.sandbox.node_id
    world.api.headers = {"Authorization": f"Bearer {world.api.sandbox.add_source('Web', {node: 'RW'})}"}

    answer = world.send(name)

    assert answer.status_code == 403
    assert answer.json().keys() == {"message", "logref", "data", "errors"}


@each_operation
def test_the_client_reads_an_answer_without_a_field_that_it_does_not_know(furnished, name):
    facts = FACTS[name]
    (group,) = (cls for cls in GROUPS.values() if name in operations_of(cls))
    api = furnished.api.sandbox.workspace.api
    arguments = {one["name"]: furnished.values[one["name"]] for one in facts["path_params"]}
    arguments.pop("workspaceId", None)
    if facts["body"]:
        arguments["body"] = furnished.body(name)
    if name == "get_user":
        arguments["id"] = 1
    (member,) = (one for one, cls in GROUPS.items() if cls is group)

    answer = getattr(getattr(api, member), name)(**arguments)

    if isinstance(answer, Record):
        assert answer.unknown == {}
    if isinstance(answer, Pages):
        assert all(not element.unknown for element in answer.elements if isinstance(element, Record))


@pytest.mark.parametrize("name", [name for name, facts in FACTS.items() if facts["body"]])
def test_an_operation_refuses_a_body_that_is_no_object(world, name):
    facts = FACTS[name]
    url = world.api.sandbox.base_url + facts["path"].format(**world.values)

    answer = world.api.session.request(facts["method"], url, json=[1], headers=world.api.headers, timeout=10)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "name", [name for name, facts in FACTS.items() if facts["body"] and "map_of" not in facts["body"]]
)
def test_an_operation_refuses_an_unknown_property_and_says_where(world, name):
    facts = FACTS[name]
    url = world.api.sandbox.base_url + facts["path"].format(**world.values)
    body = world.body(name) | {"colour": "red"}

    answer = world.api.session.request(facts["method"], url, json=body, headers=world.api.headers, timeout=10)

    assert answer.status_code == 400
    assert "colour" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, one["name"])
        for name, facts in FACTS.items()
        for one in facts["path_params"]
        if one["name"] != "workspaceId"
    ],
)
def test_what_the_path_names_and_does_not_exist_is_answered_404(world, name, parameter):
    world.values[parameter] = "7cd9e4a4-8f00-4c0f-9a55-6f62b1b33b70"

    answer = world.send(name)

    assert answer.status_code == 404
    assert answer.json().keys() == {"message", "logref", "data", "errors"}


def test_an_unknown_workspace_is_answered_403(world):
    world.values["workspaceId"] = "other"

    assert world.send("get_workspace").status_code == 403
    assert world.send("set_workspace_status").status_code == 403
