"""Rows that break rules: with `on_error="continue"` each stops itself and what waits for it, and no other row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Education, Event, Session, ValidationError, inspect, recover
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm import Outcome
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan
from tests.support.world import World, customer, get, seed, viewed

HALF: Any = "\ud800"
LOOP: list[Any] = []
LOOP.append(LOOP)
LONG = "x" * 30


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.node(), on_error="continue") as session:
        yield session


def failed(session: Session) -> CommitError:
    with pytest.raises(CommitError) as caught:
        session.commit()
    return caught.value


def outcomes(error: CommitError) -> dict[Any, Outcome]:
    return {entry.entity: entry.outcome for entry in error.account}


def names(world: World) -> list[str | None]:
    return sorted(str(one.externalId) for one in world.customers())


@pytest.mark.parametrize(
    "value",
    [5, HALF, LOOP, 10**5000, float("nan"), object()],
    ids=["number", "half a character", "loop", "huge", "nan", "object"],
)
def test_one_bad_cell_stops_one_row(world: World, session: Session, value: Any) -> None:
    rows = [customer(name) for name in "abc"]
    rows[1].base.contacts.phone = value
    session.add_all(rows)

    error = failed(session)

    assert names(world) == ["a", "c"]
    assert [entry.outcome for entry in error.account] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
    assert error.remaining == [rows[1]]
    assert session.new == [rows[1]]


def test_the_bad_row_has_its_own_error_and_was_never_sent(session: Session) -> None:
    rows = [customer(name) for name in "abc"]
    rows[0].externalId = rows[2].externalId = 5  # type: ignore[assignment]
    session.add_all(rows)

    first, _, last = failed(session).account

    assert isinstance(first.error, ValidationError)
    assert [violation.entity for violation in first.error.violations] == [rows[0]]
    assert first.error is not last.error
    assert (first.sent, first.request.body, first.status) == (None, None, None)
    assert str(first).startswith("failed   POST customers  (Customer.externalId: must be a string")


def test_the_commit_error_names_the_field_and_not_the_value(session: Session) -> None:
    session.add_all([customer("a"), Customer(externalId=["secret"])])  # type: ignore[arg-type]
    text = str(failed(session))
    assert "POST customers  (ValidationError, Customer.externalId)" in text
    assert "secret" not in text


def test_the_mended_row_goes_with_the_next_commit(world: World, session: Session) -> None:
    good, bad = customer("a"), customer("b")
    bad.extra = 5  # type: ignore[assignment]
    session.add_all([good, bad])
    failed(session)

    bad.extra = "five"
    account = session.commit()

    assert [(entry.entity, entry.outcome) for entry in account] == [(bad, Outcome.DONE)]
    assert sorted((one.externalId, one.extra) for one in world.customers()) == [("a", None), ("b", "five")]


def test_what_refers_to_a_bad_customer_waits_for_it(world: World, session: Session) -> None:
    bad, good = customer("bad"), customer("good")
    bad.extra = 5  # type: ignore[assignment]
    visits = [viewed(bad), viewed(good)]
    educations = [Education(one, id="e", schoolName="S") for one in (bad, good)]
    session.add_all([*visits, *educations])

    error = failed(session)

    assert outcomes(error) == {
        bad: Outcome.FAILED,
        visits[0]: Outcome.NOT_SENT,
        educations[0]: Outcome.NOT_SENT,
        good: Outcome.DONE,
        visits[1]: Outcome.DONE,
        educations[1]: Outcome.DONE,
    }
    assert {id(one) for one in error.remaining} == {id(bad), id(visits[0]), id(educations[0])}
    assert len(error.exceptions) == 1
    bad.extra = None
    assert len(session.commit()) == 3
    assert len(world.events()) == 2


def test_a_bad_event_stops_neither_its_customer_nor_another_event(world: World, session: Session) -> None:
    one = customer("one")
    good, bad = viewed(one), viewed(one)
    bad.properties = {"url": HALF}  # type: ignore[assignment]
    session.add_all([good, bad])

    error = failed(session)

    assert outcomes(error) == {one: Outcome.DONE, good: Outcome.DONE, bad: Outcome.FAILED}
    assert [event.id for event in world.events()] == [good.id]


def test_a_bad_date_of_an_event_stays_as_it_was_written(session: Session) -> None:
    event = viewed(customer("one"), date="tomorrow")
    session.add(event)
    failed(session)
    assert event.date == "tomorrow"
    event.date = datetime(2024, 1, 1, tzinfo=UTC)
    assert session.commit().succeeded


def test_a_bad_element_stops_none_of_its_siblings(world: World, session: Session) -> None:
    (one,) = [get(session, identity) for identity in seed(world, "a")]
    rows = [Education(one, id=name, schoolName=name) for name in "xyz"]
    rows[0].startYear = "soon"  # type: ignore[assignment]
    one.extra = "changed"
    session.add_all(rows)

    error = failed(session)

    assert error.remaining == [rows[0]]
    (stored,) = world.customers()
    assert (stored.extra, [each.id for each in stored.base.educations]) == ("changed", ["y", "z"])


def test_elements_below_a_bad_change_of_a_customer_wait(world: World, session: Session) -> None:
    (one,) = [get(session, identity) for identity in seed(world, "a")]
    one.extra = 5  # type: ignore[assignment]
    row = Education(one, id="x", schoolName="S")
    session.add(row)

    assert outcomes(failed(session)) == {one: Outcome.FAILED, row: Outcome.NOT_SENT}
    one.extra = "5"
    assert session.commit().succeeded
    (stored,) = world.customers()
    assert (stored.extra, [each.id for each in stored.base.educations]) == ("5", ["x"])


def test_a_bad_element_is_not_carried_by_the_list_of_its_customer(world: World, session: Session) -> None:
    (one,) = [get(session, identity) for identity in seed(world, "a")]
    session.add(Education(one, id="x", schoolName="old"))
    session.commit()
    element = one.educations[0]
    element.schoolName = HALF
    one.base.educations = [*one.base.educations, {"id": "y", "schoolName": "new"}]

    assert outcomes(failed(session)) == {one: Outcome.DONE, element: Outcome.FAILED}

    element.schoolName = "mended"
    assert session.commit().succeeded
    (stored,) = world.customers()
    assert {each.id: each.schoolName for each in stored.base.educations} == {"x": "mended", "y": "new"}


def test_who_claims_what_a_bad_row_may_free_waits_for_it(world: World, session: Session) -> None:
    (held,) = [get(session, identity) for identity in seed(world, "a")]
    held.base.contacts.email = "new@example.com"
    held.extra = 5  # type: ignore[assignment]
    claiming = customer("a")
    session.add(claiming)

    assert outcomes(failed(session)) == {held: Outcome.FAILED, claiming: Outcome.NOT_SENT}

    held.extra = "5"
    assert session.commit().succeeded
    assert len(world.customers()) == 2


def test_bad_rows_with_the_same_bad_value_claim_nothing(world: World, session: Session) -> None:
    rows = [customer(name) for name in "abc"]
    rows[0].base.contacts.email = rows[1].base.contacts.email = 5  # type: ignore[assignment]
    session.add_all(rows)
    assert failed(session).remaining == rows[:2]
    assert names(world) == ["c"]


def test_a_bad_row_is_not_in_the_journal(world: World, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    node = world.node()
    with Session(node, on_error="continue", journal=path) as session:
        good, bad = customer("a"), customer("b")
        bad.extra = 5  # type: ignore[assignment]
        session.add_all([good, viewed(bad)])
        world.fault(node, 0, "after")
        failed(session)
    report = recover(world.node(), path)
    assert (len(report.adopted), len(report.failed)) == (1, 0)
    assert names(world) == ["a"]
    assert world.events() == []


def test_bad_rows_alone_send_nothing(world: World, session: Session) -> None:
    bad = customer("a")
    bad.extra = 5  # type: ignore[assignment]
    session.add(bad)
    assert failed(session).remaining == [bad]
    assert world.writes() == []


def test_saving_one_bad_row_raises_its_validation_error(session: Session) -> None:
    bad = customer("a")
    bad.extra = 5  # type: ignore[assignment]
    session.add(bad)
    with pytest.raises(ValidationError, match=r"^Customer\.extra"):
        session.save(bad)


def test_a_bad_row_whose_creation_is_in_doubt_is_looked_up(world: World) -> None:
    node = world.node()
    with Session(node, on_error="continue") as session:
        row = customer("a")
        session.add(row)
        world.fault(node, 0, "after")
        failed(session)
        row.extra = 5  # type: ignore[assignment]
        session.add(customer("b"))

        error = failed(session)

        assert [(entry.entity.externalId, entry.outcome) for entry in error.account] == [
            ("a", Outcome.DONE),
            ("b", Outcome.DONE),
            ("a", Outcome.FAILED),
        ]
        assert inspect(row).persistent
        row.extra = "5"
        session.commit()
    assert sorted((one.externalId, one.extra) for one in world.customers()) == [("a", "5"), ("b", None)]


def test_by_default_nothing_is_sent_and_one_error_lists_every_violation(world: World) -> None:
    with Session(world.node()) as session:
        rows = [customer(name) for name in "abc"]
        rows[0].extra = rows[2].extra = 5  # type: ignore[assignment]
        session.add_all(rows)
        with pytest.raises(ValidationError) as caught:
            session.commit()
        assert [one.entity for one in caught.value.violations] == [rows[0], rows[2]]
        assert session.new == rows
    assert world.writes() == []


def test_an_atomic_block_sends_nothing_if_a_row_breaks_a_rule(world: World, session: Session) -> None:
    with pytest.raises(ValidationError), session.begin(atomic=True):
        session.add_all([customer("a"), Customer(extra=5)])  # type: ignore[arg-type]
    assert world.writes() == []


def test_the_plan_of_a_bad_row_is_refused_as_ever(session: Session) -> None:
    session.add_all([customer("a"), Customer(extra=5)])  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        session.plan()


def test_what_refers_to_an_entity_that_exists_does_not_wait_for_its_bad_change() -> None:
    library = Library(b={"title": "Emma"})
    session = opened(library, on_error="continue")
    book = session.query(Book).one()
    book.title = LONG
    session.add_all([Loan(reader="Ann", book=book), Loan(reader=5, book=book)])  # type: ignore[arg-type]

    error = failed(session)

    assert [entry.outcome.value for entry in error.account] == ["done", "failed", "failed"]
    assert library.writes == ['POST loans {"reader": "Ann", "bookId": "b"}']


# -- the violations of a session ---------------------------------------------------------------------------------------


def test_validate_lists_all_violations_and_sends_nothing(world: World, session: Session) -> None:
    good, bad = customer("a"), Customer(extra=5, externalId=6)  # type: ignore[arg-type]
    session.add_all([good, bad])
    found = session.validate()
    assert [(one.entity, one.path) for one in found] == [
        (bad, "Customer.externalId"),
        (bad, "Customer.extra"),
    ]
    assert world.writes() == []


def test_validate_finds_nothing_in_valid_rows(session: Session) -> None:
    session.add(customer("a"))
    assert session.validate() == []


def test_validate_sees_what_a_new_event_refers_to(session: Session) -> None:
    bad = Customer(extra=5)  # type: ignore[arg-type]
    event: Event = viewed(customer("a"))
    session.add(event)
    event.customer = bad
    assert [one.entity for one in session.validate()] == [bad]


def test_a_closed_session_validates_nothing(session: Session) -> None:
    session.close()
    with pytest.raises(InvalidRequestError, match="closed"):
        session.validate()


def refusal(*books: Book, library: Library | None = None) -> str:
    session = opened(library or Library())
    session.add_all(books)
    for book in session.query(Book).all():
        book.title = LONG
    with pytest.raises(ValidationError) as caught:
        session.commit()
    return caught.value.text


def test_the_error_has_a_line_for_each_entity_with_its_key_or_place() -> None:
    books = [Book(title=LONG if place in (1, 2, 9) else "A", pages=1) for place in range(10)]
    books[1].pages = "x"  # type: ignore[assignment]
    rule = "must be at most 20 characters, got 30"
    assert refusal(*books, library=Library(b={"title": "B"})).splitlines() == [
        f"new Book, 2nd of 10: Book.title: {rule}; Book.pages: must be an integer, got 'x'",
        f"new Book, 3rd of 10: Book.title: {rule}",
        f"new Book, 10th of 10: Book.title: {rule}",
        f"Book b: Book.title: {rule}",
    ]


def test_the_error_of_one_entity_is_one_line() -> None:
    assert refusal(Book(title="A"), Book(title=LONG, pages="x")) == (  # type: ignore[arg-type]
        "Book.title: must be at most 20 characters, got 30; Book.pages: must be an integer, got 'x'"
    )


def test_the_error_counts_the_entities_after_the_twentieth() -> None:
    *lines, last = refusal(*(Book(title=LONG) for _ in range(23))).splitlines()
    assert len(lines) == 20
    assert lines[-1].startswith("new Book, 20th of 23: ")
    assert last == "and 3 more of the 23 entities that break rules"


@pytest.mark.parametrize(
    ("place", "ordinal"), [(1, "1st"), (2, "2nd"), (11, "11th"), (13, "13th"), (21, "21st"), (112, "112th")]
)
def test_places_are_ordinals(place: int, ordinal: str) -> None:
    books = [Book(title=LONG if index in (place, 120) else "A") for index in range(1, 121)]
    assert refusal(*books).startswith(f"new Book, {ordinal} of 120: ")
