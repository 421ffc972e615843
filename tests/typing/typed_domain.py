"""What mypy and basedpyright know of the names, values and rules of a domain model."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

import attrs

from contacthub_orm import (
    Address,
    Attr,
    Codec,
    Criterion,
    Customer,
    Embedded,
    Properties,
    Query,
    Session,
    Value,
    attr,
    composite,
    computed,
    embedded,
    register_codec,
    synonym,
    validates,
)
from contacthub_orm.orm import Expression
from contacthub_orm.orm.criteria.values import ValueExpression


@attrs.frozen
class Money:
    amount: float
    currency: str


@attrs.frozen
class Postal:
    street: str | None
    city: str | None


def parse(text: str) -> Money:
    amount, currency = text.split()
    return Money(float(amount), currency)


AS_TEXT = Codec(parse, lambda money: f"{money.amount} {money.currency}")


class Details(Properties):
    price: Value[Money | None] = attr(default=None, codec=AS_TEXT)


class Active(Customer):
    __criteria__ = Customer.enabled == True  # noqa: E712 - a criterion


class Priced(Customer):
    __criteria__ = lambda cls: cls.extended.price.amount > 1  # noqa: E731

    extended: Embedded[Details] = embedded(default=None)
    email: Attr[str | None] = synonym("base.contacts.email", default=None)
    address: Embedded[Address] = synonym("base.address", default=None)
    postal: Value[Postal | None] = composite(
        Postal, street="base.address.street", city="base.address.city", default=None
    )

    @computed
    def full_name(self) -> str:
        return f"{self.base.firstName} {self.base.lastName}"

    @full_name.expression
    def _full_name(cls) -> Any:  # noqa: N805
        return cls.base.lastName

    @validates("base.contacts.email")
    def short(self, value: str) -> None:
        if len(value) > 80:
            raise ValueError("must be short")

    @validates
    def complete(self) -> None: ...


def default_criteria(session: Session) -> None:
    assert_type(session.query(Active).without_criteria(), Query[Active])
    assert_type(session.get(Active, "1"), Active | None)


def synonyms(one: Priced) -> None:
    assert_type(one.email, str | None)
    assert_type(one.address, Address)
    assert_type(Priced.email, Expression[str | None])
    assert_type(Priced.email == "x", Criterion)
    Priced(email="x", postal=Postal(None, None))
    one.email = 3  # type: ignore[assignment]
    Priced(email=3)  # type: ignore[arg-type]
    Priced(emial="x")  # type: ignore[call-arg]


def values(one: Priced) -> None:
    assert_type(one.extended.price, Money | None)
    assert_type(one.postal, Postal | None)
    assert_type(Priced.postal, ValueExpression[Postal | None])
    assert_type(Priced.extended.price == Money(5, "EUR"), Criterion)
    assert_type(Priced.extended.price.amount > 1, Criterion)
    assert_type(Priced.postal.city == "Bath", Criterion)
    one.postal = "Bath"  # type: ignore[assignment]
    one.extended.price = 5  # type: ignore[assignment]


def codecs() -> None:
    assert_type(AS_TEXT, Codec[Money])
    register_codec(Money, AS_TEXT)
    register_codec(Postal, AS_TEXT)  # type: ignore[misc]


def computed_attributes(one: Priced, session: Session) -> None:
    assert_type(one.full_name, str)
    assert_type(session.query(Priced).filter(Priced.full_name == "x"), Query[Priced])
    one.full_name = "x"  # type: ignore[assignment]
    Priced(full_name="x")  # type: ignore[call-arg]
    one.short("x")
    one.short(3)  # type: ignore[arg-type]
