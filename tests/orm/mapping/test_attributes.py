"""Declared attributes: reading, writing, conversion, names, defaults, inheritance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm import Attr, Embedded, Entity, Properties, Resource, attr, embedded, inspect
from tests.orm.shelf import Book, Chapter, Genre, Publisher, Stamped, load, loaded


class Text(Properties):
    """A class that is called as something in `typing` is."""

    body: Attr[str | None] = attr(default=None)


class Letter(Entity, resource=Resource("letters")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    text: Embedded[Text] = embedded()


def test_an_unset_attribute_reads_none() -> None:
    assert Book().title is None
    assert loaded().title is None


def test_an_attribute_is_converted_when_it_is_first_read() -> None:
    book = loaded(published="1990-12-12")

    assert "published" not in vars(book)
    assert book.published == date(1990, 12, 12)
    assert vars(book)["published"] == date(1990, 12, 12)


def test_a_second_read_is_a_plain_look_up_in_the_instance() -> None:
    book = loaded(title="Emma")
    book.title  # noqa: B018

    vars(book)["title"] = "seen"

    assert book.title == "seen"


def test_reading_never_changes_the_baseline() -> None:
    document: dict[str, Any] = {"id": "1", "tags": ["a"], "reviews": {"x": [1]}, "anything": {"y": [2]}}
    book = load(Book, document)

    book.tags.append("b")
    book.reviews["x"].append(2)
    book.anything["y"].append(3)
    book.publisher.name = "Egerton"

    assert document == {"id": "1", "tags": ["a"], "reviews": {"x": [1]}, "anything": {"y": [2]}}


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ("2017-03-09T11:31:31.842+0000", datetime(2017, 3, 9, 11, 31, 31, 842000, UTC)),
        ("2017-03-09T11:31:31Z", datetime(2017, 3, 9, 11, 31, 31, 0, UTC)),
        ("2017-03-09T11:31:31+02:00", datetime(2017, 3, 9, 9, 31, 31, 0, UTC)),
        ("2017-03-09T11:31:31", datetime(2017, 3, 9, 11, 31, 31, 0, UTC)),
        ("2017-03-09", datetime(2017, 3, 9, 0, 0, 0, 0, UTC)),
    ],
)
def test_a_moment_is_read_as_an_aware_datetime(wire: str, value: datetime) -> None:
    assert loaded(lentAt=wire).lentAt == value


@pytest.mark.parametrize("wire", ["1990-12-12", "1990-12-12T00:00:00.000+0000", "1990-12-12T23:30:00+02:00"])
def test_a_date_is_read_from_a_date_or_a_moment(wire: str) -> None:
    assert loaded(published=wire).published == date(1990, 12, 12)


def test_an_enumeration_is_read_as_its_member() -> None:
    assert loaded(genre="novel").genre is Genre.NOVEL
    assert loaded(genres=["novel", "essay"]).genres == [Genre.NOVEL, Genre.ESSAY]


@pytest.mark.parametrize(
    ("key", "wire"),
    [
        ("genre", "comic"),
        ("published", "soon"),
        ("published", 1990),
        ("lentAt", "1990-99-99"),
        ("genres", ["novel", "comic"]),
        ("chapters", "none"),
        ("tags", "none"),
        ("pages", "many"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_handed_out_as_it_is(key: str, wire: Any) -> None:
    book = loaded(**{key: wire})

    assert getattr(book, key) == wire
    assert inspect(book).changes() == {}
    assert book.to_dict()[key] == wire


def test_a_text_assigned_to_a_date_is_converted_at_once() -> None:
    book = Book(published="1990-12-12", lentAt="2020-01-01T10:00:00Z", genre="novel")

    assert book.published == date(1990, 12, 12)
    assert book.lentAt == datetime(2020, 1, 1, 10, 0, tzinfo=UTC)
    assert book.genre is Genre.NOVEL


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (datetime(2020, 1, 1, 10), datetime(2020, 1, 1, 10, tzinfo=UTC)),
        (date(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_without_zone_is_taken_as_utc(value: Any, kept: datetime) -> None:
    book = Book(lentAt=value)

    assert book.lentAt == kept
    assert book.lentAt is not None
    assert book.lentAt.tzinfo is not None


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    book = Book(lentAt=datetime(2020, 1, 1, 12, 0, 0, 1500, timezone(timedelta(hours=2))))

    assert book.to_dict() == {"lentAt": "2020-01-01T10:00:00.001Z"}


def test_a_text_with_more_than_a_date_in_it_is_no_date() -> None:
    book = Book(published="1990-12-12, about noon")

    assert book.published == "1990-12-12, about noon"  # type: ignore[comparison-overlap]


def test_an_attribute_may_have_another_name_than_its_json_key() -> None:
    book = loaded(shelfMark="A1")

    book.shelf_mark += "b"

    assert book["shelfMark"] == "A1b"
    assert book.to_dict()["shelfMark"] == "A1b"
    assert inspect(book).changes() == {"shelfMark": "A1b"}
    assert "shelf_mark" not in book.to_dict()


def test_two_attributes_with_one_json_key_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"two.*one.*'k'"):

        class Doubled(Properties):
            one: Attr[str | None] = attr(default=None, name="k")
            two: Attr[str | None] = attr(default=None, name="k")


def test_a_mixin_lends_its_attributes() -> None:
    class Note(Stamped, Entity, resource=Resource("notes")):
        text: Attr[str | None] = attr(default=None)

    note = load(Note, {"id": "1", "text": "x", "updatedAt": "2020-01-01T00:00:00Z"})

    assert (note.text, note.updatedAt) == ("x", datetime(2020, 1, 1, tzinfo=UTC))
    assert list(Note.__attributes__) == ["updatedAt", "version", "text"]


def test_a_subclass_inherits_and_narrows() -> None:
    class Remarks(Properties):
        stars: Attr[int | None] = attr(default=None)

    class Novel(Book):
        notes: Embedded[Remarks] = embedded()
        sequel: Attr[str | None] = attr(default=None)

    novel = Novel(title="Emma", sequel="none")
    novel.notes.stars = 5

    assert novel.to_dict() == {"title": "Emma", "notes": {"stars": 5}, "sequel": "none"}
    assert Novel.__resource__.name == "books"
    with pytest.raises(AttributeError, match="did you mean 'stars'"):
        novel.notes.star = 4


def test_a_declared_default_is_set_and_sent() -> None:
    class Ticket(Entity, resource=Resource("tickets")):
        kind: Attr[str | None] = attr(default="day")

    assert Ticket().kind == "day"
    assert inspect(Ticket()).changes() == {"kind": "day"}
    assert Ticket(kind="month").to_dict() == {"kind": "month"}


def test_a_default_is_not_shared_between_objects() -> None:
    class Ticket(Entity, resource=Resource("tickets")):
        zones: Attr[list[str]] = attr(default=["A"])
        bearer: Embedded[Publisher] = embedded(default=Publisher(name="nobody"))
        stops: Attr[list[Chapter]] = attr(default=[Chapter(id="1")])

    first, second = Ticket(), Ticket()
    first.zones.append("B")
    first.bearer.name = "somebody"
    first.stops[0].title = "edited"

    assert second.to_dict() == {"zones": ["A"], "bearer": {"name": "nobody"}, "stops": [{"id": "1"}]}


def test_a_loaded_entity_takes_no_defaults() -> None:
    class Ticket(Entity, resource=Resource("tickets")):
        kind: Attr[str | None] = attr(default="day")

    assert load(Ticket, {"id": "1"}).kind is None


def test_a_class_may_be_called_as_something_in_typing_is() -> None:
    letter = load(Letter, {"id": "1", "text": {"body": "Dear"}})

    assert isinstance(letter.text, Text)
    assert letter.text.body == "Dear"


def test_an_annotation_that_cannot_be_resolved_is_named() -> None:
    class Broken(Properties):
        what: Attr[Nowhere] = attr(default=None)  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(ConfigurationError, match=r"Broken\.what: .*Nowhere"):
        Broken._bound({"what": 1}).what  # noqa: B018


def test_an_undeclared_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(AttributeError, match="Book declares no attribute 'titel'; did you mean 'title'"):
        loaded().titel = "Emma"
    with pytest.raises(AttributeError, match="Publisher declares no attribute 'nam'"):
        loaded().publisher.nam = "Egerton"
    with pytest.raises(AttributeError, match="did you mean 'name'"):
        loaded().publisher.nam  # noqa: B018
    with pytest.raises(TypeError, match="titel"):
        Book(titel="Emma")


def test_a_private_name_is_a_plain_python_attribute() -> None:
    book = loaded()

    book._seen = True

    assert book._seen
    assert book.to_dict() == {"id": "1"}


def test_deleting_an_attribute_writes_none() -> None:
    book = loaded(title="Emma")

    del book.title

    assert book.title is None
    assert inspect(book).changes() == {"title": None}


def test_a_tuple_assigned_to_a_list_becomes_a_list() -> None:
    book = loaded()

    book.tags = ("a",)
    book.tags.append("b")

    assert inspect(book).changes() == {"tags": ["a", "b"]}


def test_the_document_handed_out_is_a_copy() -> None:
    document: dict[str, Any] = {"id": "1", "tags": ["a"], "publisher": {"imprints": ["b"]}}
    book = load(Book, document)

    copy = book.to_dict()
    copy["tags"].append("c")
    copy["publisher"]["imprints"].append("c")

    assert document == {"id": "1", "tags": ["a"], "publisher": {"imprints": ["b"]}}


def test_the_repr_names_the_class_and_the_identity() -> None:
    assert repr(loaded()) == "<Book 1>"
    assert repr(Book()) == "<Book transient>"
    assert repr(Publisher(name="Egerton")) == "Publisher(name='Egerton')"
