"""Adding, changing, deleting; commit, rollback, blocks; what is sent and in which order."""

from __future__ import annotations

import pytest

from contacthub_orm.errors import InvalidRequestError, ValidationError
from contacthub_orm.orm import inspect, sessionmaker
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan, Publisher, load


def test_an_added_entity_is_created_by_the_commit() -> None:
    library, book = Library(), Book(title="Emma")
    session = opened(library)

    session.add(book)
    assert (inspect(book).pending, library.writes) == (True, [])
    session.commit()

    assert library.writes == ['POST books {"title": "Emma"}']
    assert inspect(book).persistent
    assert (book.id, book.version) == ("books-1", 1)
    assert session.get(Book, "books-1") is book


def test_only_what_changed_is_sent_and_only_once() -> None:
    library = Library(b={"title": "Emma", "publisher": {"name": "Egerton", "city": {"name": "London"}}})
    session = opened(library)
    book = session.get(Book, "b")
    assert book is not None

    book.publisher.city.name = "Bath"
    session.commit()
    session.commit()

    assert library.writes == ['PATCH books/b {"publisher": {"city": {"name": "Bath"}}}']
    assert library.documents["books"]["b"]["publisher"] == {"name": "Egerton", "city": {"name": "Bath"}}


def test_a_value_written_back_is_not_sent() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()

    book.title = "Persuasion"
    assert session.dirty == [book]
    book.title = "Emma"
    session.commit()

    assert session.dirty == []
    assert library.writes == []


def test_a_write_after_a_commit_is_seen() -> None:
    library = Library(b={"title": "Emma", "publisher": {"name": "Egerton"}})
    session = opened(library)
    book = session.query(Book).one()

    for number in range(3):
        book.title = str(number)
        book.publisher.name = str(number)
        session.commit()

    assert len(library.writes) == 3
    assert library.documents["books"]["b"]["title"] == "2"


def test_a_list_is_watched_after_a_commit() -> None:
    library = Library(b={"tags": ["a"]})
    session = opened(library)
    tags = session.query(Book).one().tags

    for tag in "bc":
        tags.append(tag)
        session.commit()

    assert library.documents["books"]["b"]["tags"] == ["a", "b", "c"]


def test_an_entity_is_deleted_by_the_commit() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()

    session.delete(book)
    assert session.deleted == [book]
    assert book not in session
    session.commit()

    assert library.writes == ["DELETE books/b"]
    assert inspect(book).deleted
    assert session.get(Book, "b") is None


def test_a_changed_and_deleted_entity_is_only_deleted() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()

    book.title = "Persuasion"
    session.delete(book)
    session.commit()

    assert library.writes == ["DELETE books/b"]


def test_an_unsaved_entity_cannot_be_deleted() -> None:
    session, book = opened(Library()), Book()
    session.add(book)

    with pytest.raises(InvalidRequestError, match="nothing to delete"):
        session.delete(book)


def test_what_a_new_entity_refers_to_is_created_first() -> None:
    library, session = Library(), None
    session = opened(library)

    session.add(Loan(reader="Ann", book=Book(title="Emma")))
    session.commit()

    assert library.writes == [
        'POST books {"title": "Emma"}',
        'POST loans {"reader": "Ann", "bookId": "books-1"}',
    ]


def test_a_plan_goes_in_batches_with_deletes_last() -> None:
    library = Library(b={"title": "Emma"}, c={"title": "Persuasion"})
    session = opened(library)
    emma, persuasion = session.query(Book)
    session.delete(emma)
    persuasion.pages = 3
    session.add(Loan(reader="Ann", book=Book(title="Sanditon")))

    plan = session.plan()

    assert [[operation.verb.value for operation in batch] for batch in plan.batches] == [
        ["POST", "PATCH"],
        ["POST"],
        ["DELETE"],
    ]
    assert str(plan).splitlines() == [
        'POST books {"title": "Sanditon"}',
        'PATCH books/c {"pages": 3}',
        'POST loans {"reader": "Ann", "bookId": "<pending id>"}',
        "DELETE books/b",
    ]
    assert library.writes == []


def test_a_loan_is_deleted_before_the_book_it_refers_to() -> None:
    library = Library(b={})
    library.store("loans", "l", {"bookId": "b"})
    session = opened(library)

    session.delete(session.query(Book).one())
    session.delete(session.query(Loan).one())
    session.commit()

    assert library.writes == ["DELETE loans/l", "DELETE books/b"]


def test_an_empty_plan_says_so() -> None:
    session = opened(Library())

    assert str(session.plan()) == "nothing to send"
    assert len(session.commit()) == 0


def test_put_replaces_the_whole_document() -> None:
    library = Library(b={"title": "Emma", "weight": 3})
    session = opened(library)
    book = session.query(Book).one()

    book.title = "Persuasion"
    session.put(book)
    session.commit()

    assert library.writes == ['PUT books/b {"title": "Persuasion", "weight": 3}']


def test_rules_are_checked_before_anything_is_sent() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    session.query(Book).one().pages = "many"  # type: ignore[assignment]
    session.add(Book(title=3))

    with pytest.raises(ValidationError) as refusal:
        session.commit()

    assert {violation.path for violation in refusal.value.violations} == {"Book.pages", "Book.title"}
    assert library.writes == []


def test_rollback_undoes_everything_that_is_pending() -> None:
    library = Library(b={"title": "Emma", "tags": ["a"]}, c={})
    session = opened(library)
    book, other = session.query(Book)
    new, tags = Book(title="new"), book.tags
    session.add(new)
    session.delete(other)
    book.title, book.publisher = "mine", Publisher(name="mine")
    tags.append("mine")

    session.rollback()
    session.commit()

    assert library.writes == []
    assert (book.title, book.tags, bool(book.publisher)) == ("Emma", ["a"], False)
    assert book.tags is tags
    assert inspect(new).transient
    assert new.title == "new"
    assert other in session


def test_a_block_commits_when_it_is_left() -> None:
    library = Library()

    with opened(library) as session, session.begin():
        session.add(Book(title="Emma"))

    assert library.writes == ['POST books {"title": "Emma"}']


def test_a_block_left_by_an_exception_sends_nothing_and_undoes() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()

    with pytest.raises(ZeroDivisionError), session.begin():
        book.title = "Persuasion"
        session.add(Book(title="new"))
        1 / 0  # noqa: B018

    assert library.writes == []
    assert book.title == "Emma"
    assert session.new == []


def test_a_block_is_not_begun_twice() -> None:
    session = opened(Library())

    with session.begin(), pytest.raises(InvalidRequestError, match="already begun"), session.begin():
        pass


def test_sessionmaker_gives_sessions_in_blocks() -> None:
    library = Library()

    with sessionmaker(library).begin() as session:
        session.add(Book(title="Emma"))

    assert library.writes == ['POST books {"title": "Emma"}']
    with pytest.raises(InvalidRequestError, match="closed"):
        session.query(Book)


def test_a_detached_entity_that_was_changed_is_saved_when_it_is_added() -> None:
    library = Library(b={"title": "Emma"})
    book = load(Book, {"id": "b", "title": "Emma"})
    book.title = "Persuasion"
    session = opened(library)

    session.add(book)
    session.commit()

    assert library.writes == ['PATCH books/b {"title": "Persuasion"}']


def test_without_a_journal_the_creations_of_a_long_session_are_not_remembered() -> None:
    session = opened(Library())

    session.add_all([Book(title="Emma"), Book(title="Persuasion")])
    session.commit()

    assert session._reconciliation.recent_creations() == []
