"""Undoing edits, and forgetting marks of edits that say nothing."""

from __future__ import annotations

from contacthub_orm.orm import inspect
from contacthub_orm.orm.mapping.baseline import revert, unmark
from contacthub_orm.orm.mapping.changes import changes
from tests.orm.shelf import Book, Chapter, Loan, Publisher, load, loaded

DOCUMENT = {
    "title": "Emma",
    "tags": ["a"],
    "chapters": [{"id": "1", "title": "One"}],
    "publisher": {"name": "Egerton", "city": {"name": "London"}},
    "notes": {"stars": 3, "readers": ["Ann"]},
    "reviews": {"times": [1]},
}


def test_every_edit_is_undone() -> None:
    book = loaded(**DOCUMENT)
    book.title = "mine"
    book.tags.append("mine")
    book.chapters[0].title = "mine"
    book.chapters.append(Chapter(id="2"))
    book.publisher.city = None
    book.publisher.name = "mine"
    del book.notes.stars
    book.notes.mine = [1]
    book.notes.readers.append("mine")
    book.reviews["times"].append("mine")
    book["weight"] = 300

    revert(book)

    assert book.to_dict() == {"id": "1", **DOCUMENT}
    assert changes(book) == {}
    assert book.notes.stars == 3
    assert "mine" not in book.notes


def test_lists_are_restored_in_place() -> None:
    book = loaded(tags=["a"], chapters=[{"id": "1", "title": "One"}], notes={"readers": ["Ann"]})
    tags, chapters, readers = book.tags, book.chapters, book.notes.readers
    chapter = chapters[0]
    tags.append("b")
    book.tags += ["c"]
    chapter.title = "mine"
    readers.clear()

    revert(book)

    assert book.tags is tags
    assert book.chapters is chapters
    assert book.chapters[0] is chapter
    assert book.notes.readers is readers
    assert (tags, chapter.title, readers) == (["a"], "One", ["Ann"])
    tags.append("d")
    assert changes(book) == {"tags": ["a", "d"]}


def test_an_object_put_in_place_is_detached() -> None:
    book, publisher = loaded(publisher={"name": "Egerton"}), Publisher(name="mine")
    book.publisher = publisher

    revert(book)
    publisher.name = "nobody reads this"

    assert book.publisher.name == "Egerton"
    assert changes(book) == {}


def test_an_object_set_to_none_is_back() -> None:
    book = loaded(publisher={"name": "Egerton"})
    book.publisher = None

    revert(book)

    assert book.publisher.name == "Egerton"


def test_a_list_written_over_a_scalar_is_undone() -> None:
    book = loaded(title="Emma", notes={"stars": 3})
    book.title = ["a"]  # type: ignore[assignment]
    book.notes.stars = [1]

    revert(book)

    assert book.title == "Emma"
    assert book.notes.stars == 3


def test_a_reference_set_since_is_forgotten() -> None:
    first, second = load(Book, {"id": "1"}), load(Book, {"id": "2"})
    loan = load(Loan, {"id": "9", "bookId": "1"})
    loan.book = second
    loan.book = Book(title="new")

    revert(loan)
    loan._state.references = {"bookId": first}

    assert loan.bookId == "1"
    assert loan.book is first
    assert changes(loan) == {}


def test_unmark_lets_the_next_write_be_seen_as_a_first_one() -> None:
    book = loaded(title="Emma", publisher={"name": "Egerton"})
    book.title, book.publisher.name = "Emma", "Egerton"

    unmark(book)
    book._state.dirty = False
    book.publisher.name = "Murray"

    assert book._state.dirty
    assert changes(book) == {"publisher": {"name": "Murray"}}


def test_unmark_keeps_the_lists_that_were_handed_out() -> None:
    book = loaded()
    book.tags = []
    tags = book.tags

    unmark(book)
    tags.append("a")

    assert inspect(book).changes() == {"tags": ["a"]}


def test_what_json_cannot_say_is_undone_too() -> None:
    book = loaded(**DOCUMENT)
    book.tags.append(object())  # type: ignore[arg-type]
    book.chapters[0].title = object()  # type: ignore[assignment]
    book.publisher = Publisher(name=object())
    book.notes.stars = object()

    revert(book)

    assert book.to_dict() == {"id": "1", **DOCUMENT}
