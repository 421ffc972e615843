"""The manual's chapter "Subscription"."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from contacthub_orm import Properties, Subscription, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.sdk.elements.element_tests import ElementTests, seeded, stored
from tests.support.server import Server

EXAMPLE: dict[str, Any] = {
    "id": "02",
    "name": "name",
    "kind": "SERVICE",
    "subscriberId": "id",
    "subscribed": True,
    "preferences": [{"key": "value"}],
}
"""What the manual's example comes to: a preference with the key `value`, and no value."""


class TestSubscriptions(ElementTests):
    kind = Subscription
    name = "subscription"
    collection = "subscriptions"
    first = EXAMPLE | {"id": "first"}
    text = "name"
    needed: ClassVar[dict[str, Any]] = {"subscribed": True}


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    return seeded(contacthub_sandbox, "subscriptions")


def subscriptions(server: Server, identity: str) -> list[dict[str, Any]]:
    return stored(server, identity, "subscriptions")


def test_a_subscription_is_added_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node

    new_sub = node.add_subscription(
        customer_id=identity,
        id="02",
        name="name",
        kind=Subscription.KINDS.SERVICE,
        subscriberId="id",
        subscribed=True,
        preferences=[{"key": "value"}],
    )

    assert subscriptions(server, identity) == [EXAMPLE]
    assert (type(new_sub), new_sub.subscribed) == (Subscription, True)


def test_a_subscription_adds_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)

    new_sub = Subscription(
        customer=my_customer,
        id="02",
        name="name",
        kind=Subscription.KINDS.SERVICE,
        subscriberId="id",
        subscribed=True,
        preferences=[{"key": "value"}],
    )

    new_sub.post()

    assert subscriptions(server, identity) == [EXAMPLE]


def test_a_subscription_is_got_by_the_ids_of_customer_and_subscription(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    node = contacthub_sandbox.node
    node.add_subscription(customer_id=identity, **EXAMPLE)

    customer_sub = node.get_subscription(customer_id=identity, subscription_id="02")

    assert type(customer_sub) is Subscription
    assert customer_sub.kind is Subscription.KINDS.SERVICE
    assert [(one.key, one.value) for one in customer_sub.preferences] == [("value", None)]


def test_a_subscription_is_removed_by_node(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    node.add_subscription(customer_id=identity, **EXAMPLE)

    node.remove_subscription(customer_id=identity, subscription_id="02")

    assert subscriptions(server, identity) == []


def test_a_subscription_deletes_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    subscription = contacthub_sandbox.node.add_subscription(customer_id=identity, **EXAMPLE)

    subscription.delete()

    assert subscriptions(server, identity) == []


def test_a_subscription_is_updated_by_node(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    node.add_subscription(customer_id=identity, **EXAMPLE)

    my_sub = node.get_subscription(customer_id=identity, subscription_id="02")
    my_sub.name = "updated"
    node.update_subscription(customer_id=identity, **my_sub.to_dict())

    assert subscriptions(server, identity) == [EXAMPLE | {"name": "updated"}]


def test_a_subscription_updates_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_subscription(customer_id=identity, **EXAMPLE)

    my_sub = node.get_subscription(customer_id=identity, subscription_id="02")
    my_sub.name = "updated"
    my_sub.put()

    assert subscriptions(server, identity) == [EXAMPLE | {"name": "updated"}]


@pytest.mark.parametrize(
    "preference",
    [{"key": "language", "value": "it"}, Properties(key="language", value="it")],
    ids=["a dictionary", "Properties"],
)
def test_a_preference_has_a_key_and_a_value(
    contacthub_sandbox: Sandbox, server: Server, identity: str, preference: Any
) -> None:
    contacthub_sandbox.node.add_subscription(
        customer_id=identity, id="02", subscribed=True, preferences=[preference]
    )

    assert subscriptions(server, identity) == [
        {"id": "02", "subscribed": True, "preferences": [{"key": "language", "value": "it"}]}
    ]


def test_the_preferences_of_a_subscription_are_changed_in_place(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    sub = contacthub_sandbox.node.add_subscription(customer_id=identity, **EXAMPLE)

    sub.preferences[0].value = "it"
    sub.preferences += [Properties(key="format", value="html")]  # type: ignore[list-item]
    sub.put()

    assert subscriptions(server, identity)[0]["preferences"] == [
        {"key": "value", "value": "it"},
        {"key": "format", "value": "html"},
    ]


@pytest.mark.parametrize("name", ["DIGITAL_MESSAGE", "SERVICE", "OTHER"])
def test_every_documented_kind_is_one_of_the_servers(
    contacthub_sandbox: Sandbox, server: Server, identity: str, name: str
) -> None:
    kind = getattr(Subscription.KINDS, name)

    contacthub_sandbox.node.add_subscription(customer_id=identity, id="02", subscribed=True, kind=kind)

    assert subscriptions(server, identity) == [{"id": "02", "subscribed": True, "kind": name}]


def test_a_kind_that_no_subscription_has_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(ValidationError, match=r"Subscription\.kind"):
        contacthub_sandbox.node.add_subscription(customer_id=identity, id="02", kind="PAPER")

    assert contacthub_sandbox.requests == []


def test_a_subscription_that_is_false_stays_so(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_subscription(customer_id=identity, id="02", subscribed=False)

    assert subscriptions(server, identity) == [{"id": "02", "subscribed": False}]


def test_a_subscription_that_does_not_say_whether_it_is_subscribed_is_stored_without(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_subscription(customer_id=identity, id="02", name="name")

    [stored] = subscriptions(server, identity)
    assert (stored["id"], stored["name"]) == ("02", "name")
