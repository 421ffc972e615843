"""Embedded objects: always in place, one owner, null and back."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.orm import Properties, inspect
from tests.orm.shelf import Book, City, Publisher, loaded


@pytest.mark.parametrize("document", [{}, {"publisher": None}])
def test_a_missing_object_reads_as_an_empty_one(document: dict[str, Any]) -> None:
    book = loaded(**document)

    assert book.publisher is not None
    assert not book.publisher
    assert book.publisher.name is None
    assert not book.publisher.city
    assert inspect(book).changes() == {}
    assert book.to_dict() == {"id": "1", **document}


def test_a_missing_object_comes_into_being_with_the_first_write() -> None:
    book = loaded(publisher=None)

    book.publisher.city.name = "London"

    assert inspect(book).changes() == {"publisher": {"city": {"name": "London"}}}
    assert book.publisher


def test_an_embedded_object_is_one_object() -> None:
    book = loaded(publisher={"name": "Egerton"})

    assert book.publisher is book.publisher


def test_only_the_changed_paths_of_an_object_are_sent() -> None:
    book = loaded(publisher={"name": "Egerton", "city": {"name": "London", "zip": "W1"}})

    book.publisher.city.zip = "W2"

    assert inspect(book).changes() == {"publisher": {"city": {"zip": "W2"}}}


def test_a_new_object_assigned_is_the_one_that_is_read() -> None:
    book = Book()
    publisher = Publisher(name="Egerton")

    book.publisher = publisher
    publisher.name = "Murray"

    assert book.publisher is publisher
    assert book.to_dict() == {"publisher": {"name": "Murray"}}


def test_an_owned_object_assigned_elsewhere_is_copied() -> None:
    first, second = Book(), Book()
    publisher = first.publisher = Publisher(name="Egerton", imprints=["a"])

    second.publisher = publisher
    second.publisher.name = "Murray"
    second.publisher.imprints.append("b")

    assert second.publisher is not publisher
    assert first.to_dict() == {"publisher": {"name": "Egerton", "imprints": ["a"]}}
    assert second.to_dict() == {"publisher": {"name": "Murray", "imprints": ["a", "b"]}}


def test_an_object_of_a_loaded_entity_assigned_elsewhere_is_copied() -> None:
    source = loaded(publisher={"name": "Egerton", "imprints": ["a"]})
    target = Book()

    target.publisher = source.publisher
    target.publisher.imprints.append("b")

    assert source.to_dict()["publisher"] == {"name": "Egerton", "imprints": ["a"]}
    assert inspect(source).baseline == {"id": "1", "publisher": {"name": "Egerton", "imprints": ["a"]}}
    assert target.to_dict() == {"publisher": {"name": "Egerton", "imprints": ["a", "b"]}}


def test_a_replaced_object_is_detached() -> None:
    book = loaded(publisher={"name": "Egerton"})
    replaced = book.publisher

    book.publisher = Publisher(name="Murray")
    replaced.name = "nobody reads this"

    assert inspect(book).changes() == {"publisher": {"name": "Murray"}}


def test_a_replaced_object_nulls_the_keys_it_lacks() -> None:
    book = loaded(publisher={"name": "Egerton", "imprints": ["a"], "city": {"name": "London", "zip": "W1"}})

    book.publisher = Publisher(name="Egerton", city={"zip": "W2"})

    assert inspect(book).changes() == {"publisher": {"imprints": None, "city": {"name": None, "zip": "W2"}}}


def test_an_object_replaced_by_an_equal_one_is_clean() -> None:
    book = loaded(publisher={"name": "Egerton", "founded": "1800-01-01T00:00:00Z"})

    book.publisher = Publisher(name="Egerton", founded="1800-01-01")

    assert inspect(book).changes() == {}


def test_a_replacement_says_nothing_of_what_was_empty() -> None:
    book = loaded(publisher={"name": "Egerton", "imprints": [], "city": {}, "founded": None})

    book.publisher = Publisher(name="Egerton")

    assert inspect(book).changes() == {}


def test_a_mapping_assigned_becomes_the_declared_class() -> None:
    book = Book(publisher={"name": "Egerton", "city": {"name": "London"}})

    assert isinstance(book.publisher, Publisher)
    assert isinstance(book.publisher.city, City)
    assert book.to_dict() == {"publisher": {"name": "Egerton", "city": {"name": "London"}}}


def test_a_mapping_assigned_is_copied() -> None:
    content: dict[str, Any] = {"imprints": ["a"]}
    book = Book(publisher=content)

    book.publisher.imprints.append("b")

    assert content == {"imprints": ["a"]}


def test_an_open_object_assigned_to_a_declared_one_is_converted() -> None:
    book = Book(publisher=Properties(name="Egerton"))

    assert isinstance(book.publisher, Publisher)
    assert book.publisher.name == "Egerton"


def test_anything_else_assigned_is_refused() -> None:
    with pytest.raises(TypeError, match="expected Publisher, a mapping or None, got 'Egerton'"):
        Book(publisher="Egerton")


def test_none_assigned_to_an_object_is_sent_as_null() -> None:
    book = loaded(publisher={"name": "Egerton"})

    book.publisher = None

    assert not book.publisher
    assert book.publisher.name is None
    assert inspect(book).changes() == {"publisher": None}
    assert book.to_dict() == {"id": "1", "publisher": None}


def test_a_write_after_none_brings_the_object_back() -> None:
    book = loaded(publisher={"name": "Egerton", "city": {"name": "London"}})

    book.publisher = None
    book.publisher.name = "Murray"

    assert inspect(book).changes() == {"publisher": {"name": "Murray", "city": None}}
    assert book.to_dict()["publisher"] == {"name": "Murray"}


def test_a_list_filled_after_none_brings_the_object_back() -> None:
    book, new = loaded(publisher={"name": "Egerton"}), Book(publisher=None)
    book.publisher = None

    book.publisher.imprints.append("a")
    new.publisher.imprints.append("a")

    assert inspect(book).changes() == {"publisher": {"name": None, "imprints": ["a"]}}
    assert inspect(new).changes() == {"publisher": {"imprints": ["a"]}}


def test_none_assigned_to_a_missing_object_says_nothing() -> None:
    book = loaded(publisher=None)

    book.publisher = None

    assert inspect(book).changes() == {}


def test_an_object_taken_from_a_null_one_is_null_too() -> None:
    source, target = loaded(), loaded(publisher={"name": "Egerton"})
    source.publisher = None

    target.publisher = source.publisher

    assert inspect(target).changes() == {"publisher": None}


def test_an_object_cannot_be_embedded_in_itself() -> None:
    properties = Properties(a=1)

    properties.child = properties
    properties.child.a = 2

    assert properties == {"a": 1, "child": {"a": 2}}


def test_an_object_removed_from_an_open_one_is_detached() -> None:
    book = loaded(notes={"press": {"stars": 3}})
    press = book.notes.press

    del book.notes.press
    press.stars = 4

    assert inspect(book).changes() == {"notes": {"press": None}}


def test_a_field_that_is_no_object_reads_as_an_empty_one_and_is_kept() -> None:
    book = loaded(publisher="Egerton")

    assert not book.publisher
    assert book.to_dict() == {"id": "1", "publisher": "Egerton"}
    assert inspect(book).changes() == {}


def test_an_embedded_object_keeps_its_entity_alive_and_current() -> None:
    publisher = loaded(publisher={"name": "Egerton"}).publisher

    publisher.name = "Murray"

    assert publisher.name == "Murray"
