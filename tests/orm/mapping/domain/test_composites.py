"""Composites: a value over several paths, read, written, asked and sent as a unit."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contacthub_orm import (
    CompileError,
    ConfigurationError,
    ContentError,
    Customer,
    Session,
    UnknownAttributeError,
    Value,
    composite,
    inspect,
    load_only,
)
from tests.orm.shelf import load
from tests.support.server import Server
from tests.support.world import World


@attrs.frozen
class Postal:
    street: str | None
    city: str | None


class Member(Customer):
    postal: Value[Postal | None] = composite(
        Postal, street="base.address.street", city="base.address.city", default=None
    )


@attrs.frozen
class Phone:
    number: str = attrs.field(validator=attrs.validators.matches_re(r"\+\d+"))


class Caller(Customer):
    mobile: Value[Phone | None] = composite(Phone, number="base.contacts.mobilePhone", default=None)


def test_it_reads_and_writes_its_paths() -> None:
    member = Member()
    assert member.postal is None
    member.base.address.city = "Bath"
    assert member.postal == Postal(None, "Bath")
    member.postal = Postal("High Street 1", "Bristol")

    assert member.to_dict() == {"base": {"address": {"street": "High Street 1", "city": "Bristol"}}}
    member.postal = None
    assert member.base.address.city is None
    assert Member(postal=Postal("a", "b")).base.address.street == "a"


def test_a_value_of_another_class_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Member.postal: expected Postal or None, got 'Bath'"):
        Member().postal = "Bath"  # type: ignore[assignment]


def test_all_of_it_is_sent_if_a_part_changes() -> None:
    member = load(
        Member, {"id": "1", "base": {"lastName": "x", "address": {"street": "a", "city": "b", "zip": "1"}}}
    )
    member.postal = Postal("a", "c")
    assert inspect(member).changes() == {"base": {"address": {"street": "a", "city": "c"}}}

    member.postal = Postal("a", "b")
    assert inspect(member).changes() == {}
    member.base.lastName = "y"
    assert inspect(member).changes() == {"base": {"lastName": "y"}}
    member.base.address = None
    assert inspect(member).changes() == {"base": {"lastName": "y", "address": None}}


def test_two_writers_never_mix_its_parts(world: World) -> None:
    (identity,) = world.sandbox.seed([{"base": {"address": {"street": "a", "city": "b"}}}])
    with Session(world.node()) as one, Session(world.node()) as other:
        first, second = one.get(Member, identity), other.get(Member, identity)
        assert first is not None
        assert second is not None
        first.postal, second.postal = Postal("c", "b"), Postal("a", "d")
        one.commit()
        other.commit()
    with Session(world.node()) as session:
        stored = session.get(Member, identity)
        assert stored is not None
        assert stored.postal == Postal("a", "d")


def test_criteria_compare_it_whole_or_by_its_fields(world: World) -> None:
    world.sandbox.seed(
        [
            {"externalId": "1", "base": {"address": {"street": "a", "city": "b"}}},
            {"externalId": "2", "base": {"address": {"street": "a"}}},
            {"externalId": "3"},
        ]
    )
    with Session(world.node()) as session:

        def found(*criteria: Any) -> set[Any]:
            return {one.externalId for one in session.query(Member).filter(*criteria)}

        assert found(Member.postal == Postal("a", "b")) == {"1"}
        assert found(Member.postal == Postal("a", None)) == {"2"}
        assert found(Member.postal == None) == {"3"}  # noqa: E711
        assert found(Member.postal != Postal("a", "b")) == {"2", "3"}
        assert found(Member.postal.city == "b") == {"1"}
        assert session.query(Member).filter_by(postal=Postal("a", "b")).one().externalId == "1"
        for option in (load_only(Member.postal), load_only("postal")):
            assert {("base", "address", "street"), ("base", "address", "city")} <= set(
                session.query(Member).options(option).fields
            )
    with pytest.raises(CompileError, match="is compared with Postal or None"):
        Member.postal == "b"  # noqa: B015
    with pytest.raises(UnknownAttributeError, match="did you mean 'city'"):
        Member.postal.cty  # noqa: B018


def test_a_declaration_that_fits_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="a path for each of street, city"):
        composite(Postal, street="base.address.street")
    with pytest.raises(ConfigurationError, match="expected an attrs class"):
        composite(int, street="base.address.street")
    with pytest.raises(ConfigurationError, match=r"Wrong.postal: .*declares no attribute 'town'"):

        class Wrong(Customer):
            postal: Value[Postal | None] = composite(
                Postal, street="base.address.street", city="base.address.town"
            )

    with pytest.raises(ConfigurationError, match="cannot be changed"):

        class Fixed(Customer):
            postal: Value[Postal | None] = composite(Postal, street="id", city="base.address.city")


def test_a_partial_load_sends_what_was_loaded(server: Server, contacthub_sandbox: Any) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "base": {"address": {"street": "a", "city": "b"}}}])
    with Session(contacthub_sandbox.node) as session:
        member = session.query(Member).options(load_only("base.address.city")).one()
        member.base.address.city = "c"
        assert inspect(member).changes() == {"base": {"address": {"city": "c"}}}
        session.commit()

    assert [server.customers()[0]["base"]["address"][key] for key in ("street", "city")] == ["a", "c"]


def test_what_its_class_refuses_is_a_content_error_and_can_be_written_over(contacthub_sandbox: Any) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "base": {"contacts": {"mobilePhone": "call me"}}}])
    with Session(contacthub_sandbox.node) as session:
        caller = session.query(Caller).one()
        with pytest.raises(
            ContentError, match=r"Caller.mobile: \{'number': 'call me'\} is not read as Phone: "
        ) as told:
            assert caller.mobile
        assert told.value.value == {"number": "call me"}
        assert caller.externalId == "1"
        caller.mobile = Phone("+15550100")
        session.commit()
        assert caller.mobile == Phone("+15550100")


def test_its_fields_may_have_any_name() -> None:
    @attrs.frozen
    class Person:
        name: str | None
        parts: str | None

    class Named(Customer):
        person: Value[Person | None] = composite(Person, name="base.firstName", parts="base.lastName")

    assert str(Named.person.name == "Ada") == "base.firstName EQUALS 'Ada'"
    assert str(Named.person.parts == "B") == "base.lastName EQUALS 'B'"
    with pytest.raises(TypeError, match="no truth value"):
        bool(Named.person)
