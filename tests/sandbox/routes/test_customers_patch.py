"""PATCH customers/{id}."""

from __future__ import annotations

import pytest


def patched(api, customer, body, **query):
    answer = api.patch(f"/customers/{customer['id']}", body, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_the_body_omits_stays(api):
    customer = api.create(base={"firstName": "Bruce", "contacts": {"phone": "1"}}, extra="x")
    changed = patched(api, customer, {"base": {"contacts": {"email": "b@w.it"}}})
    assert changed["base"]["firstName"] == "Bruce"
    assert changed["base"]["contacts"]["phone"] == "1"
    assert changed["base"]["contacts"]["email"] == "b@w.it"
    assert changed["extra"] == "x"


def test_the_answer_is_what_a_get_gives(api):
    customer = api.create(externalId="1")
    assert patched(api, customer, {"extra": "x"}) == api.customer(customer)


def test_null_removes_a_value(api):
    customer = api.create(base={"firstName": "Bruce", "contacts": {"phone": "1"}}, extra="x", externalId="1")
    changed = patched(api, customer, {"base": {"firstName": None, "contacts": None}, "extra": None})
    base = changed["base"]
    assert (base["firstName"], base["contacts"]["phone"], changed["extra"]) == (None, None, None)


def test_null_removes_a_whole_section(api):
    customer = api.create(externalId="1", base={"firstName": "x"}, tags={"auto": ["a"]})
    changed = patched(api, customer, {"base": None, "tags": None})
    assert (changed["base"]["firstName"], changed["tags"]) == (None, None)


def test_null_empties_a_collection(api):
    customer = api.create(base={"likes": [{"id": "1"}]})
    assert patched(api, customer, {"base": {"likes": None}})["base"]["likes"] == []


def test_null_removes_an_extended_property(api):
    customer = api.create(extended={"a": 1, "b": {"c": 1, "d": 2}})
    assert patched(api, customer, {"extended": {"a": None, "b": {"c": None}}})["extended"] == {"b": {"d": 2}}


def test_a_list_is_replaced_and_deduplicated(api):
    customer = api.create(externalId="1", tags={"manual": ["a", "b"], "auto": ["z"]})
    assert patched(api, customer, {"tags": {"manual": ["c", "b", "c"]}})["tags"] == {
        "manual": ["c", "b"],
        "auto": ["z"],
    }


def test_elements_are_replaced_as_a_list(api):
    customer = api.create(base={"jobs": [{"id": "1"}, {"id": "2"}]})
    assert [
        job["id"] for job in patched(api, customer, {"base": {"jobs": [{"id": "3"}]}})["base"]["jobs"]
    ] == ["3"]


def test_subscriptions_are_merged_by_id(api):
    customer = api.create(base={"subscriptions": [{"id": "1", "name": "a"}, {"id": "2"}]})
    changed = patched(
        api, customer, {"base": {"subscriptions": [{"id": "3"}, {"id": "1", "subscribed": True}]}}
    )
    found = [(s["id"], s["name"], s["subscribed"]) for s in changed["base"]["subscriptions"]]
    assert found == [("1", "a", True), ("2", None, None), ("3", None, None)]


def test_strict_replaces_the_subscriptions(api):
    customer = api.create(base={"subscriptions": [{"id": "1", "name": "a"}, {"id": "2"}]})
    changed = patched(
        api, customer, {"base": {"subscriptions": [{"id": "1", "subscribed": True}]}}, mode="STRICT"
    )
    assert [(s["id"], s["name"]) for s in changed["base"]["subscriptions"]] == [("1", None)]


def test_an_empty_list_of_subscriptions_removes_none_unless_strict(api):
    customer = api.create(base={"subscriptions": [{"id": "1"}]})
    body = {"base": {"subscriptions": []}}
    assert len(patched(api, customer, body)["base"]["subscriptions"]) == 1
    assert patched(api, customer, body, mode="STRICT")["base"]["subscriptions"] == []


def test_another_mode_is_answered_400(api):
    customer = api.create(externalId="1")
    assert api.patch(f"/customers/{customer['id']}", {"extra": "x"}, mode="LOOSE").status_code == 400


def test_version_and_updated_at_grow_with_each_change(api, clock):
    customer = api.create(externalId="1")
    first = patched(api, customer, {"extra": "x"})
    second = patched(api, customer, {"extra": "y"})
    assert [first["version"], second["version"]] == [2, 3]
    assert customer["updatedAt"] < first["updatedAt"] < second["updatedAt"]


def test_a_patch_that_changes_nothing_is_no_new_version(api):
    customer = api.create(externalId="1", extra="x", tags={"manual": ["a"]})
    assert patched(api, customer, {"extra": "x", "tags": {"manual": ["a", "a"]}}) == customer


def test_true_is_a_change_from_one(api):
    customer = api.create(extended={"flag": 1})
    changed = patched(api, customer, {"extended": {"flag": True}})
    assert changed["extended"]["flag"] is True
    assert changed["version"] == 2


def test_immutable_fields_may_be_sent_back(api):
    customer = api.create(externalId="1")
    body = {
        name: customer[name] for name in ("id", "nodeId", "intId", "registeredAt", "deleted", "sourceInfo")
    }
    assert patched(api, customer, body | {"extra": "x"})["extra"] == "x"


def test_registered_at_may_be_sent_back_in_another_form(api, clock):
    customer = api.create(externalId="1")
    assert patched(api, customer, {"registeredAt": "2024-05-01T12:00:00Z"}) == customer


def test_version_and_updated_at_are_ignored(api):
    customer = api.create(externalId="1")
    assert patched(api, customer, {"version": 99, "updatedAt": "2001-01-01T00:00:00Z"}) == customer


@pytest.mark.parametrize("name", ["id", "nodeId", "registeredAt", "intId"])
def test_another_value_for_an_immutable_field_is_answered_400(api, name):
    customer = api.create(externalId="1")
    answer = api.patch(f"/customers/{customer['id']}", {name: "2001-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, f"/{name}")


def test_an_unknown_property_is_answered_400(api):
    customer = api.create(externalId="1")
    assert api.patch(f"/customers/{customer['id']}", {"base": {"fristName": "x"}}).status_code == 400


def test_taking_the_email_of_another_customer_is_answered_409(api):
    other = api.create(base={"contacts": {"email": "a@b.it"}})
    customer = api.create(externalId="1")
    answer = api.patch(f"/customers/{customer['id']}", {"base": {"contacts": {"email": "A@b.it"}}})
    assert (answer.status_code, answer.json()["data"]["customer"]["id"]) == (409, other["id"])
    assert api.customer(customer) == customer


def test_an_email_is_free_again_once_its_owner_gave_it_up(api):
    owner = api.create(base={"contacts": {"email": "a@b.it"}})
    customer = api.create(externalId="1")
    patched(api, owner, {"base": {"contacts": {"email": None}}})
    assert (
        patched(api, customer, {"base": {"contacts": {"email": "a@b.it"}}})["base"]["contacts"]["email"]
        == "a@b.it"
    )


def test_removing_a_mandatory_property_is_answered_400(api):
    api.sandbox.configure(mandatory=("base.lastName",))
    customer = api.create(base={"lastName": "Wayne"})
    assert api.patch(f"/customers/{customer['id']}", {"base": {"lastName": None}}).status_code == 400


def test_an_unknown_customer_is_answered_404(api):
    assert api.patch("/customers/5", {"extra": "x"}).status_code == 404


def test_a_session_in_the_query_is_linked(api):
    customer = api.create(externalId="1")
    patched(api, customer, {}, sessionId="s1")
    assert api.get(f"/customers/{customer['id']}/sessions").json()["elements"][0]["value"] == "s1"
