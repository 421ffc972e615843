"""Queries: generative, paged, for one or for all, and what they refuse."""

from __future__ import annotations

import pytest

from contacthub_orm.errors import (
    CompileError,
    MultipleResultsFound,
    NoResultFound,
    UnknownAttributeError,
)
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan


def test_a_query_for_one_demands_one() -> None:
    session = opened(Library(a={"title": "A"}, b={"title": "B"}))

    assert session.query(Book).filter(Book.title == "A").one().title == "A"
    assert session.query(Book).filter(Book.title == "C").one_or_none() is None
    with pytest.raises(NoResultFound, match="Book"):
        session.query(Book).filter(Book.title == "C").one()
    with pytest.raises(MultipleResultsFound):
        session.query(Book).one()
    with pytest.raises(MultipleResultsFound):
        session.query(Book).one_or_none()


def test_a_query_is_generative() -> None:
    library = Library(**{f"b{number}": {"title": str(number), "pages": number % 2} for number in range(6)})
    query = opened(library).query(Book)
    odd = query.filter(Book.pages == 1)

    assert query.count() == 6
    assert odd.count() == 3
    assert odd.exists()
    assert [book.title for book in query.order_by(Book.title.desc()).limit(2)] == ["5", "4"]
    assert [book.title for book in query.order_by(Book.title).offset(4)] == ["4", "5"]
    assert [book.title for book in query.filter_by(title="3")] == ["3"]
    assert query.filter_by(title="x").first() is None


def test_all_pages_are_read() -> None:
    library = Library(**{f"b{number}": {} for number in range(120)})

    assert len(opened(library).query(Book).all()) == 120
    assert len(library.asked) == 3


def test_an_empty_in_asks_nothing() -> None:
    library = Library(b={})
    query = opened(library).query(Book).filter(Book.title.in_([]))

    assert query.all() == []
    assert query.first() is None
    assert query.count() == 0
    assert not query.exists()
    assert library.asked == []


def test_a_criterion_of_another_entity_is_refused() -> None:
    query = opened(Library()).query(Book)

    with pytest.raises(CompileError, match=r"Loan\.reader is not an attribute of Book"):
        query.filter(Loan.reader == "Ann")
    with pytest.raises(CompileError, match="reader is not an attribute of Book"):
        query.order_by(Loan.reader)
    with pytest.raises(CompileError, match="expected a criterion"):
        query.filter("title")  # type: ignore[arg-type]
    with pytest.raises(UnknownAttributeError, match="did you mean 'title'"):
        query.filter_by(titel="x")
    with pytest.raises(CompileError, match="limit: expected an integer"):
        query.limit(-1)


def test_a_criterion_of_a_base_class_serves_a_subclass() -> None:
    class Novel(Book):
        pass

    assert opened(Library(b={"title": "x"})).query(Novel).filter(Book.title == "x").count() == 1
