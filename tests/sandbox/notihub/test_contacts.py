"""The contacts of a customer."""

from __future__ import annotations

import pytest

from tests.sandbox.notihub.api import email, phone, push, refusal

NOT_FOUND = (404, "Contact Entry Not found")


@pytest.fixture
def customer(api):
    return api.create(externalId="1")


@pytest.fixture
def path(customer):
    return f"/customers/{customer['customerId']}/contacts"


def values(api, customer):
    return [contact["value"] for contact in api.customer(customer)["contacts"]]


def test_a_contact_is_created_with_defaults(api, customer, path):
    answer = api.post(path, email())
    assert answer.status_code == 201
    assert answer.json()["primary"] is answer.json()["verified"] is False
    assert api.customer(customer)["contacts"] == [answer.json()]


@pytest.mark.parametrize("value", ["a@b", "a.b+c@d.it", "ä@ö.it"])
def test_an_email_has_something_on_both_sides_of_its_sign(api, path, value):
    assert api.post(path, email(value)).json()["value"] == value


@pytest.mark.parametrize("value", ["+39 055 123456", "123-444-5555", "(055) 12.345", "0039055123456"])
def test_a_phone_has_digits_and_what_people_put_between_them(api, path, value):
    assert api.post(path, phone(value)).json()["value"] == value


@pytest.mark.parametrize(
    ("contact", "message"),
    [
        (email("nobody"), "Invalid email"),
        (email("a@"), "Invalid email"),
        (email("a@b@c"), "Invalid email"),
        (email("a b@c.it"), "Invalid email"),
        (email(""), "Invalid email"),
        (email(None), "Invalid email"),
        ({"type": "EMAIL"}, "Invalid email"),
        (phone("call me"), "Invalid phone"),
        (phone("1234"), "Invalid phone"),
        (phone("1" * 16), "Invalid phone"),
        (phone("+"), "Invalid phone"),
        (phone("1" * 30_000 + "x"), "Invalid phone"),
        (phone(390551234), "Invalid phone"),
        (push(""), "Invalid push token"),
        (push("a b"), "Invalid push token"),
        ({"type": "SMS", "value": "1"}, "type is one of EMAIL, PHONE, PUSH"),
        ({"type": ["EMAIL"], "value": "a@b.it"}, "type is one of EMAIL, PHONE, PUSH"),
        ({"value": "a@b.it"}, "type is one of EMAIL, PHONE, PUSH"),
        (email(verified=1), "verified is true or false"),
        (email("nobody", foo=1, primary=0), "unknown property foo; primary is true or false; Invalid email"),
        ([], "the body must be a JSON object"),
    ],
)
def test_a_contact_that_breaks_a_rule_is_refused(api, customer, path, contact, message):
    assert refusal(api.post(path, contact)) == (400, message)
    assert values(api, customer) == []


def test_a_push_token_is_verified_whatever_is_sent(api, path):
    assert api.post(path, push(verified=False)).json()["verified"] is True


def test_the_same_value_twice_makes_two_contacts(api, customer, path):
    assert api.post(path, email()).json()["contactId"] != api.post(path, email()).json()["contactId"]
    assert values(api, customer) == ["a@b.it", "a@b.it"]


def test_a_second_primary_contact_of_a_type_is_refused(api, customer, path):
    api.post(path, email(primary=True))
    assert refusal(api.post(path, email("c@d.it", primary=True))) == (400, "only one email can be primary")
    assert api.post(path, phone(primary=True)).status_code == 201
    other = api.post(path, email("c@d.it")).json()["contactId"]
    answer = api.put(f"{path}/{other}", email("c@d.it", primary=True))
    assert refusal(answer) == (400, "only one email can be primary")
    assert [contact["primary"] for contact in api.customer(customer)["contacts"]] == [True, True, False]


def test_another_contact_can_be_primary_once_the_first_is_not(api, path):
    first = api.post(path, email(primary=True)).json()
    second = api.post(path, email("c@d.it")).json()
    assert api.put(f"{path}/{first['contactId']}", {**first, "primary": False}).status_code == 200
    assert api.put(f"{path}/{second['contactId']}", {**second, "primary": True}).json()["primary"] is True


def test_a_put_replaces_a_contact(api, customer, path):
    created = api.post(path, email(primary=True, verified=True)).json()
    answer = api.put(f"{path}/{created['contactId']}", phone())
    assert answer.status_code == 200
    assert answer.json() == {
        "contactId": created["contactId"],
        "type": "PHONE",
        "value": "+39 055 123456",
        "primary": False,
        "verified": False,
    }
    assert api.customer(customer)["contacts"] == [answer.json()]


def test_a_put_keeps_a_contact_primary(api, path):
    created = api.post(path, email(primary=True)).json()
    assert api.put(f"{path}/{created['contactId']}", created).json() == created


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (email("nobody"), "Invalid email"),
        ({"primary": True}, "type is one of EMAIL, PHONE, PUSH"),
        (email(contactId=999), "contactId is another one than in the path"),
        (None, "the body must be a JSON object"),
    ],
)
def test_a_put_that_breaks_a_rule_changes_nothing(api, customer, path, body, message):
    created = api.post(path, email()).json()
    assert refusal(api.put(f"{path}/{created['contactId']}", body)) == (400, message)
    assert api.customer(customer)["contacts"] == [created]


def test_a_deleted_contact_is_gone_and_its_id_is_not_used_again(api, customer, path):
    created = api.post(path, email()).json()["contactId"]
    answer = api.delete(f"{path}/{created}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert refusal(api.delete(f"{path}/{created}")) == NOT_FOUND
    assert api.post(path, email()).json()["contactId"] != created


@pytest.mark.parametrize("contact", ["999", "x", "-1", "1.0", "٣", "9" * 30, str(2**63)])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_unknown_contact_is_not_found(api, path, method, contact):
    assert refusal(api.call(method, f"{path}/{contact}", email())) == NOT_FOUND


def test_a_contact_of_another_customer_is_not_found(api, customer, path):
    other = api.create(contacts=[email()])
    contact = other["contacts"][0]["contactId"]
    assert refusal(api.delete(f"{path}/{contact}")) == NOT_FOUND
    assert api.customer(other) == other


def test_contacts_are_read_with_their_customer_only(api, path):
    assert refusal(api.get(path)) == (405, "Request method 'GET' not supported")
