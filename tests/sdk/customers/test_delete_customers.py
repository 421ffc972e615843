"""The manual's chapter "Delete a customer"."""

from __future__ import annotations

import pytest

from contacthub_orm import APIError, Customer, NotFoundError, OperationNotPermitted
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of one of two customers."""
    found, _ = contacthub_sandbox.seed(
        [
            {"externalId": "1", "base": {"firstName": "Ada", "contacts": {"email": "ada@example.com"}}},
            {"externalId": "2"},
        ]
    )
    return found


def left(server: Server) -> list[str]:
    """The external ids of the customers that are there."""
    return sorted(customer["externalId"] for customer in server.customers())


def test_a_node_deletes_a_customer_by_its_id(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    node.delete_customer(id=identity)

    [request] = contacthub_sandbox.requests
    assert (request.method, request.path.rsplit("/", 1)[1], request.body) == ("DELETE", identity, None)
    assert server.status(f"customers/{identity}") == 404
    assert left(server) == ["2"]


def test_a_node_deletes_a_customer_by_its_dictionary(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    my_customer = node.get_customer(id=identity)

    node.delete_customer(**my_customer.to_dict())

    assert server.status(f"customers/{identity}") == 404
    assert left(server) == ["2"]


def test_a_customer_deletes_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    my_customer.delete()

    assert [request.method for request in contacthub_sandbox.requests] == ["GET", "DELETE"]
    assert server.status(f"customers/{identity}") == 404
    assert left(server) == ["2"]


def test_a_customer_is_deleted_whatever_was_changed_of_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"

    my_customer.delete()

    assert [request.method for request in contacthub_sandbox.requests] == ["GET", "DELETE"]
    assert server.status(f"customers/{identity}") == 404


def test_a_customer_that_was_loaded_in_part_deletes_itself(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customers(fields=["base.firstName"], external_id="1")
    assert isinstance(my_customer, Customer)

    my_customer.delete()

    assert left(server) == ["2"]


def test_what_a_deletion_by_node_gives_stands_for_the_deleted_customer(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    deleted = contacthub_sandbox.node.delete_customer(id=identity)

    assert isinstance(deleted, Customer)
    assert deleted.id == identity


def test_the_events_of_a_deleted_customer_go_with_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    [event] = contacthub_sandbox.seed_events(
        [{"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}]
    )

    contacthub_sandbox.node.delete_customer(id=identity)

    assert server.status(f"events/{event}") == 404


def test_a_deleted_customer_cannot_be_got_any_more(contacthub_sandbox: Sandbox, identity: str) -> None:
    node = contacthub_sandbox.node
    node.delete_customer(id=identity)

    with pytest.raises(NotFoundError):
        node.get_customer(id=identity)


def test_a_customer_that_is_not_there_cannot_be_deleted(contacthub_sandbox: Sandbox, server: Server) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.delete_customer(id="nobody")

    assert caught.value.status == 404


def test_a_customer_that_another_program_deleted_says_so_when_it_deletes_itself(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    contacthub_sandbox.node.delete_customer(id=identity)

    with pytest.raises(APIError) as caught:
        my_customer.delete()

    assert caught.value.status == 404


def test_a_new_customer_cannot_delete_itself(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="1")

    with pytest.raises(OperationNotPermitted):
        my_customer.delete()

    assert contacthub_sandbox.requests == []
    assert left(server) == ["1", "2"]


def test_a_dictionary_without_an_id_deletes_nothing(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="1")

    with pytest.raises((TypeError, ValueError)):
        contacthub_sandbox.node.delete_customer(**my_customer.to_dict())

    assert left(server) == ["1", "2"]
