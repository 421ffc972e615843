"""Limits and rules of the API, checked before anything is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contacthub_orm import Customer, Education, Event, Subscription
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.validation import violations

CUSTOMER = "5d9e24ba-8e7b-4a2f-a9b1-bc5c2f9e6a11"


def broken(entity: Any) -> list[str]:
    return [f"{violation.path}: {violation.rule}" for violation in violations(entity)]


def customer(**values: Any) -> Customer:
    return Customer(externalId="1", **values)


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("externalId", 255),
        ("base.firstName", 255),
        ("base.gender", 255),
        ("base.pictureUrl", 1000),
        ("base.contacts.email", 255),
        ("base.contacts.mobilePhone", 255),
        ("base.address.street", 500),
        ("base.address.city", 255),
        ("base.credential.password", 255),
        ("base.socialProfile.qzone", 255),
    ],
)
def test_a_text_has_a_longest_length(path: str, limit: int) -> None:
    fitting, too_long = customer(), customer()
    *objects, name = path.split(".")
    for entity, length in ((fitting, limit), (too_long, limit + 1)):
        held: Any = entity
        for part in objects:
            held = getattr(held, part)
        start = {"email": "x@", "pictureUrl": "x:"}.get(name, "")
        setattr(held, name, start + "x" * (length - len(start)))

    assert broken(fitting) == []
    assert broken(too_long) == [f"Customer.{path}: must be at most {limit} characters, got {limit + 1}"]


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"contacts": {"email": "nobody"}}, "base.contacts.email: must be an e-mail address, got 'nobody'"),
        (
            {"pictureUrl": "me.png"},
            "base.pictureUrl: must be an absolute URI such as https://example.com/me.png, got 'me.png'",
        ),
    ],
)
def test_a_text_has_the_form_that_the_schema_asks_for(values: dict[str, Any], rule: str) -> None:
    assert broken(customer(base=values)) == [f"Customer.{rule}"]


@pytest.mark.parametrize("kind", ["auto", "manual"])
def test_the_tags_of_a_kind_have_1000_characters_together(kind: str) -> None:
    fitting, too_long = customer(tags={kind: ["x" * 500] * 2}), customer(tags={kind: ["x" * 500, "y" * 501]})

    assert broken(fitting) == []
    assert broken(too_long) == [f"Customer.tags.{kind}: must be at most 1000 characters in total, got 1001"]


def test_a_tag_that_is_no_text_is_the_only_violation() -> None:
    assert broken(customer(tags={"manual": [3]})) == ["Customer.tags.manual[0]: must be a string, got 3"]


def test_the_length_of_an_elements_text_is_checked() -> None:
    entity = customer()
    entity.base.educations = [Education(id="x" * 256), Education(schoolName="x" * 256)]

    assert broken(entity) == [
        "Customer.base.educations[0].id: must be at most 255 characters, got 256",
        "Customer.base.educations[1].id: is required",
        "Customer.base.educations[1].schoolName: must be at most 255 characters, got 256",
    ]


@pytest.mark.parametrize("locale", ["it_IT", "zh_hans_CN", "en_GB"])
def test_a_locale_of_the_right_form_is_taken(locale: str) -> None:
    assert broken(customer(base={"locale": locale})) == []


@pytest.mark.parametrize("locale", ["italian", "it", "IT_it", "it_IT\n", ""])
def test_a_locale_of_another_form_is_refused(locale: str) -> None:
    assert broken(customer(base={"locale": locale})) == [
        f"Customer.base.locale: must be a locale such as it_IT, got {locale!r}"
    ]


def test_a_time_zone_is_one_of_the_reference() -> None:
    assert broken(customer(base={"timezone": Customer.TIMEZONES.EUROPE_ROME})) == []
    assert broken(customer(base={"timezone": "Europe/Gotham"})) == [
        "Customer.base.timezone: must be a time zone of Customer.TIMEZONES, got 'Europe/Gotham'"
    ]


@pytest.mark.parametrize(
    "entity", [Customer(externalId="1"), Event(customerId=CUSTOMER, type="viewedPage", context="WEB")]
)
def test_an_entity_has_64_kb_as_json(entity: Any) -> None:
    held = entity.extended if isinstance(entity, Customer) else entity.properties
    held.text = "é" * 32_000
    assert broken(entity) == []
    held.text = "é" * 33_000
    assert broken(entity) == [
        f"{type(entity).__name__}: must be at most 64 kB (65536 bytes) as JSON, got {size(entity)}"
    ]


def size(entity: Any) -> int:
    return len(json.dumps(entity.to_dict(), ensure_ascii=False, separators=(",", ":")).encode())


def test_a_new_customer_needs_something_to_be_known_by() -> None:
    rule = "Customer: needs at least one of externalId, base and extended"

    assert broken(Customer()) == [rule]
    assert broken(Customer(tags={"manual": ["vip"]})) == [rule]
    assert broken(Customer(base={"firstName": "Bruce"})) == []
    assert broken(Customer(extended={"points": 0})) == []


def event(**values: Any) -> Event:
    return Event(type=Event.TYPES.VIEWED_PAGE, context=Event.CONTEXTS.WEB, **values)


@pytest.mark.parametrize(
    "owner",
    [
        {"customerId": CUSTOMER},
        {"customer": Customer(externalId="1")},
        {"bringBackProperties": {"type": "EXTERNAL_ID", "value": "1"}},
    ],
)
def test_an_event_names_its_customer_in_one_way(owner: dict[str, Any]) -> None:
    assert broken(event(**owner)) == []


@pytest.mark.parametrize(
    "owner", [{}, {"customerId": CUSTOMER, "bringBackProperties": {"type": "SESSION_ID", "value": "1"}}]
)
def test_an_event_of_nobody_or_of_two_is_refused(owner: dict[str, Any]) -> None:
    assert broken(event(**owner)) == [
        "Event.customer: needs exactly one of customer (or customerId) and bringBackProperties"
    ]


def test_an_event_needs_a_type_and_a_context() -> None:
    assert broken(Event(customerId=CUSTOMER)) == ["Event.type: is required", "Event.context: is required"]


def test_the_formats_in_the_properties_and_the_context_of_an_event_are_those_of_its_schemas() -> None:
    properties = {"url": "wayne.com", "title": "Home"}
    info = {"user": {"id": "7", "contacts": {"email": "bruce"}}}

    assert broken(event(customerId=CUSTOMER, properties=properties, contextInfo=info)) == [
        "Event.properties.url: must be an absolute URI such as https://example.com/me.png, got 'wayne.com'",
        "Event.contextInfo.user.contacts.email: must be an e-mail address, got 'bruce'",
    ]
    assert broken(event(customerId=CUSTOMER, properties={"url": "about:blank"})) == []


def test_a_format_that_was_stored_before_stops_no_other_change() -> None:
    stored = Event.from_dict(
        None, {"id": "e", "type": "viewedPage", "context": "WEB", "properties": {"url": "x"}}
    )
    assert broken(stored) == []

    stored.properties.title = "Home"

    assert broken(stored) == []


def test_a_format_that_was_stored_before_may_be_sent_back_and_not_be_changed_to_another() -> None:
    document = {
        "type": "viewedPage",
        "context": "WEB",
        "date": "2026-01-01T00:00:00Z",
        "customerId": CUSTOMER,
    }
    stored = Event.from_dict(None, {"id": "e", **document, "properties": {"url": "x", "title": "Home"}})
    state_of(stored).schedule_replacement()
    assert broken(stored) == []

    stored.properties.url = "y"

    [rule] = broken(stored)
    assert "absolute URI" in rule


def test_an_event_refuses_what_is_no_customer() -> None:
    with pytest.raises(TypeError, match=r"Event.customer holds an entity of customers, got 'bruce'"):
        event(customer="bruce")


def test_the_password_of_a_customer_is_in_no_repr() -> None:
    entity = customer(base={"credential": {"username": "bruce", "password": "secret"}})

    assert "bruce" in repr(entity.base.credential)
    assert "secret" not in repr(entity.base.credential)
    assert "secret" not in repr(entity.base)


def test_a_new_subscription_is_validated_as_an_object() -> None:
    entity = customer(base={"subscriptions": [Subscription(id="1", subscribed="yes", kind="PRESENT")]})

    assert broken(entity) == [
        "Customer.base.subscriptions[0].kind: must be one of DIGITAL_MESSAGE, SERVICE, OTHER, got 'PRESENT'",
        "Customer.base.subscriptions[0].subscribed: must be a boolean, got 'yes'",
    ]
