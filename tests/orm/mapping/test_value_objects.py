"""Values that JSON shows as objects, such as those of a frozen attrs class: sent, compared and copied whole."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import attrs
import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.orm import Attr, Embedded, Entity, Properties, Resource, attr, embedded, inspect
from contacthub_orm.sandbox import Sandbox
from tests.orm.shelf import load, loaded


@attrs.frozen
class Money:
    amount: float
    currency: str | None


@dataclasses.dataclass(frozen=True)
class Size:
    width: int
    height: int


class Offer(Entity, resource=Resource("offers")):
    price: Attr[Money | None] = attr(default=None)
    size: Attr[Size | None] = attr(default=None)
    prices: Attr[dict[str, Money]] = attr(default=None)
    notes: Embedded[Any] = embedded()


class Priced(Properties):
    price: Attr[Money | None] = attr(default=None)


class Buyer(Customer):
    extended: Embedded[Priced] = embedded(default=None)


def offer(**document: Any) -> Offer:
    found: Offer = load(Offer, {"id": "1", **document})
    return found


EURO = {"amount": 5.0, "currency": "EUR"}


def test_a_value_is_sent_whole() -> None:
    one = offer(price=EURO, size={"width": 1, "height": 2})

    one.price = Money(5.0, "JPY")
    one.size = Size(1, 3)

    assert inspect(one).changes() == {
        "price": {"amount": 5.0, "currency": "JPY"},
        "size": {"width": 1, "height": 3},
    }


def test_an_equal_value_is_no_change() -> None:
    one = offer(price=EURO)

    one.price = Money(5.0, "EUR")

    assert inspect(one).changes() == {}


def test_a_value_removes_what_the_old_one_had() -> None:
    one = offer(price={"cents": 500, "currency": "EUR"})

    one.price = Money(5.0, "EUR")

    assert inspect(one).changes() == {"price": {"cents": None, "amount": 5.0, "currency": "EUR"}}


def test_the_values_of_a_mapping_are_each_sent_whole() -> None:
    one = offer(prices={"a": EURO, "b": EURO, "c": EURO})

    one.prices["a"] = Money(5.0, "JPY")
    del one.prices["b"]

    assert inspect(one).changes() == {"prices": {"a": {"amount": 5.0, "currency": "JPY"}, "b": None}}


def test_a_value_of_an_undeclared_property_is_sent_whole() -> None:
    one = offer(notes={"price": EURO})

    one.notes.price = Money(5.0, "JPY")

    assert inspect(one).changes() == {"notes": {"price": {"amount": 5.0, "currency": "JPY"}}}


def test_only_what_differs_in_a_value_is_shown_as_changed() -> None:
    one = offer(price=EURO)

    one.price = Money(5.0, "JPY")

    assert inspect(one).changed() == [("price.currency", "EUR", "JPY")]


def test_the_copy_of_an_entity_has_the_changed_value() -> None:
    one = offer(price=EURO)
    one.price = Money(5.0, "JPY")

    again = copy.deepcopy(one)

    assert again.price == Money(5.0, "JPY")
    assert inspect(again).changes() == inspect(one).changes()


@pytest.mark.parametrize("key", ["reviews", "anything"])
def test_the_copy_of_an_entity_keeps_what_did_not_change_in_a_dict(key: str) -> None:
    book = loaded(**{key: {"times": 3, "post": 4, "sun": {"a": 1, "b": 2}}})
    getattr(book, key)["times"] = 5
    getattr(book, key)["sun"]["a"] = 6
    del getattr(book, key)["post"]

    again = copy.copy(book)

    assert getattr(again, key) == {"times": 5, "sun": {"a": 6, "b": 2}}
    assert inspect(again).changes() == inspect(book).changes()


def test_two_writers_of_a_value_do_not_mix_their_parts(contacthub_sandbox: Sandbox) -> None:
    with Session(contacthub_sandbox.node) as session, session.begin():
        session.add(Buyer(externalId="1", extended={"price": {"amount": 100.0, "currency": "EUR"}}))
    first, second = Session(contacthub_sandbox.node), Session(contacthub_sandbox.node)
    one, other = first.query(Buyer).one(), second.query(Buyer).one()
    one.extended.price, other.extended.price = Money(100.0, "JPY"), Money(5.0, "EUR")

    first.commit()
    second.commit()

    with Session(contacthub_sandbox.node) as third:
        assert third.query(Buyer).one().extended.price == Money(5.0, "EUR")
    first.close()
    second.close()


def test_a_value_is_restored_whole_after_a_nested_block(contacthub_sandbox: Sandbox) -> None:
    with Session(contacthub_sandbox.node) as session:
        session.add(Buyer(externalId="1", extended={"price": {"amount": 100.0, "currency": "EUR"}}))
        session.commit()
        buyer = session.query(Buyer).one()
        buyer.extended.price = Money(100.0, "JPY")
        with pytest.raises(KeyError), session.begin_nested():
            buyer.extended.price = None
            raise KeyError
        assert buyer.extended.price == Money(100.0, "JPY")
        session.rollback()
