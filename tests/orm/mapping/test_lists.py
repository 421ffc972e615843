"""Lists and dicts: plain ones, compared with the baseline once they were handed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contacthub_orm.orm import Properties, inspect
from tests.orm.shelf import Book, Chapter, Genre, loaded

CHAPTERS = [{"id": "1", "title": "One", "extra": 1}, {"id": "2", "title": "Two"}]


def replace_slice(tags: list[str]) -> None:
    tags[0:1] = ["x", "y"]


def set_item(tags: list[str]) -> None:
    tags[0] = "z"


@pytest.mark.parametrize(
    ("mutate", "expected"),
    [
        (lambda tags: tags.append("c"), ["b", "a", "c"]),
        (lambda tags: tags.remove("b"), ["a"]),
        (lambda tags: tags.sort(), ["a", "b"]),
        (lambda tags: tags.clear(), []),
        (lambda tags: tags.extend("cd"), ["b", "a", "c", "d"]),
        (lambda tags: tags.insert(0, "c"), ["c", "b", "a"]),
        (lambda tags: tags.reverse(), ["a", "b"]),
        (lambda tags: tags.pop(), ["b"]),
        (replace_slice, ["x", "y", "a"]),
        (set_item, ["z", "a"]),
    ],
)
def test_every_mutation_of_a_list_counts(mutate: Callable[[list[str]], Any], expected: list[str]) -> None:
    book = loaded(tags=["b", "a"])

    mutate(book.tags)

    assert inspect(book).changes() == {"tags": expected}


def test_adding_in_place_counts() -> None:
    book = loaded(tags=["a"])

    book.tags += ["b"]

    assert inspect(book).changes() == {"tags": ["a", "b"]}


def test_a_list_that_was_only_read_is_clean() -> None:
    book = loaded(tags=["a"], chapters=CHAPTERS, fairs=["2020-01-01T00:00:00Z"], genres=["novel", "comic"])

    assert book.tags == ["a"]
    assert [chapter.title for chapter in book.chapters] == ["One", "Two"]
    assert book.fairs == [date(2020, 1, 1)]
    assert book.genres[0] is Genre.NOVEL
    assert inspect(book).changes() == {}


def test_a_mutation_taken_back_is_clean() -> None:
    book = loaded(tags=["a"])

    book.tags.append("b")
    book.tags.pop()

    assert inspect(book).changes() == {}


@pytest.mark.parametrize("document", [{}, {"tags": None}, {"tags": []}])
def test_a_missing_list_reads_as_an_empty_one_and_is_clean(document: dict[str, Any]) -> None:
    book = loaded(**document)

    assert book.tags == []
    assert book.tags is book.tags
    assert inspect(book).changes() == {}
    assert book.to_dict() == {"id": "1", **document}


def test_a_missing_list_comes_into_being_with_its_first_element() -> None:
    book = loaded(tags=None)

    book.tags.append("a")

    assert inspect(book).changes() == {"tags": ["a"]}


def test_a_list_is_sent_whole_with_its_unchanged_elements_as_the_service_has_them() -> None:
    book = loaded(chapters=CHAPTERS)

    book.chapters[1].title = "Zwei"

    assert inspect(book).changes() == {
        "chapters": [{"id": "1", "title": "One", "extra": 1}, {"id": "2", "title": "Zwei"}]
    }


def test_unchanged_dates_of_a_list_keep_the_spelling_of_the_service() -> None:
    book = loaded(fairs=["2020-01-01T00:00:00Z", "2021-01-01"])

    book.fairs.append(date(2022, 1, 1))

    assert inspect(book).changes() == {"fairs": ["2020-01-01T00:00:00Z", "2021-01-01", "2022-01-01"]}


def test_equal_dates_spelt_differently_keep_each_its_spelling() -> None:
    book = loaded(fairs=["2020-01-01T00:00:00Z", "2020-01-01"])

    assert book.fairs == [date(2020, 1, 1), date(2020, 1, 1)]
    assert inspect(book).changes() == {}


def test_a_date_of_an_element_written_back_is_clean() -> None:
    book = loaded(chapters=[{"id": "1", "written": "2020-01-01T00:00:00Z"}])

    book.chapters[0].written = date(2020, 1, 1)

    assert inspect(book).changes() == {}


@pytest.mark.parametrize("nothing", [{"title": None}, {}])
def test_an_element_made_anew_is_clean_where_the_service_has_the_same_and_nulls(
    nothing: dict[str, Any],
) -> None:
    book = loaded(chapters=[{"id": "1", "length": 4, "written": None, **nothing}])

    book.chapters = [Chapter(id="1", length=4, title=None)]

    assert inspect(book).changes() == {}


def test_an_element_made_anew_without_a_value_that_the_service_has_is_a_change() -> None:
    book = loaded(chapters=[{"id": "1", "length": 0}])

    book.chapters = [Chapter(id="1")]

    assert inspect(book).changes() == {"chapters": [{"id": "1"}]}


def test_an_element_appended_is_sent_with_what_it_has() -> None:
    book = loaded(chapters=CHAPTERS[1:])

    book.chapters.append(Chapter(id="3", length=4))

    assert inspect(book).changes() == {"chapters": [{"id": "2", "title": "Two"}, {"id": "3", "length": 4}]}


def test_a_dict_appended_stands_for_an_element() -> None:
    book = loaded(chapters=[])

    book.chapters.append({"id": "3"})

    assert inspect(book).changes() == {"chapters": [{"id": "3"}]}


def test_dicts_assigned_become_elements_of_the_declared_class() -> None:
    book = Book(chapters=[{"id": "3", "title": "Three"}, Chapter(id="4")])

    book.chapters[0].title = "Drei"

    assert [type(chapter) for chapter in book.chapters] == [Chapter, Chapter]
    assert book.to_dict() == {"chapters": [{"id": "3", "title": "Drei"}, {"id": "4"}]}


def test_dicts_assigned_are_copied() -> None:
    content = {"id": "3"}
    book = Book(chapters=[content])

    content["id"] = "4"

    assert book.to_dict() == {"chapters": [{"id": "3"}]}


def test_a_list_assigned_is_copied() -> None:
    tags = ["a"]
    book, other = loaded(), Book(tags=tags, notes={"tags": tags})

    book.tags = book.notes.tags = book.notes.more = tags
    for held in (book.tags, book.notes.tags, other.tags, other.notes.tags):
        held.append("b")

    assert tags == ["a"]
    assert inspect(book).changes() == {"tags": ["a", "b"], "notes": {"tags": ["a", "b"], "more": ["a"]}}


@pytest.mark.parametrize("key", ["reviews", "anything"])
def test_a_dict_assigned_is_copied_at_every_depth(key: str) -> None:
    content = {"times": [3], "post": {"a": 1}}
    book = Book(**{key: content})

    getattr(book, key)["times"].append(4)
    getattr(book, key)["post"]["a"] = 2

    assert content == {"times": [3], "post": {"a": 1}}


def test_an_element_that_is_new_is_the_one_in_the_list() -> None:
    chapter = Chapter(id="1")
    book = Book(chapters=[chapter])

    chapter.title = "One"

    assert book.to_dict() == {"chapters": [{"id": "1", "title": "One"}]}


@pytest.mark.parametrize("source", [Book(chapters=[Chapter(id="1")]), loaded(chapters=[{"id": "1"}])])
def test_an_element_assigned_to_a_second_list_is_copied(source: Book) -> None:
    target = Book(chapters=source.chapters)

    target.chapters[0].title = "One"

    assert source.to_dict()["chapters"] == [{"id": "1"}]


def test_an_element_of_a_list_that_is_replaced_stays_the_same() -> None:
    book = loaded(chapters=CHAPTERS)
    second = book.chapters[1]

    book.chapters = [second]
    second.title = "Zwei"

    assert inspect(book).changes() == {"chapters": [{"id": "2", "title": "Zwei"}]}


def test_a_list_set_to_none_reads_as_an_empty_one_that_can_be_filled() -> None:
    book, new = loaded(tags=["a"], reviews={"x": 1}), Book()

    book.tags = None
    del book.reviews
    new.tags = None

    assert (book.tags, book.reviews, new.tags) == ([], {}, [])
    assert inspect(book).changes() == {"tags": None, "reviews": None}
    assert new.to_dict() == {"tags": None}
    book.tags.append("b")
    new.tags = []
    assert inspect(book).changes() == {"tags": ["b"], "reviews": None}
    assert inspect(new).changes() == {}


def test_none_assigned_to_a_list_is_sent_as_null() -> None:
    book = loaded(tags=["a"])

    book.tags = None

    assert inspect(book).changes() == {"tags": None}


def test_an_empty_list_assigned_is_sent_where_there_was_one() -> None:
    full, empty = loaded(tags=["a"]), loaded()

    full.tags = []
    empty.tags = []

    assert inspect(full).changes() == {"tags": []}
    assert inspect(empty).changes() == {}


@pytest.mark.parametrize("key", ["reviews", "anything"])
def test_a_dict_counts_its_mutations(key: str) -> None:
    book = loaded(**{key: {"times": [3], "post": 4}})

    value = getattr(book, key)
    value["times"].append(5)
    del value["post"]

    assert inspect(book).changes() == {key: {"times": [3, 5], "post": None}}


def test_a_list_of_anything_counts_its_mutations() -> None:
    book = loaded(anything=[1, {"a": 2}])

    book.anything[1]["a"] = 3

    assert inspect(book).changes() == {"anything": [1, {"a": 3}]}


def test_a_boolean_in_a_list_is_not_a_number() -> None:
    book = loaded(anything=[1])

    book.anything[0] = True

    assert inspect(book).changes() == {"anything": [True]}


def test_an_element_belongs_to_its_list() -> None:
    book = loaded(chapters=CHAPTERS)
    chapter = book.chapters[0]

    book.chapters.remove(chapter)
    chapter.title = "nobody reads this"

    assert inspect(book).changes() == {"chapters": [{"id": "2", "title": "Two"}]}


def test_objects_of_an_open_list_are_properties() -> None:
    book = loaded(notes={"press": [{"stars": 3}]})

    assert isinstance(book.notes.press[0], Properties)
