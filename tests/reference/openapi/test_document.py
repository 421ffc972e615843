"""The OpenAPI document holds what the facts say, and nothing that cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contacthub_orm.reference import enum, models, operations
from contacthub_orm.reference.openapi import openapi

DOCUMENT = openapi()
FACTS = {operation["id"]: operation for operation in operations()}
OPERATIONS = {
    declared["operationId"]: declared
    for methods in DOCUMENT["paths"].values()
    for declared in methods.values()
}
BODIES = sorted(name for name, declared in OPERATIONS.items() if "requestBody" in declared)


def resolved(node: Any) -> Any:
    """What a node refers to, or the node itself."""
    reference = node.get("$ref") if isinstance(node, dict) else None
    if reference is None:
        return node
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for item in node:
            yield from objects(item)


def success(name: str) -> dict[str, Any]:
    return OPERATIONS[name]["responses"][str(FACTS[name]["success"])]


def media(name: str) -> dict[str, Any]:
    [found] = OPERATIONS[name]["requestBody"]["content"].values()
    return found


def schema_errors(schema: dict[str, Any], value: Any) -> list[str]:
    """What a schema of the document finds wrong with a value."""
    whole = schema | {"components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_it_is_an_openapi_document() -> None:
    validator = pytest.importorskip("openapi_spec_validator")

    validator.validate(DOCUMENT)


def test_it_has_every_operation_of_the_facts_with_method_path_and_status() -> None:
    found = {
        (declared["operationId"], method.upper(), path, next(iter(declared["responses"])))
        for path, methods in DOCUMENT["paths"].items()
        for method, declared in methods.items()
    }

    assert found == {
        (name, fact["method"], fact["path"], str(fact["success"])) for name, fact in FACTS.items()
    }
    assert len(found) == 127


def test_an_operation_has_the_parameters_of_the_facts() -> None:
    for name, fact in FACTS.items():
        expected = {("path", field["name"], True) for field in fact["path_params"]}
        expected |= {("query", field["name"], bool(field.get("required"))) for field in fact["query"]}
        declared = OPERATIONS[name].get("parameters", [])

        assert {(each["in"], each["name"], each["required"]) for each in declared} == expected, name


def test_an_operation_says_what_of_it_is_inferred() -> None:
    for name, fact in FACTS.items():
        declared = OPERATIONS[name]
        sources = [declared["x-source"][part] for part in ("path", "method", "success")]

        assert declared["x-source"]["path"] == fact["path_provenance"], name
        assert ("inferred" in declared["description"]) == ("inferred" in sources), name
        if fact["path_provenance"] == "inferred":
            assert re.search(r"Its path\b.*inferred", declared["description"]), name


def test_an_operation_has_the_errors_that_the_facts_know() -> None:
    error = {"$ref": "#/components/schemas/Error"}
    for name, fact in FACTS.items():
        responses = OPERATIONS[name]["responses"]

        assert fact["errors"].items() <= OPERATIONS[name]["x-source"]["errors"].items(), name
        assert set(fact["errors"]) | {"401", "403", "429"} <= set(responses), name
        for status, response in responses.items():
            if status >= "400":
                assert resolved(response)["content"]["application/json"]["schema"] == error, (name, status)


def test_an_enumeration_is_that_of_the_facts() -> None:
    [place] = [each for each in OPERATIONS["get_event"]["parameters"] if each["name"] == "nav"]

    assert place["schema"]["enum"] == list(enum("event_nav"))


def test_an_error_has_the_four_keys_that_clients_read() -> None:
    error = DOCUMENT["components"]["schemas"]["Error"]

    assert set(error["required"]) == {"message", "logref", "data", "errors"}


def test_a_body_refuses_what_the_facts_do_not_name_and_misses_what_they_require() -> None:
    schema = media("create_customer")["schema"]

    assert schema_errors(schema, {"nodeId": "1", "base": {"firstName": "Bruce"}}) == []
    assert schema_errors(schema, {"base": {"firstName": "Bruce"}}) == ["'nodeId' is a required property"]
    assert schema_errors(schema, {"nodeId": "1", "surname": "Wayne"})
    assert schema_errors(schema, {"nodeId": "1", "base": {"firstName": "x" * 256}})


def test_an_event_has_the_properties_of_its_type_and_the_information_of_its_context() -> None:
    schema = media("create_event")["schema"]
    event = {"customerId": "1", "type": "viewedPage", "context": "WEB", "properties": {"title": "Caves"}}

    assert schema_errors(schema, event) == []
    assert schema_errors(schema, event | {"type": "openedTicket"})
    assert schema_errors(schema, event | {"bringBackProperties": {"value": "1"}})
    assert schema_errors(schema, event | {"contextInfo": {"store": {"id": "1"}}})
    assert schema_errors(schema, event | {"context": "RETAIL", "contextInfo": {"store": {"id": "1"}}}) == []


def test_elements_below_a_customer_are_open_as_their_published_schemas_are() -> None:
    schema = media("create_subscription")["schema"]

    assert (
        schema_errors(schema, {"id": "1", "colour": "red", "preferences": [{"key": "1", "colour": "red"}]})
        == []
    )


def test_what_live_clients_leave_out_of_a_subscription_is_not_required() -> None:
    assert models()["Subscription"]["fields"]["subscribed"]["required"] is True
    assert schema_errors(media("create_subscription")["schema"], {"id": "1"}) == []


def test_a_body_has_an_example_that_fits_it() -> None:
    for name in BODIES:
        found = media(name)

        assert schema_errors(found["schema"], found["example"]) == [], name


def test_an_example_of_a_parameter_fits_it() -> None:
    for declared in OPERATIONS.values():
        for each in declared.get("parameters", []):
            [place] = each.get("content", {}).values() or [each]
            if "example" in place:
                assert schema_errors(place["schema"], place["example"]) == [], (
                    declared["operationId"],
                    each["name"],
                )


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    references = {node["$ref"] for node in objects(DOCUMENT) if isinstance(node.get("$ref"), str)}

    for reference in references:
        resolved({"$ref": reference})
    assert {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]} <= references


def test_a_link_leads_to_an_operation_and_gives_all_parameters_of_its_path() -> None:
    linked = set()
    for name in OPERATIONS:
        for target, link in success(name).get("links", {}).items():
            assert target == link["operationId"]
            in_path = {each["name"] for each in FACTS[target]["path_params"]}
            assert in_path <= link["parameters"].keys() | {"workspaceId"}, (name, target)
            linked.add(target)

    assert {"get_customer", "create_event", "get_job", "delete_session", "get_bulk_job"} <= linked


def test_an_operation_is_reached_from_the_workspaces_by_links_alone() -> None:
    reached, following = set(), ["list_workspaces", "create_workspace"]
    while following:
        name = following.pop()
        reached.add(name)
        following += success(name).get("links", {}).keys() - reached

    send = {name for name, fact in FACTS.items() if fact["group"] == "send"}
    assert OPERATIONS.keys() - reached - send == {
        "get_me",
        "get_plan_model",
        "set_customer_base_property_state",
    }


def test_a_list_leads_to_what_reads_its_elements_and_to_no_change_of_what_others_created() -> None:
    links = success("list_customers")["links"]

    assert links["get_customer"]["parameters"]["customerId"] == "$response.body#/elements/0/id"
    assert not {"delete_customer", "patch_customer", "forget_customer"} & links.keys()


def test_what_is_made_below_a_customer_does_not_get_the_id_of_the_customer() -> None:
    links = success("create_customer")["links"]

    assert "requestBody" not in links["create_job"]
    assert links["update_customer"]["requestBody"] == {"id": "$response.body#/id"}


def test_an_id_that_a_link_hands_on_is_a_property_of_the_answer() -> None:
    for name in OPERATIONS:
        for link in success(name).get("links", {}).values():
            for expression in link["parameters"].values():
                if expression.startswith("$response.body#/"):
                    schema = success(name)["content"]["application/json"]["schema"]
                    for part in expression.removeprefix("$response.body#/").split("/"):
                        schema = resolved(
                            resolved(schema)["items"] if part == "0" else resolved(schema)["properties"][part]
                        )


def test_the_same_facts_make_the_same_document_in_the_order_of_the_facts() -> None:
    assert json.dumps(openapi()) == json.dumps(DOCUMENT)
    assert list(DOCUMENT["paths"]) == list(dict.fromkeys(fact["path"] for fact in FACTS.values()))


def test_the_server_and_known_values_are_those_that_are_asked_for() -> None:
    found = openapi("http://localhost/hub/v1", {"nodeId": "n-1", "workspaceId": "w-1"})

    assert found["servers"] == [{"url": "http://localhost/hub/v1"}]
    create = found["paths"]["/workspaces/{workspaceId}/customers"]["post"]
    assert create["parameters"][0]["example"] == "w-1"
    assert create["requestBody"]["content"]["application/json"]["example"]["nodeId"] == "n-1"
    source = found["paths"]["/workspaces/{workspaceId}/configuration/sources"]["post"]
    assert source["requestBody"]["content"]["application/json"]["example"]["nodes"] == ["n-1"]
