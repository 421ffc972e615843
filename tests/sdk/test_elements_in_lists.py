"""`customer.base.educations`: the same objects as those of the element routes, with the same verbs (manual, educations)."""

from __future__ import annotations

import pickle

import pytest

from contacthub_orm import Customer, Education, InvalidRequestError, OperationNotPermitted, Session, inspect
from contacthub_orm.sandbox import Sandbox
from tests.sdk.conftest import Server

STORED = [
    {"id": "1", "schoolName": "Gotham", "startYear": 1994, "isCurrent": False},
    {"id": "2", "schoolName": "Metropolis", "isCurrent": True},
]


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of a customer that is there, with two educations."""
    [found] = contacthub_sandbox.seed([{"externalId": "1", "base": {"educations": STORED}}])
    return found


@pytest.fixture
def customer(contacthub_sandbox: Sandbox, identity: str) -> Customer:
    found = contacthub_sandbox.node.get_customer(identity)
    contacthub_sandbox.clear_requests()
    return found


def sent(sandbox: Sandbox) -> list[str]:
    return [f"{one.method} {'/'.join(one.path.split('/')[5:])}" for one in sandbox.requests]


def stored(server: Server, identity: str) -> list[object]:
    found = server.get(f"customers/{identity}")["base"].get("educations") or []
    return [{key: value for key, value in one.items() if value is not None} for one in found]


def test_one_knows_its_customer(customer: Customer) -> None:
    first = customer.base.educations[0]

    assert first.customer is customer
    assert inspect(first).detached


def test_one_is_replaced_by_its_own_route_and_the_list_shows_it(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    first = customer.base.educations[0]
    first.isCurrent = True

    first.put()

    assert sent(contacthub_sandbox) == [f"PUT customers/{identity}/educations/1"]
    assert stored(server, identity) == [{**STORED[0], "isCurrent": True}, STORED[1]]
    assert customer.base.educations[0] is first
    assert inspect(customer).changes() == {}


def test_one_is_removed_by_its_own_route_and_leaves_the_list(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    educations = customer.base.educations

    educations[0].delete()

    assert sent(contacthub_sandbox) == [f"DELETE customers/{identity}/educations/1"]
    assert stored(server, identity) == [STORED[1]]
    assert [one.id for one in educations] == ["2"]
    assert inspect(customer).changes() == {}


def test_one_that_is_given_its_customer_again_stays_as_it_is(
    server: Server, customer: Customer, identity: str
) -> None:
    first = customer.base.educations[0]
    first.customer = customer

    first.delete()

    assert stored(server, identity) == [STORED[1]]


def test_one_is_there_already_so_it_is_not_posted(contacthub_sandbox: Sandbox, customer: Customer) -> None:
    with pytest.raises(OperationNotPermitted, match="was created already"):
        customer.base.educations[0].post()

    assert contacthub_sandbox.requests == []


def test_one_that_was_saved_in_the_list_has_the_verbs_too(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    added = Education(id="3", schoolName="Smallville")
    customer.base.educations.append(added)
    customer.patch()
    contacthub_sandbox.clear_requests()

    added.delete()

    assert sent(contacthub_sandbox) == [f"DELETE customers/{identity}/educations/3"]
    assert stored(server, identity) == STORED


def test_those_of_a_new_customer_have_the_verbs_once_it_is_posted(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    customer = Customer(contacthub_sandbox.node, externalId="2")
    customer.base.educations.append(Education(id="1", schoolName="Gotham"))
    customer.post()

    customer.base.educations[0].delete()

    [found] = server.customers()
    assert not found["base"].get("educations")


def test_one_works_in_the_session_of_its_customer(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session, session.begin():
        customer = session.get(Customer, identity)
        assert customer is not None
        first, second = customer.base.educations
        first.schoolName = "Arkham"
        first.put()
        session.delete(second)

    assert [one.split()[0] for one in sent(contacthub_sandbox)] == ["GET", "PUT", "DELETE"]
    assert stored(server, identity) == [{**STORED[0], "schoolName": "Arkham"}]


def test_a_change_in_the_list_and_a_removal_go_in_one_patch(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session, session.begin():
        customer = session.get(Customer, identity)
        assert customer is not None
        first, second = customer.base.educations
        first.schoolName = "Arkham"
        session.delete(second)

    assert [one.split()[0] for one in sent(contacthub_sandbox)] == ["GET", "PATCH"]
    assert stored(server, identity) == [{**STORED[0], "schoolName": "Arkham"}]


def test_one_whose_other_object_the_session_holds_is_refused(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None
        held = customer.educations
        contacthub_sandbox.clear_requests()

        with pytest.raises(InvalidRequestError, match="already holds another object for educations"):
            customer.base.educations[0].put()

        assert (len(held), contacthub_sandbox.requests) == (2, [])


def test_one_that_was_pickled_keeps_its_identity(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer
) -> None:
    found = pickle.loads(pickle.dumps(customer.base.educations[0]))
    assert found.customer is not None
    found.customer.node = contacthub_sandbox.node

    found.delete()

    assert stored(server, str(customer.id)) == [STORED[1]]
