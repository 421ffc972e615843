"""Embedded objects of an entity that was loaded in part: whatever copies them loads the rest first."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from contacthub_orm import Customer, InvalidRequestError, Session, load_only
from contacthub_orm.orm import make_transient
from contacthub_orm.sandbox import Sandbox

BASE = {"firstName": "Ada", "lastName": "Lovelace", "jobs": [{"id": "1"}]}


@pytest.fixture
def session(contacthub_sandbox: Sandbox) -> Iterator[Session]:
    with Session(contacthub_sandbox.node) as first, first.begin():
        first.add(Customer(externalId="1", base=BASE, extended={"a": 1, "b": {"c": 2, "d": 3}}))
    with Session(contacthub_sandbox.node) as session:
        yield session


def part_of(session: Session, *paths: str) -> Customer:
    found: Customer = session.query(Customer).options(load_only("externalId", *paths)).one()
    return found


def round_trip(one: Any) -> Any:
    return pickle.loads(pickle.dumps(one))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, round_trip, attrs.evolve])
def test_a_copy_of_a_part_has_what_was_not_loaded(session: Session, again: Callable[[Any], Any]) -> None:
    assert again(part_of(session, "base.firstName").base).lastName == "Lovelace"


@pytest.mark.parametrize("again", [copy.deepcopy, round_trip])
def test_a_copy_of_a_part_whose_session_is_gone_is_refused(
    session: Session, again: Callable[[Any], Any]
) -> None:
    base = part_of(session, "base.firstName").base
    session.close()

    with pytest.raises(InvalidRequestError, match="loaded in part"):
        again(base)


def test_a_part_assigned_to_another_entity_has_what_was_not_loaded(session: Session) -> None:
    part = part_of(session, "base.firstName", "extended.a")
    other = Customer(externalId="2", base=part.base)
    other.extended = part.extended

    assert other.base.lastName == "Lovelace"
    assert [job.id for job in other.base.jobs] == ["1"]
    assert other.extended == {"a": 1, "b": {"c": 2, "d": 3}}


def test_an_object_within_a_part_assigned_elsewhere_has_what_was_not_loaded(session: Session) -> None:
    other = Customer(extended={"held": part_of(session, "extended.b.c").extended.b})

    assert other.extended.held == {"c": 2, "d": 3}


def test_a_part_put_into_a_list_is_sent_whole(session: Session) -> None:
    part = part_of(session, "extended.b.c")
    part.extended.history = [part.extended.b]
    session.commit()

    with Session(session.bind) as other:
        assert other.query(Customer).one().extended.history == [{"c": 2, "d": 3}]


def test_a_part_as_a_template_has_what_was_not_loaded(session: Session) -> None:
    part = part_of(session, "base.firstName")

    assert Customer(default_attributes={"base": part.base}).base.lastName == "Lovelace"


def test_a_part_equals_the_whole_of_it(session: Session) -> None:
    part = part_of(session, "extended.a")

    assert part.extended == {"a": 1, "b": {"c": 2, "d": 3}}


def test_an_entity_loaded_in_part_and_made_new_again_is_created_whole(session: Session) -> None:
    part = part_of(session, "base.firstName")
    make_transient(part)

    assert part.to_dict()["base"]["lastName"] == "Lovelace"
    assert part.to_dict()["extended"] == {"a": 1, "b": {"c": 2, "d": 3}}


def test_a_customer_evolves_into_a_new_one_with_what_was_not_loaded(session: Session) -> None:
    other = attrs.evolve(part_of(session, "base.firstName"), id=None, externalId="2")

    assert (other.id, other.externalId, other.base.lastName) == (None, "2", "Lovelace")
    session.add(other)
    assert other in session.new
