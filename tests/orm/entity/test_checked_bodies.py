"""The body that a check knows is the one that is sent, whatever was edited and whatever the program's own rules do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    Attr,
    Customer,
    Embedded,
    Properties,
    Session,
    attr,
    embedded,
    validates,
)
from contacthub_orm.orm.entity import validation
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.entity.validation import Checked, checked
from contacthub_orm.orm.mapping import changes
from contacthub_orm.orm.mapping.changes import change
from tests.orm.mapping.domain.test_composites import Member
from tests.orm.mapping.test_tracking_model import BOOKS, edited
from tests.orm.shelf import Book, loaded
from tests.support.examples import examples
from tests.support.world import World, customer


def checked_by_rules_that_change_nothing(book: Book) -> Checked:
    """A check of a book whose rules are taken for the library's."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(validation, "_LIBRARY", "tests")
        return checked(book)


@given(BOOKS, st.data())
@examples(100)
def test_the_body_of_a_check_is_the_body_of_a_comparison(
    document: dict[str, Any], data: st.DataObject
) -> None:
    book = edited(loaded(**document), data)

    found = checked_by_rules_that_change_nothing(book)

    assert found.body is not None or found.violations
    assert found.body is None or json.dumps(found.body) == json.dumps(body_of(book))


@given(BOOKS)
@examples(20)
def test_the_body_of_a_new_entity_is_its_document(document: dict[str, Any]) -> None:
    book = from_document(Book, None, document, unknown="keep")

    found = checked_by_rules_that_change_nothing(book)

    assert found.body is None or json.dumps(found.body) == json.dumps(body_of(book))


def test_a_unit_of_which_a_part_has_changed_is_sent_whole(world: World) -> None:
    world.sandbox.seed([{"base": {"address": {"street": "High Street 1", "city": "Bath"}}}])
    with Session(world.node()) as session:
        session.query(Member).one().base.address.city = "Bristol"

        assert bodies(session) == [{"base": {"address": {"city": "Bristol", "street": "High Street 1"}}}]


class Lowered(Customer):
    @validates("base.contacts.email")
    def lower(self, value: str) -> None:
        self.base.contacts.email = value.lower()


class LoweredAsAWhole(Customer):
    @validates
    def lower(self) -> None:
        self.base.contacts.email = str(self.base.contacts.email).lower()


def lower(instance: Any, _: Any, value: str) -> None:
    instance.nick = value.lower()


class Names(Properties):
    nick: Attr[str | None] = attr(default=None, validator=lower)


class Nicked(Customer):
    extended: Embedded[Names] = embedded(default=None)


@pytest.mark.parametrize("rule", [Lowered, LoweredAsAWhole])
def test_what_a_rule_of_the_program_writes_is_sent(world: World, rule: type[Customer]) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(rule).one().base.contacts.email = "ADA@EXAMPLE.COM"
        session.add(rule(externalId="2", base={"contacts": {"email": "BOB@EXAMPLE.COM"}}))
        new, changed = bodies(session)

        assert new["base"] == {"contacts": {"email": "bob@example.com"}}
        assert changed == {"base": {"contacts": {"email": "ada@example.com"}}}


def test_what_a_validator_of_an_attribute_writes_is_sent(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(Nicked).one().extended.nick = "ADA"

        assert bodies(session) == [{"extended": {"nick": "ada"}}]


def test_what_a_rule_writes_into_an_entity_that_was_checked_before_is_sent(world: World) -> None:
    first = customer("ada")

    class Meddler(Customer):
        @validates("externalId")
        def meddle(self, value: str) -> None:
            first.base.lastName = value

    with Session(world.node()) as session:
        session.add_all([first, Meddler(externalId="meddled")])

        assert bodies(session)[0]["base"]["lastName"] == "meddled"


def test_each_value_is_compared_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(Customer).one().base.contacts.email = "ada@example.com"
        compared: list[Any] = []

        def noting(*args: Any, **options: Any) -> Any:
            compared.append(args)
            return change(*args, **options)

        for module in (changes, validation):
            monkeypatch.setattr(module, "change", noting)

        assert bodies(session) == [{"base": {"contacts": {"email": "ada@example.com"}}}]
        assert len(compared) == 1


def bodies(session: Session) -> list[Any]:
    """What a flush would send."""
    return [operation.body for operation in session.plan()]
