"""Expressions: what they compile to, exactly, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm.contacthub.query.query_json import query_json
from contacthub_orm.errors import CompileError, UnknownAttributeError
from contacthub_orm.orm import Criterion, and_, between_, in_, is_null, not_, not_in_, or_
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER
from tests.orm.shelf import Book, Chapter, Genre, Loan

B: Any = Book


def atomic(attribute: str, operator: str, *value: Any) -> dict[str, Any]:
    condition = {"type": "atomic", "attribute": attribute, "operator": operator}
    return {**condition, "value": value[0]} if value else condition


def composite(conjunction: str, *conditions: Any) -> dict[str, Any]:
    return {"type": "composite", "conjunction": conjunction, "conditions": list(conditions)}


def compiled(criterion: Criterion) -> Any:
    document = query_json(criterion)
    assert document is not None
    assert document["name"] == "query"
    assert document["query"]["type"] == "simple"
    return document["query"]["are"]["condition"]


TITLE, PAGES = atomic("title", "EQUALS", "Emma"), atomic("pages", "GT", 3)

COMPILED: list[tuple[Criterion, Any]] = [
    (B.title == "Emma", atomic("title", "EQUALS", "Emma")),
    (B.title != "Emma", atomic("title", "NOT_EQUALS", "Emma")),
    (B.pages < 3, atomic("pages", "LT", 3)),
    (B.pages <= 3, atomic("pages", "LTE", 3)),
    (B.pages > 3, atomic("pages", "GT", 3)),
    (B.pages >= 3, atomic("pages", "GTE", 3)),
    (3 < B.pages, atomic("pages", "GT", 3)),  # noqa: SIM300
    ("Emma" == B.title, atomic("title", "EQUALS", "Emma")),  # noqa: SIM300
    (B.title == None, atomic("title", "IS_NULL")),  # noqa: E711
    (B.title != None, atomic("title", "IS_NOT_NULL")),  # noqa: E711
    (B.title.is_(None), atomic("title", "IS_NULL")),
    (B.title.is_not(None), atomic("title", "IS_NOT_NULL")),
    (B.title.is_null(), atomic("title", "IS_NULL")),
    (B.title.is_not_null(), atomic("title", "IS_NOT_NULL")),
    (is_null(B.title), atomic("title", "IS_NULL")),
    (is_null(B.publisher), atomic("publisher", "IS_NULL")),
    (~is_null(B.publisher.city), atomic("publisher.city", "IS_NOT_NULL")),
    (B.publisher == None, atomic("publisher", "IS_NULL")),  # noqa: E711
    (B.publisher != None, atomic("publisher", "IS_NOT_NULL")),  # noqa: E711
    (B.tags == None, atomic("tags", "IS_NULL")),  # noqa: E711
    (B.tags.is_not(None), atomic("tags", "IS_NOT_NULL")),
    (B.pages == 0, atomic("pages", "EQUALS", 0)),
    (B.lent == False, atomic("lent", "EQUALS", False)),  # noqa: E712
    (B.title == "", atomic("title", "EQUALS", "")),
    (B.price == 2, atomic("price", "EQUALS", 2)),
    (B.genre == Genre.NOVEL, atomic("genre", "EQUALS", "novel")),
    (B.genre == "novel", atomic("genre", "EQUALS", "novel")),
    (B.published == date(1815, 12, 23), atomic("published", "EQUALS", "1815-12-23")),
    (B.published == "1815-12-23", atomic("published", "EQUALS", "1815-12-23")),
    (B.lentAt < datetime(2020, 1, 1, tzinfo=UTC), atomic("lentAt", "LT", "2020-01-01T00:00:00.000Z")),
    (B.lentAt < datetime(2020, 1, 1), atomic("lentAt", "LT", "2020-01-01T00:00:00.000Z")),
    (B.shelf_mark == "A1", atomic("shelfMark", "EQUALS", "A1")),
    (B.publisher.city.name == "Bath", atomic("publisher.city.name", "EQUALS", "Bath")),
    (B.title.in_(["a", "b"]), atomic("title", "IN", ["a", "b"])),
    (B.title.in_(text for text in "ab"), atomic("title", "IN", ["a", "b"])),
    (B.title.not_in(("a",)), atomic("title", "NOT_IN", ["a"])),
    (B.title.not_in_(["a"]), atomic("title", "NOT_IN", ["a"])),
    (B.genre.in_([Genre.NOVEL]), atomic("genre", "IN", ["novel"])),
    (in_(["a", "b"], B.title), atomic("title", "IN", ["a", "b"])),
    (in_("a", B.title), atomic("title", "IN", ["a"])),
    (not_in_(["a"], B.title), atomic("title", "NOT_IN", ["a"])),
    (B.tags.contains("vip"), atomic("tags", "IN", "vip")),
    (in_("vip", B.tags), atomic("tags", "IN", "vip")),
    (not_in_("vip", B.tags), atomic("tags", "NOT_IN", "vip")),
    (B.tags.in_(["a", "b"]), composite("or", atomic("tags", "IN", "a"), atomic("tags", "IN", "b"))),
    (in_(["a", "b"], B.tags), composite("or", atomic("tags", "IN", "a"), atomic("tags", "IN", "b"))),
    (
        B.tags.not_in(["a", "b"]),
        composite("and", atomic("tags", "NOT_IN", "a"), atomic("tags", "NOT_IN", "b")),
    ),
    (B.pages.between(1, 3), atomic("pages", "BETWEEN", [1, 3])),
    (B.pages.between_(1, 3), atomic("pages", "BETWEEN", [1, 3])),
    (
        between_(B.published, date(1800, 1, 1), "1899-12-31"),
        atomic("published", "BETWEEN", ["1800-01-01", "1899-12-31"]),
    ),
    (B.notes.stars >= 3, atomic("notes.stars", "GTE", 3)),
    (B.notes["press stars"].deep == "x", atomic("notes.press stars.deep", "EQUALS", "x")),
    (B.notes.readers.contains("Ann"), atomic("notes.readers", "IN", "Ann")),
    (is_null(B.notes), atomic("notes", "IS_NULL")),
    ((B.title == "Emma") & (B.pages > 3), composite("and", TITLE, PAGES)),
    ((B.title == "Emma") | (B.pages > 3), composite("or", TITLE, PAGES)),
    (and_(B.title == "Emma", B.pages > 3), composite("and", TITLE, PAGES)),
    (or_(B.title == "Emma", B.pages > 3), composite("or", TITLE, PAGES)),
    (
        (B.title == "Emma") & (B.pages > 3) & (B.lent == True),  # noqa: E712
        composite("and", TITLE, PAGES, atomic("lent", "EQUALS", True)),
    ),
    (
        (B.title == "Emma") & ((B.pages > 3) | (B.lent == True)),  # noqa: E712
        composite("and", TITLE, composite("or", PAGES, atomic("lent", "EQUALS", True))),
    ),
    (~(B.title == "Emma"), atomic("title", "NOT_EQUALS", "Emma")),
    (~(B.title != "Emma"), atomic("title", "EQUALS", "Emma")),
    (~(B.pages > 3), composite("or", atomic("pages", "LTE", 3), atomic("pages", "IS_NULL"))),
    (~(B.pages >= 3), composite("or", atomic("pages", "LT", 3), atomic("pages", "IS_NULL"))),
    (~(B.pages < 3), composite("or", atomic("pages", "GTE", 3), atomic("pages", "IS_NULL"))),
    (~(B.pages <= 3), composite("or", atomic("pages", "GT", 3), atomic("pages", "IS_NULL"))),
    (
        ~B.pages.between(1, 3),
        composite("or", atomic("pages", "LT", 1), atomic("pages", "GT", 3), atomic("pages", "IS_NULL")),
    ),
    (~B.title.in_(["a"]), atomic("title", "NOT_IN", ["a"])),
    (~B.title.is_(None), atomic("title", "IS_NOT_NULL")),
    (not_(B.tags.contains("a")), atomic("tags", "NOT_IN", "a")),
    (
        ~((B.title == "Emma") & (B.pages > 3)),
        composite(
            "or", atomic("title", "NOT_EQUALS", "Emma"), atomic("pages", "LTE", 3), atomic("pages", "IS_NULL")
        ),
    ),
    (
        ~((B.title == "Emma") | (B.pages > 3)),
        composite(
            "and",
            atomic("title", "NOT_EQUALS", "Emma"),
            composite("or", atomic("pages", "LTE", 3), atomic("pages", "IS_NULL")),
        ),
    ),
]


@pytest.mark.parametrize(("criterion", "condition"), COMPILED, ids=lambda value: str(value)[:60])
def test_a_criterion_compiles_to_exactly_this(criterion: Criterion, condition: Any) -> None:
    assert compiled(criterion) == condition


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: B.publisher.nam == "x", "Book.publisher declares no attribute 'nam'; did you mean 'name'?"),
    (lambda: B.publisher.city.street == "x", "Book.publisher.city declares no attribute 'street'"),
    (lambda: B.title == 3, "Book.title EQUALS: Book.title holds a string, got 3"),
    (lambda: B.pages == "3", "Book.pages EQUALS: Book.pages holds an integer, got '3'"),
    (lambda: B.pages > True, "Book.pages GT: Book.pages holds an integer, got True"),
    (lambda: B.lent == 1, "Book.lent EQUALS: Book.lent holds a boolean, got 1"),
    (lambda: B.published > "soon", "Book.published GT: Book.published holds a date, got 'soon'"),
    (lambda: B.genre == "comic", "Book.genre EQUALS: Book.genre holds one of novel, essay, got 'comic'"),
    (lambda: B.title < None, "Book.title LT: Book.title cannot be compared with None: use == None"),
    (lambda: B.pages.between(None, 3), "Book.pages between: Book.pages cannot be compared with None"),
    (lambda: B.title.in_(["a", None]), "Book.title IN: Book.title cannot be compared with None"),
    (lambda: B.title.in_("abc"), "Book.title in_('abc'): Book.title takes a list of values"),
    (lambda: B.title.in_(3), "Book.title in_(3): Book.title takes a list of values"),
    (lambda: B.title.in_({"a": 1}), "Book.title in_({'a': 1}): Book.title takes a list of values"),
    (lambda: B.title.not_in("abc"), "Book.title not_in('abc'): Book.title takes a list of values"),
    (lambda: B.title.in_([3]), "Book.title IN: Book.title holds a string, got 3"),
    (lambda: B.tags == ["a"], "Book.tags EQUALS ['a']: Book.tags is a list: ask what it holds with contains"),
    (lambda: B.tags < "a", "Book.tags LT 'a': Book.tags is a list"),
    (lambda: B.tags.between("a", "b"), "Book.tags between: Book.tags is a list"),
    (lambda: B.tags.contains(3), "Book.tags contains: Book.tags holds a list (each a string), got 3"),
    (lambda: B.title.contains("E"), "Book.title contains('E'): Book.title is not a list"),
    (lambda: B.title.is_("x"), "Book.title is_('x'): Book.title takes None alone"),
    (lambda: B.title.is_not(3), "Book.title is_not(3): Book.title takes None alone"),
    (lambda: B.title == B.isbn, "Book.title EQUALS: Book.title holds a string, got <Expression Book.isbn>"),
    (lambda: B.notes.stars == object(), "Book.notes.stars EQUALS: object has no JSON form"),
    (lambda: B.notes.stars == [1], "Book.notes.stars EQUALS: Book.notes.stars compares with a string, a number"),
    (lambda: B.notes.stars == {"a": 1}, "Book.notes.stars compares with a string, a number or a date"),
    (lambda: B.price == float("nan"), "Book.price compares with a string, a number or a date, got nan"),
    (lambda: B.notes["a.b"] == 1, "Book.notes['a.b']: a path is made of names without a dot"),
    (lambda: B.notes[0] == 1, "Book.notes[0]: a path is made of names without a dot"),
    (lambda: B.publisher == "Egerton", "Book.publisher == 'Egerton': Book.publisher is an object"),
    (lambda: B.publisher != "Egerton", "Book.publisher != 'Egerton': Book.publisher is an object"),
    (lambda: B.publisher < "Egerton", "Book.publisher < 'Egerton': Book.publisher is an object"),
    (lambda: B.publisher >= "Egerton", "Book.publisher >= 'Egerton': Book.publisher is an object"),
    (lambda: in_("a", "title"), "in_: expected an attribute of an entity class, got 'title'"),
    (lambda: between_(B.publisher, 1, 2), "between_: expected an attribute of an entity class"),
    (lambda: is_null("title"), "is_null: expected an attribute of an entity class"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_be_asked_is_refused_where_it_is_written(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(CompileError) as refusal:
        build()

    assert message in str(refusal.value)


@pytest.mark.parametrize(
    "build",
    [
        lambda: B.title == "a" and B.pages == 1,
        lambda: B.title == "a" or B.pages == 1,
        lambda: not (B.title == "a"),  # noqa: SIM201
        lambda: 1 < B.pages < 3,
        lambda: bool(B.title),
        lambda: bool(B.publisher),
        lambda: "vip" in B.tags,
        lambda: "vip" in B.notes.readers,
        lambda: list(B.notes),
        lambda: and_(B.title == "a", True),
        lambda: (B.title == "a") & True,
        lambda: (B.title == "a") | "x",
    ],
)
def test_python_operators_that_would_mislead_are_refused(build: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        build()


def test_an_unknown_attribute_is_an_attribute_error_too() -> None:
    with pytest.raises(UnknownAttributeError) as refusal:
        B.publisher.nam  # noqa: B018

    assert isinstance(refusal.value, AttributeError)


def test_no_criterion_asks_for_everything() -> None:
    assert and_() is ALWAYS
    assert query_json(ALWAYS) is None


@pytest.mark.parametrize("nothing", [or_(), B.title.in_([]), B.tags.in_([]), in_([], B.title)])
def test_an_empty_in_matches_nothing(nothing: Criterion) -> None:
    assert nothing == NEVER
    assert ((B.pages > 3) & nothing) == NEVER
    assert ((B.pages > 3) | nothing) == (B.pages > 3)
    assert ~nothing == ALWAYS


def test_an_empty_not_in_matches_everything() -> None:
    assert B.title.not_in([]) == ALWAYS
    assert ((B.pages > 3) & B.title.not_in([])) == (B.pages > 3)


def test_criteria_say_what_they_mean() -> None:
    criterion = (B.title == "Emma") & ((B.pages > 3) | B.lent.is_(None))

    assert str(criterion) == "(title EQUALS 'Emma' and (pages GT 3 or lent IS_NULL))"
    assert str(ALWAYS) == "always"
    assert str(NEVER) == "never"


def test_an_expression_names_its_class_and_path() -> None:
    assert str(B.publisher.city.zip) == "Book.publisher.city.zip"
    assert repr(B.publisher) == "<EmbeddedExpression Book.publisher>"
    assert hash(B.title) == hash(B.title)
    assert hash(B.publisher) == hash(B.publisher)


def test_a_criterion_of_an_entity_names_the_class_it_starts_from() -> None:
    assert [comparison.owner for comparison in (Loan.reader == "Ann").comparisons()] == [Loan]


def test_a_sort_key_is_an_attribute_and_a_direction() -> None:
    assert (B.publisher.name.asc().attribute, B.publisher.name.asc().descending) == ("publisher.name", False)
    assert B.pages.desc().descending


def test_a_criterion_is_asked_of_an_entity_in_memory() -> None:
    book = Book(title="Emma", published=date(1815, 12, 23), tags=["a"], chapters=[Chapter(id="1")])
    book.publisher.city.name = "London"

    assert ((B.title == "Emma") & (B.published < "1900-01-01")).matches(book)
    assert (B.publisher.city.name == "London").matches(book)
    assert B.tags.contains("a").matches(book)
    assert not B.pages.is_not(None).matches(book)
    book.title = "Persuasion"
    assert not (B.title == "Emma").matches(book)
