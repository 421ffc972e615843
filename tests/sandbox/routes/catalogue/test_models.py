"""The models: merge policies, providers and contexts."""

from __future__ import annotations

import json

from contacthub_orm.reference import enum, schema


def elements(api, path, **query):
    answer = api.get(f"/models/{path}", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["elements"]


def test_all_merge_policies_are_listed_with_the_types_that_they_merge(api):
    found = {one["id"]: one["supportedTypes"] for one in elements(api, "merge-policies")}
    assert tuple(found) == enum("merge_policies")
    assert found["ARRAY_UNION"] == ["array"]


def test_providers_that_can_no_longer_be_created_are_listed_too(api):
    found = {one["id"]: one for one in elements(api, "providers")}
    assert {*enum("source_providers_creatable"), *enum("source_providers_retired")} <= set(found)
    assert set(found["CONTACTSEND"]["propertiesSchema"]["properties"]) >= {"userdbId", "groupPk"}


def test_a_context_has_its_schema_as_text(api):
    found = {
        one["id"]: one["propertiesSchema"] for one in elements(api, "contexts", resolveReferences="true")
    }
    assert tuple(found) == enum("event_contexts")
    assert json.loads(found["RETAIL"]) == schema("context", "RETAIL")


def test_without_resolved_references_nested_objects_have_no_schema_of_their_own(api):
    found = {one["id"]: json.loads(one["propertiesSchema"]) for one in elements(api, "contexts")}
    assert found["RETAIL"]["properties"].keys() == schema("context", "RETAIL")["properties"].keys()
    assert all("properties" not in one for one in found["RETAIL"]["properties"].values())


def test_a_flag_is_true_or_false(api):
    assert api.get("/models/contexts", resolveReferences="maybe").status_code == 400
