"""Declared types and validators: what would be sent is checked, and every broken rule named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from contacthub_orm.errors import ValidationError, Violation
from contacthub_orm.orm import (
    Attr,
    Embedded,
    Entity,
    Properties,
    Resource,
    attr,
    embedded,
    inspect,
    validates,
)
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.orm.wire.partial import PartialDocument
from tests.orm.shelf import Book, Chapter, City, Genre, Publisher, load, loaded


def broken(entity: Entity) -> list[str]:
    return sorted(map(str, violations(entity)))


def test_an_entity_in_order_breaks_nothing() -> None:
    book = Book(title="Emma", pages=1, price=2, lent=True, genre="novel", published="1815-12-23")
    book.chapters.append(Chapter(id="1", length=3))
    book.notes.stars = [1, {"x": 2.5}]

    assert broken(book) == []


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("title", 3, "must be a string, got 3"),
        ("pages", "3", "must be an integer, got '3'"),
        ("pages", True, "must be an integer, got True"),
        ("pages", 2.5, "must be an integer, got 2.5"),
        ("price", "3", "must be a number, got '3'"),
        ("price", False, "must be a number, got False"),
        ("lent", 1, "must be a boolean, got 1"),
        ("genre", "comic", "must be one of novel, essay, got 'comic'"),
        ("published", "soon", "must be a date, got 'soon'"),
        ("lentAt", 3, "must be a date and time, got 3"),
        ("size", 2.5, "must be an integer or a string, got 2.5"),
        ("tags", "a", "must be a list (each a string), got 'a'"),
        ("reviews", [1], "must be an object, got [1]"),
        ("title", "a very long title indeed", "must be at most 20 characters, got 24"),
        ("tags", list("abcd"), "must hold at most 3, got 4"),
        ("price", float("nan"), "must be a finite number"),
        ("price", float("-inf"), "must be a finite number"),
        ("anything", object, "type has no JSON form"),
        ("anything", {1: "x"}, "a JSON key is a string, got 1"),
        ("location", {"name": "roof"}, "is set by the service and cannot be assigned"),
        ("version", 3, "is set by the service and cannot be assigned"),
    ],
)
def test_a_value_that_breaks_a_rule_is_named_with_the_rule(name: str, value: Any, rule: str) -> None:
    new, known = Book(), loaded()
    setattr(new, name, value)
    setattr(known, name, value)

    assert broken(new) == [f"Book.{name}: {rule}"]
    assert broken(known) == [f"Book.{name}: {rule}"]


@pytest.mark.parametrize("value", [1, 2.5, Decimal("2.5")])
def test_a_number_is_a_whole_or_a_decimal_one(value: Any) -> None:
    book = Book(anything=value)
    book.price = float(value)

    assert broken(book) == []


def test_every_broken_rule_is_reported() -> None:
    book = Book(title=3, pages="x")
    book.publisher.name = "a very long name indeed"
    book.publisher.city.zip = 5
    book.chapters = [Chapter(id="1", length="x"), {"title": 4}]
    book.tags = ["a", 5]
    book.notes.press = {"stars": float("nan")}

    assert broken(book) == [
        "Book.chapters[0].length: must be an integer, got 'x'",
        "Book.chapters[1].id: is required",
        "Book.chapters[1].title: must be a string, got 4",
        "Book.notes.press.stars: must be a finite number",
        "Book.pages: must be an integer, got 'x'",
        "Book.publisher.city.zip: must be a string, got 5",
        "Book.publisher.name: must be at most 20 characters, got 23",
        "Book.tags[1]: must be a string, got 5",
        "Book.title: must be a string, got 3",
    ]


def test_a_rule_names_the_field_by_its_json_key() -> None:
    assert broken(Book(shelf_mark=3)) == ["Book.shelfMark: must be a string, got 3"]


def test_a_violation_carries_the_value() -> None:
    (violation,) = violations(Book(title=3))

    assert (violation.path, violation.value, violation.rule) == ("Book.title", 3, "must be a string, got 3")


@pytest.mark.parametrize("element", ["One", 3, None, ["x"]])
def test_an_element_that_is_no_object_is_refused(element: Any) -> None:
    book = loaded(chapters=[{"id": "1"}])
    book.chapters.append(element)

    assert broken(book) == [f"Book.chapters[1]: must be Chapter, got {element!r}"]


def test_an_element_of_another_class_is_refused() -> None:
    book = loaded(chapters=[])
    book.chapters.append(City(name="London"))  # type: ignore[arg-type]

    assert broken(book) == ["Book.chapters[0]: must be Chapter, got City(name='London')"]


def test_a_list_of_optional_elements_holds_none() -> None:
    class Log(Properties):
        days: Attr[list[date | None]] = attr(default=None)
        names: Attr[list[str | None]] = attr(default=None)
        genres: Attr[list[Genre | None]] = attr(default=None)

    class Diary(Entity, resource=Resource("diaries")):
        log: Embedded[Log] = embedded()

    diary = Diary(log={"days": ["2024-02-29", None], "names": ["a", None], "genres": ["novel", None]})

    assert broken(diary) == []
    assert diary.log.days == [date(2024, 2, 29), None]
    diary.log.names.append(3)  # type: ignore[arg-type]
    assert broken(diary) == ["Diary.log.names[2]: must be a string, got 3"]


def test_a_list_of_other_elements_refuses_none() -> None:
    book = Book(tags=["a", None])

    assert broken(book) == ["Book.tags[1]: must be a string, got None"]


def test_the_name_of_a_property_is_a_string() -> None:
    book = Book(notes={"a": 1, None: ["surplus", "cells"], "b": {(1, 2): 3}})

    assert broken(book) == [
        "Book.notes.b[(1, 2)]: the name of a property must be a string, got (1, 2)",
        "Book.notes[None]: the name of a property must be a string, got None",
    ]


def test_what_the_service_itself_sent_breaks_no_rule() -> None:
    book = loaded(
        title="a very long title indeed",
        genre="comic",
        genres=["comic"],
        tags=["a", "b", "c", "d"],
        chapters=[{"title": "a very long title indeed", "length": "x"}],
        pages="many",
    )
    for name in Book.__attributes__:
        getattr(book, name)
    book.genres.append("novel")
    book.chapters[0].written = date(2020, 1, 1)
    book.title = "a very long title indeed"

    assert broken(book) == []


def test_a_list_that_was_changed_is_checked_whole() -> None:
    book = loaded(tags=["a", "b", "c"])
    book.tags.append("d")

    assert broken(book) == ["Book.tags: must hold at most 3, got 4"]


def test_none_is_checked_by_no_rule() -> None:
    book = loaded(title="Emma", tags=["a"])
    book.title = book.tags = None

    assert broken(book) == []


def test_what_is_fixed_at_creation_cannot_be_changed_later() -> None:
    new, known = Book(isbn="1"), loaded(isbn="1")
    known.isbn = "2"

    assert broken(new) == []
    assert broken(known) == ["Book.isbn: is set when the entity is created and cannot be changed"]


def test_the_same_value_assigned_to_a_fixed_attribute_is_no_change() -> None:
    book = loaded(isbn="1", version=3, id="1")
    book.isbn, book.version, book.id = "1", 3, "1"

    assert broken(book) == []


@pytest.mark.parametrize("value", ["2", None])
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("isbn", "is set when the entity is created and cannot be changed"),
        ("version", "is set by the service and cannot be assigned"),
    ],
)
def test_a_partial_load_refuses_what_a_whole_one_refuses(name: str, rule: str, value: Any) -> None:
    document = {"id": "1", "title": "Emma", "isbn": "1", "version": 3}
    whole = load(Book, document)
    partial = load(Book, PartialDocument({key: document[key] for key in ("id", "title")}))
    for book in (whole, partial):
        setattr(book, name, value)

    assert broken(whole) == broken(partial) == [f"Book.{name}: {rule}"]


def test_a_partial_load_refuses_that_a_required_value_is_taken_away() -> None:
    letter = load(Letter, PartialDocument({"id": "1"}))
    letter.to = None

    assert broken(letter) == ["Letter.to: is required"]


class Note(Properties):
    text: Attr[str | None] = attr(default=None, required=True)


class Letter(Entity, resource=Resource("letters")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    to: Attr[str | None] = attr(default=None, required=True)
    note: Embedded[Note] = embedded(default=None)

    def _violations(self) -> list[Violation]:
        return [Violation("Letter", self.to, "must not be to nobody")] if self.to == "nobody" else []


def test_a_required_value_is_demanded_of_a_new_entity() -> None:
    assert broken(Letter()) == ["Letter.to: is required"]
    assert broken(load(Letter, {"id": "1"})) == []


def test_a_required_value_cannot_be_taken_away() -> None:
    letter = load(Letter, {"id": "1", "to": "Ann"})
    letter.to = None

    assert broken(letter) == ["Letter.to: is required"]


def test_a_required_value_is_not_demanded_of_an_object_that_is_not_there() -> None:
    letter, known = Letter(to="Ann"), load(Letter, {"id": "1", "note": None})
    letter.note.text  # noqa: B018
    known.note.text  # noqa: B018

    assert broken(letter) == broken(known) == []


def test_a_required_value_is_demanded_of_an_object_that_comes_into_being() -> None:
    letter = Letter(to="Ann")
    letter.note["unknown"] = 1

    assert broken(letter) == ["Letter.note.text: is required"]


def test_the_entitys_own_rules_are_asked_once_each_value_is_in_order() -> None:
    assert broken(Letter(to="nobody")) == ["Letter: must not be to nobody"]
    assert broken(Letter(to=3)) == ["Letter.to: must be a string, got 3"]


def test_the_error_lists_all_violations() -> None:
    error = ValidationError(violations(Book(title=3, pages="x")))

    assert len(error.violations) == 2
    assert error.text == "Book.title: must be a string, got 3; Book.pages: must be an integer, got 'x'"
    assert repr(error.violations[0]) == "Violation('Book.title', 3, 'must be a string, got 3')"


def test_validation_changes_nothing() -> None:
    book = loaded(title="Emma", publisher={"name": "Egerton"})
    book.publisher = Publisher(name="Murray")
    book.chapters = [{"id": "1"}]

    violations(book)

    assert inspect(book).changes() == {"chapters": [{"id": "1"}], "publisher": {"name": "Murray"}}


class Stamp(Properties):
    place: Attr[str | None] = attr(default=None)
    number: Attr[int | None] = attr(default=None, read_only=True)


class Sticker(Entity, resource=Resource("stickers")):
    id: Attr[str | None] = attr(default=None)


class Label(Properties):
    asked: ClassVar[list[str]] = []
    text: Attr[str] = attr(default=None, required=True)
    stickers: Attr[list[Sticker]] = attr(default=None, own_routes=True)

    @validates
    def _note(self) -> None:
        self.asked.append(self.text)


class Parcel(Entity, resource=Resource("parcels")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    weight: Attr[int | None] = attr(default=None)
    stamp: Embedded[Stamp] = embedded()
    label: Embedded[Label] = embedded()


def test_a_value_that_only_the_service_sets_is_refused_inside_an_object_too() -> None:
    parcel = load(Parcel, {"id": "1", "stamp": {"place": "Rome", "number": 1}})
    parcel.stamp.number = 2

    assert broken(parcel) == ["Parcel.stamp.number: is set by the service and cannot be assigned"]


def test_a_required_value_cannot_be_taken_away_from_an_object_that_was_not_loaded() -> None:
    parcel = load(Parcel, PartialDocument(id="1", label=PartialDocument()))
    parcel.label.text = None

    assert broken(parcel) == ["Parcel.label.text: is required"]


def test_the_rules_of_an_object_that_has_not_changed_are_not_asked() -> None:
    Label.asked.clear()
    parcel = load(Parcel, {"id": "1", "label": {"text": "a"}})
    assert parcel.label.text == "a"
    parcel.weight = 1

    assert broken(parcel) == []
    assert Label.asked == []

    parcel.label.text = "b"
    assert broken(parcel) == []
    assert Label.asked == ["b"]


def test_an_element_with_requests_of_its_own_is_checked_in_an_object_that_is_not_there() -> None:
    parcel = load(Parcel, {"id": "1"})
    parcel.label.text = "a"
    parcel.label.stickers.append("red")

    assert broken(parcel) == ["Parcel.label.stickers[0]: must be an entity, got 'red'"]


def test_an_object_that_was_only_read_breaks_no_rule() -> None:
    parcel = load(Parcel, {"id": "1", "stamp": {"place": 3, "number": "one"}})
    assert (parcel.stamp.place, parcel.stamp.number) == (3, "one")

    assert broken(parcel) == []
