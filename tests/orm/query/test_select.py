"""Statements as values: what they ask is what a query asks, and they need no session."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    CompletedOrder,
    Criterion,
    Customer,
    Education,
    Select,
    Session,
    Workspace,
    did,
    load_only,
    raiseload,
    select,
    selectinload,
)
from contacthub_orm.errors import CompileError, InvalidRequestError, NoResultFound, UnknownAttributeError
from tests.orm.criteria.random_criteria import criteria
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan
from tests.support.world import World

C: Any = Customer
STEPS: list[Any] = [
    lambda one: one.filter(C.base.firstName == "Ann"),
    lambda one: one.where(did(CompletedOrder)),
    lambda one: one.filter_by(externalId="1"),
    lambda one: one.filter_locally(C.extra == "x"),
    lambda one: one.order_by(C.externalId.desc(), C.extra),
    lambda one: one.limit(3),
    lambda one: one.offset(2),
    lambda one: one.options(load_only("extra"), selectinload(C.events)),
    lambda one: one.options(raiseload(C.events)),
    lambda one: one.populate_existing(),
    lambda one: one.no_tracking(),
    lambda one: one.yield_per(7),
]


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(Workspace("w", "token").get_node("n"))


def library() -> Library:
    return Library(a={"title": "A", "pages": 1}, b={"title": "B", "pages": 2}, c={"title": "C", "pages": 3})


def titles(rows: list[Book]) -> list[str | None]:
    return [book.title for book in rows]


@given(condition=criteria(), steps=st.lists(st.sampled_from(STEPS), max_size=5))
def test_a_statement_asks_what_the_query_asks(
    session: Session, condition: Criterion, steps: list[Any]
) -> None:
    statement, query = select(Customer).where(condition), session.query(Customer).where(condition)
    for step in steps:
        statement, query = step(statement), step(query)

    asked = session.scalars(statement)
    assert type(asked) is type(query)
    assert str(asked) == str(query)
    assert asked.explain() == query.explain()
    assert (asked.tracks, asked.overwrites, asked.batch, asked.load_options) == (
        query.tracks,
        query.overwrites,
        query.batch,
        query.load_options,
    )


@given(condition=criteria(), steps=st.lists(st.sampled_from(STEPS), max_size=5))
def test_a_pickled_statement_is_the_same(condition: Criterion, steps: list[Any]) -> None:
    statement = select(Customer).where(condition)
    for step in steps:
        statement = step(statement)

    for other in (pickle.loads(pickle.dumps(statement)), copy.deepcopy(statement)):
        assert other == statement
        assert hash(other) == hash(statement)
        assert {statement: "known"}[other] == "known"


@given(one=criteria(depth=2), other=criteria(depth=2))
def test_statements_that_are_equal_ask_the_same(session: Session, one: Criterion, other: Criterion) -> None:
    first, second = select(Customer).where(one), select(Customer).where(other)
    if first == second:
        assert session.scalars(first).explain() == session.scalars(second).explain()
        assert hash(first) == hash(second)


def test_a_query_says_that_its_statement_can_be_pickled() -> None:
    with pytest.raises(InvalidRequestError, match=r"pickle the same as select\(Book\)"):
        pickle.dumps(opened(library()).query(Book))


def test_what_python_takes_for_equal_makes_two_statements() -> None:
    made = {select(Customer).where(C.extended.any == value) for value in (1, True, 1.0, "1")}
    assert len(made) == 4
    assert select(Customer) != Customer
    assert select(Book) != select(Loan)


def test_a_raw_statement_keeps_what_it_was_given() -> None:
    document: dict[str, Any] = {"name": "mine", "query": {}}
    statement = select(Customer).raw(document)
    document["name"] = "changed"

    assert statement.json["name"] == "mine"
    assert statement == select(Customer).raw({"query": {}, "name": "mine"})
    assert hash(statement) == hash(select(Customer).raw({"query": {}, "name": "mine"}))


def test_a_class_of_one_type_asks_for_its_type() -> None:
    assert str(select(CompletedOrder)) == ("select(CompletedOrder).filter(type EQUALS 'completedOrder')")


def test_scalars_give_entities() -> None:
    session = opened(library())
    longer = select(Book).where(Book.pages > 1)

    assert titles(session.scalars(longer.order_by(Book.title.desc())).all()) == ["C", "B"]
    assert session.scalars(longer).count() == 2
    first = session.scalar(select(Book).order_by(Book.title))
    assert first is not None
    assert first.title == "A"
    assert session.scalar(longer.where(Book.pages > 9)) is None
    assert first is session.get(Book, "a")


def test_execute_gives_tuples_of_one_entity() -> None:
    session = opened(library())
    result = session.execute(select(Book).order_by(Book.title))

    assert [book.title for (book,) in result] == ["A", "B", "C"]
    assert titles(result.scalars().all()) == ["A", "B", "C"]
    assert [book.title for (book,) in result.all()] == ["A", "B", "C"]
    only = session.execute(select(Book).where(Book.pages == 2))
    assert only.one()[0] is only.scalar_one() is only.scalar_one_or_none() is only.scalar()
    nothing = session.execute(select(Book).where(Book.pages == 9))
    assert (nothing.first(), nothing.one_or_none(), nothing.scalar()) == (None, None, None)
    with pytest.raises(NoResultFound):
        nothing.scalar_one()


def test_nothing_is_sent_before_rows_are_asked_for_and_the_first_row_is_one_search() -> None:
    shelf = library()
    session = opened(shelf)
    rows = session.scalars(select(Book))
    assert shelf.asked == []

    rows.first()
    assert len(shelf.asked) == 1


def test_a_query_of_the_session_sees_the_flush_before_it() -> None:
    session = opened(library(), autoflush=True)
    session.add(Book(title="D", pages=4))

    assert session.scalars(select(Book)).count() == 4


def test_statements_are_combined_and_the_session_comes_last() -> None:
    session = opened(library())
    short, long = select(Book).where(Book.pages <= 2), select(Book).where(Book.pages >= 2)

    assert isinstance(short & long, Select)
    assert str((short | long).criterion) == str((session.query(Book).where(Book.pages <= 2) | long).criterion)
    assert str((short - long).order_by(Book.title)).startswith("select(Book)")
    with pytest.raises(CompileError, match="ask two places"):
        short & session.query(Book)
    with pytest.raises(CompileError, match="not of the same entities"):
        short & select(Loan)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["all", "first", "count", "compile", "scalars"])
def test_a_statement_says_who_asks_it(name: str) -> None:
    with pytest.raises(UnknownAttributeError, match=r"a select\.\w+: .*session\.scalars\(statement\)"):
        getattr(select(Book), name)


@pytest.mark.parametrize("method", ["scalars", "scalar", "execute"])
def test_a_session_takes_nothing_but_statements(method: str) -> None:
    session = opened(library())
    with pytest.raises(InvalidRequestError, match=r"takes select\(\.\.\.\), got 'select 1'"):
        getattr(session, method)("select 1")
    with pytest.raises(InvalidRequestError, match="is a query already"):
        getattr(session, method)(session.query(Book))
    session.close()
    with pytest.raises(InvalidRequestError, match="the session is closed"):
        getattr(session, method)(select(Book))


@pytest.mark.parametrize("wrong", [3, "Book", Customer.base, None])
def test_select_takes_the_class_of_entities(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"select\(\) takes an entity class"):
        select(wrong)


def test_elements_are_not_selected() -> None:
    with pytest.raises(InvalidRequestError, match=r"session\.get\(Education"):
        select(Education)


def test_a_statement_is_asked_on_by_several_sessions(world: World) -> None:
    statement = select(Customer).where(C.externalId == "1")
    with Session(world.node()) as one, Session(world.node()) as other:
        one.add(Customer(externalId="1"))
        one.commit()
        assert one.scalars(statement).one() is not other.scalars(statement).one()
