"""Objects of JSON properties, open (any key) and closed (declared attributes)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm import Properties, attr, inspect
from tests.orm.shelf import Publisher, loaded


def test_a_property_is_an_attribute_and_an_item() -> None:
    book = loaded(notes={"stars": 5})

    assert book.notes.stars == 5
    assert book.notes["stars"] == 5


def test_a_property_is_written_as_an_attribute_or_an_item() -> None:
    book = loaded()

    book.notes.stars = 5
    book.notes["a key"] = "x"

    assert inspect(book).changes() == {"notes": {"stars": 5, "a key": "x"}}


def test_objects_below_an_open_object_are_open_too() -> None:
    book = loaded(notes={"press": {"times": {"stars": 3}}})

    book.notes.press.times.stars = 4

    assert inspect(book).changes() == {"notes": {"press": {"times": {"stars": 4}}}}


def test_a_mapping_written_to_an_open_object_becomes_properties() -> None:
    book = loaded()

    book.notes.press = {"stars": 3}
    book.notes.press.stars = 4

    assert inspect(book).changes() == {"notes": {"press": {"stars": 4}}}


def test_a_list_below_an_open_object_counts_its_mutations() -> None:
    book = loaded(notes={"readers": ["Ann"]})

    book.notes.readers.append("Bob")

    assert inspect(book).changes() == {"notes": {"readers": ["Ann", "Bob"]}}


def test_objects_in_a_list_below_an_open_object_count_their_edits() -> None:
    book = loaded(notes={"press": [{"stars": 3}]})

    book.notes.press[0].stars = 4

    assert inspect(book).changes() == {"notes": {"press": [{"stars": 4}]}}


def test_a_missing_property_raises_as_an_attribute_and_as_an_item() -> None:
    book = loaded()

    with pytest.raises(AttributeError, match="no property 'stars'"):
        book.notes.stars  # noqa: B018
    with pytest.raises(KeyError, match="stars"):
        book.notes["stars"]
    assert getattr(book.notes, "stars", 0) == 0


def test_a_deleted_property_is_gone_and_sent_as_null() -> None:
    book = loaded(notes={"stars": 5, "by": "Ann"})

    del book.notes.stars
    del book.notes["by"]

    assert dict(book.notes) == {}
    assert "stars" not in book.notes
    assert inspect(book).changes() == {"notes": {"stars": None, "by": None}}


def test_deleting_a_missing_property_raises() -> None:
    book = loaded()

    with pytest.raises(AttributeError, match="stars"):
        del book.notes.stars
    with pytest.raises(KeyError, match="stars"):
        del book.notes["stars"]


def test_a_deleted_property_can_be_written_again() -> None:
    book = loaded(notes={"stars": 5})

    del book.notes.stars
    book.notes.stars = 5

    assert inspect(book).changes() == {}


def test_properties_behave_as_a_mapping() -> None:
    properties = Properties(b=1, a=[2])

    assert dict(properties) == {"b": 1, "a": [2]}
    assert {**properties} == {"b": 1, "a": [2]}
    assert list(properties) == ["b", "a"]
    assert len(properties) == 2
    assert "a" in properties


def test_properties_equal_a_mapping_or_properties_of_the_same_content() -> None:
    assert Properties(a=1) == {"a": 1}
    assert Properties(a=1) == Properties(a=1)
    assert Properties(a=1) != {"a": 2}
    assert Properties(a=1) != 1


def test_empty_properties_are_false() -> None:
    assert not Properties()
    assert Properties(a=None)


@pytest.mark.parametrize("name", ["items", "to_dict", "values", "get", "update", "self", "pop", "name"])
def test_a_field_called_as_a_method_is_a_field(name: str) -> None:
    read = loaded(notes={name: "x"})
    written = Properties(**{name: "x"})

    assert getattr(read.notes, name) == "x"
    assert read.notes[name] == "x"
    assert getattr(written, name) == "x"
    setattr(read.notes, name, "y")
    assert inspect(read).changes() == {"notes": {name: "y"}}


def test_a_closed_class_refuses_undeclared_names_and_takes_them_as_items() -> None:
    book = loaded(publisher={"name": "Egerton", "phone": "1"})

    with pytest.raises(AttributeError, match="'phone'"):
        book.publisher.phone  # noqa: B018
    assert book.publisher["phone"] == "1"
    book.publisher["phone"] = "2"
    book.publisher["fax"] = "3"

    assert inspect(book).changes() == {"publisher": {"phone": "2", "fax": "3"}}


def test_a_closed_class_with_an_unknown_field_keys_is_still_a_mapping() -> None:
    book = loaded(publisher={"keys": "x"})

    assert dict(book.publisher) == {"keys": "x"}


def test_an_item_of_a_declared_key_is_its_attribute() -> None:
    publisher = Publisher()

    publisher["name"] = "Egerton"

    assert publisher.name == "Egerton"
    assert publisher["name"] == "Egerton"


def test_an_unknown_field_of_an_entity_is_an_item() -> None:
    book = loaded(weight=300)

    assert book["weight"] == 300
    book["weight"] = 310
    assert inspect(book).changes() == {"weight": 310}
    with pytest.raises(KeyError):
        book["colour"]


def test_the_constructor_of_a_closed_class_takes_declared_names_only() -> None:
    construct: Any = Publisher

    with pytest.raises(TypeError, match="phone"):
        construct(phone="1")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_is_a_new_object_of_nobody(copied: Any) -> None:
    book = loaded(publisher={"name": "Egerton", "imprints": ["a"]})

    twin = copied(book.publisher)
    twin.name = "Murray"
    twin.imprints.append("b")

    assert type(twin) is Publisher
    assert twin == {"name": "Murray", "imprints": ["a", "b"]}
    assert book.publisher == {"name": "Egerton", "imprints": ["a"]}
    assert inspect(book).changes() == {}


def test_properties_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Properties())


def test_every_public_method_of_properties_gives_way_to_a_property_of_its_name() -> None:
    methods = [name for name in vars(Properties) if not name.startswith("_")]
    properties = Properties(**dict.fromkeys(methods, 1))

    assert methods == ["to_dict", "from_dict"]
    assert [getattr(properties, name) for name in methods] == [1, 1]
    properties.to_dict = 2
    del properties.from_dict
    assert dict(properties) == {"to_dict": 2}


def test_properties_are_made_of_a_dictionary_and_give_one() -> None:
    wire = {"a": {"b": [1]}, "since": "2024-05-01"}
    properties = Properties.from_dict(wire)
    given = properties.to_dict()
    given["a"]["b"].append(2)

    assert properties.a.b == [1]
    assert Properties.from_dict() == {}
    assert properties.to_dict() == wire


@pytest.mark.parametrize("made", [dict, lambda p: dict(**p), lambda p: {**p}, Properties.to_dict])
@pytest.mark.parametrize("name", ["keys", "_id", "", "to_dict", "a.b", "self", "__len__"])
def test_any_name_of_a_property_is_in_a_dictionary_of_it(made: Callable[[Any], Any], name: str) -> None:
    assert made(Properties(**{name: 1, "a": 2})) == {name: 1, "a": 2}


@pytest.mark.parametrize("name", ["keys", "_id"])
def test_a_name_that_is_no_attribute_is_set_as_an_item_alone(name: str) -> None:
    properties = Properties()

    with pytest.raises(AttributeError, match=f"set it as an item, \\['{name}'\\]"):
        setattr(properties, name, 1)
    properties[name] = 2
    assert properties[name] == 2


def test_an_attribute_named_keys_cannot_be_declared() -> None:
    with pytest.raises(ConfigurationError, match="another name"):
        type("Ring", (Properties,), {"keys": attr(default=None)})


def test_a_number_is_a_name_as_json_writes_it() -> None:
    properties = Properties.from_dict({2024: "x"})

    assert properties == {"2024": "x"}
    assert properties[2024] == "x"  # type: ignore[index]
