"""Messages: what they are delivered by, and how they are found."""

from __future__ import annotations

from uuid import UUID

import pytest

from contacthub_orm.sandbox import NotihubTemplate
from tests.sandbox.notihub.api import email, phone, push, refusal

ALL = [email(primary=True, verified=True), phone(primary=True), push(primary=True)]


def outcomes(message):
    return {delivery["mechanism"]: delivery["status"] for delivery in message["deliveries"]}


def skipped(reason, *mechanisms):
    return dict.fromkeys(mechanisms, f"SKIPPED_BY_{reason}")


def sent(*mechanisms):
    return dict.fromkeys(mechanisms, "SENT")


def set_preference(api, customer, group, *mechanisms):
    body = [{"templateGroupId": group, "mechanisms": list(mechanisms)}]
    assert api.post(f"/customers/{customer['customerId']}/preferences/", body).status_code == 201


def test_a_message_tells_request_template_customer_and_deliveries(api):
    customer = api.create(language="it_IT", contacts=[email(primary=True)])
    set_preference(api, customer, "news", "EMAIL")
    message = api.message(customer, "news.weekly", model={"name": "Ada"})
    assert UUID(message.pop("messageId"))
    assert message == {
        "request": {
            "customerId": customer["customerId"],
            "templateId": "news.weekly",
            "version": 1,
            "force": None,
            "model": {"name": "Ada"},
        },
        "template": {
            "templateId": "news.weekly",
            "templateGroupId": "news",
            "language": "it_IT",
            "supportedMechanisms": ["EMAIL", "PHONE", "PUSH"],
        },
        "customer": {
            "customerId": customer["customerId"],
            "languagePreference": "it_IT",
            "mechanismPreference": ["EMAIL"],
        },
        "deliveries": [
            {"mechanism": "EMAIL", "provider": "SENDGRID", "status": "SENT"},
            {
                "mechanism": "PHONE",
                "provider": "TWILIO",
                "status": "SKIPPED_BY_CUSTOMER_MECHANISM_PREFERENCE",
            },
            {
                "mechanism": "PUSH",
                "provider": "FIREBASE",
                "status": "SKIPPED_BY_CUSTOMER_MECHANISM_PREFERENCE",
            },
        ],
    }


def test_without_preferences_a_message_goes_every_way_that_the_template_has(api):
    api.sandbox.configure(templates={"t": NotihubTemplate(group="g", mechanisms=["PUSH", "EMAIL"])})
    assert outcomes(api.message(api.create(contacts=ALL), "t")) == sent("EMAIL", "PUSH")


def test_a_preference_for_another_group_does_not_matter(api):
    customer = api.create(contacts=ALL)
    set_preference(api, customer, "alerts", "NONE")
    assert outcomes(api.message(customer, "news.weekly")) == sent("EMAIL", "PHONE", "PUSH")


def test_a_preference_without_mechanisms_leaves_it_to_the_template(api):
    customer = api.create(contacts=ALL)
    set_preference(api, customer, "news")
    assert outcomes(api.message(customer, "news.weekly")) == sent("EMAIL", "PHONE", "PUSH")


def test_none_turns_a_group_off(api):
    customer = api.create(contacts=ALL)
    set_preference(api, customer, "news", "NONE")
    message = api.message(customer, "news.weekly")
    assert outcomes(message) == skipped("CUSTOMER_MECHANISM_PREFERENCE", "EMAIL", "PHONE", "PUSH")
    assert message["customer"]["mechanismPreference"] == []


def test_forced_mechanisms_overrule_preferences_but_need_a_contact(api):
    customer = api.create(contacts=[email(primary=True)])
    set_preference(api, customer, "news", "NONE")
    message = api.message(customer, "news.weekly", force=["EMAIL", "PUSH"])
    assert outcomes(message) == sent("EMAIL") | skipped("MISSING_CONTACT", "PUSH")
    assert message["request"]["force"] == ["EMAIL", "PUSH"]


def test_a_forced_mechanism_that_the_template_lacks_is_skipped(api):
    api.sandbox.configure(templates={"t": NotihubTemplate(group="g", mechanisms=["EMAIL"])})
    message = api.message(api.create(contacts=ALL), "t", force=["PHONE"])
    assert outcomes(message) == skipped("TEMPLATE_MECHANISM", "PHONE")


def test_only_primary_contacts_are_used(api):
    customer = api.create(contacts=[email(), phone(primary=True)])
    assert outcomes(api.message(customer)) == sent("PHONE") | skipped("MISSING_CONTACT", "EMAIL", "PUSH")


def test_a_template_may_want_verified_contacts(api):
    api.sandbox.configure(templates={"t": NotihubTemplate(group="g", needs_verified=True)})
    message = api.message(api.create(contacts=ALL), "t")
    assert outcomes(message) == sent("EMAIL", "PUSH") | skipped("UNVERIFIED_CONTACT", "PHONE")


def test_a_disabled_customer_gets_nothing(api):
    message = api.message(api.create(status="DISABLED", contacts=ALL))
    assert outcomes(message) == skipped("CUSTOMER_STATUS", "EMAIL", "PHONE", "PUSH")


@pytest.mark.parametrize(
    ("language", "status"),
    [(None, "SENT"), ("en_US", "SENT"), ("it_IT", "SKIPPED_BY_CUSTOMER_LANGUAGE_PREFERENCE")],
)
def test_a_template_must_exist_in_the_language_of_the_customer(api, language, status):
    api.sandbox.configure(
        templates={"t": NotihubTemplate(group="g", mechanisms=["EMAIL"], languages=["en_US"])}
    )
    message = api.message(api.create(language=language, contacts=ALL), "t")
    assert outcomes(message) == {"EMAIL": status}
    assert message["template"]["language"] == (language or "en_US")


def test_a_delivery_waits_in_the_queue_until_the_delay_is_over(api, clock):
    api.sandbox.configure(delivery_delay=3)
    api.headers = {"Authorization": f"Bearer {api.sandbox.issue_token()}"}
    message = api.message(api.create(contacts=[email(primary=True)]))
    rest = skipped("MISSING_CONTACT", "PHONE", "PUSH")
    assert outcomes(message) == {"EMAIL": "WAITING_IN_QUEUE"} | rest
    clock.turn(3)
    assert outcomes(api.get(f"/messages/{message['messageId']}").json()) == sent("EMAIL") | rest


def test_a_message_stays_as_it_was_sent_whatever_becomes_of_its_customer(api):
    customer = api.create(contacts=[email(primary=True)])
    message = api.message(customer)
    api.delete(f"/customers/{customer['customerId']}")
    assert api.get(f"/messages/{message['messageId']}/").json() == message


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"customerId": "other"}, 404, "Customer Not found"),
        ({"templateId": "other"}, 404, "Template Not found"),
        ({"customerId": None}, 400, "customerId is required"),
        ({"customerId": 5, "templateId": ""}, 400, "customerId is required; templateId is required"),
        ({"force": "EMAIL"}, 400, "force is an array of EMAIL, PHONE, PUSH"),
        ({"force": ["NONE"], "to": "x"}, 400, "unknown property to; force is an array of EMAIL, PHONE, PUSH"),
    ],
)
def test_a_message_that_breaks_a_rule_is_not_sent(api, change, status, message):
    api.sandbox.configure(templates={"t": NotihubTemplate(group="g")})
    body = {"customerId": api.create()["customerId"], "templateId": "t", **change}
    assert refusal(api.post("/messages/", body)) == (status, message)
    assert api.get("/messages/").json() == []


def test_an_unknown_message_is_not_found(api):
    assert refusal(api.get("/messages/other")) == (404, "Message Not found")


@pytest.mark.parametrize("model", [None, {}, [1], "text", 5])
def test_a_model_is_any_json(api, model):
    assert api.message(api.create(), model=model)["request"]["model"] == model


def test_messages_are_listed_the_last_first_and_filtered(api):
    ada, bob = api.create(externalId="ada"), api.create(externalId="bob")
    first, second, third = (
        api.message(customer, template) for customer, template in ((ada, "a"), (bob, "a"), (ada, "b"))
    )
    assert api.get("/messages/").json() == [third, second, first]
    assert api.get("/messages/", customerId=ada["customerId"]).json() == [third, first]
    assert api.get("/messages/", templateId="a").json() == [second, first]
    assert api.get("/messages/", customerId=ada["customerId"], templateId="a").json() == [first]
    assert api.get("/messages/", limit=2, page=2).json() == [first]
    assert api.get("/messages/", customerId="other").json() == []


def test_messages_have_no_search_box(api):
    assert refusal(api.get("/messages/", search="x")) == (400, "unknown parameter search")
