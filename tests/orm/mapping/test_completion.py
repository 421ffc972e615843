"""What `dir()` lists, for completion in notebooks: fields and keys, without asking the service."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import load_only
from contacthub_orm.orm import Properties
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, loaded

NOTES: dict[str, Any] = {"stars": 5, "a key": 1, "class": 2, "_hidden": 3, "press": None, "2nd": 4}


def fields(one: object) -> set[str]:
    """What `dir()` lists beyond what every open object has."""
    return set(dir(one)) - set(dir(Properties()))


def test_the_fields_of_an_embedded_object_are_listed_on_the_class() -> None:
    assert dir(Book.publisher) == ["city", "founded", "imprints", "name"]
    assert dir(Book.publisher.city) == ["name", "zip"]
    assert all(getattr(Book.publisher, name) is not None for name in dir(Book.publisher))


def test_the_fields_of_an_embedded_object_are_listed_on_an_instance() -> None:
    assert {"city", "founded", "imprints", "name"} <= set(dir(loaded().publisher))


def test_the_keys_of_an_open_object_are_listed_if_they_can_follow_a_dot() -> None:
    book = loaded(notes=NOTES)

    assert fields(book.notes) == {"stars", "press"}


def test_keys_that_were_written_are_listed_and_removed_ones_are_not() -> None:
    book = loaded(notes={"stars": 5, "press": {"times": 1}})
    book.notes.readers = ["Ann"]
    book.notes[("no", "key")] = 1
    del book.notes["stars"]

    assert fields(book.notes) == {"press", "readers"}
    assert fields(book.notes.press) == {"times"}


def test_a_new_open_object_lists_its_keys() -> None:
    assert fields(Properties(stars=5)) == {"stars"}


def test_unknown_keys_of_a_declared_object_are_not_listed_since_they_are_items_alone() -> None:
    book = loaded(publisher={"name": "x", "unknown": 1})

    assert "unknown" not in dir(book.publisher)


@pytest.mark.parametrize("partly", [False, True], ids=["expired", "loaded in part"])
def test_nothing_is_loaded_to_list_keys(partly: bool) -> None:
    library = Library(a={"title": "Emma", "notes": {"stars": 5}})
    session = opened(library)
    query = session.query(Book)
    book = (query.options(load_only("notes.stars")) if partly else query).one()
    notes = book.notes
    if not partly:
        session.expire(book)
    library.asked.clear()

    listed = fields(notes)

    assert library.asked == []
    assert listed == ({"stars"} if partly else set())
    assert notes.stars == 5


def test_listing_hands_nothing_out_and_changes_nothing() -> None:
    session = opened(Library(a={"notes": {"rows": [1], "press": {"x": 1}}}))
    book = session.query(Book).one()

    dir(book), dir(book.notes), dir(book.publisher)

    assert not session.dirty
    assert not book._state.handed_out_container
