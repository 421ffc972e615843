"""The manual's chapter "Like"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from contacthub_orm import Like, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.sdk.elements.element_tests import ElementTests, seeded, stored
from tests.support.server import Server, moment, to_the_millisecond

EXAMPLE = {
    "id": "01",
    "name": "name",
    "category": "category",
    "createdTime": "2017-03-09T10:34:03.547+0000",
}


class TestLikes(ElementTests):
    kind = Like
    name = "like"
    collection = "likes"
    first = EXAMPLE | {"id": "first"}
    text = "name"


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    return seeded(contacthub_sandbox, "likes")


def likes(server: Server, identity: str) -> list[dict[str, str]]:
    return stored(server, identity, "likes")


def test_a_like_is_added_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    before = to_the_millisecond(datetime.now())

    new_like = node.add_like(
        customer_id=identity, id="01", name="name", category="category", createdTime=datetime.now()
    )

    [found] = likes(server, identity)
    assert (found["id"], found["name"], found["category"]) == ("01", "name", "category")
    assert before <= moment(found["createdTime"]) <= datetime.now()
    assert type(new_like) is Like


def test_a_like_adds_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)
    before = to_the_millisecond(datetime.now())

    new_like = Like(
        customer=my_customer, id="01", name="name", category="category", createdTime=datetime.now()
    )

    new_like.post()

    [found] = likes(server, identity)
    assert (found["id"], found["name"], found["category"]) == ("01", "name", "category")
    assert before <= moment(found["createdTime"]) <= datetime.now()


def test_a_like_is_got_by_the_ids_of_customer_and_like(contacthub_sandbox: Sandbox, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_like(customer_id=identity, **EXAMPLE)

    my_like = node.get_like(customer_id=identity, like_id="01")

    assert type(my_like) is Like
    assert (my_like.name, my_like.category) == ("name", "category")
    assert my_like.createdTime == datetime(2017, 3, 9, 10, 34, 3, 547_000, tzinfo=UTC)


def test_a_like_is_removed_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_like(customer_id=identity, **EXAMPLE)

    node.remove_like(customer_id=identity, like_id="01")

    assert likes(server, identity) == []


def test_a_like_deletes_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    like = contacthub_sandbox.node.add_like(customer_id=identity, **EXAMPLE)

    like.delete()

    assert likes(server, identity) == []


def test_a_like_is_updated_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_like(customer_id=identity, **EXAMPLE)

    my_like = node.get_like(customer_id=identity, like_id="01")
    my_like.name = "updated"
    node.update_like(customer_id=identity, **my_like.to_dict())

    assert likes(server, identity) == [EXAMPLE | {"name": "updated"}]


def test_a_like_updates_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_like(customer_id=identity, **EXAMPLE)

    my_like = node.get_like(customer_id=identity, like_id="01")
    my_like.name = "updated"
    my_like.put()

    assert likes(server, identity) == [EXAMPLE | {"name": "updated"}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (datetime(2024, 5, 1, 10, 0), "2024-05-01T10:00:00.000+0000"),
        (datetime(2024, 5, 1, 10, 0, tzinfo=UTC), "2024-05-01T10:00:00.000+0000"),
        (datetime(2024, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=2))), "2024-05-01T08:00:00.000+0000"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.000+0000"),
    ],
    ids=["naive", "in UTC", "in another zone", "a text"],
)
def test_the_time_of_a_like_is_kept_in_utc(
    contacthub_sandbox: Sandbox, server: Server, identity: str, given: datetime | str, expected: str
) -> None:
    contacthub_sandbox.node.add_like(customer_id=identity, id="01", createdTime=given)

    assert likes(server, identity) == [{"id": "01", "createdTime": expected}]


def test_a_text_that_is_no_time_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(ValidationError, match=r"Like\.createdTime"):
        contacthub_sandbox.node.add_like(customer_id=identity, id="01", createdTime="yesterday")

    assert contacthub_sandbox.requests == []
