"""Change tracking against a model: any edits on any baseline, checked by what the service would then hold."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.mapping.baseline import merge_baseline, revert
from contacthub_orm.orm.mapping.changes import changes, creation
from contacthub_orm.orm.mapping.mapped import render
from contacthub_orm.orm.wire.documents import apply_patch, same
from tests.orm.shelf import Book, Chapter, City, Publisher, loaded
from tests.support.examples import examples

TEXTS = st.sampled_from(["", "a", "b"])
SCALARS = st.none() | st.booleans() | st.integers(0, 2) | TEXTS
OPEN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2),
    max_leaves=4,
)
DATES = st.sampled_from(["2020-01-01", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00.000+0000"])
CITIES = st.fixed_dictionaries({}, optional={"name": TEXTS, "zip": st.none() | TEXTS})
CITIES_OF_THE_SERVICE = (
    st.builds(lambda city, unknown: {**city, "unknown": unknown}, CITIES, SCALARS) | CITIES
)


def publishers(cities: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "name": st.none() | TEXTS,
            "founded": st.none() | DATES,
            "imprints": st.none() | st.lists(TEXTS, max_size=2),
            "city": st.none() | cities,
        },
    )


CHAPTERS = st.fixed_dictionaries(
    {"id": st.sampled_from("123")}, optional={"title": st.none() | TEXTS, "written": DATES, "more": OPEN}
)
BOOKS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | TEXTS,
        "pages": st.none() | st.integers(0, 2),
        "published": st.none() | DATES,
        "anything": OPEN,
        "tags": st.none() | st.lists(TEXTS, max_size=3),
        "fairs": st.lists(DATES, max_size=3),
        "chapters": st.none() | st.lists(CHAPTERS, max_size=3),
        "reviews": st.dictionaries(st.sampled_from("xy"), OPEN, max_size=2),
        "publisher": st.none() | publishers(CITIES_OF_THE_SERVICE),
        "notes": st.none() | st.dictionaries(st.sampled_from("klm"), OPEN, max_size=3),
        "weight": OPEN,
    },
)


def edit(book: Book, data: st.DataObject) -> None:
    """One thing that a user may do to a book."""
    EDITS[data.draw(st.sampled_from(sorted(EDITS)), label="edit")](book, data)


def set_scalar(book: Book, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["title", "pages"]))
    setattr(book, name, data.draw(st.none() | (TEXTS if name == "title" else st.integers(0, 2))))


def set_date(book: Book, data: st.DataObject) -> None:
    book.published = data.draw(st.sampled_from([None, date(2020, 1, 1), date(2021, 1, 1)]))
    book.fairs = [date(2020, 1, 1)]


def set_anything(book: Book, data: st.DataObject) -> None:
    book.anything = data.draw(OPEN)
    book["weight"] = data.draw(SCALARS)


def edit_anything(book: Book, _: st.DataObject) -> None:
    if isinstance(book.anything, list):
        book.anything.append(1)
    elif isinstance(book.anything, dict):
        book.anything["x"] = True


def set_nested(book: Book, data: st.DataObject) -> None:
    book.publisher.name = data.draw(st.none() | TEXTS)
    book.publisher.city.zip = data.draw(st.none() | TEXTS)


def read_everything(book: Book, _: st.DataObject) -> None:
    for name in Book.__attributes__:
        getattr(book, name)
    for name in Publisher.__attributes__:
        getattr(book.publisher, name)
    for key in list(book.notes):
        book.notes[key]
    for chapter in book.chapters or []:
        getattr(chapter, "written", None)


def replace_object(book: Book, data: st.DataObject) -> None:
    content = data.draw(st.none() | publishers(CITIES))
    book.publisher = (
        content if data.draw(st.booleans()) else None if content is None else Publisher(**content)
    )


def replace_object_with_unknown_keys(book: Book, data: st.DataObject) -> None:
    book.publisher = Publisher.from_dict(data.draw(publishers(CITIES_OF_THE_SERVICE)), unknown="keep")


def replace_inner_object(book: Book, data: st.DataObject) -> None:
    book.publisher.city = data.draw(st.none() | st.builds(City, name=TEXTS))


def edit_list(book: Book, data: st.DataObject) -> None:
    tags = data.draw(st.sampled_from([book.tags, book.publisher.imprints]))
    mutate = data.draw(st.sampled_from(["append", "pop", "sort", "clear", "slice"]))
    if tags is None or mutate == "append":
        book.tags = [*(book.tags or []), "z"]
    elif mutate == "pop" and tags:
        tags.pop(0)
    elif mutate == "slice":
        tags[:1] = ["s", "a"]
    elif mutate in ("sort", "clear"):
        getattr(tags, mutate)()


def set_list(book: Book, data: st.DataObject) -> None:
    book.tags = data.draw(st.none() | st.lists(TEXTS, max_size=2))


def edit_elements(book: Book, data: st.DataObject) -> None:
    if book.chapters:
        chapter = data.draw(st.sampled_from(book.chapters))
        if isinstance(chapter, Chapter):
            chapter.title = data.draw(st.none() | TEXTS)
            chapter.written = date(2020, 1, 1)
        else:
            chapter["title"] = "t"


def change_elements(book: Book, data: st.DataObject) -> None:
    if book.chapters is None or data.draw(st.booleans()):
        chapters = data.draw(st.lists(CHAPTERS, max_size=2))
        book.chapters = [Chapter.from_dict(one, unknown="keep") for one in chapters]
    elif data.draw(st.booleans()):
        book.chapters.append(data.draw(st.builds(Chapter, id=TEXTS) | CHAPTERS))
    elif book.chapters:
        book.chapters.reverse()
        book.chapters.pop()


def edit_open(book: Book, data: st.DataObject) -> None:
    book.notes[data.draw(st.sampled_from("klm"))] = data.draw(OPEN)
    for key in list(book.notes):
        value = book.notes[key]
        if isinstance(value, list):
            value.append(data.draw(SCALARS))
        elif hasattr(value, "__json__"):
            value["x"] = data.draw(OPEN)


def delete_key(book: Book, data: st.DataObject) -> None:
    if keys := list(book.notes):
        del book.notes[data.draw(st.sampled_from(keys))]


def edit_dict(book: Book, data: st.DataObject) -> None:
    if book.reviews is None or data.draw(st.booleans()):
        book.reviews = data.draw(st.dictionaries(st.sampled_from("xy"), OPEN, max_size=2))
    elif data.draw(st.booleans()):
        book.reviews["x"] = data.draw(OPEN)
    else:
        book.reviews.clear()


EDITS = {
    function.__name__: function
    for function in (
        set_scalar, set_date, set_anything, edit_anything, set_nested, read_everything, replace_object,
        replace_object_with_unknown_keys, replace_inner_object, edit_list, set_list, edit_elements, change_elements, edit_open, delete_key, edit_dict,
    )
}  # fmt: skip


def stored(value: Any) -> Any:
    """The value as the service keeps it: null or empty is as good as absent, and a day may be spelt as a moment."""
    if isinstance(value, dict):
        kept = {key: stored(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ([], {})}
    if isinstance(value, list):
        return list(map(stored, value))
    return value.partition("T00:00:00")[0] if isinstance(value, str) else value


def edited(book: Book, data: st.DataObject) -> Book:
    for _ in range(data.draw(st.integers(0, 5), label="edits")):
        edit(book, data)
    return book


@given(BOOKS, st.data())
@examples(60)
def test_the_changes_applied_to_the_baseline_give_what_the_user_sees(
    document: dict[str, Any], data: st.DataObject
) -> None:
    baseline = {"id": "1", **document}
    book = edited(loaded(**copy.deepcopy(document)), data)

    sent = changes(book)

    assert same(stored(apply_patch(baseline, sent)), stored(render(book)))
    assert same(book._state.baseline, baseline)


@given(BOOKS, st.data())
@examples(30)
def test_there_are_changes_exactly_if_something_differs(
    document: dict[str, Any], data: st.DataObject
) -> None:
    baseline = {"id": "1", **document}
    book = edited(loaded(**document), data)

    if same(baseline, render(book)):
        assert changes(book) == {}
    if not same(stored(baseline), stored(render(book))):
        assert changes(book) != {}


@given(BOOKS, st.data())
@examples(30)
def test_a_saved_entity_is_clean_and_shows_the_same_values(
    document: dict[str, Any], data: st.DataObject
) -> None:
    book = edited(loaded(**document), data)
    seen, sent = copy.deepcopy(render(book)), changes(book)

    merge_baseline(book, apply_patch({"id": "1", **document}, sent), sent)

    assert changes(book) == {}
    assert same(stored(render(book)), stored(seen))


@given(BOOKS, st.data())
@examples(30)
def test_edits_made_while_a_save_is_under_way_are_what_is_left(
    document: dict[str, Any], data: st.DataObject
) -> None:
    book = edited(loaded(**document), data)
    sent = copy.deepcopy(changes(book))
    answer = apply_patch({"id": "1", **document}, sent)
    edited(book, data)
    seen = copy.deepcopy(render(book))

    merge_baseline(book, answer, sent)

    assert same(stored(render(book)), stored(seen))
    assert same(stored(apply_patch(answer, changes(book))), stored(seen))


@given(BOOKS, st.data())
@examples(30)
def test_revert_gives_the_baseline_back(document: dict[str, Any], data: st.DataObject) -> None:
    book = edited(loaded(**document), data)

    revert(book)

    assert same(render(book), {"id": "1", **document})
    assert changes(book) == {}
    edit(book, data)
    assert same(stored(apply_patch({"id": "1", **document}, changes(book))), stored(render(book)))


@given(BOOKS, st.data())
@examples(30)
def test_what_is_created_is_what_the_user_sees(document: dict[str, Any], data: st.DataObject) -> None:
    book = edited(from_document(Book, None, document, "keep"), data)
    seen, sent = copy.deepcopy(render(book)), creation(book)

    merge_baseline(book, {"id": "1", **sent}, sent)

    assert same(stored(sent), stored(seen))
    assert changes(book) == {}
    assert same(stored(render(book)), stored({"id": "1", **seen}))
