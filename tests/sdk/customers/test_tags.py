"""The manual's chapter "Tags": the two lists of a customer, and adding to and removing from the manual one.

The manual calls `node.add_tag('manual_tag')`; its class reference has the customer's id first, which is what there must be.
"""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import APIError, ArgumentError
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of a customer with tags of both kinds."""
    [found] = contacthub_sandbox.seed(
        [{"externalId": "1", "tags": {"auto": ["robot", "guess"], "manual": ["vip", "old"]}}]
    )
    return found


@pytest.fixture
def bare(contacthub_sandbox: Sandbox) -> str:
    """The id of a customer without tags: the service answers `"tags": null`."""
    [found] = contacthub_sandbox.seed([{"externalId": "2"}])
    return found


def writes(sandbox: Sandbox) -> list[object]:
    """What was sent to change something."""
    return [request.body for request in sandbox.requests if request.method != "GET"]


# -- reading ----------------------------------------------------------------------------------------------------------


def test_the_tags_of_a_customer_are_two_lists_of_texts(contacthub_sandbox: Sandbox, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    found = []
    for auto in my_customer.tags.auto:
        found.append(auto)

    for manual in my_customer.tags.manual:
        found.append(manual)

    assert found == ["robot", "guess", "vip", "old"]


def test_a_customer_without_tags_has_two_empty_lists(contacthub_sandbox: Sandbox, bare: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=bare)

    assert list(my_customer.tags.auto) == []
    assert list(my_customer.tags.manual) == []


# -- by node ----------------------------------------------------------------------------------------------------------


def test_a_node_adds_a_manual_tag(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node

    customer = node.add_tag(identity, "manual_tag")

    assert server.get(f"customers/{identity}")["tags"] == {
        "auto": ["robot", "guess"],
        "manual": ["vip", "old", "manual_tag"],
    }
    assert customer.tags.manual == ["vip", "old", "manual_tag"]


def test_a_node_takes_customer_and_tag_by_their_documented_names(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    node = contacthub_sandbox.node

    node.add_tag(customer_id=identity, tag="new")
    node.remove_tag(customer_id=identity, tag="vip")

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["old", "new"]


def test_adding_a_tag_reads_the_customer_and_patches_its_manual_tags_alone(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    contacthub_sandbox.node.add_tag(identity, "manual_tag")

    assert [request.method for request in contacthub_sandbox.requests] == ["GET", "PATCH"]
    assert writes(contacthub_sandbox) == [{"tags": {"manual": ["vip", "old", "manual_tag"]}}]


def test_the_first_tag_of_a_customer_can_be_added(
    contacthub_sandbox: Sandbox, server: Server, bare: str
) -> None:
    contacthub_sandbox.node.add_tag(bare, "manual_tag")

    assert server.get(f"customers/{bare}")["tags"] == {"auto": [], "manual": ["manual_tag"]}


def test_a_tag_that_is_a_number_is_added_as_text(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_tag(identity, 42)

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old", "42"]


def test_a_tag_that_is_there_is_not_added_again_and_nothing_is_sent(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.add_tag(identity, "vip")

    assert writes(contacthub_sandbox) == []
    assert customer.tags.manual == ["vip", "old"]
    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old"]


def test_a_number_that_is_there_as_text_is_not_added_again(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_tag(identity, 42)
    contacthub_sandbox.clear_requests()

    contacthub_sandbox.node.add_tag(identity, 42)

    assert writes(contacthub_sandbox) == []
    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old", "42"]


def test_an_auto_tag_can_be_added_as_a_manual_one_too(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_tag(identity, "robot")

    tags = server.get(f"customers/{identity}")["tags"]
    assert (tags["auto"], tags["manual"]) == (["robot", "guess"], ["vip", "old", "robot"])


def test_a_node_removes_a_manual_tag(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_tag(identity, "manual_tag")

    try:
        customer = node.remove_tag(identity, "manual_tag")
    except ValueError as e:
        pytest.fail(str(e))

    assert server.get(f"customers/{identity}")["tags"] == {
        "auto": ["robot", "guess"],
        "manual": ["vip", "old"],
    }
    assert customer.tags.manual == ["vip", "old"]


def test_the_last_tag_of_a_customer_can_be_removed(
    contacthub_sandbox: Sandbox, server: Server, bare: str
) -> None:
    contacthub_sandbox.node.add_tag(bare, "manual_tag")

    contacthub_sandbox.node.remove_tag(bare, "manual_tag")

    assert server.get(f"customers/{bare}")["tags"]["manual"] == []


def test_a_tag_that_is_a_number_is_removed_as_text(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.node.add_tag(identity, "42")

    contacthub_sandbox.node.remove_tag(identity, 42)

    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old"]


@pytest.mark.parametrize("tag", ["manual_tag", "robot", "VIP", 7])
def test_removing_a_tag_that_is_not_among_the_manual_ones_is_a_value_error(
    contacthub_sandbox: Sandbox, server: Server, identity: str, tag: str | int
) -> None:
    with pytest.raises(ValueError, match=f"has no manual tag '{tag}'"):
        contacthub_sandbox.node.remove_tag(identity, tag)

    assert writes(contacthub_sandbox) == []
    assert server.get(f"customers/{identity}")["tags"]["manual"] == ["vip", "old"]


def test_removing_a_tag_of_a_customer_without_tags_is_a_value_error(
    contacthub_sandbox: Sandbox, bare: str
) -> None:
    with pytest.raises(ValueError, match="has no manual tag 'manual_tag'"):
        contacthub_sandbox.node.remove_tag(bare, "manual_tag")

    assert writes(contacthub_sandbox) == []


@pytest.mark.parametrize("method", ["add_tag", "remove_tag"])
def test_the_tags_of_a_customer_that_is_not_there_are_a_404(contacthub_sandbox: Sandbox, method: str) -> None:
    with pytest.raises(APIError) as caught:
        getattr(contacthub_sandbox.node, method)("nobody", "manual_tag")

    assert caught.value.status == 404


@pytest.mark.parametrize("method", ["add_tag", "remove_tag"])
def test_a_customer_must_be_named(contacthub_sandbox: Sandbox, method: str) -> None:
    with pytest.raises((TypeError, ArgumentError)):
        getattr(contacthub_sandbox.node, method)("manual_tag")

    assert contacthub_sandbox.requests == []


# -- by object --------------------------------------------------------------------------------------------------------


def test_a_customer_changes_its_tags_as_any_list(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    my_customer.tags.manual.append("manual_tag")
    my_customer.tags.manual.remove("old")
    my_customer.patch()

    assert server.get(f"customers/{identity}")["tags"] == {
        "auto": ["robot", "guess"],
        "manual": ["vip", "manual_tag"],
    }
    assert writes(contacthub_sandbox) == [{"tags": {"manual": ["vip", "manual_tag"]}}]


def test_a_customer_grows_its_tags_with_plus(contacthub_sandbox: Sandbox, server: Server, bare: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=bare)

    my_customer.tags.manual += ["manual_tag"]
    my_customer.patch()

    assert server.get(f"customers/{bare}")["tags"]["manual"] == ["manual_tag"]


def test_a_customer_is_given_other_tags(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    my_customer.tags.manual = ["a", "b"]
    my_customer.patch()

    assert server.get(f"customers/{identity}")["tags"] == {"auto": ["robot", "guess"], "manual": ["a", "b"]}


@pytest.mark.parametrize("method", ["add_tag", "remove_tag"])
@pytest.mark.parametrize("tag", [None, ["vip"], True, "", 1.5], ids=repr)
def test_what_is_no_tag_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, tag: Any, method: str
) -> None:
    contacthub_sandbox.clear_requests()

    with pytest.raises(ArgumentError, match="a tag is a string that is not empty, or an integer"):
        getattr(contacthub_sandbox.node, method)(identity, tag)

    assert contacthub_sandbox.requests == []
