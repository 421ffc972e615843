"""Customers: created, read, replaced and deleted."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.sandbox.notihub.api import email, phone, push, refusal

UNREACHABLE = (400, "Customer requires at least a valid email, phone or external id.")
NOT_FOUND = (404, "Customer Not found")


def test_a_customer_is_answered_complete(api):
    answer = api.post("/customers/", {"externalId": "1", "contacts": [email(primary=True), push()]})
    assert answer.status_code == 201
    created = answer.json()
    assert UUID(created.pop("customerId"))
    assert created == {
        "externalId": "1",
        "status": "ENABLED",
        "language": None,
        "metadata": None,
        "contacts": [
            {"contactId": 1, "type": "EMAIL", "value": "a@b.it", "primary": True, "verified": False},
            {"contactId": 2, "type": "PUSH", "value": "token-1", "primary": False, "verified": True},
        ],
    }


def test_the_seeds_example_is_accepted_and_its_contact_becomes_one_of_contacts(api):
    created = api.create(
        externalId="your-id",
        status="ENABLED",
        metadata="some-metadata",
        language="en_US",
        contact=[email("avalid@email.com", primary=True, verified=True)],
    )
    assert created["contacts"][0]["value"] == "avalid@email.com"
    assert api.customer(created) == created


@pytest.mark.parametrize("fields", [{"externalId": "1"}, {"contacts": [email()]}, {"contacts": [phone()]}])
def test_an_external_id_an_email_or_a_phone_is_enough(api, fields):
    assert api.customer(api.create(**fields))["status"] == "ENABLED"


@pytest.mark.parametrize("fields", [{}, {"contacts": []}, {"contacts": [push()]}, {"externalId": None}])
def test_a_customer_without_any_of_them_is_refused(api, fields):
    assert refusal(api.post("/customers/", {"metadata": "x", **fields})) == UNREACHABLE
    assert api.listed() == []


def test_all_violations_are_told_together(api):
    body = {
        "externalId": 5,
        "status": "ACTIVE",
        "language": "english",
        "name": "x",
        "contacts": [email("nobody"), {"type": "FAX", "value": "1"}, phone("call me", primary="yes")],
    }
    assert refusal(api.post("/customers/", body)) == (
        400,
        "unknown property name; externalId is a string; status is ENABLED or DISABLED; "
        "language has a form like en_US; contacts[0]: Invalid email; "
        "contacts[1]: type is one of EMAIL, PHONE, PUSH; contacts[2]: primary is true or false; "
        "contacts[2]: Invalid phone",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the body must be a JSON object"),
        (None, "the body must be a JSON object"),
        ({"externalId": ""}, "externalId is empty"),
        ({"externalId": "1", "customerId": "2"}, "unknown property customerId"),
        ({"externalId": "1", "status": ["ENABLED"]}, "status is ENABLED or DISABLED"),
        ({"externalId": "1", "language": 1}, "language has a form like en_US"),
        ({"externalId": "1", "metadata": {}}, "metadata is a string"),
        ({"externalId": "1", "contacts": ""}, "contacts is an array"),
        ({"externalId": "1", "contacts": {}}, "contacts is an array"),
        ({"externalId": "1", "contacts": [None]}, "contacts[0]: a contact is a JSON object"),
        ({"externalId": "1", "contacts": [email(contactId=1)]}, "contacts[0]: unknown property contactId"),
        (
            {"contact": [email()], "contacts": [email()]},
            "contacts and contact are the same; send one of them",
        ),
        ({"contacts": [email(primary=True), email(primary=True)]}, "only one email can be primary"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(api, body, message):
    assert refusal(api.post("/customers/", body)) == (400, message)
    assert api.listed() == []


def test_nulls_are_defaults(api):
    names = ("status", "language", "metadata", "contacts", "contact")
    created = api.create(externalId="1", **dict.fromkeys(names))
    assert (created["status"], created["contacts"]) == ("ENABLED", [])


def test_two_customers_may_have_the_same_external_id(api):
    assert api.create(externalId="1")["customerId"] != api.create(externalId="1")["customerId"]


def test_a_put_replaces_all_but_the_contacts(api):
    created = api.create(externalId="1", language="it_IT", metadata="x", contacts=[email()])
    path = f"/customers/{created['customerId']}"
    answer = api.put(path, {"externalId": "2", "status": "DISABLED", "contacts": [email("other@b.it")]})
    assert answer.status_code == 201
    assert answer.json() == api.customer(created)
    assert answer.json() == {
        **created,
        "externalId": "2",
        "status": "DISABLED",
        "language": None,
        "metadata": None,
    }


def test_a_put_takes_what_a_get_gave(api):
    created = api.create(externalId="1", metadata="x", contacts=[email(), push()])
    assert api.put(f"/customers/{created['customerId']}", created).json() == created


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"customerId": "other"}, "customerId is another one than in the path"),
        ({"status": "GONE"}, "status is ENABLED or DISABLED"),
        ({"contacts": [email("nobody")]}, "contacts[0]: Invalid email"),
        ({"externalId": None}, UNREACHABLE[1]),
        ({"externalId": None, "contacts": [email()]}, UNREACHABLE[1]),
    ],
)
def test_a_put_that_breaks_a_rule_changes_nothing(api, change, message):
    created = api.create(externalId="1", contacts=[push()])
    answer = api.put(f"/customers/{created['customerId']}", {"externalId": "1", **change})
    assert refusal(answer) == (400, message)
    assert api.customer(created) == created


def test_a_put_may_take_the_external_id_of_a_customer_with_an_email(api):
    created = api.create(externalId="1", contacts=[email()])
    assert api.put(f"/customers/{created['customerId']}", {}).json()["externalId"] is None


def test_a_deleted_customer_is_gone(api):
    created = api.create(externalId="1", contacts=[email()])
    path = f"/customers/{created['customerId']}"
    answer = api.delete(path)
    assert (answer.status_code, answer.json()) == (200, {})
    assert refusal(api.get(path)) == NOT_FOUND
    assert refusal(api.delete(path)) == NOT_FOUND
    assert api.listed() == api.listed(search="a@b.it") == []


@pytest.mark.parametrize("end", ["", "/contacts", "/contacts/1", "/preferences/"])
@pytest.mark.parametrize("customer", ["unknown", "0f42b842-007d-4c98-9160-ae6b6e908ca0", "%20", "'"])
def test_an_unknown_customer_is_not_found_on_any_route(api, customer, end):
    method = {"": "PUT", "/contacts": "POST", "/contacts/1": "DELETE", "/preferences/": "GET"}[end]
    assert refusal(api.call(method, f"/customers/{customer}{end}", {"externalId": "1"})) == NOT_FOUND


def test_there_is_no_patch(api):
    created = api.create(externalId="1")
    answer = api.call("PATCH", f"/customers/{created['customerId']}", {"externalId": "2"})
    assert refusal(answer) == (405, "Request method 'PATCH' not supported")


@pytest.mark.parametrize("path", ["/customers", "/customers/"])
def test_a_path_has_a_last_slash_or_none(api, path):
    assert api.post(path, {"externalId": "1"}).status_code == 201
    assert [customer["externalId"] for customer in api.get(path).json()] == ["1"]


def test_a_path_that_there_is_not_is_not_found(api):
    assert refusal(api.get("/templates/")) == (404, "No handler for /templates/")
