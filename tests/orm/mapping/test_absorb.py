"""Taking in what the service says: after a save, and when an entity is met again."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.orm import inspect
from contacthub_orm.orm.mapping.baseline import merge_baseline
from contacthub_orm.orm.mapping.changes import changes, creation
from tests.orm.shelf import Book, Chapter, City, Publisher, loaded


def save(book: Book, **answered: Any) -> dict[str, Any]:
    """What happens when a save succeeds: the answer is the stored document, with some values of the service's own."""
    sent = changes(book)
    merge_baseline(book, {**book.to_dict(), **answered}, sent)
    return sent


def test_the_answer_becomes_the_baseline() -> None:
    book = loaded(title="Emma")
    book.title = "Persuasion"

    save(book, version=2)

    assert inspect(book).baseline == {"id": "1", "title": "Persuasion", "version": 2}
    assert book.version == 2
    assert changes(book) == {}


def test_a_value_that_the_service_normalises_leaves_nothing_dirty() -> None:
    book = loaded(title="Emma")
    book.title = "  Persuasion "

    save(book, title="Persuasion")

    assert book.title == "Persuasion"
    assert changes(book) == {}


def test_an_edit_made_while_a_save_was_under_way_survives() -> None:
    book = loaded(title="Emma", publisher={"name": "Egerton", "city": {"name": "London"}}, tags=["a"])
    book.title, book.publisher.name = "Persuasion", "Murray"
    book.tags.append("b")
    sent = changes(book)

    book.title, book.publisher.city.name = "Sanditon", "Bath"
    book.tags.append("c")
    merge_baseline(
        book,
        {
            "id": "1",
            "title": "Persuasion",
            "publisher": {"name": "Murray", "city": {"name": "London"}},
            "tags": ["a", "b"],
        },
        sent,
    )

    assert changes(book) == {
        "title": "Sanditon",
        "publisher": {"city": {"name": "Bath"}},
        "tags": ["a", "b", "c"],
    }


def test_the_old_value_written_back_while_a_save_was_under_way_is_a_change() -> None:
    book = loaded(title="Emma")
    book.title = "Persuasion"
    sent = changes(book)

    book.title = "Emma"
    merge_baseline(book, {"id": "1", "title": "Persuasion"}, sent)

    assert changes(book) == {"title": "Emma"}


def test_a_deletion_made_while_a_save_was_under_way_survives() -> None:
    book = loaded(notes={"stars": 3})
    book.notes.stars = 4
    sent = changes(book)

    del book.notes.stars
    merge_baseline(book, {"id": "1", "notes": {"stars": 4}}, sent)

    assert changes(book) == {"notes": {"stars": None}}


def test_an_object_replaced_while_its_predecessor_was_under_way_stays_a_replacement() -> None:
    book = loaded(publisher={"name": "Egerton", "city": {"name": "London"}})
    book.publisher = Publisher(name="Murray", city=City(name="Bath"))
    sent = changes(book)

    book.publisher = Publisher(name="Bentley")
    merge_baseline(book, {"id": "1", "publisher": {"name": "Murray", "city": {"name": "Bath"}}}, sent)

    assert changes(book) == {"publisher": {"name": "Bentley", "city": None}}


def test_a_replaced_object_is_an_ordinary_one_after_the_save() -> None:
    book = loaded(publisher={"name": "Egerton", "imprints": ["a"]})
    publisher = book.publisher = Publisher(name="Murray")
    save(book, publisher={"name": "Murray", "phone": "set by the service"})

    publisher.name = "Bentley"

    assert book.publisher is publisher
    assert changes(book) == {"publisher": {"name": "Bentley"}}


def test_a_field_of_a_replaced_object_edited_while_under_way_is_all_that_is_left() -> None:
    book = loaded()
    book.publisher = Publisher(name="Murray")
    sent = changes(book)

    book.publisher.city.name = "Bath"
    merge_baseline(book, {"id": "1", "publisher": {"name": "Murray", "phone": "1"}}, sent)

    assert changes(book) == {"publisher": {"city": {"name": "Bath"}}}


def test_an_object_of_an_object_put_in_place_stays_tracked_after_the_save() -> None:
    book, city = loaded(), City(name="Bath")
    book.publisher = Publisher(name="Murray", city=city)
    book.chapters = [Chapter(id="1")]
    save(book)

    city.name = "London"

    assert changes(book) == {"publisher": {"city": {"name": "London"}}}


def test_a_path_set_to_none_is_clean_after_the_save() -> None:
    book = loaded(publisher={"name": "Egerton"}, title="Emma", tags=["a"])
    book.publisher = book.title = book.tags = None

    save(book, publisher={"name": None}, title=None, tags=[])

    assert changes(book) == {}
    assert book.tags == []
    assert not book.publisher["name"]


@pytest.mark.parametrize("answered", [["a", "b"], ["b", "a"], ["A", "B"], []])
def test_a_list_that_the_service_reorders_or_dedups_is_clean(answered: list[str]) -> None:
    book = loaded(tags=["a"])
    tags = book.tags
    tags += ["b", "a"]

    save(book, tags=answered)

    assert changes(book) == {}
    assert book.tags is tags
    assert tags == answered


@pytest.mark.parametrize("key", ["anything", "tags"])
def test_a_list_assigned_is_tracked_after_a_save_whatever_its_declaration(key: str) -> None:
    book = loaded()
    setattr(book, key, ["a"])
    save(book)

    getattr(book, key).append("b")

    assert changes(book) == {key: ["a", "b"]}


def test_the_elements_of_a_list_stay_the_same_objects() -> None:
    book = loaded(chapters=[{"id": "1"}, {"id": "2"}])
    first, second = book.chapters
    third = Chapter(id="3")
    book.chapters.append(third)

    save(book, chapters=[{"id": "3", "length": 7}, {"id": "2"}, {"id": "1"}])

    assert book.chapters[0] is third
    assert book.chapters[1] is second
    assert book.chapters[2] is first
    assert third.length == 7
    third.title = "Three"
    assert changes(book) == {
        "chapters": [{"id": "3", "length": 7, "title": "Three"}, {"id": "2"}, {"id": "1"}]
    }


def test_elements_with_one_id_stay_apart() -> None:
    book = loaded(chapters=[{"id": "1", "title": "One"}, {"id": "1", "title": "Uno"}])
    book.chapters[0].length = 1

    save(book)

    assert [chapter.title for chapter in book.chapters] == ["One", "Uno"]
    assert changes(book) == {}


def test_elements_without_an_id_are_known_by_their_place() -> None:
    book = loaded(notes={"press": [{"stars": 1}, {"stars": 2}]})
    second = book.notes.press[1]
    second.stars = 3

    save(book)

    assert book.notes.press[1] is second
    assert changes(book) == {}


def test_a_dict_is_updated_in_place() -> None:
    book = loaded(reviews={"times": 3, "post": 4})
    reviews = book.reviews
    reviews["times"] = 5

    save(book, reviews={"times": 5, "post": 4, "herald": 1})

    assert book.reviews is reviews
    assert reviews == {"times": 5, "post": 4, "herald": 1}
    assert changes(book) == {}


def test_meeting_an_entity_again_refreshes_what_was_only_read() -> None:
    book = loaded(title="Emma", tags=["a"], publisher={"name": "Egerton"}, notes={"stars": 3})
    tags = book.tags
    assert (book.title, book.publisher.name, book.notes.stars) == ("Emma", "Egerton", 3)

    merge_baseline(
        book, {"id": "1", "title": "E.", "tags": ["b"], "publisher": {"name": "M."}, "notes": {"stars": 4}}
    )

    assert (book.title, book.publisher.name, book.notes.stars) == ("E.", "M.", 4)
    assert book.tags is tags
    assert tags == ["b"]
    assert changes(book) == {}


def test_meeting_an_entity_again_keeps_the_users_edits() -> None:
    book = loaded(title="Emma", pages=1, tags=["a"], publisher={"name": "Egerton"})
    book.title, book.publisher.name = "mine", "mine"
    book.tags.append("mine")

    merge_baseline(
        book, {"id": "1", "title": "theirs", "pages": 2, "tags": ["theirs"], "publisher": {"name": "theirs"}}
    )

    assert book.pages == 2
    assert changes(book) == {"title": "mine", "tags": ["a", "mine"], "publisher": {"name": "mine"}}


def test_a_clean_path_follows_the_service_even_if_it_was_written() -> None:
    book = loaded(title="Emma", tags=["a"], publisher={"name": "Egerton"})
    book.title, book.tags, book.publisher = "Emma", ["a"], Publisher(name="Egerton")

    merge_baseline(book, {"id": "1", "title": "theirs", "tags": ["theirs"], "publisher": {"name": "theirs"}})

    assert changes(book) == {}
    assert (book.title, book.tags, book.publisher.name) == ("theirs", ["theirs"], "theirs")


def test_what_was_created_is_clean() -> None:
    book = Book(title="Emma", tags=["a"], chapters=[{"id": "1"}], publisher=Publisher(name="Egerton"))
    book.notes.stars = 5
    sent = creation(book)

    merge_baseline(book, {"id": "1", **sent, "version": 1, "notes": {"stars": 5.0}}, sent)

    assert changes(book) == {}
    assert book.id == "1"


def test_a_list_of_an_open_object_that_the_service_dropped_is_empty_in_place() -> None:
    book = loaded(notes={"readers": ["Ann"]})
    readers = book.notes.readers

    merge_baseline(book, {"id": "1", "notes": {}})
    readers.append("Bob")

    assert changes(book) == {"notes": {"readers": ["Bob"]}}


def test_what_json_cannot_say_is_kept_as_an_edit() -> None:
    book, value = loaded(title="Emma", tags=["a"]), object()
    book.notes.stars = value
    book.tags.append(value)  # type: ignore[arg-type]
    book.publisher = Publisher(name=value)

    merge_baseline(book, {"id": "1", "title": "theirs", "tags": ["b"]})

    assert book.title == "theirs"
    assert book.notes.stars is value
    assert book.tags == ["a", value]
    assert book.publisher.name is value
