"""Codecs: values of classes of one's own, read, written, compared and asked."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    Attr,
    Codec,
    CompileError,
    ConfigurationError,
    ContentError,
    Customer,
    Embedded,
    Properties,
    Session,
    UnknownAttributeError,
    ValidationError,
    Value,
    attr,
    embedded,
    inspect,
    register_codec,
)
from tests.orm.shelf import load
from tests.support.server import Server
from tests.support.world import World


@attrs.frozen
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text: str) -> Money:
        amount, currency = text.split(" ")
        return cls(Decimal(amount), currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Phone:
    """A value that is no attrs class."""

    def __init__(self, digits: str) -> None:
        if not digits.isdigit():
            raise ValueError(f"{digits!r} has other characters than digits")
        self.digits = digits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phone) and other.digits == self.digits

    def __hash__(self) -> int:
        return hash(self.digits)


@attrs.frozen
class Weight:
    grams: int
    unit: str | None = None


register_codec(Phone, Codec(Phone, lambda phone: phone.digits))

AS_TEXT = Codec(Money.parse, str)
AS_OBJECT = Codec(
    lambda wire: Money(Decimal(wire["amount"]), wire["currency"]),
    lambda money: {"amount": float(money.amount), "currency": money.currency},
)


class Details(Properties):
    price: Value[Money | None] = attr(default=None, codec=AS_TEXT)
    budget: Value[Money | None] = attr(default=None, codec=AS_OBJECT)
    exact: Attr[Decimal | None] = attr(default=None, codec=Codec(Decimal, str))
    phone: Attr[Phone | None] = attr(default=None)
    phones: Attr[list[Phone]] = attr(default=None)
    weight: Value[Weight | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Details] = embedded(default=None)


FIVE = Money(Decimal(5), "EUR")


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


def test_values_are_written_and_read(world: World, session: Session) -> None:
    session.add(
        Member(
            externalId="1",
            extended=Details(
                price=FIVE,
                budget=FIVE,
                exact=Decimal("0.10"),
                phone=Phone("12"),
                phones=[Phone("3")],
                weight=Weight(3),
            ),
        )
    )
    session.commit()

    with Session(world.node()) as other:
        stored = other.query(Member).one().extended
        assert stored.to_dict() == {
            "price": "5 EUR",
            "budget": {"amount": 5.0, "currency": "EUR"},
            "exact": "0.10",
            "phone": "12",
            "phones": ["3"],
            "weight": {"grams": 3},
        }
        assert (stored.price, stored.budget, stored.phone, stored.phones) == (
            FIVE,
            FIVE,
            Phone("12"),
            [Phone("3")],
        )
        assert str(stored.exact) == "0.10"
        assert not other.dirty


def test_another_spelling_of_the_service_is_no_change() -> None:
    member = load(Member, {"id": "1", "extended": {"price": "5 EUR", "exact": "+0.10"}})
    member.extended.exact = Decimal("0.10")

    assert inspect(member).changes() == {}
    member.extended.exact = Decimal("0.2")
    assert inspect(member).changes() == {"extended": {"exact": "0.2"}}


def test_a_value_is_sent_whole() -> None:
    member = load(
        Member, {"id": "1", "extended": {"budget": {"amount": 5.0, "currency": "EUR", "note": "x"}}}
    )
    member.extended.budget = Money(Decimal(5), "JPY")

    assert inspect(member).changes() == {
        "extended": {"budget": {"amount": 5.0, "currency": "JPY", "note": None}}
    }
    member.extended.budget = FIVE
    assert inspect(member).changes() == {}


@pytest.mark.parametrize("made", [copy.copy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_keep_unsaved_values(made: Any) -> None:
    member = load(Member, {"id": "1"})
    member.extended.price = FIVE

    assert made(member).extended.price == FIVE
    assert made(member.extended).price == FIVE


def test_criteria_compare_them_whole_or_by_their_fields(world: World, session: Session) -> None:
    world.sandbox.seed(
        [
            {
                "externalId": "1",
                "extended": {"price": "5 EUR", "budget": {"amount": 5, "currency": "EUR"}, "phone": "1"},
            },
            {
                "externalId": "2",
                "extended": {"budget": {"amount": 9, "currency": "EUR"}, "weight": {"grams": 3}},
            },
            {"externalId": "3", "extended": {"weight": {"grams": 3, "unit": "kg"}}},
        ]
    )

    def found(*criteria: Any) -> set[Any]:
        return {one.externalId for one in session.query(Member).filter(*criteria)}

    details = Member.extended
    assert found(details.price == FIVE) == {"1"}
    assert found(details.budget == FIVE) == {"1"}
    assert found(details.budget != FIVE) == {"2", "3"}
    assert found(details.budget.amount > 5) == {"2"}
    assert found(details.budget.in_([FIVE, Money(Decimal(9), "EUR")])) == {"1", "2"}
    assert found(details.budget.not_in([FIVE])) == {"2", "3"}
    assert found(details.phone == Phone("1")) == {"1"}
    assert found(details.weight == Weight(3)) == {"2"}
    assert found(details.weight.grams >= 3) == {"2", "3"}
    assert found(details.weight == None) == {"1"}  # noqa: E711


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Member.extended.budget == "5 EUR", "holds Money, got '5 EUR'"),
        (lambda: Member.extended.budget > FIVE, "compared whole with == or !=, or by its fields"),
        (lambda: Member.extended.weight.gram, "did you mean 'grams'"),
        (lambda: Member.extended.weight.grams == "x", "holds an integer"),
    ],
)
def test_what_no_value_has_is_refused(ask: Any, message: str) -> None:
    with pytest.raises((CompileError, UnknownAttributeError), match=message):
        ask()


def test_wrong_content_is_an_error_that_names_path_and_value_and_stops_no_other_row(
    world: World, session: Session
) -> None:
    world.sandbox.seed(
        [
            {
                "externalId": "1",
                "extended": {"price": "five", "phone": "x1", "phones": ["1", "y"], "exact": "1"},
            },
            {"externalId": "2", "extended": {"price": "5 EUR"}},
        ]
    )
    wrong, right = session.query(Member).order_by(Member.externalId).all()

    assert right.extended.price == FIVE
    with pytest.raises(ContentError, match=r"Member.extended.price: 'five' is not read as Money: ") as caught:
        wrong.extended.price  # noqa: B018
    assert (caught.value.path, caught.value.value) == ("Member.extended.price", "five")
    with pytest.raises(
        ContentError, match=r"Member.extended.phone: 'x1' is not read as Phone: 'x1' has other"
    ):
        wrong.extended.phone  # noqa: B018
    with pytest.raises(ContentError, match=r"Member.extended.phones"):
        wrong.extended.phones  # noqa: B018
    assert wrong.extended.exact == Decimal(1)
    wrong.extended.price = FIVE
    session.commit()
    assert wrong.extended.price == FIVE


def test_a_list_that_is_no_longer_readable_stops_no_query(world: World, session: Session) -> None:
    first, _ = world.sandbox.seed(
        [{"extended": {"phones": ["1"], "price": "5 EUR"}}, {"extended": {"phones": ["2"]}}]
    )
    held = session.get(Member, first)
    assert held is not None
    assert (held.extended.phones, held.extended.price) == ([Phone("1")], FIVE)
    with Session(world.node()) as other:
        customer = other.get(Customer, first)
        assert customer is not None
        customer.extended.phones = ["x"]
        customer.extended.price = "y"
        other.commit()
    world.clock.advance(120)

    assert len(session.query(Member).populate_existing().all()) == 2
    session.refresh(held)
    for name in ("phones", "price"):
        with pytest.raises(ContentError, match=f"Member.extended.{name}"):
            getattr(held.extended, name)
    session.expire(held)
    with pytest.raises(ContentError, match=r"Member.extended.phones"):
        held.extended.phones  # noqa: B018
    session.rollback()


def test_a_merge_copies_values(world: World, session: Session) -> None:
    world.sandbox.seed([{"externalId": "1", "extended": {"price": "1 EUR"}}])
    merged = session.merge(Member(externalId="1", extended=Details(price=FIVE)), key="externalId")

    assert merged.extended.price == FIVE
    session.rollback()
    assert merged.extended.price == Money(Decimal(1), "EUR")


def test_a_value_of_another_class_is_refused_before_it_is_sent(session: Session) -> None:
    session.add(Member(extended={"price": 3, "phone": "x"}))

    with pytest.raises(ValidationError) as caught:
        session.commit()
    assert {str(one) for one in caught.value.violations} == {
        "Member.extended.price: must be Money, got 3",
        "Member.extended.phone: must be Phone, got 'x'",
    }


def test_a_value_that_cannot_be_written_is_refused_with_its_path(session: Session) -> None:
    class Broken(Properties):
        price: Attr[Money | None] = attr(default=None, codec=Codec(Money.parse, lambda _: object()))

    class Buyer(Customer):
        extended: Embedded[Broken] = embedded(default=None)

    session.add(Buyer(extended=Broken(price=FIVE)))
    with pytest.raises(ValidationError, match=r"Buyer.extended.price: object has no JSON form"):
        session.commit()


@pytest.mark.parametrize("cls", [str, int, dict, list, bool, object])
def test_a_codec_for_what_json_has_is_refused(cls: Any) -> None:
    with pytest.raises(ConfigurationError, match="a class that JSON has not"):
        register_codec(cls, Codec(str, str))


def test_a_codec_of_an_attribute_for_what_json_has_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="a class that JSON has not, got str"):

        class Wrong(Properties):
            name: Attr[str] = attr(codec=Codec(str, str))


MONEY = st.builds(Money, st.decimals(-(10**6), 10**6, places=2), st.sampled_from(["EUR", "JPY"]))


@given(
    price=MONEY,
    budget=MONEY,
    exact=st.decimals(allow_nan=False, allow_infinity=False),
    digits=st.from_regex("[0-9]{1,9}", fullmatch=True),
)
def test_what_is_written_reads_back_the_same(
    price: Money, budget: Money, exact: Decimal, digits: str
) -> None:
    written = Details(
        price=price, budget=AS_OBJECT.load(AS_OBJECT.dump(budget)), exact=exact, phone=Phone(digits)
    )
    wire = written.to_dict()
    read = Details._bound(wire)

    assert (read.price, read.exact, read.phone) == (written.price, written.exact, written.phone)
    assert read.budget == written.budget
    assert read.to_dict() == wire


@given(stored=MONEY, sought=MONEY)
def test_a_criterion_agrees_with_python(stored: Money, sought: Money) -> None:
    document = Member(extended=Details(price=stored, budget=stored)).to_dict()
    same = float(stored.amount) == float(sought.amount) and stored.currency == sought.currency

    assert (Member.extended.budget == sought).holds_for(document) == same
    assert (Member.extended.budget != sought).holds_for(document) != same
    assert (Member.extended.price == sought).holds_for(document) == (str(stored) == str(sought))


def test_the_server_gets_the_json_of_the_codec(server: Server, contacthub_sandbox: Any) -> None:
    with Session(contacthub_sandbox.node) as session:
        session.add(Member(externalId="1", extended=Details(price=FIVE, phone=Phone("12"))))
        session.commit()

    assert server.customers()[0]["extended"] == {"price": "5 EUR", "phone": "12"}


def test_a_value_of_the_wrong_class_is_shown_as_it_is_until_it_is_refused() -> None:
    member = Member(extended={"price": 3})

    assert member.to_dict() == {"extended": {"price": 3}}
    assert copy.copy(member).extended.price == 3  # type: ignore[comparison-overlap]


def test_a_value_without_fields_is_not_equal_to_everything() -> None:
    @attrs.frozen
    class Nothing:
        pass

    class Empty(Properties):
        nothing: Attr[Nothing | None] = attr(default=None)

    class Holder(Customer):
        extended: Embedded[Empty] = embedded(default=None)

    with pytest.raises(CompileError, match="compares with a string"):
        Holder.extended.nothing == Nothing()  # noqa: B015
