"""A commit of a partially loaded customer sends what was written and cannot erase what was not loaded."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import Customer, Education, Session
from tests.orm.query.partial_loads import partial, reads, sent, stored
from tests.support.world import World, lost


def test_a_commit_without_edits_sends_nothing(session: Session, world: World) -> None:
    partial(session)
    sent(world)

    session.commit()

    assert not sent(world)


def test_an_edit_of_a_chosen_path_is_all_that_is_sent(session: Session, world: World, identity: str) -> None:
    customer = partial(session)
    customer.base.firstName = "Augusta"
    sent(world)

    session.commit()

    assert sent(world) == [("PATCH", {"base": {"firstName": "Augusta"}})]
    assert stored(world, identity)["base"]["lastName"] == "Lovelace"


@pytest.mark.parametrize(
    ("edit", "body"),
    [
        (lambda one: setattr(one, "externalId", "2"), {"externalId": "2"}),
        (lambda one: setattr(one, "externalId", None), {"externalId": None}),
        (lambda one: setattr(one.base, "lastName", None), {"base": {"lastName": None}}),
        (lambda one: delattr(one, "externalId"), {"externalId": None}),
        (lambda one: setattr(one.base, "educations", []), {"base": {"educations": []}}),
    ],
)
def test_what_is_written_to_a_path_not_loaded_is_sent_without_a_read(
    session: Session, world: World, edit: Any, body: Any
) -> None:
    customer = partial(session)
    sent(world)
    edit(customer)

    session.commit()

    assert sent(world) == [("PATCH", body)]


def test_a_new_element_of_a_list_not_loaded_leaves_the_others(
    session: Session, world: World, identity: str
) -> None:
    customer = partial(session, "base.firstName", "tags.auto")
    customer.tags.manual.append("new")

    session.commit()

    assert stored(world, identity)["tags"]["manual"] == ["vip", "old", "new"]


def test_a_replaced_object_loses_what_it_lacks_and_nothing_else(
    session: Session, world: World, identity: str
) -> None:
    customer = partial(session)
    customer.base.address = {"city": "Paris"}

    session.commit()

    base = stored(world, identity)["base"]
    assert (base["address"]["city"], base["address"]["zip"]) == ("Paris", None)
    assert (base["firstName"], base["lastName"]) == ("Ada", "Lovelace")


def test_an_undeclared_object_is_replaced_whole(session: Session, world: World, identity: str) -> None:
    customer = partial(session, "extended.points")
    customer.extended.shop = {"town": "Rome"}

    session.commit()

    shop = stored(world, identity)["extended"]["shop"]
    assert {key: value for key, value in shop.items() if value is not None} == {"town": "Rome"}


def test_an_undeclared_item_not_loaded_can_be_deleted(session: Session, world: World, identity: str) -> None:
    customer = partial(session, "extended.shop.town")
    del customer.extended["points"]

    session.commit()

    assert stored(world, identity)["extended"].get("points") is None
    assert stored(world, identity)["extended"]["shop"] == {"town": "Bath", "street": "High"}


def test_a_list_of_subscriptions_put_in_place_of_one_not_loaded_is_the_list(
    session: Session, world: World, identity: str
) -> None:
    customer = partial(session)
    customer.base.subscriptions = [{"id": "s1", "name": "News"}]  # type: ignore[list-item]

    session.commit()

    assert [one["id"] for one in stored(world, identity)["base"]["subscriptions"]] == ["s1"]


def test_an_element_added_beside_leaves_the_rest_to_be_loaded(
    session: Session, world: World, identity: str
) -> None:
    customer = partial(session, "base.firstName")
    session.add(Education(customer=customer, id="e2", schoolName="College"))
    session.commit()

    assert sorted(one.id for one in customer.base.educations) == ["e1", "e2"]
    assert (customer.externalId, customer.base.lastName) == ("1", "Lovelace")
    customer.base.educations[0].schoolName = "House"
    session.commit()
    assert len(stored(world, identity)["base"]["educations"]) == 2


def test_an_element_added_to_a_list_that_was_loaded_is_in_it_and_the_rest_still_loads(
    session: Session, world: World
) -> None:
    customer = partial(session, "base.educations")
    session.add(Education(customer=customer, id="e2", schoolName="College"))
    session.commit()
    sent(world)

    assert [one.id for one in customer.base.educations] == ["e1", "e2"]
    assert not sent(world)
    assert (customer.externalId, customer.base.lastName) == ("1", "Lovelace")


def test_put_loads_the_rest_first(session: Session, world: World, identity: str) -> None:
    customer = partial(session)
    customer.base.firstName = "Augusta"
    customer.extra = None
    sent(world)
    session.put(customer)

    assert reads(world) == 1
    session.commit()
    after = stored(world, identity)
    assert (after["base"]["firstName"], after["base"]["lastName"]) == ("Augusta", "Lovelace")
    assert (after["externalId"], after["extra"]) == ("1", None)
    assert after["extended"]["points"] == 7


def test_a_commit_completes_the_entity(session: Session, world: World) -> None:
    customer = partial(session)
    customer.base.firstName = "Augusta"
    session.commit()
    sent(world)

    assert customer.externalId == "1"
    assert not sent(world)


def test_a_rollback_forgets_what_was_written_to_a_path_not_loaded(
    session: Session, world: World, identity: str
) -> None:
    customer = partial(session)
    customer.externalId = "2"
    customer.base.lastName = None
    session.rollback()
    sent(world)

    session.commit()

    assert not sent(world)
    assert customer.to_dict()["base"] == {"firstName": "Ada"}
    assert stored(world, identity)["base"]["lastName"] == "Lovelace"


def test_an_atomic_block_puts_back_what_was_not_loaded(world: World, identity: str) -> None:
    node = world.node()
    with Session(node) as session:
        before = stored(world, identity)
        customer = partial(session)
        world.fault(node, 1, "before", lost())
        with pytest.raises(ExceptionGroup), session.begin(atomic=True):
            customer.externalId = "2"
            customer.base.lastName = None
            session.add(Customer(externalId="new", base={"firstName": "New"}))

    after = stored(world, identity)
    assert (after["externalId"], after["base"]) == (before["externalId"], before["base"])


def test_a_nested_block_that_fails_gives_back_edits_made_before_it(session: Session, world: World) -> None:
    customer = partial(session)
    customer.externalId = None
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        customer.externalId = "2"
        customer.base.lastName = None
        raise ZeroDivisionError
    sent(world)

    session.commit()

    assert [(method, body) for method, body in sent(world) if method != "GET"] == [
        ("PATCH", {"externalId": None})
    ]
