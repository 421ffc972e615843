"""`customer.base.educations`: the same objects as those of the element routes, with the same verbs (manual, educations)."""

from __future__ import annotations

import pickle

import pytest

from contacthub_orm import (
    Attr,
    Customer,
    Education,
    InvalidRequestError,
    OperationNotPermitted,
    Session,
    attr,
    inspect,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

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


def test_one_that_was_pickled_with_an_edit_keeps_it_when_another_object_is_saved(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    customer.base.educations[0].schoolName = "Arkham"
    found = pickle.loads(pickle.dumps(customer))
    found.node = contacthub_sandbox.node

    found.educations[0].put()
    assert [one.schoolName for one in found.base.educations] == ["Arkham", "Metropolis"]
    found.patch()

    assert stored(server, identity) == [{**STORED[0], "schoolName": "Arkham"}, STORED[1]]


# -- a saved change of an element beside unsaved edits of the list ----------------------------------------------------


def test_one_that_was_deleted_does_not_come_back_with_an_edit_of_the_list(
    server: Server, customer: Customer, identity: str
) -> None:
    first, second = customer.base.educations
    first.schoolName = "Arkham"

    second.delete()
    customer.patch()

    assert stored(server, identity) == [{**STORED[0], "schoolName": "Arkham"}]


def test_one_that_was_posted_is_not_removed_by_an_edit_of_the_list(
    server: Server, customer: Customer, identity: str
) -> None:
    customer.base.educations[0].schoolName = "Arkham"
    added = Education(customer, id="3", schoolName="Smallville").post()

    customer.patch()

    assert [one["id"] for one in server.get(f"customers/{identity}")["base"]["educations"]] == ["1", "2", "3"]
    assert customer.base.educations[2] is added


def test_one_that_was_posted_stands_in_the_list_that_was_handed_out(customer: Customer) -> None:
    educations = customer.base.educations

    added = Education(customer, id="3", schoolName="Smallville").post()

    assert educations[2] is added
    assert inspect(customer).changes() == {}


def test_one_that_another_object_replaced_shows_that_beside_its_own_edits(
    server: Server, customer: Customer, identity: str
) -> None:
    first = customer.base.educations[0]
    first.startYear = 1990

    Education(customer, id="1", schoolName="Arkham").put()

    assert (first.schoolName, first.startYear) == ("Arkham", 1990)
    customer.patch()
    assert stored(server, identity)[0] == {"id": "1", "schoolName": "Arkham", "startYear": 1990}


def test_one_that_was_taken_out_of_the_list_and_replaced_stays_out(
    server: Server, customer: Customer, identity: str
) -> None:
    first = customer.base.educations.pop(0)
    first.schoolName = "Arkham"

    first.put()
    customer.patch()

    assert stored(server, identity) == [STORED[1]]


def test_one_that_was_changed_and_then_taken_out_of_the_list_is_removed(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session, session.begin():
        customer = session.get(Customer, identity)
        assert customer is not None
        first = customer.base.educations[0].put()
        first.schoolName = "Arkham"
        customer.base.educations.remove(first)

    assert stored(server, identity) == [STORED[1]]
    assert inspect(first).deleted


def test_one_that_the_list_never_showed_is_kept_when_it_is_changed_beside_the_list(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    with Session(contacthub_sandbox.node) as session, session.begin():
        customer = session.get(Customer, identity)
        assert customer is not None
        customer.base.educations[0].schoolName = "Arkham"
        contacthub_sandbox.node.add_education(identity, id="3", schoolName="Smallville")
        late = session.get(Education, (identity, "3"))
        assert late is not None
        late.schoolName = "Metropolis High"

    assert [one["schoolName"] for one in server.get(f"customers/{identity}")["base"]["educations"]] == [
        "Arkham",
        "Metropolis",
        "Metropolis High",
    ]


def test_one_that_was_deleted_and_is_appended_again_can_be_deleted_again(
    server: Server, customer: Customer, identity: str
) -> None:
    first = customer.base.educations[0].delete()
    customer.base.educations.append(first)
    customer.patch()
    assert inspect(first).detached

    first.delete()

    assert stored(server, identity) == [STORED[1]]


# -- an element in more than one list ---------------------------------------------------------------------------------


def test_one_that_is_put_in_the_list_of_another_customer_is_a_copy_there(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    other = Customer(contacthub_sandbox.node, externalId="2").post()
    first = customer.base.educations[0]
    other.base.educations.append(first)
    other.patch()

    other.base.educations[0].delete()

    assert first.customer is customer
    assert stored(server, str(other.id)) == []
    assert stored(server, identity) == STORED


def test_one_in_a_list_that_is_not_its_customers_has_no_identity(contacthub_sandbox: Sandbox) -> None:
    class Pupil(Customer):
        visited: Attr[list[Education]] = attr(default=None)

    pupil = Pupil.from_dict(contacthub_sandbox.node, {"id": "c", "visited": [{"id": "1"}]})

    assert not inspect(pupil.visited[0]).detached


# -- blocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handed_out", [True, False])
def test_undoing_a_block_gives_the_list_back(
    contacthub_sandbox: Sandbox, server: Server, identity: str, *, handed_out: bool
) -> None:
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None
        educations = customer.base.educations if handed_out else None
        first, _ = customer.educations
        with pytest.raises(ZeroDivisionError), session.begin(atomic=True):
            first.schoolName = "Arkham"
            session.add(Education(customer, id="3", schoolName="Smallville"))
            session.flush()
            raise ZeroDivisionError

        assert first.schoolName == "Gotham"
        shown = customer.base.educations if educations is None else educations
        assert [one.schoolName for one in shown] == ["Gotham", "Metropolis"]
        assert session.dirty == []
    assert stored(server, identity) == STORED


def test_an_edit_of_another_object_for_a_deleted_element_is_not_saved_with_the_customer(
    contacthub_sandbox: Sandbox, server: Server, customer: Customer, identity: str
) -> None:
    customer.base.educations[0].schoolName = "Gotham City"
    customer.patch()
    customer.educations[0].schoolName = "edited below"
    customer.base.educations[0].delete()
    with Session(contacthub_sandbox.node) as session:
        session.add(customer)
        session.commit()
    assert stored(server, identity) == [STORED[1]]
