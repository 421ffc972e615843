"""What mypy and basedpyright know of entities that a user declares."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import date
from typing import Any, assert_type

from contacthub_orm import (
    Attr,
    Criterion,
    Customer,
    CustomerBase,
    Embedded,
    Entity,
    Event,
    Properties,
    Query,
    Reference,
    Resource,
    Session,
    attr,
    embedded,
    reference,
)
from contacthub_orm.orm import Expression


class Fidelity(Properties):
    card: Attr[str | None] = attr(default=None)
    points: Attr[int] = attr(default=0)
    since: Attr[date | None] = attr(default=None)


class Shopper(Customer):
    """A customer whose `extended` properties are declared."""

    extended: Embedded[Fidelity] = embedded(default=None)


class Purchase(Event):
    properties: Embedded[Fidelity] = embedded(default=None, required=True)


class Stamped:
    version: Attr[int | None] = attr(default=None, read_only=True)


class Shop(Stamped, Entity, resource=Resource("shops")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    name: Attr[str] = attr()
    opening_day: Attr[date | None] = attr(default=None, name="openingDay")
    keeper: Reference[Shopper] = reference("keeperId", "customers", default=None)
    anything: Attr[dict[str, Any]] = attr(default=None)


def a_narrowed_object(shopper: Shopper, purchase: Purchase) -> None:
    assert_type(shopper.extended, Fidelity)
    assert_type(shopper.extended.points, int)
    assert_type(shopper.base, CustomerBase)
    assert_type(Shopper.extended.points, Expression[int])
    assert_type(Shopper.extended.points > 3, Criterion)
    assert_type(purchase.properties.since, date | None)
    shopper.extended.points += 1
    shopper.extended = Fidelity(card="A1", points=3)
    shopper.extended.points = "many"  # type: ignore[assignment]
    shopper.extended.pionts = 3  # type: ignore[attr-defined]


def an_entity_of_ones_own(session: Session, shopper: Shopper) -> None:
    shop = Shop(name="Wayne's", keeper=shopper, opening_day=date(2020, 1, 1))
    assert_type(shop.name, str)
    assert_type(shop.version, int | None)
    assert_type(shop.keeper, Shopper | None)
    assert_type(shop.anything, dict[str, Any])
    assert_type(session.query(Shop).filter(Shop.opening_day < date(2021, 1, 1)), Query[Shop])
    assert_type(session.get(Shopper, "1"), Shopper | None)
    Shop()  # type: ignore[call-arg]
    Shop(name=3)  # type: ignore[arg-type]
    shop.keeper = "1"  # type: ignore[assignment]
