"""`changes()`, the PATCH body, and `creation()`, the POST body."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm.orm import inspect
from tests.orm.shelf import Book, Chapter, Genre, Publisher, loaded


def changes(book: Book) -> dict[str, Any]:
    return inspect(book).changes()


def test_an_untouched_entity_has_no_changes() -> None:
    assert changes(loaded(title="Emma", publisher={"name": "Egerton"})) == {}


def test_writing_the_old_value_back_makes_a_path_clean() -> None:
    book = loaded(title="Emma", publisher={"name": "Egerton"})

    book.title, book.publisher.name = "Persuasion", "Murray"
    book.title, book.publisher.name = "Emma", "Egerton"

    assert changes(book) == {}
    assert not inspect(book).modified


def test_the_same_value_written_is_no_change() -> None:
    book = loaded(title="Emma")

    book.title = "Emma"

    assert changes(book) == {}


def test_none_written_over_a_value_is_sent_and_over_nothing_is_not() -> None:
    book = loaded(title="Emma", pages=None)

    book.title = book.pages = book.price = None

    assert changes(book) == {"title": None}


@pytest.mark.parametrize(("old", "new"), [(1, True), (True, 1), (0, False), (False, 0)])
def test_a_boolean_is_not_a_number(old: Any, new: Any) -> None:
    book = loaded(anything=old, notes={"stars": old})

    book.anything = new
    book.notes.stars = new

    assert repr(changes(book)) == repr({"anything": new, "notes": {"stars": new}})


def test_a_whole_number_equals_the_same_float() -> None:
    book = loaded(price=1)

    book.price = 1.0

    assert changes(book) == {}


@pytest.mark.parametrize("falsy", [0, False, "", 0.0])
def test_falsy_values_are_values(falsy: Any) -> None:
    book = loaded(anything="x", notes={"n": None})

    book.anything = falsy
    book.notes.n = falsy

    assert changes(book) == {"anything": falsy, "notes": {"n": falsy}}


@pytest.mark.parametrize("wire", ["2020-01-01T00:00:00.000+0000", "2020-01-01T01:00:00+01:00"])
def test_an_unchanged_moment_keeps_the_spelling_of_the_service(wire: str) -> None:
    book = loaded(lentAt=wire, published="2020-01-01T00:00:00Z")

    book.lentAt = datetime(2020, 1, 1, tzinfo=UTC)
    book.published = date(2020, 1, 1)

    assert changes(book) == {}
    assert book.to_dict() == {"id": "1", "lentAt": wire, "published": "2020-01-01T00:00:00Z"}


def test_a_changed_moment_is_sent_in_the_wire_form() -> None:
    book = loaded(lentAt="2020-01-01T00:00:00Z", published="2020-01-01")

    book.lentAt = datetime(2020, 1, 2, tzinfo=UTC)
    book.published = date(2020, 1, 2)

    assert changes(book) == {"lentAt": "2020-01-02T00:00:00.000Z", "published": "2020-01-02"}


def test_an_enumeration_is_sent_as_its_value() -> None:
    book = loaded(genre="novel")

    book.genre = Genre.ESSAY

    assert changes(book) == {"genre": "essay"}


def test_unknown_fields_are_kept_and_not_sent() -> None:
    book = loaded(weight=300, publisher={"phone": "1", "name": "Egerton"})

    book.publisher.name = "Murray"

    assert changes(book) == {"publisher": {"name": "Murray"}}
    assert book.to_dict() == {"id": "1", "weight": 300, "publisher": {"phone": "1", "name": "Murray"}}


def test_a_read_only_value_is_never_sent() -> None:
    book = loaded(version=1, location={"name": "cellar"})

    book.version = 2
    book.location.name = "roof"

    assert changes(book) == {}


def test_a_read_only_value_is_not_nulled_by_a_replacement() -> None:
    book = loaded(version=1, title="Emma")

    assert "version" not in changes(book)


def test_changed_paths_are_listed_with_old_and_new_value() -> None:
    book = loaded(title="Emma", publisher={"name": "Egerton", "city": None}, tags=["a"])

    book.publisher.name = "Murray"
    book.publisher.city.zip = "W1"
    book.tags.append("b")
    book.title = None

    assert sorted(inspect(book).changed()) == [
        ("publisher.city.zip", None, "W1"),
        ("publisher.name", "Egerton", "Murray"),
        ("tags", ["a"], ["a", "b"]),
        ("title", "Emma", None),
    ]


def test_a_new_entity_is_created_with_what_was_set() -> None:
    book = Book(title="Emma", tags=["a"], published=date(1815, 12, 23))
    book.publisher.city.name = "London"
    book.chapters.append(Chapter(id="1"))
    book.notes.stars = 5

    assert changes(book) == {
        "title": "Emma",
        "tags": ["a"],
        "published": "1815-12-23",
        "publisher": {"city": {"name": "London"}},
        "chapters": [{"id": "1"}],
        "notes": {"stars": 5},
    }


def test_what_is_unset_or_empty_stays_out_of_a_creation() -> None:
    book = Book(title="Emma", tags=[], publisher=Publisher(imprints=[], city={}))
    book.chapters  # noqa: B018
    book.publisher.name  # noqa: B018
    book.notes  # noqa: B018

    assert changes(book) == {"title": "Emma"}


def test_none_written_to_a_new_entity_is_sent() -> None:
    book = Book(title=None, publisher=None, tags=None)
    book.notes.stars = None

    assert changes(book) == {"title": None, "publisher": None, "tags": None, "notes": {"stars": None}}


def test_a_required_value_is_sent_on_creation_even_when_empty() -> None:
    class Note(Book):
        pass

    book = Note(chapters=[Chapter(id="")])

    assert changes(book) == {"chapters": [{"id": ""}]}


def test_a_read_only_value_stays_out_of_a_creation() -> None:
    assert changes(Book(id="1", title="Emma", location={"name": "cellar"})) == {"title": "Emma"}


def test_what_is_sent_shares_nothing_with_the_entity() -> None:
    book = loaded(tags=["a"])
    book.tags.append("b")

    changes(book)["tags"].append("c")

    assert book.tags == ["a", "b"]
