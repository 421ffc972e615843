"""The manual's chapter "Update a customer": all of it by PUT, a part by PATCH, by node and by object."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import APIError, ArgumentError, Customer, Properties, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

WHOLE: dict[str, Any] = {
    "externalId": "1",
    "extra": "note",
    "base": {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "dob": "1815-12-10",
        "contacts": {
            "email": "email@example.com",
            "phone": "0123",
            "otherContacts": [
                {"type": "MOBILE", "value": "2", "name": "b"},
                {"type": "PHONE", "value": "1", "name": "a"},
            ],
        },
        "educations": [{"id": "e1", "schoolName": "Home"}, {"id": "e2", "schoolName": "Abroad"}],
        "subscriptions": [
            {"id": "s1", "name": "first", "subscribed": True},
            {"id": "s2", "name": "second", "subscribed": False},
        ],
    },
    "extended": {"points": 7, "levels": ["a", "b"]},
    "tags": {"auto": ["robot"], "manual": ["vip", "old"]},
    "consents": {"softSpam": {"email": {"status": True}}},
}
"""A customer with something everywhere."""

SYSTEM = ("updatedAt", "version")
"""What moves with every change."""


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of the one customer there is."""
    [found] = contacthub_sandbox.seed([WHOLE])
    return found


def steady(document: dict[str, Any]) -> dict[str, Any]:
    """A customer without what every change moves."""
    return {key: value for key, value in document.items() if key not in SYSTEM}


def with_email(document: dict[str, Any], email: str) -> dict[str, Any]:
    """The customer as it should be once nothing but its e-mail has changed."""
    base = document["base"]
    return steady(document) | {"base": base | {"contacts": base["contacts"] | {"email": email}}}


def writes(sandbox: Sandbox) -> list[tuple[str, Any]]:
    """Method and body of what was sent to change something."""
    return [(request.method, request.body) for request in sandbox.requests if request.method != "GET"]


# -- full update ------------------------------------------------------------------------------------------------------


def test_a_node_replaces_a_customer_with_the_form_of_to_dict(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    before = server.get(f"customers/{identity}")

    my_customer = node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"
    updated_customer = node.update_customer(**my_customer.to_dict(), full_update=True)

    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")
    assert updated_customer.base.contacts.email == "anotheremail@example.com"
    assert [method for method, _ in writes(contacthub_sandbox)] == ["PUT"]


def test_a_customer_replaces_itself_with_put(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    before = server.get(f"customers/{identity}")

    my_customer = node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"

    my_customer.put()

    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")
    assert [method for method, _ in writes(contacthub_sandbox)] == ["PUT"]


def test_both_ways_of_replacing_a_customer_send_the_same(contacthub_sandbox: Sandbox, identity: str) -> None:
    node = contacthub_sandbox.node
    my_customer = node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"

    node.update_customer(**my_customer.to_dict(), full_update=True)
    my_customer.put()

    by_node, by_object = (one for one in contacthub_sandbox.requests if one.method == "PUT")
    assert (by_node.path, by_node.body) == (by_object.path, by_object.body)


def test_the_customer_that_a_full_update_gives_shows_what_the_server_has(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    updated = node.update_customer(id=identity, full_update=True, externalId="2")

    stored = server.get(f"customers/{identity}")
    assert (updated.externalId, updated.version) == ("2", stored["version"])
    assert updated.base.firstName is None


def test_a_full_update_removes_what_it_leaves_out(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.update_customer(
        id=identity, full_update=True, externalId="1", base={"firstName": "Augusta"}
    )

    stored = server.get(f"customers/{identity}")
    assert (stored["base"]["firstName"], stored["base"]["lastName"]) == ("Augusta", None)
    assert stored["base"]["contacts"]["email"] is None
    assert (stored["extra"], stored["tags"], stored["extended"], stored["consents"]) == (None,) * 4


def test_a_full_update_removes_the_subscriptions_that_it_leaves_out(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    whole = my_customer.to_dict()
    del whole["base"]["subscriptions"]

    contacthub_sandbox.node.update_customer(**whole, full_update=True)

    assert server.get(f"customers/{identity}")["base"]["subscriptions"] == []


def test_a_full_update_removes_one_subscription_that_its_list_leaves_out(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    whole = contacthub_sandbox.node.get_customer(id=identity).to_dict()
    del whole["base"]["subscriptions"][0]

    contacthub_sandbox.node.update_customer(**whole, full_update=True)

    [left] = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert (left["id"], left["name"]) == ("s2", "second")


def test_a_put_by_the_customer_removes_a_subscription_that_was_taken_from_its_list(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    del my_customer.base.subscriptions[0]

    my_customer.put()

    [left] = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert left["id"] == "s2"


def test_a_full_update_sends_the_node_also_where_it_is_left_out(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    contacthub_sandbox.node.update_customer(id=identity, full_update=True, externalId="2")

    [(method, body)] = writes(contacthub_sandbox)
    assert (method, body["nodeId"]) == ("PUT", contacthub_sandbox.node_id)


def test_a_full_update_without_a_property_that_the_node_demands_is_an_error_of_the_api(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.configure(mandatory=["base.lastName"])
    before = server.get(f"customers/{identity}")

    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.update_customer(id=identity, full_update=True, base={"firstName": "Ada"})

    assert caught.value.status == 400
    assert server.get(f"customers/{identity}") == before


def test_a_full_update_of_a_customer_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.update_customer(id="nobody", full_update=True, externalId="1")

    assert caught.value.status == 404


def test_putting_a_customer_that_was_loaded_in_part_loses_nothing(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    before = server.get(f"customers/{identity}")
    [my_customer] = contacthub_sandbox.node.get_customers(fields=["base.contacts.email"])
    my_customer.base.contacts.email = "anotheremail@example.com"

    my_customer.put()

    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")


# -- partial update ---------------------------------------------------------------------------------------------------


def test_a_node_patches_a_customer_with_its_mutation_tracker(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    before = server.get(f"customers/{identity}")

    my_customer = node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"

    updated_customer = node.update_customer(**my_customer.get_mutation_tracker())

    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")
    assert writes(contacthub_sandbox) == [
        ("PATCH", {"base": {"contacts": {"email": "anotheremail@example.com"}}})
    ]
    assert updated_customer.base.firstName == "Ada"


def test_a_node_patches_a_customer_named_by_place_with_a_mutation_tracker(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    customer = node.get_customer(id=identity)
    customer.base.contacts.email = "anotheremail@example.com"
    tracker = customer.get_mutation_tracker()

    node.update_customer(customer.id, **tracker)

    stored = server.get(f"customers/{identity}")
    assert stored["base"]["contacts"]["email"] == "anotheremail@example.com"
    assert writes(contacthub_sandbox) == [
        ("PATCH", {"base": {"contacts": {"email": "anotheremail@example.com"}}})
    ]


def test_the_mutation_tracker_is_a_new_dictionary_of_the_changes_with_the_id(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"
    my_customer.base.lastName = None
    my_customer.tags.manual.append("new")

    tracker = my_customer.get_mutation_tracker()
    tracker["base"]["contacts"]["email"] = "spoilt"
    tracker["tags"]["manual"].append("spoilt")

    assert my_customer.get_mutation_tracker() == {
        "id": identity,
        "base": {"contacts": {"email": "anotheremail@example.com"}, "lastName": None},
        "tags": {"manual": ["vip", "old", "new"]},
    }


def test_the_mutation_tracker_of_an_unchanged_customer_holds_its_id_alone(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    assert my_customer.get_mutation_tracker() == {"id": identity}


def test_two_ids_that_differ_are_refused_before_a_request(contacthub_sandbox: Sandbox, identity: str) -> None:
    with pytest.raises(ArgumentError, match="are one argument"):
        contacthub_sandbox.node.update_customer("another", id=identity, extra="x")

    assert contacthub_sandbox.requests == []


def test_a_node_patches_a_customer_with_a_dictionary_of_mutations(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    before = server.get(f"customers/{identity}")
    contacthub_sandbox.clear_requests()

    mutations = {"base": {"contacts": {"email": "anotheremail@example.com"}}}
    updated_customer = node.update_customer(id=identity, **mutations)

    [request] = contacthub_sandbox.requests
    assert (request.method, request.body) == ("PATCH", mutations)
    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")
    assert updated_customer.externalId == "1"


def test_a_customer_patches_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    before = server.get(f"customers/{identity}")
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    my_customer.base.contacts.email = "anotheremail@example.com"

    my_customer.patch()

    assert steady(server.get(f"customers/{identity}")) == with_email(before, "anotheremail@example.com")
    assert writes(contacthub_sandbox) == [
        ("PATCH", {"base": {"contacts": {"email": "anotheremail@example.com"}}})
    ]


def test_a_patch_sends_the_paths_that_changed_and_no_other(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.externalId = "2"
    my_customer.extended.points = 8
    my_customer.consents.softSpam.email.status = False
    my_customer.base.firstName = "Ada"

    my_customer.patch()

    assert writes(contacthub_sandbox) == [
        (
            "PATCH",
            {
                "externalId": "2",
                "extended": {"points": 8},
                "consents": {"softSpam": {"email": {"status": False}}},
            },
        )
    ]


def test_a_patch_sends_nothing_where_nothing_has_changed(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.base.contacts.email = "anotheremail@example.com"
    my_customer.base.contacts.email = "email@example.com"

    assert my_customer.patch() is my_customer

    assert writes(contacthub_sandbox) == []


def test_a_second_patch_does_not_send_the_first_ones_changes_again(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.base.firstName = "Augusta"
    my_customer.patch()

    my_customer.extra = "x"
    my_customer.patch()

    assert [body for _, body in writes(contacthub_sandbox)] == [
        {"base": {"firstName": "Augusta"}},
        {"extra": "x"},
    ]


def test_an_update_by_node_without_changes_sends_nothing(contacthub_sandbox: Sandbox, identity: str) -> None:
    contacthub_sandbox.node.update_customer(id=identity)

    assert contacthub_sandbox.requests == []


def test_a_patch_removes_a_value_that_was_set_to_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    my_customer.base.lastName = None
    my_customer.extended.points = None

    my_customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["base"]["lastName"], stored["base"]["firstName"]) == (None, "Ada")
    assert stored["extended"] == {"levels": ["a", "b"]}


def test_a_patch_removes_a_value_that_was_deleted(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)
    del my_customer.extended.points
    del my_customer.base.lastName

    my_customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["extended"], stored["base"]["lastName"]) == ({"levels": ["a", "b"]}, None)


def test_mutations_remove_a_value_with_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.update_customer(id=identity, extra=None, base={"lastName": None})

    stored = server.get(f"customers/{identity}")
    assert (stored["extra"], stored["base"]["lastName"]) == (None, None)
    assert writes(contacthub_sandbox) == [("PATCH", {"extra": None, "base": {"lastName": None}})]


@pytest.mark.parametrize("key", ["extended", "tags", "consents"])
def test_mutations_remove_a_whole_object_with_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str, key: str
) -> None:
    contacthub_sandbox.node.update_customer(**{"id": identity, key: None})

    assert writes(contacthub_sandbox) == [("PATCH", {key: None})]
    assert not server.get(f"customers/{identity}")[key]


def test_mutations_remove_an_object_within_another_with_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.update_customer(id=identity, base={"contacts": None})

    base = server.get(f"customers/{identity}")["base"]
    assert (base["contacts"]["email"], base["firstName"]) == (None, "Ada")


def test_mutations_remove_the_base_with_its_subscriptions_with_none(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.update_customer(id=identity, base=None)

    stored = server.get(f"customers/{identity}")
    assert (stored["base"]["firstName"], stored["externalId"]) == (None, "1")


def test_mutations_set_falsy_values(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    contacthub_sandbox.node.update_customer(id=identity, enabled=False, extended={"points": 0})

    stored = server.get(f"customers/{identity}")
    assert (stored["enabled"], stored["extended"]["points"]) == (False, 0)


def test_mutations_may_be_properties(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    contacthub_sandbox.node.update_customer(
        id=identity, base=Properties(contacts=Properties(email="anotheremail@example.com"))
    )

    base = server.get(f"customers/{identity}")["base"]
    assert base["contacts"]["email"] == "anotheremail@example.com"
    assert (base["contacts"]["phone"], base["firstName"]) == ("0123", "Ada")


def test_two_customers_that_are_given_the_same_mutations_share_no_list(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    [other] = contacthub_sandbox.seed([{"externalId": "2"}])
    mutations = {"tags": {"manual": ["same"]}}

    first = contacthub_sandbox.node.update_customer(id=identity, **mutations)
    second = contacthub_sandbox.node.update_customer(id=other, **mutations)
    first.tags.manual.append("first's own")
    second.patch()

    assert server.get(f"customers/{other}")["tags"]["manual"] == ["same"]
    assert mutations == {"tags": {"manual": ["same"]}}


def test_what_only_the_service_sets_is_left_out_of_a_patch(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    document = server.get(f"customers/{identity}")
    document["registeredAt"] = "2000-01-01T00:00:00.000+0000"

    contacthub_sandbox.node.update_customer(**document)

    [(method, body)] = writes(contacthub_sandbox)
    assert method == "PATCH"
    assert not body.keys() & {"id", "nodeId", "registeredAt", "updatedAt", "version", "deleted", "sourceInfo"}


@pytest.mark.parametrize("full_update", [False, True])
def test_the_node_of_another_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, full_update: bool
) -> None:
    with pytest.raises(ArgumentError, match="nodeId is 'another', and this is node"):
        contacthub_sandbox.node.update_customer(
            id=identity, nodeId="another", extra="x", full_update=full_update
        )

    assert contacthub_sandbox.requests == []


def test_a_patch_of_a_customer_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.update_customer(id="nobody", extra="x")

    assert caught.value.status == 404


def test_a_mutation_that_no_customer_has_is_refused_by_the_server(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    before = server.get(f"customers/{identity}")

    with pytest.raises((APIError, ValidationError)):
        contacthub_sandbox.node.update_customer(id=identity, base={"fristName": "Ada"})

    assert server.get(f"customers/{identity}") == before


# -- lists ------------------------------------------------------------------------------------------------------------


def test_an_element_is_added_to_a_list_with_plus(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.subscriptions += [
        Properties(id="id", name="name", type="type", kind=Customer.SUBSCRIPTION_KINDS.SERVICE)
    ]
    customer.patch()

    stored = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert [one["id"] for one in stored] == ["s1", "s2", "id"]
    added = {key: value for key, value in stored[2].items() if value}
    assert added == {"id": "id", "name": "name", "type": "type", "kind": "SERVICE"}


def test_an_element_added_with_plus_is_in_the_mutation_tracker(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node
    customer = node.get_customer(id=identity)
    customer.base.subscriptions += [
        Properties(id="id", name="name", type="type", kind=Customer.SUBSCRIPTION_KINDS.SERVICE)
    ]

    node.update_customer(**customer.get_mutation_tracker())

    stored = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert [one["id"] for one in stored] == ["s1", "s2", "id"]


def test_a_list_of_texts_grows_with_plus(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.tags.manual += ["new"]
    customer.patch()

    assert server.get(f"customers/{identity}")["tags"] == {
        "auto": ["robot"],
        "manual": ["vip", "old", "new"],
    }
    assert writes(contacthub_sandbox) == [("PATCH", {"tags": {"manual": ["vip", "old", "new"]}})]


def test_an_element_may_be_appended_in_place(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.subscriptions.append(Properties(id="s3", subscribed=True))  # type: ignore[arg-type]
    customer.patch()

    stored = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert [(one["id"], one["name"]) for one in stored] == [("s1", "first"), ("s2", "second"), ("s3", None)]


def test_an_element_may_be_removed_in_place(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.subscriptions.remove(customer.base.subscriptions[0])
    customer.extended.levels.remove("a")
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert [one["id"] for one in stored["base"]["subscriptions"]] == ["s2"]
    assert stored["extended"]["levels"] == ["b"]


def test_a_list_may_be_sorted_in_place(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.contacts.otherContacts.sort(key=lambda one: one.name or "")
    customer.tags.manual.sort()
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert [one["name"] for one in stored["base"]["contacts"]["otherContacts"]] == ["a", "b"]
    assert stored["tags"]["manual"] == ["old", "vip"]


def test_an_element_of_a_list_may_be_changed_in_place(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.subscriptions[1].name = "changed"
    customer.patch()

    stored = server.get(f"customers/{identity}")["base"]["subscriptions"]
    assert [(one["id"], one["name"]) for one in stored] == [("s1", "first"), ("s2", "changed")]


def test_a_list_may_be_emptied(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    customer = contacthub_sandbox.node.get_customer(id=identity)

    customer.base.educations.clear()
    customer.base.subscriptions = []
    customer.patch()

    base = server.get(f"customers/{identity}")["base"]
    assert (base["educations"], base["subscriptions"]) == ([], [])


def test_a_list_of_a_customer_loaded_in_part_grows_without_losing_what_was_there(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    [customer] = contacthub_sandbox.node.get_customers(fields=["externalId"])

    customer.tags.manual += ["new"]
    customer.patch()

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old", "new"]
