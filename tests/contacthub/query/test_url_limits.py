"""Searches that a URL cannot carry are refused before they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest

from contacthub_orm import CompileError, Customer, Event, Session, ViewedPage, did, or_
from contacthub_orm.sandbox import Fault, Sandbox

C: Any = Customer
HALF = "Bert \ud83d"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.seed([{"externalId": str(number), "extended": {"n": number}} for number in range(3)])
        yield running


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    sandbox.clear_requests()
    with Session(sandbox.node) as session:
        yield session


def ids(count: int) -> list[str]:
    return ["0", *(str(uuid4()) for _ in range(count - 1))]


ASKED: dict[str, Callable[[Any], Any]] = {
    "all": lambda query: query.all(),
    "count": lambda query: query.count(),
    "first": lambda query: query.first(),
    "exists": lambda query: query.exists(),
    "page": lambda query: query.page(0, 10),
    "compile": lambda query: query.compile(),
    "no_tracking": lambda query: list(query.no_tracking()),
}


def test_a_list_of_a_thousand_ids_is_sent(session: Session) -> None:
    assert session.query(Customer).filter(C.externalId.in_(ids(1_000))).count() == 1


@pytest.mark.parametrize("how", ASKED)
def test_a_query_that_is_too_long_is_refused_with_its_length_and_the_limit(
    session: Session, sandbox: Sandbox, how: str
) -> None:
    query = session.query(Customer).filter(or_(*(C.externalId == one for one in ids(2_000))))
    with pytest.raises(CompileError, match=r"takes \d+ bytes of its URL, and at most 64000 are sent"):
        ASKED[how](query)
    assert sandbox.requests == []


def test_the_length_counts_what_the_url_is_made_of(session: Session) -> None:
    assert session.query(Customer).filter(C.extra == "x" * 60_000).count() == 0
    with pytest.raises(CompileError, match="180"):
        session.query(Customer).filter(C.extra == "à" * 30_000).count()


@pytest.mark.parametrize(
    "status", [HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE]
)
def test_a_service_that_finds_a_shorter_url_too_long_is_told_as_a_query_that_is_too_long(
    session: Session, sandbox: Sandbox, status: HTTPStatus
) -> None:
    sandbox.faults = [Fault.status(status, method="GET", path="customers")]
    try:
        with pytest.raises(CompileError, match=rf"bytes of its URL \({status}\)"):
            session.query(Customer).filter(C.externalId.in_(ids(500))).count()
    finally:
        sandbox.clear_faults()


BUILT: dict[str, Callable[[], Any]] = {
    "==": lambda: C.base.firstName == HALF,
    "in_": lambda: C.externalId.in_(["1", HALF]),
    "contains": lambda: C.tags.manual.contains(HALF),
    "between": lambda: C.extended.name.between("a", HALF),
    "item": lambda: C.extended[HALF] == 1,
    "attribute": lambda: getattr(C.extended, HALF).asc(),
    "did": lambda: did(ViewedPage, ViewedPage.properties.url == HALF),
    "huge": lambda: C.extended.n == 10**5_000,
    "nan": lambda: C.extended.n > float("nan"),
    "bytes": lambda: C.extended.n == b"x",
}


@pytest.mark.parametrize("how", BUILT)
def test_a_value_that_json_cannot_carry_is_refused_where_the_criterion_is_written(how: str) -> None:
    with pytest.raises(CompileError):
        BUILT[how]()


def test_so_is_one_of_filter_by(session: Session) -> None:
    with pytest.raises(CompileError, match=r"Customer\.externalId EQUALS: the value must be Unicode"):
        session.query(Customer).filter_by(externalId=HALF)


@pytest.mark.parametrize("value", [HALF, {1, 2}, float("nan"), 10**5_000], ids=["half", "set", "nan", "huge"])
def test_a_raw_query_that_json_cannot_carry_is_refused(session: Session, value: Any) -> None:
    condition = {"type": "atomic", "attribute": "extra", "operator": "EQUALS", "value": value}
    with pytest.raises(CompileError):
        session.query(Customer).raw({"query": {"type": "simple", "are": {"condition": condition}}}).count()


def test_a_raw_query_that_contains_itself_is_refused(session: Session) -> None:
    query: dict[str, Any] = {}
    query["query"] = query
    with pytest.raises(CompileError):
        session.query(Customer).raw(query).count()


def test_the_complement_of_an_undeclared_order_is_refused_among_conditions_on_events() -> None:
    with pytest.raises(CompileError, match="a condition on events cannot hold it"):
        did("viewedPage", ~(Event.properties.stars > 3))
