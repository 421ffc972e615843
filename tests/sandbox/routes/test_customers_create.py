"""POST customers: creating, merging, refusing."""

from __future__ import annotations

import re

import pytest

BASE_KEYS = {
    "pictureUrl", "title", "prefix", "firstName", "lastName", "middleName", "gender", "dob", "locale", "timezone",
    "contacts", "address", "credential", "educations", "likes", "socialProfile", "jobs", "subscriptions",
}  # fmt: skip


def email(address):
    return {"contacts": {"email": address}}


def test_a_new_customer_is_answered_201_with_id_and_times(api):
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "1"})
    assert answer.status_code == 201
    customer = answer.json()
    assert re.fullmatch(r"[0-9a-f-]{36}", customer["id"])
    assert customer["registeredAt"] == customer["updatedAt"]
    assert customer["version"] == 1


def test_times_have_three_decimals_and_a_numeric_zone(api):
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", api.create(externalId="1")["registeredAt"]
    )


def test_an_answer_names_every_property_of_the_customer(api):
    assert set(api.create(externalId="1")) == {
        "id", "intId", "nodeId", "externalId", "base", "consents", "extended", "extra", "tags", "enabled",
        "registeredAt", "updatedAt", "version", "deleted", "sourceInfo",
    }  # fmt: skip


def test_unset_sections_are_null_and_enabled_is_true(api):
    customer = api.create(externalId="1")
    assert [customer[name] for name in ("consents", "extended", "tags", "extra")] == [None] * 4
    assert customer["enabled"] is True


def test_a_given_base_names_every_property_with_null_or_an_empty_list(api):
    base = api.create(base={"firstName": "Bruce"})["base"]
    assert set(base) == BASE_KEYS
    assert (base["contacts"]["email"], base["contacts"]["otherContacts"]) == (None, [])
    assert base["educations"] == base["subscriptions"] == []


def test_a_subscription_is_completed_with_nulls(api):
    subscription = api.create(base={"subscriptions": [{"id": "news", "subscribed": False}]})["base"][
        "subscriptions"
    ][0]
    assert subscription["subscribed"] is False
    assert subscription["kind"] is None
    assert subscription["preferences"] == []


def test_false_in_consents_stays_false(api):
    consents = api.create(externalId="1", consents={"softSpam": {"email": {"status": False}}})["consents"]
    assert consents["softSpam"]["email"]["status"] is False
    assert consents["marketing"] is None


@pytest.mark.parametrize(
    "sent",
    [
        "2017-03-09T10:34:03Z",
        "2017-03-09T10:34:03.000Z",
        "2017-03-09T11:34:03+01:00",
        "2017-03-09T10:34:03.000+0000",
    ],
)
def test_every_accepted_form_of_a_date_time_is_answered_in_one_form(api, sent):
    customer = api.create(base={"likes": [{"id": "1", "createdTime": sent}]})
    assert customer["base"]["likes"][0]["createdTime"] == "2017-03-09T10:34:03.000+0000"


def test_a_password_is_returned(api):
    assert api.create(base={"credential": {"password": "x"}})["base"]["credential"]["password"] == "x"


def test_duplicates_in_a_collection_are_removed(api):
    customer = api.create(
        externalId="1", tags={"manual": ["b", "a", "b"]}, base={"likes": [{"id": "1"}, {"id": "1"}]}
    )
    assert customer["tags"] == {"auto": [], "manual": ["b", "a"]}
    assert len(customer["base"]["likes"]) == 1


def test_customers_without_an_email_are_not_the_same(api):
    assert api.create(externalId="1")["id"] != api.create(externalId="1")["id"]


def test_a_known_email_in_other_case_updates_the_customer_and_answers_201(api):
    first = api.create(base=email("Bruce@wayne.com") | {"firstName": "Bruce"})
    merged = api.create(base=email("bruce@WAYNE.com") | {"lastName": "Wayne"})
    assert merged["id"] == first["id"]
    assert (merged["base"]["firstName"], merged["base"]["lastName"]) == ("Bruce", "Wayne")


def test_a_merge_bumps_the_version_even_if_it_changes_nothing(api):
    first = api.create(base=email("a@b.it"))
    again = api.create(base=email("a@b.it"))
    assert again["version"] == first["version"] + 1
    assert again["updatedAt"] > first["updatedAt"]


def test_a_merge_appends_to_collections_without_duplicates(api):
    api.create(base=email("a@b.it"), tags={"manual": ["a", "b"]})
    assert api.create(base=email("a@b.it"), tags={"manual": ["b", "c"]})["tags"]["manual"] == ["a", "b", "c"]


def test_a_merge_keeps_what_a_null_names(api):
    api.create(base=email("a@b.it") | {"firstName": "A"}, extra="x")
    merged = api.create(base=email("a@b.it") | {"firstName": None}, extra=None)
    assert (merged["base"]["firstName"], merged["extra"]) == ("A", "x")


def test_a_merge_keeps_the_missing_properties_of_a_subscription(api):
    api.create(base=email("a@b.it") | {"subscriptions": [{"id": "1", "name": "News", "subscribed": True}]})
    merged = api.create(
        base=email("a@b.it") | {"subscriptions": [{"id": "1", "subscribed": False}, {"id": "2"}]}
    )
    found = [(s["id"], s["name"], s["subscribed"]) for s in merged["base"]["subscriptions"]]
    assert found == [("1", "News", False), ("2", None, None)]


def test_a_merge_replaces_an_extended_list_whole(api):
    api.create(base=email("a@b.it"), extended={"points": [1, 2], "name": "x"})
    assert api.create(base=email("a@b.it"), extended={"points": [3]})["extended"] == {
        "points": [3],
        "name": "x",
    }


def test_of_several_matches_the_oldest_is_updated(api):
    young, old = api.sandbox.seed(
        [
            {"base": email("a@b.it"), "registeredAt": "2020-01-02T00:00:00Z"},
            {"base": email("a@b.it"), "registeredAt": "2020-01-01T00:00:00Z"},
        ]
    )
    assert api.create(base=email("a@b.it"))["id"] == old != young


def test_under_block_a_known_email_is_answered_409_with_the_other_customer(api):
    api.sandbox.configure(uniqueness_policy="BLOCK")
    first = api.create(base=email("a@b.it"))
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "base": email("A@B.it")})
    body = answer.json()
    assert answer.status_code == 409
    assert body["message"] == f"Conflict with exiting customer {first['id']}"
    assert body["data"] == {"customer": {"id": first["id"], "href": f"{api.root}/customers/{first['id']}"}}
    assert body["errors"] == []


def test_all_matching_properties_must_be_equal(api):
    api.sandbox.configure(matching=("base.firstName", "base.lastName"))
    first = api.create(base={"firstName": "A", "lastName": "B"})
    assert api.create(base={"firstName": "A", "lastName": "C"})["id"] != first["id"]
    assert api.create(base={"firstName": "a", "lastName": "b"})["id"] == first["id"]


def test_matching_can_tell_upper_from_lower_case(api):
    api.sandbox.configure(case_sensitive=True)
    assert api.create(base=email("a@b.it"))["id"] != api.create(base=email("A@b.it"))["id"]


def test_a_policy_changed_while_serving_applies_to_stored_customers(api):
    first = api.create(externalId="9")
    api.sandbox.configure(matching=("externalId",))
    assert api.create(externalId="9")["id"] == first["id"]


def test_an_empty_text_identifies_nobody(api):
    api.sandbox.configure(matching=("externalId",))
    assert api.create(externalId="")["id"] != api.create(externalId="")["id"]


def test_a_session_in_the_query_is_linked_to_the_customer(api):
    event = api.event(bringBackProperties={"type": "SESSION_ID", "value": "s1"})
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "1"}, sessionId="s1")
    assert api.get(f"/events/{event}").json()["customerId"] == answer.json()["id"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"externalId": "1", "nodeId": None}, "/nodeId"),
        ({}, ""),
        ({"tags": {"manual": ["a"]}}, ""),
        ({"externalId": 5}, "/externalId"),
        ({"externalId": "x" * 256}, "/externalId"),
        ({"externalId": "1", "id": "5"}, "/id"),
        ({"externalId": "1", "unknown": 1}, ""),
        ({"base": {"fristName": "x"}}, "/base"),
        ({"base": {"firstName": 5}}, "/base/firstName"),
        ({"base": {"firstName": "x" * 256}}, "/base/firstName"),
        ({"base": {"address": {"street": "x" * 501}}}, "/base/address/street"),
        ({"base": {"pictureUrl": "http://" + "x" * 994}}, "/base/pictureUrl"),
        ({"base": {"jobs": [{"companyName": "x"}]}}, "/base/jobs/0"),
        ({"base": {"jobs": [{"id": "1", "companyName": "x" * 256}]}}, "/base/jobs/0/companyName"),
        ({"base": {"jobs": [{"id": None}]}}, "/base/jobs/0/id"),
        ({"base": {"dob": "1990-02-30"}}, "/base/dob"),
        ({"base": {"dob": "1990-12-12T00:00:00Z"}}, "/base/dob"),
        ({"base": {"likes": [{"id": "1", "createdTime": "yesterday"}]}}, "/base/likes/0/createdTime"),
        ({"base": {"likes": [{"id": "1", "createdTime": "2020-01-01T00:00:00"}]}}, "/base/likes/0/createdTime"),
        ({"base": {"contacts": {"email": "nobody"}}}, "/base/contacts/email"),
        ({"base": {"timezone": "Europe/Gotham"}}, "/base/timezone"),
        ({"base": {"locale": "italian"}}, "/base/locale"),
        ({"externalId": "1", "consents": {"softSpam": True}}, "/consents/softSpam"),
        ({"externalId": "1", "tags": {"mine": []}}, "/tags"),
        ({"externalId": "1", "tags": {"auto": ["x" * 600, "y" * 401]}}, "/tags/auto"),
        ({"externalId": "1", "enabled": "yes"}, "/enabled"),
    ],
)  # fmt: skip
def test_a_body_that_breaks_a_rule_is_answered_400_with_its_path(api, body, path):
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id} | body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "source customer is not valid"
    assert path in [error["path"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "base",
    [
        {"address": {"street": "x" * 500}},
        {"pictureUrl": "http://" + "x" * 993},
        {"timezone": None, "gender": None, "educations": None, "contacts": {"otherContacts": None}},
        {"firstName": "x" * 255},
    ],
)
def test_a_body_at_the_limit_is_accepted(api, base):
    assert api.create(base=base)["base"]


def test_a_thousand_characters_of_tags_are_accepted(api):
    assert api.create(externalId="1", tags={"auto": ["x" * 600, "y" * 400]})


def test_a_refused_merge_leaves_the_customer_as_it_was(api):
    before = api.create(base=email("a@b.it"), tags={"manual": ["x" * 600]})
    body = {"nodeId": api.sandbox.node_id, "base": email("a@b.it"), "tags": {"manual": ["y" * 500]}}
    assert api.post("/customers", body).status_code == 400
    assert api.customer(before) == before


def test_a_missing_mandatory_property_is_answered_400(api):
    api.sandbox.configure(mandatory=("base.contacts.email", "base.lastName"))
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "1"})
    assert answer.status_code == 400
    assert [(error["message"], error["path"]) for error in answer.json()["errors"]] == [
        ("unique customer property is required", "/base/contacts/email"),
        ("mandatory property is required", "/base/lastName"),
    ]


def test_any_extended_property_is_accepted_until_some_are_declared(api):
    extended = {"a": 1, "b": [1.5, "x"], "c": {"d": True}, "e": None}
    assert api.create(extended=extended)["extended"] == {"a": 1, "b": [1.5, "x"], "c": {"d": True}}


@pytest.mark.parametrize(
    "extended",
    [
        {"other": 1},
        {"points": "many"},
        {"name": "x" * 256},
        {"code": "xxx"},
        {"names": ["x" * 600, "y" * 400]},
    ],
)
def test_declared_extended_properties_are_checked(api, extended):
    api.sandbox.configure(
        extended_schema={
            "points": {"type": "number"},
            "name": {"type": "string"},
            "code": {"type": "string", "contactlabProperties": {"maxLength": 2}},
            "names": {"type": "array", "items": {"type": "string"}},
        }
    )
    assert api.post("/customers", {"nodeId": api.sandbox.node_id, "extended": extended}).status_code == 400


def test_declared_extended_properties_of_their_type_are_accepted(api):
    api.sandbox.configure(extended_schema={"points": {"type": "number"}, "name": {"type": "string"}})
    assert api.create(extended={"points": 5, "name": None})["extended"] == {"points": 5}


def test_an_unknown_node_is_answered_404(api):
    answer = api.post("/customers", {"nodeId": "other", "externalId": "1"})
    assert (answer.status_code, answer.json()["message"]) == (404, "node not found other")
