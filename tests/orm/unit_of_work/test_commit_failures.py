"""Commits that do not fully succeed: the account, what is kept, and what the next commit sends."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.errors import CommitError
from contacthub_orm.orm import Account, Outcome, inspect
from tests.orm.fakes import Library, lost, opened
from tests.orm.shelf import Book, Loan


def failing() -> tuple[Library, Any, list[Book]]:
    library = Library(a={"title": "A"}, b={"title": "B"}, c={"title": "C"})
    session = opened(library, on_error="continue")
    books = session.query(Book).all()
    for book in books:
        book.pages = 1
    library.asked.clear()
    return library, session, books


def test_a_partial_failure_is_accounted_for() -> None:
    library, session, books = failing()
    library.fail("PATCH books/b")

    with pytest.raises(CommitError) as refusal:
        session.commit()

    account: Account = refusal.value.account
    assert [entry.outcome for entry in account] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
    assert [entry.status for entry in account] == [None, 400, None]
    assert account.having(Outcome.FAILED)[0].logref == "ref"
    assert refusal.value.remaining == [books[1]]
    assert len(refusal.value.exceptions) == 1
    assert "2 of 3 operations done" in str(refusal.value)
    assert session.dirty == [books[1]]


def test_a_second_commit_sends_only_what_is_left() -> None:
    library, session, _ = failing()
    library.fail("PATCH books/b")
    with pytest.raises(CommitError):
        session.commit()
    library.asked.clear()

    session.commit()

    assert library.writes == ['PATCH books/b {"pages": 1}']


def test_by_default_nothing_more_is_sent_after_a_failure() -> None:
    library = Library(a={}, b={}, c={})
    session = opened(library)
    for book in session.query(Book).all():
        book.pages = 1
    library.fail("PATCH books/b")

    with pytest.raises(CommitError) as refusal:
        session.commit()

    assert [entry.outcome.value for entry in refusal.value.account] == ["done", "failed", "not sent"]


@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_what_depends_on_a_failed_creation_is_not_sent(on_error: Any) -> None:
    library = Library()
    session = opened(library, on_error=on_error)
    loan = Loan(reader="Ann", book=Book(title="Emma"))
    session.add(loan)
    library.fail("POST books")

    with pytest.raises(CommitError) as refusal:
        session.commit()

    assert [entry.outcome.value for entry in refusal.value.account] == ["failed", "not sent"]
    library.asked.clear()
    session.commit()
    assert library.writes == [
        'POST books {"title": "Emma"}',
        'POST loans {"reader": "Ann", "bookId": "books-1"}',
    ]


def test_a_dependant_that_failed_is_sent_again_with_the_id_it_waited_for() -> None:
    library = Library()
    session = opened(library)
    session.add(Loan(reader="Ann", book=Book(title="Emma")))
    library.fail("POST loans")
    with pytest.raises(CommitError):
        session.commit()
    library.asked.clear()

    session.commit()

    assert library.writes == ['POST loans {"reader": "Ann", "bookId": "books-1"}']


def test_a_commit_error_that_leaves_a_block_keeps_what_was_not_done() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()
    library.fail("PATCH books/b")

    with pytest.raises(CommitError), session.begin():
        book.title = "Persuasion"

    assert book.title == "Persuasion"
    assert session.dirty == [book]


def test_a_lost_answer_is_unknown() -> None:
    library = Library()
    session = opened(library)
    session.add(Book(title="Emma"))
    library.fail("POST books", lost())

    with pytest.raises(CommitError) as refusal:
        session.commit()

    assert [entry.outcome for entry in refusal.value.account] == [Outcome.UNKNOWN]


def test_the_remaining_can_be_saved_by_another_session() -> None:
    library, session, books = failing()
    library.fail("PATCH books/b")
    with pytest.raises(CommitError) as refusal:
        session.commit()
    session.expunge_all()
    library.asked.clear()

    other = opened(library)
    other.add_all(refusal.value.remaining)
    other.commit()

    assert library.writes == ['PATCH books/b {"pages": 1}']
    assert inspect(books[1]).session is other
