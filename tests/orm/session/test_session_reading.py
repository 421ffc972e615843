"""The identity map, loading under changes, and what a session refuses."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from contacthub_orm.errors import (
    InvalidRequestError,
)
from contacthub_orm.orm import inspect
from contacthub_orm.orm.entity.identity_map import IdentityMap
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, load


def test_one_object_stands_for_one_id() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)

    book = session.get(Book, "b")

    assert session.query(Book).one() is book
    assert session.query(Book).filter(Book.title == "Emma").first() is book
    assert session.get(Book, "b") is book
    assert library.asked[0] == "GET books/b"
    assert library.asked.count("GET books/b") == 1


def test_a_missing_id_gives_none() -> None:
    assert opened(Library()).get(Book, "none") is None


def test_an_untouched_entity_is_let_go() -> None:
    session = opened(Library(b={"title": "Emma"}))
    book = weakref.ref(session.query(Book).one())

    gc.collect()

    assert book() is None
    assert list(session) == []


@pytest.mark.parametrize("edit", ["scalar", "list", "nested", "element", "open"])
def test_an_entity_with_changes_is_kept_alive_without_a_name(edit: str) -> None:
    library = Library(b={"tags": ["a"], "chapters": [{"id": "1"}], "notes": {"readers": ["Ann"]}})
    session = opened(library)
    book = session.get(Book, "b")
    assert book is not None
    match edit:
        case "scalar":
            book.title = "x"
        case "list":
            book.tags.append("x")
        case "nested":
            book.publisher.city.name = "x"
        case "element":
            book.chapters[0].title = "x"
        case "open":
            book.notes.readers.append("x")
    del book
    gc.collect()

    session.commit()

    assert len(library.writes) == 1


def test_an_embedded_object_keeps_its_entity_alive() -> None:
    library = Library(b={"publisher": {"name": "Egerton"}})
    session = opened(library)
    publisher = session.query(Book).one().publisher
    gc.collect()

    publisher.name = "Murray"
    session.commit()

    assert library.writes == ['PATCH books/b {"publisher": {"name": "Murray"}}']


def test_a_query_keeps_the_users_changes_and_refreshes_the_rest() -> None:
    library = Library(b={"title": "Emma", "pages": 1})
    session = opened(library)
    book = session.query(Book).one()
    book.title = "mine"
    assert book.pages == 1

    library.store("books", "b", {"title": "theirs", "pages": 2})
    session.query(Book).all()

    assert (book.title, book.pages, book.version) == ("mine", 2, 2)
    assert session.dirty == [book]
    session.commit()
    assert library.writes == ['PATCH books/b {"title": "mine"}']


def test_populate_existing_overwrites_the_users_changes() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library)
    book = session.query(Book).one()
    book.title = "mine"

    session.query(Book).populate_existing().all()

    assert book.title == "Emma"
    assert session.dirty == []


def test_an_older_row_never_replaces_a_newer_baseline() -> None:
    library = Library(b={"title": "old"})
    session = opened(library)
    old = dict(library.documents["books"]["b"])
    book = session.query(Book).one()
    book.title = "new"
    session.commit()

    library.documents["books"]["b"] = old
    session.query(Book).all()

    assert (book.title, book.version) == ("new", 2)
    assert session.dirty == []


def test_refresh_reads_anew_and_drops_changes() -> None:
    library = Library(b={"title": "Emma", "tags": ["a"]})
    session = opened(library)
    book = session.query(Book).one()
    tags = book.tags
    book.title = "mine"
    tags.append("mine")

    library.store("books", "b", {"title": "theirs", "tags": ["b"]})
    session.refresh(book)

    assert (book.title, book.tags) == ("theirs", ["b"])
    assert book.tags is tags
    assert session.dirty == []


def test_a_deleted_id_is_skipped_by_a_search_that_lags() -> None:
    library = Library(a={"title": "A"}, b={"title": "B"})
    session = opened(library)
    held = library.documents["books"]["b"]
    session.delete(session.get(Book, "b"))  # type: ignore[arg-type]
    assert [book.title for book in session.query(Book)] == ["A"]
    session.commit()

    library.documents["books"]["b"] = held

    assert [book.title for book in session.query(Book)] == ["A"]


def test_an_entity_of_another_session_is_refused() -> None:
    library = Library(b={})
    first, second = opened(library), opened(library)
    book = first.query(Book).one()

    for use in (second.add, second.delete, second.refresh, second.expunge, second.put):
        with pytest.raises(InvalidRequestError):
            use(book)
    first.expunge(book)
    second.add(book)

    assert inspect(book).session is second


def test_a_second_object_for_one_id_is_refused() -> None:
    session = opened(Library(b={}))
    held = session.query(Book).one()

    with pytest.raises(InvalidRequestError, match="already holds another object for books b"):
        session.add(load(Book, {"id": "b"}))
    assert held in session


def test_a_closed_session_is_refused() -> None:
    session, book = opened(Library(b={})), Book()
    query = session.query(Book)
    session.close()
    session.close()

    uses: list[Any] = [
        lambda: session.add(book),
        lambda: session.query(Book),
        lambda: session.get(Book, "b"),
        session.commit,
        session.flush,
        session.rollback,
        session.plan,
        query.all,
        query.count,
    ]
    for use in uses:
        with pytest.raises(InvalidRequestError, match="closed"):
            use()


def test_closing_detaches() -> None:
    session = opened(Library(b={"title": "Emma"}))
    book = session.query(Book).one()

    session.close()

    assert inspect(book).detached
    assert book.title == "Emma"


def test_one_class_per_resource_in_a_session() -> None:
    class Novel(Book):
        pass

    session = opened(Library(b={}))
    book = session.query(Book).one()

    with pytest.raises(InvalidRequestError, match="one class per resource"):
        session.get(Novel, "b")
    assert book in session


def test_a_subclass_held_serves_a_query_for_its_base() -> None:
    class Novel(Book):
        pass

    session = opened(Library(b={}))
    novel = session.query(Novel).one()

    assert session.query(Book).one() is novel


def test_only_entities_are_held() -> None:
    session: Any = opened(Library())

    for use in (session.add, session.delete, session.query):
        with pytest.raises(InvalidRequestError):
            use("Emma")
    with pytest.raises(InvalidRequestError, match="on_error"):
        opened(Library(), on_error="maybe")


def test_the_identity_map_sweeps_out_what_has_died() -> None:
    identities = IdentityMap()
    kept = load(Book, {"id": "kept"})
    identities.add(("books", "kept"), kept)

    for number in range(5000):
        identities.put(("books", str(number)), load(Book, {"id": str(number)}))

    assert len(identities._references) < 2100
    assert list(identities) == [kept]
    assert identities.get(("books", "kept")) is kept
    assert ("books", "1") not in identities


def test_an_identity_is_free_if_nothing_alive_has_it_and_no_other_asks_for_it() -> None:
    identities = IdentityMap()
    held, dead, free = ("books", "held"), ("books", "dead"), ("books", "free")
    kept = load(Book, {"id": "held"})
    identities.put_all([held, dead], [kept, load(Book, {"id": "dead"})])

    assert identities.are_free([dead, free])
    assert not identities.are_free([held, free])
    assert not identities.are_free([free, free])


def test_a_page_that_lists_a_row_twice_gives_one_object_twice() -> None:
    session = opened(Library())

    first, second = session.query(Book).load([{"id": "a", "title": "Emma"}, {"id": "a", "title": "Emma"}])

    assert first is second
    assert session.get(Book, "a") is first


def test_inspect_tells_where_an_entity_stands() -> None:
    session = opened(Library(b={"title": "Emma"}))
    new, known = Book(title="new"), session.query(Book).one()
    assert (inspect(new).transient, inspect(known).persistent) == (True, True)
    assert (inspect(new).identity, inspect(known).identity) == (None, ("books", "b"))

    session.add(new)
    assert (inspect(new).pending, inspect(new).session) == (True, session)
    session.expunge(known)
    assert (inspect(known).detached, inspect(known).session) == (True, None)
    session.add(known)
    session.delete(known)
    assert (inspect(known).deleted, inspect(known).status) == (True, "deleted")
    assert inspect(new).modified
    with pytest.raises(InvalidRequestError, match="takes an entity"):
        inspect(new.publisher)  # type: ignore[arg-type]
