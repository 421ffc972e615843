"""Forks: edits that are tried beside a session, and merged back or dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import Customer, Education, Event, InvalidRequestError, Session, inspect
from contacthub_orm.orm.wire.documents import filled
from tests.orm.fakes import Library, opened
from tests.orm.shelf import Book, Loan
from tests.support.world import World


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    world.sandbox.seed([{"externalId": key, "base": {"firstName": "Ada", "lastName": key}} for key in "abc"])
    with Session(world.node()) as session:
        yield session


@pytest.fixture
def customers(session: Session) -> list[Customer]:
    return session.query(Customer).order_by(Customer.externalId).all()


def plan(session: Session) -> list[str]:
    """What would be sent; the order of keys does not matter."""
    return sorted(
        f"{operation.verb} {type(operation.entity).__name__} {json.dumps(operation.body, sort_keys=True, default=str)}"
        for operation in session.plan()
    )


def login() -> Event:
    return Event(type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={})


def edit(session: Session, a: Customer, b: Customer, c: Customer) -> None:
    a.base.lastName = "Kent"
    a.tags.manual.append("vip")
    a.base.contacts.email = "a@example.com"
    a.base.educations.append(Education(id="e1", schoolName="Home"))
    b.events.append(login())
    session.delete(c)
    fresh = Customer(externalId="new")
    fresh.events.append(login())
    session.add(fresh)


def test_a_fork_begins_where_the_session_is(session: Session, customers: list[Customer]) -> None:
    edit(session, *customers)
    with session.fork() as fork:
        assert plan(fork) == plan(session)
        assert len(fork.new) == len(session.new)
        for one in customers:
            copy = fork.counterpart(one)
            assert copy is not one
            assert copy.to_dict() == one.to_dict()
            assert fork.get(Customer, one.id or "") is (None if inspect(one).deleted else copy)


def test_edits_that_are_merged_back_are_those_of_the_session(
    session: Session, customers: list[Customer]
) -> None:
    with Session(session.bind) as other:
        edit(other, *other.query(Customer).order_by(Customer.externalId).all())
        expected = plan(other)
    with session.fork() as fork:
        edit(fork, *(fork.counterpart(one) for one in customers))
        assert not session.plan()
        fork.merge_back()

    assert plan(session) == expected
    assert customers[0].base.lastName == "Kent"
    session.commit()
    assert not session.plan()


def test_edits_that_are_dropped_are_gone(session: Session, customers: list[Customer]) -> None:
    customers[0].base.firstName = "Bob"
    before = plan(session)
    with session.fork() as fork:
        edit(fork, *(fork.counterpart(one) for one in customers))

    assert plan(session) == before
    with pytest.raises(InvalidRequestError, match="closed"):
        fork.merge_back()


def test_what_was_undone_in_the_fork_is_undone(session: Session, customers: list[Customer]) -> None:
    edit(session, *customers)
    with session.fork() as fork:
        fork.rollback()
        fork.merge_back()

    assert not session.plan()
    assert session.new == []


def test_a_fork_makes_no_request_for_what_the_session_holds(
    session: Session, customers: list[Customer], world: World
) -> None:
    before = len(world.sandbox.requests)
    with session.fork() as fork:
        fork.get(Customer, customers[0].id or "")
        fork.counterpart(customers[1]).base.firstName = "x"
        fork.merge_back()

    assert len(world.sandbox.requests) == before


def test_a_fork_sends_nothing(session: Session, customers: list[Customer], world: World) -> None:
    with session.fork() as fork:
        copy = fork.counterpart(customers[0])
        copy.base.firstName = "x"
        for send in (fork.flush, fork.commit, lambda: fork.save(copy), copy.patch):
            with pytest.raises(InvalidRequestError, match="a fork sends nothing"):
                send()
        with pytest.raises(InvalidRequestError, match="a fork sends nothing"), fork.begin():
            pass
    assert not world.writes()


def test_different_edits_of_one_path_are_refused_and_nothing_is_merged(
    session: Session, customers: list[Customer]
) -> None:
    a, b, c = customers
    fork = session.fork()
    fork.counterpart(a).base.lastName = "Kent"
    fork.counterpart(a).extra = "x"
    fork.counterpart(b).extra = "y"
    fork.delete(fork.counterpart(c))
    a.base.lastName = "Luthor"
    c.extra = "needed"
    before = plan(session)
    with pytest.raises(InvalidRequestError, match=r"base\.lastName was changed in both") as refused:
        fork.merge_back()

    assert "to be deleted in the fork, and was changed in the session" in str(refused.value)
    assert plan(session) == before
    a.base.lastName = "Kent"
    c.extra = None
    fork.merge_back()
    assert (a.extra, b.extra, inspect(c).deleted) == ("x", "y", True)


def test_the_session_may_commit_meanwhile(session: Session, customers: list[Customer]) -> None:
    a, _, _ = customers
    fork = session.fork()
    fork.counterpart(a).base.lastName = "Kent"
    a.base.firstName = "Clark"
    session.commit()
    fork.merge_back()

    assert [operation.body for operation in session.plan()] == [{"base": {"lastName": "Kent"}}]


def test_what_the_session_let_go_cannot_be_edited_by_a_fork(
    session: Session, customers: list[Customer]
) -> None:
    fork = session.fork()
    fork.counterpart(customers[0]).extra = "x"
    session.expunge(customers[0])
    with pytest.raises(InvalidRequestError, match="no longer in the session"):
        fork.merge_back()


def test_what_the_fork_loaded_itself_goes_over(world: World, session: Session) -> None:
    fork = session.fork()
    a = fork.query(Customer).filter_by(externalId="a").one()
    a.extra = "x"
    b = fork.query(Customer).filter_by(externalId="b").one()
    fork.delete(b)
    c = fork.query(Customer).filter_by(externalId="c").one()
    held = session.get(Customer, c.id or "")
    c.extra = "z"
    fork.merge_back()

    assert a in session
    assert held is not None
    assert held.extra == "z"
    assert [operation.verb for operation in session.plan()] == ["PATCH", "PATCH", "DELETE"]


def test_a_new_entity_of_the_fork_refers_to_the_sessions(session: Session, customers: list[Customer]) -> None:
    fresh = Customer(externalId="fresh")
    session.add(fresh)
    fork = session.fork()
    event = login()
    fork.counterpart(fresh).events.append(event)
    fork.merge_back()

    assert event.customer is fresh
    assert session.new == [fresh, event]


def test_a_fork_of_a_fork_merges_into_it(session: Session, customers: list[Customer]) -> None:
    fork = session.fork()
    inner = fork.fork()
    inner.counterpart(fork.counterpart(customers[0])).extra = "x"
    inner.merge_back()
    assert customers[0].extra is None
    fork.merge_back()
    assert customers[0].extra == "x"


def test_only_a_fork_has_a_way_back(session: Session, customers: list[Customer]) -> None:
    with pytest.raises(InvalidRequestError, match="is no fork"):
        session.merge_back()
    with session.fork() as fork, pytest.raises(InvalidRequestError, match="was not in the session"):
        fork.counterpart(Customer())


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["title", "pages", "publisher.name", "fairs", "reviews", "notes"]),
        st.integers(0, 2),
    ),
    max_size=6,
)


def _edit(book: Book, path: str, value: int) -> None:
    if path == "publisher.name":
        book.publisher.name = str(value) if value else None
    elif path == "fairs":
        book.fairs = []
    elif path == "reviews":
        book.reviews = {"a": value, "b": {"c": value}} if value else None  # type: ignore[assignment]
    elif path == "notes":
        book.notes.x = value or None
    elif path == "pages":
        book.pages = value or None
    else:
        book.title = str(value) if value else None


@given(before=EDITS, after=EDITS)
def test_a_fork_and_the_session_itself_come_to_the_same(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    def library() -> Library:
        return Library(
            a={"id": "a", "title": "1", "pages": 1, "reviews": {"a": 1, "d": 2}, "publisher": {"name": "2"}}
        )

    plain, forked = opened(library()), opened(library())
    one, other = plain.get(Book, "a"), forked.get(Book, "a")
    assert one is not None
    assert other is not None
    for path, value in before:
        _edit(one, path, value)
        _edit(other, path, value)
    fork = forked.fork()
    for path, value in after:
        _edit(one, path, value)
        _edit(fork.counterpart(other), path, value)
    fork.merge_back()

    assert filled(other.to_dict()) == filled(one.to_dict())
    assert [operation.body for operation in forked.plan()] == [operation.body for operation in plain.plan()]


def test_a_reference_is_changed_to_what_the_session_holds() -> None:
    session = opened(Library(a={"id": "a", "title": "1"}))
    loan = Loan(reader="x")
    session.add(loan)
    book = session.get(Book, "a")
    assert book is not None
    fork = session.fork()
    fork.counterpart(loan).book = fork.counterpart(book)
    fork.merge_back()

    assert loan.book is book
