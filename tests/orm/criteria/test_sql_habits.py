"""What SQLAlchemy's users write out of habit is refused with what exists instead."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import orm

import contacthub_orm
from contacthub_orm import Customer
from contacthub_orm.errors import CompileError, UnknownAttributeError
from contacthub_orm.orm.criteria.expressions import Expression
from contacthub_orm.orm.criteria.sql_habits import ON_ATTRIBUTES, ON_QUERIES, ON_SESSIONS, ON_STATEMENTS
from contacthub_orm.orm.query.query import Query
from contacthub_orm.orm.query.select import Select
from contacthub_orm.orm.session.session import Session
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book

customer: Any = Customer
"""`Customer` as a program without a checker sees it."""


@pytest.mark.parametrize("name", ["like", "ilike", "startswith", "endswith", "regexp_match"])
def test_a_pattern_is_refused_with_what_compares(name: str) -> None:
    with pytest.raises(CompileError, match=r"Customer\.base\.lastName\.\w+: a search has no patterns"):
        getattr(customer.base.lastName, name)("Way%")


def test_a_pattern_on_a_property_that_is_not_declared_is_refused_too() -> None:
    with pytest.raises(CompileError, match=r"Customer\.extended\.nick\.like: a search has no patterns"):
        customer.extended.nick.like("B%")
    with pytest.raises(CompileError, match=r"Customer\.extended\.nick\.shout\(\.\.\.\): .* is no function"):
        customer.extended.nick.shout()


def test_a_property_may_have_the_name_of_a_habit() -> None:
    assert str(customer.extended.label == "x") == "extended.label EQUALS 'x'"


def test_an_object_is_asked_by_its_attributes() -> None:
    with pytest.raises(UnknownAttributeError, match=re.escape("Customer.base.has: ask a list what it holds")):
        customer.base.has(firstName="Bruce")


@pytest.mark.parametrize(("name", "instead"), [("join", "selectinload"), ("group_by", r"count\(\)")])
def test_a_query_names_what_it_has_instead(name: str, instead: str) -> None:
    query = opened(Library()).query(Book)
    with pytest.raises(CompileError, match=f"a query.{name}: .*{instead}"):
        getattr(query, name)
    assert not hasattr(query, name)


@pytest.mark.parametrize(
    ("name", "instead"),
    [("connection", "session.bind"), ("get_one", r"query\("), ("bulk_save_objects", r"add_all\(\)")],
)
def test_a_session_names_what_it_has_instead(name: str, instead: str) -> None:
    session = opened(Library())
    with pytest.raises(CompileError, match=f"session.{name}: .*{instead}"):
        getattr(session, name)
    assert not hasattr(session, name)


def test_any_other_name_is_an_attribute_error() -> None:
    session = opened(Library())
    for one in (session, session.query(Book)):
        with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
            one.nonsense  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("habits", "ours", "theirs"),
    [
        (
            ON_ATTRIBUTES,
            Expression,
            [sqlalchemy.Column, orm.InstrumentedAttribute, orm.RelationshipProperty.Comparator],
        ),
        (ON_QUERIES, Query, [orm.Query, sqlalchemy.Select, sqlalchemy.Result]),
        (ON_STATEMENTS, Select, [orm.Query, sqlalchemy.Select, sqlalchemy.Result, Query]),
        (ON_SESSIONS, Session, [orm.Session]),
    ],
)
def test_every_habit_is_sqlalchemys_and_not_ours(
    habits: dict[str, str], ours: type, theirs: list[type]
) -> None:
    known = {name for one in theirs for name in (*dir(one), *one.__annotations__)}
    assert set(habits) - known == set()
    assert [name for name in habits if inspect.getattr_static(ours, name, None) is not None] == []


def test_every_function_that_a_message_names_exists() -> None:
    told = {*ON_ATTRIBUTES.values(), *ON_QUERIES.values(), *ON_SESSIONS.values(), *ON_STATEMENTS.values()}
    named = {name for text in told for name in re.findall(r"(\w+)\(", text)}
    places = (Expression, Query, Session, contacthub_orm)
    assert len(named) > 10
    assert [name for name in named if not any(hasattr(place, name) for place in places)] == []
