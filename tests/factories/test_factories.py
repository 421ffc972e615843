"""Factories of entities. They need the extra `factories`."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Literal

import attrs
import pytest

from contacthub_orm import (
    Attr,
    CompletedOrder,
    Customer,
    Embedded,
    Event,
    Properties,
    Session,
    attr,
    embedded,
)
from contacthub_orm.errors import ArgumentError

factory = pytest.importorskip(
    "contacthub_orm.factories", reason="the extra factories is not installed", exc_type=ImportError
).factory


class Tier(enum.Enum):
    GOLD = "gold"
    SILVER = "silver"


class Shop(Properties):
    number: Attr[int | None] = attr(default=None)


class Membership(Properties):
    points: Attr[int | None] = attr(default=None)
    tier: Attr[Tier | None] = attr(default=None)
    channel: Attr[Literal["web", "store"] | None] = attr(default=None)
    since: Attr[date | None] = attr(default=None)
    seen: Attr[datetime | None] = attr(default=None)
    codes: Attr[list[str]] = attr(default=None)
    shop: Embedded[Shop] = embedded(default=None)
    values: Attr[str | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Membership] = embedded(default=None)


def test_a_customer_has_what_a_person_has():
    one = factory(Member).build()
    assert isinstance(one, Member)
    base = one.base
    assert all([one.externalId, base.firstName, base.lastName, base.dob, base.address.city])
    assert base.contacts.email.endswith("@example.com")
    assert base.contacts.mobilePhone.startswith("+1-555-01")
    assert one.id is None


def test_what_a_class_declares_has_a_value_of_its_type():
    for one in factory(Member).batch(20):
        membership = one.extended
        assert isinstance(membership.points, int)
        assert isinstance(membership.tier, Tier)
        assert membership.channel in ("web", "store")
        assert isinstance(membership.shop.number, int)
        assert isinstance(membership.values, str)
        assert type(membership.since) is date
        assert membership.seen.tzinfo is not None


def test_values_are_given_as_they_are_or_as_a_choice_or_as_a_function():
    numbers = iter(range(100))
    make = factory(
        Member,
        extended={"points": range(3), "channel": ("web",), "shop": {"number": {7, 8}}, "codes": ["A"]},
        externalId=lambda: str(next(numbers)),
    )
    found = make.batch(30)
    assert {one.extended.points for one in found} == {0, 1, 2}
    assert {one.extended.shop.number for one in found} == {7, 8}
    assert [one.externalId for one in found] == [str(number) for number in range(30)]
    assert {tuple(one.extended.codes) for one in found} == {("A",)}
    one = make.build(extended={"points": 500}, base={"firstName": "Zed"})
    assert (one.extended.points, one.extended.channel, one.base.firstName) == (500, "web", "Zed")
    assert one.base.lastName


def test_a_seed_gives_the_same_entities_and_the_factories_do_not_disturb_each_other():
    first, second = factory(Member, seed=7), factory(Member, seed=7)
    others = factory(Member, seed=8)
    found = []
    for _ in range(5):
        found.append(first.build().to_dict())
        others.build()
    assert found == [one.to_dict() for one in second.batch(5)]
    assert others.build().to_dict() not in found


@pytest.mark.parametrize("locale", ["it_IT", "ja_JP"])
def test_names_are_of_a_locale_and_addresses_of_letters_that_everybody_has(locale):
    assert factory(Customer, locale=locale).build().base.contacts.email.isascii()


def test_events_are_made_of_what_they_are_given():
    order = factory(CompletedOrder, properties={"orderId": lambda: "O-1"}).build(customerId="1")
    assert (order.properties.orderId, order.customerId) == ("O-1", "1")
    assert order.context in Event.CONTEXTS.__members__.values()


def test_what_they_make_can_be_saved(contacthub_sandbox):
    with Session(contacthub_sandbox.node) as session:
        members = factory(Member, seed=1).batch(25)
        session.add_all(members)
        session.add(factory(CompletedOrder, seed=1).build(customer=members[0], properties={"orderId": "1"}))
        session.commit()
        assert session.query(Member).count() == 25


def test_a_name_that_is_not_declared_is_refused_with_the_nearest():
    with pytest.raises(TypeError, match="externalId"):
        factory(Member, externalID="1").build()


def test_only_customers_and_events_have_factories():
    with pytest.raises(ArgumentError):
        factory(attrs.make_class("Other", []))
