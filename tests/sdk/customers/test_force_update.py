"""The manual's section "Force update": a customer that exists already is updated, whatever the node's policy."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from contacthub_orm import APIError, ArgumentError, ConflictError, Customer, ForbiddenError, Node, Properties
from contacthub_orm.sandbox import Fault, Sandbox
from tests.support.server import Server

STORED: dict[str, Any] = {
    "externalId": "00",
    "base": {"firstName": "B", "middleName": "T", "contacts": {"email": "email@email.com", "phone": "555"}},
    "consents": {"softSpam": {"email": {"status": True}}},
    "extended": {"points": 3},
    "tags": {"manual": ["vip"], "auto": ["loyal"]},
}

customer_structure: dict[str, Any] = {
    "externalId": "01",
    "extra": "extra",
    "base": {
        "timezone": "Europe/Rome",
        "firstName": "Bruce",
        "lastName": "Wayne",
        "contacts": {"email": "email@email.com"},
    },
}


@pytest.fixture(params=["MERGE", "BLOCK"])
def policy(request: pytest.FixtureRequest, contacthub_sandbox: Sandbox) -> str:
    """What the node does with a customer that it knows: both policies in turn."""
    contacthub_sandbox.configure(uniqueness_policy=request.param)
    return str(request.param)


@pytest.fixture
def blocking(contacthub_sandbox: Sandbox) -> Node:
    """A node that refuses a customer which it knows."""
    contacthub_sandbox.configure(uniqueness_policy="BLOCK")
    return contacthub_sandbox.node


@pytest.fixture
def existing(contacthub_sandbox: Sandbox) -> str:
    """The id of the customer that the node knows."""
    [identity] = contacthub_sandbox.seed([STORED])
    return identity


def new(node: Node, **base: Any) -> Customer:
    """A new object for the customer that the node knows."""
    my_customer = Customer(node=node)
    my_customer.base.contacts.email = "email@email.com"
    for name, value in base.items():
        setattr(my_customer.base, name, value)
    return my_customer


def sent(sandbox: Sandbox) -> list[tuple[str, str, Any, int | None]]:
    """Method, last part of the path, body without the node and status of what was sent; forgotten then."""
    found = [
        (
            request.method,
            request.path.rsplit("/", 1)[1],
            {key: value for key, value in request.body.items() if key != "nodeId"},
            request.status,
        )
        for request in sandbox.requests
    ]
    sandbox.clear_requests()
    return found


# -- by the node ------------------------------------------------------------------------------------------------------


def test_adding_by_force_updates_the_customer_that_exists(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node

    my_customer = node.add_customer(**customer_structure, forceUpdate=True)

    [stored] = server.customers()
    assert my_customer.id == stored["id"] == existing
    assert my_customer.to_dict() == stored
    assert (stored["externalId"], stored["extra"]) == ("01", "extra")
    assert (stored["base"]["firstName"], stored["base"]["lastName"]) == ("Bruce", "Wayne")


def test_adding_by_force_keeps_what_the_structure_does_not_name(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.node.add_customer(**customer_structure, forceUpdate=True)

    [stored] = server.customers()
    assert (stored["base"]["middleName"], stored["base"]["contacts"]["phone"]) == ("T", "555")
    assert stored["extended"] == {"points": 3}
    assert stored["tags"] == {"manual": ["vip"], "auto": ["loyal"]}
    assert stored["consents"]["softSpam"]["email"]["status"] is True


def test_the_flag_has_the_other_spelling_too(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.node.add_customer(**customer_structure, force_update=True)

    [stored] = server.customers()
    assert (stored["id"], stored["externalId"]) == (existing, "01")


@pytest.mark.parametrize("flag", ["forceUpdate", "force_update"])
def test_a_node_that_refuses_is_asked_twice_and_the_second_time_to_patch(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox, flag: str
) -> None:
    blocking.add_customer(**customer_structure, **{flag: True})

    assert sent(contacthub_sandbox) == [
        ("POST", "customers", customer_structure, 409),
        ("PATCH", existing, customer_structure, 200),
    ]


@pytest.mark.parametrize("flag", ["forceUpdate", "force_update"])
def test_a_node_that_merges_is_asked_once(existing: str, contacthub_sandbox: Sandbox, flag: str) -> None:
    contacthub_sandbox.node.add_customer(**customer_structure, **{flag: True})

    assert sent(contacthub_sandbox) == [("POST", "customers", customer_structure, 201)]


def test_a_patch_by_force_does_not_name_the_node(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox
) -> None:
    blocking.add_customer(**customer_structure, forceUpdate=True)

    post, patch = contacthub_sandbox.requests
    assert post.body["nodeId"] == contacthub_sandbox.node_id
    assert "nodeId" not in patch.body


def test_a_customer_that_does_not_exist_is_added_by_force_with_one_request(
    policy: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = contacthub_sandbox.node.add_customer(**customer_structure, forceUpdate=True)

    assert sent(contacthub_sandbox) == [("POST", "customers", customer_structure, 201)]
    assert [one["id"] for one in server.customers()] == [my_customer.id]


# -- by the object ----------------------------------------------------------------------------------------------------


def test_posting_by_force_updates_the_customer_that_exists(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node, lastName="Kane")

    my_customer.post(forceUpdate=True)

    [stored] = server.customers()
    assert (stored["id"], stored["base"]["lastName"]) == (existing, "Kane")


def test_posting_by_force_takes_the_other_spelling_too(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    new(contacthub_sandbox.node, lastName="Kane").post(force_update=True)

    [stored] = server.customers()
    assert (stored["id"], stored["base"]["lastName"]) == (existing, "Kane")


def test_an_object_that_a_node_refuses_is_posted_and_then_patched(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox
) -> None:
    new(blocking, lastName="Kane").post(forceUpdate=True)

    said = {"base": {"contacts": {"email": "email@email.com"}, "lastName": "Kane"}}
    assert sent(contacthub_sandbox) == [
        ("POST", "customers", said, 409),
        ("PATCH", existing, said, 200),
    ]


def test_the_object_then_stands_for_the_customer_that_exists(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node, lastName="Kane")

    given = my_customer.post(forceUpdate=True)

    [stored] = server.customers()
    assert given is my_customer
    assert my_customer.id == existing
    assert my_customer.to_dict() == stored
    assert (my_customer.base.firstName, my_customer.tags.manual) == ("B", ["vip"])


def test_the_object_then_saves_what_is_changed_of_the_customer_that_exists(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node, lastName="Kane")
    my_customer.post(forceUpdate=True)
    sent(contacthub_sandbox)

    my_customer.base.firstName = "Robert"
    my_customer.patch()

    assert sent(contacthub_sandbox) == [("PATCH", existing, {"base": {"firstName": "Robert"}}, 200)]
    [stored] = server.customers()
    assert (stored["base"]["firstName"], stored["base"]["lastName"]) == ("Robert", "Kane")


def test_the_object_then_can_delete_the_customer_that_exists(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node)
    my_customer.post(forceUpdate=True)

    my_customer.delete()

    assert server.customers() == []


def test_what_is_empty_in_the_template_erases_nothing(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node)
    template = my_customer.to_dict()

    my_customer.post(forceUpdate=True)

    assert [template[name] for name in ("extended", "consents", "tags")] == [
        {},
        {},
        {"manual": [], "auto": []},
    ]
    [stored] = server.customers()
    assert stored["extended"] == {"points": 3}
    assert stored["tags"] == {"manual": ["vip"], "auto": ["loyal"]}
    assert stored["consents"]["softSpam"]["email"]["status"] is True
    assert stored["base"]["contacts"]["phone"] == "555"


def test_what_is_empty_in_a_template_that_was_made_a_dictionary_erases_nothing(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node)

    contacthub_sandbox.node.add_customer(**my_customer.to_dict(), forceUpdate=True)

    [stored] = server.customers()
    assert stored["extended"] == {"points": 3}
    assert stored["tags"] == {"manual": ["vip"], "auto": ["loyal"]}
    assert stored["consents"]["softSpam"]["email"]["status"] is True
    assert stored["base"]["contacts"]["phone"] == "555"


def test_extended_properties_and_consents_are_updated_one_by_one(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node)

    my_customer.extended.level = Properties(name="gold")
    my_customer.consents.softSpam.papery.status = False
    my_customer.post(forceUpdate=True)

    [stored] = server.customers()
    assert stored["extended"] == {"points": 3, "level": {"name": "gold"}}
    spam = stored["consents"]["softSpam"]
    assert (spam["email"]["status"], spam["papery"]["status"]) == (True, False)


def test_posting_a_saved_customer_by_force_patches_what_has_changed(
    policy: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = new(contacthub_sandbox.node).post()
    sent(contacthub_sandbox)

    my_customer.extra = "extra"
    my_customer.post(forceUpdate=True)

    assert sent(contacthub_sandbox) == [("PATCH", my_customer.id, {"extra": "extra"}, 200)]
    assert [one["extra"] for one in server.customers()] == ["extra"]


# -- the match --------------------------------------------------------------------------------------------------------


def test_what_matches_is_a_setting_of_the_node(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.configure(matching=("externalId",))

    my_customer = contacthub_sandbox.node.add_customer(
        externalId="00", base={"contacts": {"email": "another@email.com"}}, forceUpdate=True
    )

    [stored] = server.customers()
    assert my_customer.id == stored["id"] == existing
    assert stored["base"]["contacts"]["email"] == "another@email.com"


def test_what_does_not_match_is_added_beside(
    policy: str, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = contacthub_sandbox.node.add_customer(
        externalId="00", base={"contacts": {"email": "another@email.com"}}, forceUpdate=True
    )

    assert [one["id"] for one in server.customers()] == [existing, my_customer.id]


# -- without the flag -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [{}, {"forceUpdate": False}, {"force_update": False}], ids=str)
def test_a_node_that_refuses_raises_409_without_the_flag(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox, server: Server, flag: dict[str, Any]
) -> None:
    [before] = server.customers()
    contacthub_sandbox.clear_requests()

    with pytest.raises(
        APIError, match=f"Status code: 409. Message: Conflict with exiting customer {existing}"
    ):
        blocking.add_customer(**customer_structure, **flag)

    assert sent(contacthub_sandbox) == [("POST", "customers", customer_structure, 409)]
    assert server.customers() == [before]


def test_the_409_is_an_http_error_that_names_the_customer_in_the_way(blocking: Node, existing: str) -> None:
    my_customer = new(blocking)

    with pytest.raises(requests.exceptions.HTTPError) as refusal:
        my_customer.post()

    assert isinstance(refusal.value, ConflictError)
    assert (refusal.value.status_code, refusal.value.conflicting_id) == (409, existing)


def test_a_refused_object_stays_as_it_was_and_is_then_posted_by_force(
    blocking: Node, existing: str, server: Server
) -> None:
    my_customer = new(blocking, lastName="Kane")
    with pytest.raises(ConflictError):
        my_customer.post()
    assert (my_customer.id, my_customer.base.lastName) == (None, "Kane")

    my_customer.post(forceUpdate=True)

    [stored] = server.customers()
    assert (my_customer.id, stored["base"]["lastName"]) == (existing, "Kane")


def test_a_node_that_merges_updates_without_the_flag_too(
    existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = contacthub_sandbox.node.add_customer(**customer_structure)

    [stored] = server.customers()
    assert my_customer.id == stored["id"] == existing
    assert stored["base"]["lastName"] == "Wayne"


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_patch_by_force_that_fails_is_repeated_without_losing_a_value(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.faults = [Fault.status(403, method="PATCH", times=1)]
    my_customer = new(blocking, lastName="Kane")
    with pytest.raises(ForbiddenError):
        my_customer.post(forceUpdate=True)
    assert my_customer.base.lastName == "Kane"
    assert server.get(f"customers/{existing}")["base"]["lastName"] is None

    my_customer.post(forceUpdate=True)

    assert server.get(f"customers/{existing}")["base"]["lastName"] == "Kane"


def test_another_refusal_is_raised_with_the_flag_too(
    blocking: Node, existing: str, contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.configure(extended_schema={"points": {"type": "integer"}})
    my_customer = new(blocking)
    my_customer.extended.points = "many"

    with pytest.raises(APIError, match="Status code: 400"):
        my_customer.post(forceUpdate=True)

    assert [request[:2] for request in sent(contacthub_sandbox)] == [("POST", "customers")]
    assert server.get(f"customers/{existing}")["version"] == 1


def test_both_spellings_with_different_values_are_refused_before_a_request(
    contacthub_sandbox: Sandbox,
) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(ArgumentError, match="force_update and forceUpdate are one argument"):
        node.add_customer(**customer_structure, force_update=True, forceUpdate=False)
    with pytest.raises(ArgumentError, match="force_update and forceUpdate are one argument"):
        new(node).post(force_update=True, forceUpdate=False)
    assert contacthub_sandbox.requests == []
