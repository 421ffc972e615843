"""The body that a check knows is the one that is sent, whatever was edited and whatever the program's own rules do."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    Attr,
    Customer,
    Embedded,
    Entity,
    Properties,
    Resource,
    Session,
    Violation,
    attr,
    embedded,
    object_session,
    validates,
)
from contacthub_orm.contacthub.values.limits import at_most
from contacthub_orm.orm.entity import validation
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.entity.validation import Checked, checked, violations
from contacthub_orm.orm.mapping import changes
from contacthub_orm.orm.mapping.changes import change
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.signals import before_request
from tests.orm.mapping.domain.test_composites import Member
from tests.orm.mapping.test_tracking_model import BOOKS, edited
from tests.orm.shelf import Book, loaded
from tests.support.examples import examples
from tests.support.world import World, customer


def checked_by_rules_that_change_nothing(book: Book) -> Checked:
    """A check of a book whose rules are taken for the library's."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(validation, "_LIBRARY", ("contacthub_orm.", "tests."))
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


@functools.wraps(at_most(255))
def wrapped_lower(instance: Any, field: Any, value: str) -> None:
    lower(instance, field, value)


class WrappedNames(Properties):
    nick: Attr[str | None] = attr(default=None, validator=wrapped_lower)


class WrappedNicked(Customer):
    extended: Embedded[WrappedNames] = embedded(default=None)


def test_a_validator_that_bears_the_name_of_the_librarys_is_the_programs(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(WrappedNicked).one().extended.nick = "ADA"

        assert bodies(session) == [{"extended": {"nick": "ada"}}]


class WithOwnCheck(Customer):
    def _violations(self) -> Iterator[Violation]:
        self.base.lastName = str(self.base.firstName).upper()
        return iter(())


def test_what_a_check_of_a_class_writes_is_sent(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(WithOwnCheck).one().base.firstName = "ada"
        session.add(WithOwnCheck(externalId="2", base={"firstName": "bob"}))

        assert [body["base"]["lastName"] for body in bodies(session)] == ["BOB", "ADA"]


class WithOwnCheckOfTheBody(Customer):
    def _violations_of_body(self, body: Document) -> Iterable[Violation]:
        self.base.lastName = "Kent"
        return super()._violations_of_body(body)


def test_what_a_check_of_the_body_writes_is_sent(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        session.query(WithOwnCheckOfTheBody).one().base.firstName = "Clark"

        assert bodies(session) == [{"base": {"firstName": "Clark", "lastName": "Kent"}}]


heard: list[Customer] = []


def note(value: str) -> str:
    for one in heard:
        one.extra = value
    return value


class Pet(Properties):
    name: Attr[str | None] = attr(default=None, converter=note)


class Pets(Properties):
    pets: Attr[list[Pet]] = attr(default=None)


class Owner(Customer):
    extended: Embedded[Pets] = embedded(default=None)


def test_what_a_converter_writes_while_an_element_is_checked_is_sent(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}, {"externalId": "2", "extended": {"pets": []}}])
    with Session(world.node()) as session:
        first, second = session.query(Owner).order_by(Owner.externalId)
        first.base.firstName = "Ada"
        second.extended.pets.append(cast("Pet", {"name": "Rex"}))
        heard.append(first)
        try:
            assert bodies(session)[0] == {"base": {"firstName": "Ada"}, "extra": "Rex"}
        finally:
            heard.clear()


def test_what_a_receiver_writes_while_an_expired_entity_is_read_again_is_sent(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    with Session(world.node()) as session:
        first, second = session.query(Customer).order_by(Customer.externalId)
        first.extra = "one"
        session.expire(second)
        second.extra = "two"

        def receive(_: Any, **__: Any) -> None:
            first.base.firstName = "Ada"

        with before_request.connected_to(receive):
            assert bodies(session)[0] == {"base": {"firstName": "Ada"}, "extra": "one"}


class Part(Properties):
    name: Attr[str | None] = attr(default=None)
    books: Attr[list[Book]] = attr(default=None, own_routes=True)


class Shelf(Entity, resource=Resource("shelves")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    part: Embedded[Part] = embedded()


def test_what_has_no_json_form_is_a_violation_with_its_path() -> None:
    shelf = from_document(Shelf, "1", {"id": "1"}, unknown="keep")
    shelf.part.books.append(Book(title=cast("str", object())))

    assert [one.path for one in violations(shelf)] == ["Shelf.part.books[0].title"]


class Asking(Customer):
    @validates("externalId")
    def ask(self, value: str) -> None:
        session = object_session(self)
        assert session is not None
        session.query(Customer).filter(Customer.externalId == value).all()


def test_a_rule_that_queries_saves_nothing_while_a_plan_is_made(world: World) -> None:
    with Session(world.node(), autoflush=True) as session:
        session.add_all([customer("ada"), Asking(externalId="asks")])
        planned = bodies(session)
        session.validate()

        assert [body["externalId"] for body in planned] == ["ada", "asks"]
        assert {request.method for request in world.sandbox.requests} <= {"GET"}


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
