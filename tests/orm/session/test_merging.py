"""What `merge` copies, and which natural keys it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import Customer, Properties, Session, ValidationError, inspect
from contacthub_orm.orm import Attr, Embedded, attr, embedded
from tests.support.world import World, get, seed


@pytest.mark.parametrize("key", ["", "  ", "\t"])
def test_an_empty_or_blank_natural_key_is_refused(world: World, key: str) -> None:
    with Session(world.node()) as session, pytest.raises(ValidationError, match="externalId"):
        session.merge(Customer(externalId=key), key="externalId")

    assert world.customers() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tags": {"manual": []}}, {"tags": {"manual": []}}),
        ({"base": {"contacts": {}}}, {"base": {"contacts": {"email": None}}}),
        ({"base": {"firstName": None}}, {"base": {"firstName": None}}),
    ],
)
def test_empty_values_that_were_set_are_copied(world: World, given: Any, expected: Any) -> None:
    seed(world, "ada")
    with Session(world.node()) as session:
        found = session.merge(Customer(externalId="ada", **given), key="externalId")

        assert inspect(found).changes() == expected


def test_what_was_only_read_is_not_copied(world: World) -> None:
    seed(world, "ada")
    one = Customer(externalId="ada")
    assert one.tags.manual == []
    with Session(world.node()) as session:
        assert inspect(session.merge(one, key="externalId")).changes() == {}


def test_a_new_customer_of_a_node_copies_nothing_of_its_template(world: World) -> None:
    seed(world, "ada")
    node = world.node()
    with Session(node) as session:
        assert inspect(session.merge(Customer(node, externalId="ada"), key="externalId")).changes() == {}


class Defaulted(Customer):
    extra: Attr[str | None] = attr(default="usual")


def test_the_default_of_a_class_does_not_replace_what_is_stored(world: World) -> None:
    (identity,) = seed(world, "ada")
    with Session(world.node()) as session:
        get(session, identity).extra = "stored"
        session.commit()
    with Session(world.node()) as session:
        found = session.merge(Defaulted(externalId="ada"), key="externalId")

        assert inspect(found).changes() == {}


def test_a_value_that_was_given_is_copied_even_if_it_is_the_default_of_the_class(world: World) -> None:
    (identity,) = seed(world, "ada")
    with Session(world.node()) as session:
        get(session, identity).extra = "stored"
        session.commit()
    for given in (Defaulted(externalId="ada", extra="usual"), Defaulted(externalId="ada")):
        given.extra = "usual"
        with Session(world.node()) as session:
            assert inspect(session.merge(given, key="externalId")).changes() == {"extra": "usual"}


class Score(Properties):
    points: Attr[int] = attr(default=0)
    level: Attr[str | None] = attr(default=None)


class Scored(Customer):
    extended: Embedded[Score] = embedded()


def test_the_defaults_of_an_embedded_class_do_not_replace_what_is_stored(world: World) -> None:
    world.sandbox.seed([{"externalId": "ada", "extended": {"points": 7, "level": "gold"}}])
    with Session(world.node()) as session:
        found = session.merge(Scored(externalId="ada", extended=Score()), key="externalId")
        assert inspect(found).changes() == {}
        session.merge(Scored(externalId="ada", extended=Score(level="blue")), key="externalId")
        assert inspect(found).changes() == {"extended": {"level": "blue"}}


def test_the_values_of_a_template_come_before_the_defaults_of_the_class(world: World) -> None:
    assert Defaulted(world.node(), default_attributes={"extra": "template"}).extra == "template"
    assert Defaulted(world.node(), default_attributes={}).extra == "usual"
