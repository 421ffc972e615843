"""Notihub's calls, the five of its SDK's page on customers first, over HTTP."""

from __future__ import annotations

import pytest

from contacthub_orm import (
    ArgumentError,
    BadRequestError,
    NotFoundError,
    ValidationError,
)
from contacthub_orm.notihub import Customer, CustomerContact, Environment
from tests.support.notihub import NotihubWorld

CUSTOMER = {
    "externalId": "your-id",
    "status": "ENABLED",
    "metadata": "some-metadata",
    "language": "en_US",
    "contact": [{"type": "EMAIL", "value": "avalid@email.com", "primary": True, "verified": True}],
}


@pytest.fixture
def notihub(notihub_world: NotihubWorld) -> Environment:
    return notihub_world.environment()


# -- the page on customers


def test_create_a_customer(notihub: Environment) -> None:
    customer = notihub.customers.create(CUSTOMER)

    assert customer.customerId
    assert notihub.customers.get(customer.customerId).to_dict() == {
        "customerId": customer.customerId,
        "externalId": "your-id",
        "status": "ENABLED",
        "metadata": "some-metadata",
        "language": "en_US",
        "contacts": [
            {
                "contactId": customer.contacts[0].contactId,
                "type": "EMAIL",
                "value": "avalid@email.com",
                "primary": True,
                "verified": True,
            }
        ],
    }


def test_get_a_customer(notihub: Environment) -> None:
    created = notihub.customers.create(externalId="1")
    assert created.customerId is not None

    found = notihub.customers.get(created.customerId)

    assert isinstance(found, Customer)
    assert found.externalId == "1"
    with pytest.raises(NotFoundError, match="Customer Not found"):
        notihub.customers.get("customer-id")


def test_update_a_customer(notihub: Environment, notihub_world: NotihubWorld) -> None:
    identity = notihub.customers.create(externalId="1", metadata="old", language="it_IT").customerId
    notihub_world.requests()

    customer = notihub.customers.update({"customerId": identity, **CUSTOMER})

    assert customer.metadata == "some-metadata"
    assert [one.value for one in customer.contacts] == ["avalid@email.com"]
    assert notihub_world.requests() == [f"PUT /customers/{identity}", f"POST /customers/{identity}/contacts"]
    assert identity is not None
    stored = notihub.customers.get(identity)
    assert (stored.externalId, stored.language) == ("your-id", "en_US")
    assert stored.contacts[0].verified


def test_an_update_replaces_the_whole_document_and_leaves_other_contacts(notihub: Environment) -> None:
    identity = notihub.customers.create(CUSTOMER).customerId
    assert identity is not None

    notihub.customers.update(
        customerId=identity,
        externalId="your-id",
        contacts=[
            {"type": "EMAIL", "value": "avalid@email.com", "primary": True, "verified": False},
            CustomerContact(type="PHONE", value="+39 02 1234567"),
        ],
    )

    stored = notihub.customers.get(identity)
    assert (stored.metadata, stored.language) == (None, None)
    assert [(one.value, one.verified) for one in stored.contacts] == [
        ("avalid@email.com", False),
        ("+39 02 1234567", False),
    ]


def test_delete_a_customer(notihub: Environment) -> None:
    identity = notihub.customers.create(externalId="1").customerId
    assert identity is not None

    notihub.customers.delete(identity)

    with pytest.raises(NotFoundError, match="Customer Not found"):
        notihub.customers.delete(identity)


def test_list_customers(notihub: Environment, notihub_world: NotihubWorld) -> None:
    mail = {"type": "EMAIL", "value": "some@email.com"}
    for number in range(12):
        notihub.customers.create(externalId=f"n{number}", contact=[mail])
    notihub.customers.create(externalId="off", status="DISABLED", contact=[mail])
    notihub.customers.create(externalId="other")

    first = notihub.customers.list(limit=10, page=1, search="some@email.com", actives=True)
    second = notihub.customers.list(limit=10, page=2, search="some@email.com", actives=True)

    assert [one.externalId for one in first + second] == [f"n{number}" for number in range(12)]
    assert len(notihub.customers.list()) == 14
    assert {one.externalId for one in notihub.customers.list(search="OFF")} == {"off"}


def test_pages_are_counted_as_the_service_counts(notihub_world: NotihubWorld) -> None:
    notihub_world.sandbox.configure(first_page=0)
    notihub_world.sandbox.seed([{"externalId": str(number)} for number in range(3)])
    notihub = notihub_world.environment(first_page=0)

    assert [one.externalId for one in notihub.customers.list(limit=2)] == ["0", "1"]
    assert [one.externalId for one in notihub.customers.list(limit=2, page=1)] == ["2"]
    with pytest.raises(ArgumentError, match="page is a number, 0 or more"):
        notihub.customers.list(page=-1)


# -- contacts, preferences and messages


def test_contacts_are_created_read_updated_and_deleted(notihub: Environment) -> None:
    identity = notihub.customers.create(externalId="1").customerId
    assert identity is not None

    made = notihub.contacts.create(customerId=identity, type="EMAIL", value="a@example.com")
    assert made.contactId is not None
    assert notihub.contacts.get(identity, made.contactId).value == "a@example.com"
    changed = notihub.contacts.update(
        customerId=identity, contactId=made.contactId, type="EMAIL", value="b@example.com", primary=True
    )
    assert (changed.value, changed.primary) == ("b@example.com", True)
    assert [one.value for one in notihub.contacts.list(identity)] == ["b@example.com"]
    notihub.contacts.delete(identity, made.contactId)

    assert notihub.contacts.list(identity) == []
    with pytest.raises(NotFoundError, match="Contact Not found"):
        notihub.contacts.get(identity, made.contactId)


def test_preferences_are_set_and_read(notihub: Environment) -> None:
    identity = notihub.customers.create(externalId="1").customerId
    assert identity is not None

    notihub.preferences.create_or_update(
        customerId=identity, templateGroupId="g", mechanisms=["EMAIL", "SMS"]
    )
    notihub.preferences.create_or_update(customerId=identity, templateGroupId="h", mechanisms=["NONE"])
    notihub.preferences.create_or_update(customerId=identity, templateGroupId="g", mechanisms=["PUSH"])

    assert [(one.templateGroupId, one.mechanisms) for one in notihub.preferences.get(identity)] == [
        ("g", ["PUSH"]),
        ("h", ["NONE"]),
    ]
    with pytest.raises(NotFoundError, match="Customer Not found"):
        notihub.preferences.get("nobody")


def test_a_message_is_sent_and_tells_its_deliveries(
    notihub: Environment, notihub_world: NotihubWorld
) -> None:
    identity = notihub.customers.create(CUSTOMER).customerId
    assert identity is not None
    notihub_world.requests()

    sent = notihub.messages.send(customerId=identity, templateId="users.welcome", model={"name": "Bruce"})

    assert notihub_world.requests() == ["POST /messages/"]
    assert ("EMAIL", "SENT") in [(one.mechanism, one.status) for one in sent.deliveries]
    assert notihub_world.requests() == [f"GET /messages/{sent.messageId}"]
    assert sent.messageId is not None
    read = notihub.messages.get(sent.messageId)
    assert (read.customerId, read.templateId, read.model) == (identity, "users.welcome", {"name": "Bruce"})
    assert read.template.templateGroupId == "users"
    assert [one.messageId for one in notihub.messages.list(customer_id=identity)] == [sent.messageId]
    assert notihub.messages.list(template_id="another") == []


# -- refusals


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"status": "ENABLED"}, "needs an externalId, or a contact of type EMAIL or PHONE"),
        ({"contact": [{"type": "PUSH", "value": "token"}]}, "needs an externalId"),
        (
            {"contact": [{"type": "EMAIL", "value": "no mail"}]},
            r"contacts\[0\].value: must be an e-mail address",
        ),
        ({"contact": [{"type": "PHONE", "value": "12"}]}, r"contacts\[0\].value: must be a phone number"),
        ({"contact": [{"type": "PUSH", "value": "a b"}], "externalId": "1"}, "must be a push token"),
        ({"contact": [{"type": "FAX", "value": "1"}]}, "must be one of EMAIL, PHONE, PUSH"),
        ({"contact": [{"type": "EMAIL"}]}, r"contacts\[0\].value: is required"),
        ({"externalId": "1", "status": "MAYBE"}, "Customer.status: must be one of ENABLED, DISABLED"),
        ({"externalId": "1", "name": "Bruce"}, "name"),
        (
            {"contact": [{"type": "EMAIL", "value": f"{one}@x.it", "primary": True} for one in "ab"]},
            "only one EMAIL can be primary",
        ),
    ],
)
def test_a_bad_customer_is_refused_before_any_request(
    notihub: Environment, notihub_world: NotihubWorld, document: dict[str, object], rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        notihub.customers.create(document)
    assert notihub_world.requests() == []


def test_what_cannot_be_meant_is_refused_before_any_request(
    notihub: Environment, notihub_world: NotihubWorld
) -> None:
    with pytest.raises(ArgumentError, match="contact and contacts are the same array"):
        notihub.customers.create(externalId="1", contact=[], contacts=[{"type": "EMAIL", "value": "a@b.it"}])
    with pytest.raises(ArgumentError, match="customerId is missing"):
        notihub.customers.update(externalId="1")
    with pytest.raises(ArgumentError, match="limit is at most 200, got 201"):
        notihub.customers.list(limit=201)
    with pytest.raises(ArgumentError, match="page is a number, 1 or more, got 0"):
        notihub.customers.list(page=0)
    with pytest.raises(ArgumentError, match="customerId is a string"):
        notihub.contacts.create(type="EMAIL", value="a@b.it")
    with pytest.raises(ValidationError, match="Message.customerId: is required"):
        notihub.messages.send(templateId="x")
    assert notihub_world.requests() == []


def test_a_refusal_of_the_service_has_its_message(notihub: Environment) -> None:
    identity = notihub.customers.create(externalId="1").customerId
    assert identity is not None
    notihub.contacts.create(customerId=identity, type="EMAIL", value="a@b.it", primary=True)

    with pytest.raises(BadRequestError) as caught:
        notihub.contacts.create(customerId=identity, type="EMAIL", value="c@d.it", primary=True)

    assert caught.value.status == 400
    assert "primary" in str(caught.value.message)


def test_contacts_of_an_update_are_checked_before_any_request(
    notihub: Environment, notihub_world: NotihubWorld
) -> None:
    identity = notihub.customers.create(externalId="1").customerId
    notihub_world.requests()

    with pytest.raises(ValidationError, match=r"contacts\[0\].value: must be an e-mail address"):
        notihub.customers.update(
            customerId=identity, externalId="1", contact=[{"type": "EMAIL", "value": "no mail"}]
        )
    assert notihub_world.requests() == []
