"""`Customer(node, id=...)`: an object that stands for the one that the service knows by this id, without reading it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from contacthub_orm import (
    ArgumentError,
    Customer,
    CustomerSession,
    Education,
    Event,
    InvalidRequestError,
    Session,
    inspect,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of a customer that is there, with a tag."""
    document = {
        "externalId": "1",
        "base": {"firstName": "Ada", "contacts": {"email": "ada@example.com"}},
        "tags": {"manual": ["vip"], "auto": []},
    }
    [found] = contacthub_sandbox.seed([document])
    return found


def test_it_is_saved_already(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity)

    assert inspect(customer).detached
    assert inspect(customer).identity == ("customers", identity)
    assert contacthub_sandbox.requests == []


def test_nothing_is_sent_of_one_that_says_nothing(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity)

    customer.patch()

    assert contacthub_sandbox.requests == []
    assert customer.get_mutation_tracker() == {"id": identity}


def test_what_it_is_given_is_tracked_with_its_id(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer(
        contacthub_sandbox.node, id=identity, extra="x", base={"contacts": {"phone": "1"}}, extended={"n": []}
    )

    assert customer.get_mutation_tracker() == {
        "id": identity,
        "extra": "x",
        "base": {"contacts": {"phone": "1"}},
        "extended": {"n": []},
    }


def test_a_list_is_loaded_before_something_is_appended_to_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity)

    customer.tags.manual.append("new")
    customer.patch()

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "new"]


def test_a_list_in_an_object_that_it_was_given_is_loaded_too(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    tags = Customer(tags={"manual": []}).tags
    customer = Customer(contacthub_sandbox.node, id=identity, tags=tags)

    customer.tags.manual.append("new")
    customer.patch()

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "new"]


def test_a_null_that_it_is_given_removes_what_the_service_holds(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity, externalId=None, tags=None, extra="x")

    customer.patch()

    document = server.get(f"customers/{identity}")
    assert (document.get("externalId"), document["extra"]) == (None, "x")
    assert not (document.get("tags") or {}).get("manual")


def test_what_it_is_not_given_is_loaded_when_it_is_read(contacthub_sandbox: Sandbox, identity: str) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity, base={"lastName": "Lovelace"})

    assert (customer.base.firstName, customer.base.lastName) == ("Ada", "Lovelace")
    assert len(contacthub_sandbox.requests) == 1


@pytest.mark.parametrize(
    "made",
    [
        lambda customer: Education(customer, id="1", schoolName="Gotham"),
        lambda customer: CustomerSession(customer, value="visit"),
        lambda customer: Event(
            customer=customer, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={}
        ),
    ],
)
def test_what_refers_to_it_is_posted_by_one_request(
    contacthub_sandbox: Sandbox, server: Server, identity: str, made: Any
) -> None:
    made(Customer(contacthub_sandbox.node, id=identity)).post()

    [request] = contacthub_sandbox.requests
    assert request.method == "POST"
    assert [one["id"] for one in server.customers()] == [identity]


def test_a_session_updates_it(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity, extra="x")

    with Session(contacthub_sandbox.node) as session, session.begin():
        session.add(customer)
        assert (session.new, session.dirty) == ([], [customer])
        assert session.get(Customer, identity) is customer

    assert [request.method for request in contacthub_sandbox.requests] == ["PATCH"]
    assert [one["extra"] for one in server.customers()] == ["x"]


def test_a_new_event_with_an_id_stands_for_the_known_one(contacthub_sandbox: Sandbox, identity: str) -> None:
    document = {"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}
    [posted] = contacthub_sandbox.seed_events([document])

    event = Event(contacthub_sandbox.node, id=posted)

    assert (event.type, event.customerId) == ("loggedIn", identity)


@pytest.mark.parametrize("wrong", ["", 5])
def test_an_id_is_a_text_that_is_not_empty(contacthub_sandbox: Sandbox, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="the id of Customer is a string that is not empty"):
        Customer(contacthub_sandbox.node, id=wrong)


# -- a forced update in a session -------------------------------------------------------------------------------------


def double(sandbox: Sandbox) -> Customer:
    """A new customer that the node refuses, since it has one with this e-mail."""
    sandbox.configure(uniqueness_policy="BLOCK")
    return Customer(extra="twice", base={"contacts": {"email": "ada@example.com"}})


def test_a_forced_update_of_a_pending_customer_makes_it_persistent(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session:
        customer = double(contacthub_sandbox)
        session.add(customer)

        customer.post(force_update=True)

        assert (session.new, session.dirty) == ([], [])
        assert session.get(Customer, identity) is customer
        session.commit()

    assert [request.method for request in contacthub_sandbox.requests] == ["POST", "PATCH"]
    assert [(one["id"], one["extra"]) for one in server.customers()] == [(identity, "twice")]


def test_a_forced_update_is_refused_where_the_session_holds_the_other_customer(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session:
        held = session.get(Customer, identity)
        customer = double(contacthub_sandbox)
        session.add(customer)

        with pytest.raises(InvalidRequestError, match="already holds another object"):
            customer.post(force_update=True)

        assert (session.new, session.dirty) == ([customer], [])
        assert session.get(Customer, identity) is held
    assert [one.get("extra") for one in server.customers()] == [None]


# -- copies, whole documents, objects in place of others --------------------------------------------------------------


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_it_is_copied_and_pickled_with_its_edits(
    contacthub_sandbox: Sandbox, identity: str, again: Callable[[Customer], Customer]
) -> None:
    customer = Customer(
        contacthub_sandbox.node, id=identity, extra="x", base={"lastName": "L"}, tags={"manual": ["a"]}
    )

    copied = again(customer)

    assert inspect(copied).changes() == inspect(customer).changes()
    assert contacthub_sandbox.requests == []


def test_a_nested_block_gives_its_edits_back_without_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    customer = Customer(contacthub_sandbox.node, id=identity, extra="x", base={"lastName": "L"})
    with Session(contacthub_sandbox.node) as session:
        session.add(customer)

        with pytest.raises(ZeroDivisionError), session.begin_nested():
            customer.extra = "y"
            raise ZeroDivisionError

        assert inspect(customer).changes() == {"extra": "x", "base": {"lastName": "L"}}
    assert contacthub_sandbox.requests == []


def test_one_made_of_a_whole_document_can_be_saved(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    document = contacthub_sandbox.node.get_customer(identity).to_dict()

    customer = Customer(contacthub_sandbox.node, **document)
    customer.extra = "z"
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["extra"], stored["base"]["firstName"], stored["tags"]["manual"]) == ("z", "Ada", ["vip"])


@pytest.mark.parametrize(
    "made",
    [
        lambda node, identity: Customer(node, id=identity, base={"lastName": "L"}),
        lambda node, identity: node.get_customers(fields=["base.firstName"])[0],
    ],
)
def test_an_object_put_in_place_of_one_known_in_part_replaces_all_of_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str, made: Callable[[Any, str], Customer]
) -> None:
    customer = made(contacthub_sandbox.node, identity)

    customer.base = {"firstName": "Grace"}  # type: ignore[assignment]
    customer.patch()

    base = server.get(f"customers/{identity}")["base"]
    assert (base["firstName"], base["lastName"], base["contacts"]["email"]) == ("Grace", None, None)
