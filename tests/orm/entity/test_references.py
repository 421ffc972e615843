"""References between entities."""

from __future__ import annotations

import pytest

from contacthub_orm.errors import (
    InvalidRequestError,
)
from contacthub_orm.orm.wire.documents import Document
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan


def test_a_reference_is_read_from_the_session_or_by_one_get() -> None:
    library = Library(b={"title": "Emma"})
    library.store("loans", "l", {"bookId": "b"})
    session = opened(library)
    loan = session.query(Loan).one()

    book = loan.book

    assert book is not None
    assert loan.book is book
    assert library.asked.count("GET books/b") == 1
    session.expunge_all()
    assert Loan().book is None
    with pytest.raises(InvalidRequestError, match=r"Loan\.book cannot be loaded"):
        loan.book  # noqa: B018


def test_a_reference_is_written_by_entity_or_by_id() -> None:
    session = opened(Library(a={}, b={}))
    first, second = session.query(Book)
    loan = Loan(book=first)

    assert loan.bookId == "a"
    loan.book = second
    assert loan.bookId == "b"
    loan.bookId = "a"
    session.add(loan)
    assert loan.book is first
    loan.book = None
    assert (loan.bookId, loan.book) == (None, None)
    with pytest.raises(TypeError, match=r"Loan\.book holds an entity of books"):
        loan.book = "a"  # type: ignore[assignment]


def test_a_reference_to_a_new_entity_replaces_the_id_that_was_there() -> None:
    session = opened(Library(a={}))
    loan, new = Loan(book=session.query(Book).one()), Book(title="new")

    loan.book = new

    assert loan.bookId is None
    assert loan.book is new


def test_a_reference_that_was_moved_to_a_new_entity_is_clean_after_the_save() -> None:
    session = opened(Library(a={}))
    loan, new = Loan(book=session.query(Book).one()), Book(title="new")
    loan.book = new
    session.add(loan)

    session.commit()

    assert loan.bookId == new.id
    assert session.dirty == []


def test_a_reference_that_was_moved_during_the_save_stays_where_it_was_moved_to() -> None:
    library = Library()
    session = opened(library)
    loan, second = Loan(book=Book(title="first")), Book(title="second")
    session.add_all([loan, second])

    def move(document: Document) -> Document:
        loan.book = second
        return document

    library.answers = move
    session.commit()

    assert loan.book is second
    assert session.dirty == [loan]
