"""What a scan keeps in memory, and what becomes of edits on the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import islice

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.orm import Query
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import customers

ROWS = 600
PAGE = 50


@pytest.fixture
def query(sandbox: Sandbox, session: Session) -> Iterator[Query[Customer]]:
    """All customers, by fifty; what was there before is left out of every collection of garbage, which is slow else."""
    sandbox.seed({**each, "tags": {"manual": ["member"]}} for each in customers(ROWS))
    sandbox.clear_requests()
    gc.freeze()
    yield session.query(Customer).yield_per(PAGE)
    gc.unfreeze()


def most_held(session: Session, rows: Iterator[Customer]) -> int:
    """How many entities the session has at most, looked at a few times per page."""
    most = 0
    for _ in islice(rows, 0, None, PAGE // 3):
        gc.collect()
        most = max(most, sum(1 for _ in session))
    return most


def test_a_scan_holds_two_pages_of_entities_at_most(session: Session, query: Query[Customer]) -> None:
    assert PAGE <= most_held(session, iter(query)) <= 2 * PAGE


def test_nothing_is_held_after_a_scan(session: Session, query: Query[Customer]) -> None:
    assert sum(1 for _ in query) == ROWS
    gc.collect()
    assert list(session) == []


def test_values_that_were_read_keep_nothing_alive(session: Session, query: Query[Customer]) -> None:
    def read() -> Iterator[Customer]:
        for customer in query:
            assert customer.base.contacts.email is None
            yield customer

    assert most_held(session, read()) <= 2 * PAGE


def test_lists_that_were_handed_out_and_not_changed_are_released(
    session: Session, query: Query[Customer]
) -> None:
    def read() -> Iterator[Customer]:
        for customer in query:
            assert customer.tags.manual == ["member"]
            yield customer

    assert most_held(session, read()) <= 2 * PAGE


def test_a_list_that_was_handed_out_before_a_scan_is_still_its_customers_after_it(
    session: Session, query: Query[Customer]
) -> None:
    held = session.query(Customer).limit(1).one()
    tags = held.tags.manual
    assert sum(1 for _ in query) == ROWS
    tags.append("vip")
    assert (session.dirty, held.tags.manual is tags) == ([held], True)


def test_lists_that_were_changed_are_kept(session: Session, query: Query[Customer]) -> None:
    for number, customer in enumerate(query):
        if number % 100 == 0:
            customer.tags.manual.append("vip")
    del customer
    gc.collect()
    assert len(list(session)) == len(session.dirty) == ROWS // 100


def test_changed_entities_are_kept(session: Session, query: Query[Customer]) -> None:
    for number, customer in enumerate(query):
        if number % 100 == 0:
            customer.base.firstName = f"Bruce {number}"
    del customer
    gc.collect()
    assert len(list(session)) == len(session.dirty) == ROWS // 100


def test_edits_on_the_way_are_committed_by_one_request_each(
    sandbox: Sandbox, session: Session, query: Query[Customer]
) -> None:
    for number, customer in enumerate(query):
        if number % 100 == 0:
            customer.base.firstName = f"Bruce {number}"
            customer.tags.manual.append("vip")
    session.commit()
    sent = [request.body for request in sandbox.requests if request.method != "GET"]
    assert sorted(str(body["base"]["firstName"]) for body in sent) == sorted(
        f"Bruce {number}" for number in range(0, ROWS, 100)
    )
    assert all(body["tags"] == {"manual": ["member", "vip"]} for body in sent)


@pytest.mark.slow
def test_a_commit_in_the_middle_of_a_scan_disturbs_it_not(
    sandbox: Sandbox, session: Session, query: Query[Customer]
) -> None:
    seen: list[str | None] = []
    for number, customer in enumerate(query):
        seen.append(customer.id)
        customer.base.firstName = "Bruce"
        if number % 200 == 199:
            session.commit()
    assert len(seen) == len({*seen}) == ROWS
    assert session.query(Customer).filter(Customer.base.firstName == "Bruce").count() == ROWS


def test_without_tracking_the_session_holds_nothing(session: Session, query: Query[Customer]) -> None:
    assert most_held(session, iter(query.no_tracking())) == 0
