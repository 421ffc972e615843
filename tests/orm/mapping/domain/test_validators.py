"""Validators of a class: rules of one's own, reported together with the API's."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import (
    Attr,
    ConfigurationError,
    Customer,
    Embedded,
    Properties,
    Session,
    ValidationError,
    attr,
    embedded,
    validates,
)
from tests.support.world import World


class Stay(Properties):
    first: Attr[int | None] = attr(default=None)
    last: Attr[int | None] = attr(default=None)


class Guest(Customer):
    extended: Embedded[Stay] = embedded(default=None)

    @validates("base.contacts.email", "base.contacts.phone")
    def short(self, value: str) -> None:
        if len(value) > 12:
            raise ValueError("must be short")

    @validates
    def in_order(self) -> None:
        if (self.extended.first or 0) > (self.extended.last or 0):
            raise ValueError("first is after last")


def broken(session: Session) -> set[str]:
    return {str(one) for one in session.validate()}


def test_all_violations_are_reported_together(world: World) -> None:
    with Session(world.node()) as session:
        guest = Guest(
            base={"lastName": 3, "contacts": {"email": "long@example.com", "phone": "0123456789012"}}
        )
        session.add_all([guest, Guest(externalId="2", extended={"first": 2, "last": 1})])
        with pytest.raises(ValidationError) as caught:
            session.commit()

        found = {one.path: one.rule for one in caught.value.violations}
        assert found.pop("Guest.base.lastName").startswith("must be a string")
        assert found == {
            "Guest.base.contacts.email": "must be short",
            "Guest.base.contacts.phone": "must be short",
            "Guest": "first is after last",
        }
    assert world.writes() == []


def test_a_value_that_was_not_written_or_is_none_breaks_no_rule(world: World) -> None:
    world.sandbox.seed([{"externalId": "1", "base": {"contacts": {"email": "longer@example.com"}}}])
    with Session(world.node()) as session:
        guest = session.query(Guest).one()
        guest.base.lastName = "x"
        assert broken(session) == set()
        guest.base.contacts.email = "another@example.com"
        assert broken(session) == {"Guest.base.contacts.email: must be short"}
        guest.base.contacts.email = "longer@example.com"
        assert broken(session) == set()
        guest.base.contacts.email = None
        assert broken(session) == set()


def test_a_value_of_the_wrong_type_breaks_the_rule_of_its_type_alone(world: World) -> None:
    with Session(world.node()) as session:
        session.add(Guest(base={"contacts": {"email": 3}}))  # type: ignore[dict-item]

        assert broken(session) == {"Guest.base.contacts.email: must be a string, got 3"}


def test_a_subclass_has_those_of_its_bases_and_replaces_them_by_name(world: World) -> None:
    class Strict(Guest):
        @validates("externalId")
        def short(self, value: Any) -> None:
            raise ValueError("never")

    with Session(world.node()) as session:
        session.add(
            Strict(externalId="1", extended={"first": 2}, base={"contacts": {"email": "long@example.com"}})
        )

        assert broken(session) == {"Strict.externalId: never"}


def test_a_path_that_is_not_declared_is_refused_at_the_class() -> None:
    with pytest.raises(ConfigurationError, match=r"Wrong.check: .*'contct'.*did you mean 'contacts'"):

        class Wrong(Customer):
            @validates("base.contct.email")
            def check(self, value: str) -> None: ...


def test_embedded_objects_and_elements_of_lists_have_validators_too(world: World) -> None:
    class Visit(Properties):
        days: Attr[int | None] = attr(default=None)

        @validates("days")
        def some(self, value: int) -> None:
            if value < 1:
                raise ValueError("must be 1 or more")

        @validates
        def known(self) -> None:
            if self.days is None:
                raise ValueError("needs days")

    class Visits(Properties):
        first: Embedded[Visit] = embedded(default=None)
        others: Attr[list[Visit]] = attr(default=None)

    class Tourist(Customer):
        extended: Embedded[Visits] = embedded(default=None)

    with Session(world.node()) as session:
        session.add(
            Tourist(extended=Visits(first=Visit(days=0), others=[Visit(days=2), Visit(days=-1), Visit()]))
        )

        assert broken(session) == {
            "Tourist.extended.first.days: must be 1 or more",
            "Tourist.extended.others[1].days: must be 1 or more",
            "Tourist.extended.others[2]: needs days",
        }
