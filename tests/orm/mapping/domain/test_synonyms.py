"""Synonyms: a name of one's own is read, written and asked as the path that it stands for."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    Address,
    Attr,
    ConfigurationError,
    Customer,
    Embedded,
    InvalidRequestError,
    Properties,
    Session,
    attr,
    embedded,
    inspect,
    load_only,
    synonym,
)
from contacthub_orm.sandbox import Sandbox
from tests.orm.shelf import load
from tests.support.world import World


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None, name="loyalty_points")
    score: Attr[int | None] = synonym("loyalty_points", default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)
    email: Attr[str | None] = synonym("base.contacts.email", default=None)
    address: Embedded[Address] = synonym("base.address", default=None)
    points: Attr[int | None] = synonym("extended.loyalty_points", default=None)


class Free(Customer):
    colour: Attr[Any] = synonym("extended.likes.colour", default=None)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


def test_it_reads_and_writes_the_path() -> None:
    member = Member(externalId="1")
    member.email = "a@example.com"
    member.address.city = "Bath"
    member.extended.score = 3

    assert member.base.contacts.email == member.email == "a@example.com"
    assert member.points == member.extended.points == 3
    assert member.to_dict() == {
        "externalId": "1",
        "base": {"contacts": {"email": "a@example.com"}, "address": {"city": "Bath"}},
        "extended": {"loyalty_points": 3},
    }
    del member.email
    assert member.base.contacts.email is None


def test_the_constructor_takes_it_beside_other_parts_of_the_object() -> None:
    member = Member(email="a@example.com", base={"firstName": "Ada"}, extended=Loyalty(score=2))

    assert member.to_dict() == {
        "base": {"firstName": "Ada", "contacts": {"email": "a@example.com"}},
        "extended": {"loyalty_points": 2},
    }
    with pytest.raises(TypeError, match="did you mean 'email'"):
        Member(emial="x")  # type: ignore[call-arg]


def test_evolve_changes_it_or_the_path() -> None:
    member = Member(externalId="1", email="a@example.com")

    assert attrs.evolve(member, email="b@example.com").base.contacts.email == "b@example.com"
    assert attrs.evolve(member, base={"contacts": {"email": "c@example.com"}}).email == "c@example.com"


@pytest.mark.parametrize("made", [copy.copy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_have_it(made: Any) -> None:
    assert made(Member(email="a@example.com")).email == "a@example.com"


def test_criteria_order_and_loading_take_it_as_the_path(world: World, session: Session) -> None:
    world.sandbox.seed(
        [
            {
                "externalId": name,
                "base": {"contacts": {"email": f"{name}@example.com"}},
                "extended": {"loyalty_points": n},
            }
            for n, name in enumerate("abc")
        ]
    )
    query = session.query(Member)

    assert (Member.email == "x") == (Member.base.contacts.email == "x")
    assert (Member.extended.score > 1) == (Member.extended.points > 1) == (Member.points > 1)
    assert query.filter_by(email="b@example.com").one().externalId == "b"
    assert [one.externalId for one in query.order_by(Member.points.desc())] == ["c", "b", "a"]
    for option in (load_only(Member.email), load_only("email"), load_only("base.contacts.email")):
        assert query.options(option).fields == query.options(load_only(Member.base.contacts.email)).fields
    assert session.merge(Member(email="b@example.com"), key="email").externalId == "b"


def test_below_what_declares_nothing_the_objects_on_the_way_are_made() -> None:
    free = Free()
    assert free.colour is None
    free.colour = "blue"

    assert free.to_dict() == {"extended": {"likes": {"colour": "blue"}}}
    assert (Free.colour == "blue") == (Free.extended.likes.colour == "blue")
    free.extended.likes = "no object"
    assert free.colour is None
    with pytest.raises(InvalidRequestError, match=r"Free.extended.likes is no object"):
        free.colour = "red"


def test_a_path_that_is_not_declared_is_refused_at_the_class() -> None:
    with pytest.raises(ConfigurationError, match=r"Wrong.email: .*did you mean 'contacts'"):

        class Wrong(Customer):
            email: Attr[str | None] = synonym("base.contact.email")

    with pytest.raises(ConfigurationError, match="expected a path"):
        synonym("base..email")
    with pytest.raises(ConfigurationError, match="no path leads into it"):

        class Deep(Customer):
            email: Attr[str | None] = synonym("externalId.email")


def test_another_type_than_the_path_has_is_refused_at_the_class() -> None:
    with pytest.raises(ConfigurationError, match=r"Wrong.email is declared with int"):

        class Wrong(Customer):
            email: Attr[int] = synonym("base.contacts.email")


def test_a_name_that_is_an_attribute_already_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"Wrong.externalId is an attribute already"):

        class Wrong(Customer):
            externalId: Attr[str | None] = synonym("base.contacts.email")  # type: ignore[assignment]


def test_a_class_that_takes_any_key_has_no_names_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match=r"Open.score: a class that declares no attribute"):

        class Open(Properties):
            score: Attr[Any] = synonym("points")


def test_a_subclass_may_give_a_name_to_another_path() -> None:
    class Other(Member):
        email: Attr[str | None] = synonym("base.contacts.fax", default=None)

    assert Other(email="1").to_dict() == {"base": {"contacts": {"fax": "1"}}}


WRITES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([None, "a@example.com", "b@example.com", 3])), max_size=6
)


@given(held=st.sampled_from([None, "a@example.com"]), writes=WRITES)
def test_synonym_and_path_agree_whichever_is_written(
    held: str | None, writes: list[tuple[bool, Any]]
) -> None:
    document = {"id": "1", "base": {"contacts": {"email": held}}}
    named, plain = load(Member, document), load(Member, document)
    for by_name, value in writes:
        if by_name:
            named.email = value
        else:
            named.base.contacts.email = value
        plain.base.contacts.email = value

        assert named.email == named.base.contacts.email == plain.base.contacts.email
        assert inspect(named).changes() == inspect(plain).changes()
        assert named.to_dict() == plain.to_dict()


@pytest.mark.slow
@given(
    emails=st.lists(st.sampled_from([None, "a@example.com", "b@example.com"]), max_size=3),
    sought=st.sampled_from([None, "a@example.com", "b@example.com"]),
)
def test_synonym_and_path_find_the_same(
    served: tuple[Sandbox, Any], emails: list[str | None], sought: str | None
) -> None:
    sandbox, _ = served
    sandbox.reset()
    sandbox.seed(
        [{"externalId": str(n), "base": {"contacts": {"email": one}}} for n, one in enumerate(emails)]
    )
    with Session(sandbox.node) as session:
        query = session.query(Member)
        by_name = {one.externalId for one in query.filter_by(email=sought)}

        assert by_name == {one.externalId for one in query.filter(Member.base.contacts.email == sought)}
        assert len(by_name) == query.filter(Member.email == sought).count() == emails.count(sought)
