"""`Customer.from_dict` and `Event.from_dict`, with whole documents, parts of documents, and `Properties` in place of dicts."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import Customer, Education, Event, Properties, inspect
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

STORED = {
    "externalId": "1",
    "extra": "gold",
    "base": {"firstName": "Ada", "contacts": {"email": "ada@example.com"}},
    "extended": {"rank": 7},
    "tags": {"manual": ["vip"], "auto": []},
}


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    [found] = contacthub_sandbox.seed([STORED])
    return found


def methods(sandbox: Sandbox) -> list[str]:
    return [request.method for request in sandbox.requests]


def part(identity: str) -> dict[str, Any]:
    return {"id": identity, "base": {"firstName": "Ada"}}


def test_a_whole_document_is_not_read_again(contacthub_sandbox: Sandbox, identity: str) -> None:
    document = contacthub_sandbox.node.get_customer(identity).to_dict()
    contacthub_sandbox.clear_requests()

    customer = Customer.from_dict(contacthub_sandbox.node, document)

    assert (customer.base.lastName, customer.to_dict()) == (None, document)
    assert contacthub_sandbox.requests == []


def test_a_part_has_no_changes(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer.from_dict(contacthub_sandbox.node, part(identity))

    assert inspect(customer).changes() == {}
    assert customer.base.firstName == "Ada"
    assert contacthub_sandbox.requests == []


def test_what_a_part_does_not_hold_is_loaded_when_it_is_read(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    customer = Customer.from_dict(contacthub_sandbox.node, part(identity))

    assert customer.base.contacts.email == "ada@example.com"
    assert (customer.extended.rank, customer.tags.manual) == (7, ["vip"])
    assert methods(contacthub_sandbox) == ["GET"]


def test_putting_a_part_keeps_what_it_does_not_hold(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = Customer.from_dict(contacthub_sandbox.node, part(identity))
    customer.base.lastName = "Lovelace"

    customer.put()

    document = server.get(f"customers/{identity}")
    assert (document["extra"], document["tags"]["manual"]) == ("gold", ["vip"])
    assert (document["base"]["firstName"], document["base"]["lastName"]) == ("Ada", "Lovelace")


def test_the_dictionary_of_a_part_makes_a_part_again(contacthub_sandbox: Sandbox, identity: str) -> None:
    [loaded] = contacthub_sandbox.node.get_customers(fields=["id", "base.firstName"])
    contacthub_sandbox.clear_requests()

    customer = Customer.from_dict(contacthub_sandbox.node, loaded.to_dict())
    assert customer.base.firstName == "Ada"
    assert contacthub_sandbox.requests == []
    customer.tags.manual.append("new")
    customer.patch()

    assert contacthub_sandbox.requests[-1].body == {"tags": {"manual": ["vip", "new"]}}


def test_a_part_of_an_event_is_completed_too(contacthub_sandbox: Sandbox, identity: str) -> None:
    document = {"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}
    [posted] = contacthub_sandbox.seed_events([document])

    event = Event.from_dict(contacthub_sandbox.node, {"id": posted, "properties": {}})

    assert (event.type, event.context) == ("loggedIn", "WEB")


# -- Properties in place of a dict ------------------------------------------------------------------------------------


def test_properties_make_a_new_customer(contacthub_sandbox: Sandbox, server: Server) -> None:
    made = Properties(externalId="2", base=Properties(firstName="Grace", contacts={"email": "g@example.com"}))

    Customer.from_dict(contacthub_sandbox.node, made).post()

    [customer] = server.customers()
    assert (customer["externalId"], customer["base"]["contacts"]["email"]) == ("2", "g@example.com")


def test_properties_with_an_id_stand_for_a_known_customer(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer.from_dict(contacthub_sandbox.node, Properties(**part(identity)))

    assert inspect(customer).identity == ("customers", identity)
    assert (customer.base.firstName, customer.extra) == ("Ada", "gold")


def test_properties_are_default_attributes(contacthub_sandbox: Sandbox, server: Server) -> None:
    usual = Properties(base=Properties(firstName="Grace"), extra="usual")

    Customer(contacthub_sandbox.node, default_attributes=usual, extra="own", externalId="2").post()
    Customer(contacthub_sandbox.node, default_attributes=usual, externalId="3").post()

    assert [(one["base"]["firstName"], one["extra"]) for one in server.customers()] == [
        ("Grace", "own"),
        ("Grace", "usual"),
    ]


def test_properties_make_an_event_and_an_education(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    made = Properties(customerId=identity, type="loggedIn", context="WEB", properties=Properties())

    Event.from_dict(node, made).post()
    Education.from_dict(node.get_customer(identity), Properties(id="1", schoolName="Gotham")).post()

    assert [one["type"] for one in server.events(identity)] == ["loggedIn"]
    assert server.get(f"customers/{identity}/educations/1")["schoolName"] == "Gotham"
