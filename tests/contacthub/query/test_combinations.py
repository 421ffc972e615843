"""Set operations and conditions on events: their exact JSON, and what the service finds by them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm import CompletedOrder, Customer, Event, Session, ViewedPage, did
from contacthub_orm.orm.criteria.criteria import NEVER
from contacthub_orm.sandbox import Sandbox
from tests.support.conditions import EVERYONE, all_of, any_of, atomic, combined, compiled, did_part, simple

C: Any = Customer
A, B, D, E = (C.externalId == letter for letter in "abde")
a, b, d, e = (simple(atomic("externalId", "EQUALS", letter)) for letter in "abde")
ordered, viewed = did_part("completedOrder"), did_part("viewedPage")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Four customers: `a` ordered twice, `b` once and long ago, `d` only viewed a page, `e` did nothing."""
    with Sandbox() as running:
        ids = running.seed(
            [{"externalId": letter, "extra": "x" if letter in "ab" else None} for letter in "abde"]
        )
        of = dict(zip("abde", ids, strict=True))

        def event(who: str, kind: str, day: str, **properties: Any) -> dict[str, Any]:
            return {
                "customerId": of[who],
                "type": kind,
                "context": "WEB",
                "date": f"{day}T12:00:00Z",
                "properties": properties,
            }

        running.seed_events(
            [
                event("a", "completedOrder", "2024-01-10", orderId="1", amount={"total": 10}),
                event("a", "completedOrder", "2024-03-10", orderId="2", amount={"total": 99}),
                event("b", "completedOrder", "2020-01-10", orderId="3", amount={"total": 99}),
                event("d", "viewedPage", "2024-02-10", url="https://example.com"),
            ]
        )
        yield running


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox.node) as session:
        yield session


def sent(query: Any) -> Any:
    return json.loads(query.compile()["query"])["query"]


Make = Callable[[Any, Any, Any, Any, Any], Any]

SET_OPERATIONS: list[tuple[Make, Any]] = [
    (lambda q, a, b, d, e: a & b, combined("INTERSECT", a, b)),
    (lambda q, a, b, d, e: a | b, combined("UNION", a, b)),
    (lambda q, a, b, d, e: a - b, combined("EXCEPT", a, b)),
    (lambda q, a, b, d, e: a.intersect(b, d), combined("INTERSECT", a, b, d)),
    (lambda q, a, b, d, e: a.union(b, d), combined("UNION", a, b, d)),
    (lambda q, a, b, d, e: a.except_(b, d), combined("EXCEPT", a, b, d)),
    (lambda q, a, b, d, e: a & b & d, combined("INTERSECT", a, b, d)),
    (lambda q, a, b, d, e: a & (b & d), combined("INTERSECT", a, b, d)),
    (lambda q, a, b, d, e: (a | b) | (d | e), combined("UNION", a, b, d, e)),
    (lambda q, a, b, d, e: a - b - d, combined("EXCEPT", a, b, d)),
    (lambda q, a, b, d, e: a - (b - d), combined("EXCEPT", a, combined("EXCEPT", b, d))),
    (lambda q, a, b, d, e: a & (b | d), combined("INTERSECT", a, combined("UNION", b, d))),
    (lambda q, a, b, d, e: (a & b) | (d - e), combined("UNION", combined("INTERSECT", a, b), combined("EXCEPT", d, e))),
    (lambda q, a, b, d, e: a.union(), a),
    (lambda q, a, b, d, e: q - a, combined("EXCEPT", EVERYONE, a)),
    (lambda q, a, b, d, e: q & a, a),
    (lambda q, a, b, d, e: a | b.filter(C.externalId.in_([])), a),
    (lambda q, a, b, d, e: (a | b).filter(D), combined("INTERSECT", combined("UNION", a, b), d)),
    (lambda q, a, b, d, e: (a | b).filter(D, E), combined("INTERSECT", combined("UNION", a, b), simple(all_of(d["are"]["condition"], e["are"]["condition"])))),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SET_OPERATIONS)))
def test_a_set_operation_compiles_to_exactly_this(session: Session, number: int) -> None:
    make, expected = SET_OPERATIONS[number]
    everyone = session.query(Customer)

    query = make(everyone, *(everyone.filter(criterion) for criterion in (A, B, D, E)))

    assert sent(query) == expected


CONDITIONS: list[tuple[Any, Any]] = [
    (did(CompletedOrder), ordered),
    (did("completedOrder"), ordered),
    (did(Event.TYPES.COMPLETED_ORDER), ordered),
    (
        did(CompletedOrder, CompletedOrder.properties.orderId == "1"),
        did_part("completedOrder", atomic("properties.orderId", "EQUALS", "1")),
    ),
    (
        did(CompletedOrder, CompletedOrder.properties.orderId == "1", Event.context == Event.CONTEXTS.WEB),
        did_part("completedOrder", all_of(atomic("properties.orderId", "EQUALS", "1"), atomic("context", "EQUALS", "WEB"))),
    ),
    (
        did(CompletedOrder, ~(CompletedOrder.properties.amount.total > 10)),
        did_part("completedOrder", any_of(atomic("properties.amount.total", "LTE", 10), atomic("properties.amount.total", "IS_NULL"))),
    ),
    (
        did("completedOrder", between=(date(2024, 1, 1), datetime(2024, 12, 31, 12, tzinfo=UTC))),
        did_part("completedOrder", None, atomic("date", "BETWEEN", ["2024-01-01", "2024-12-31T12:00:00.000Z"])),
    ),
    (did(CompletedOrder) & A, combined("INTERSECT", ordered, a)),
    (A & did(CompletedOrder), combined("INTERSECT", a, ordered)),
    (A & B & did(CompletedOrder) & D, combined("INTERSECT", simple(all_of(a["are"]["condition"], b["are"]["condition"])), ordered, d)),
    (A | did(CompletedOrder) | did(ViewedPage), combined("UNION", a, ordered, viewed)),
    (did(CompletedOrder) & (A | did(ViewedPage)), combined("INTERSECT", ordered, combined("UNION", a, viewed))),
    (~did(CompletedOrder), combined("EXCEPT", EVERYONE, ordered)),
    (~~did(CompletedOrder), ordered),
    (A & ~did(CompletedOrder), combined("INTERSECT", a, combined("EXCEPT", EVERYONE, ordered))),
    (
        ~(A & did(CompletedOrder)),
        combined("UNION", simple(atomic("externalId", "NOT_EQUALS", "a")), combined("EXCEPT", EVERYONE, ordered)),
    ),
    (
        ~(did(CompletedOrder) | did(ViewedPage)),
        combined("INTERSECT", combined("EXCEPT", EVERYONE, ordered), combined("EXCEPT", EVERYONE, viewed)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "expected"), CONDITIONS, ids=lambda value: str(value)[:60])
def test_a_condition_on_events_compiles_to_exactly_this(criterion: Any, expected: Any) -> None:
    assert compiled(criterion) == expected


def test_a_condition_that_no_event_satisfies_is_one_that_no_customer_satisfies() -> None:
    assert did(CompletedOrder, CompletedOrder.properties.orderId.in_([])) == NEVER


def test_a_combination_with_what_matches_nothing_asks_nothing(session: Session, sandbox: Sandbox) -> None:
    sandbox.clear_requests()
    nobody = session.query(Customer).filter(C.externalId.in_([]))
    everybody = session.query(Customer)

    assert (nobody & everybody.filter(A)).all() == []
    assert (nobody - everybody.filter(A)).all() == []
    assert (everybody.filter(A) - everybody).all() == []
    assert not sandbox.requests


FOUND: list[tuple[Any, str]] = [
    (did(CompletedOrder), "ab"),
    (did(ViewedPage), "d"),
    (~did(CompletedOrder), "de"),
    (did(CompletedOrder, CompletedOrder.properties.orderId == "3"), "b"),
    (did(CompletedOrder, CompletedOrder.properties.amount.total > 50), "ab"),
    (did(CompletedOrder, CompletedOrder.properties.amount.total > 50, between=("2024-01-01", "2024-02-01")), ""),
    (did(CompletedOrder, between=("2024-01-01", "2024-12-31")), "a"),
    (did(CompletedOrder, between=("2024-03-10T12:00:00Z", "2024-03-10T12:00:00Z")), "a"),
    (~did(CompletedOrder, between=(date(2024, 1, 1), date(2024, 12, 31))), "bde"),
    (did(CompletedOrder) | did(ViewedPage), "abd"),
    (did(CompletedOrder) & did(ViewedPage), ""),
    (~(did(CompletedOrder) | did(ViewedPage)), "e"),
    ((C.externalId > "a") & did(CompletedOrder), "b"),
    ((C.externalId > "a") & ~did(CompletedOrder), "de"),
    (~((C.externalId > "a") & did(CompletedOrder)), "ade"),
    (C.extra.is_(None) | did(CompletedOrder, CompletedOrder.properties.orderId == "1"), "ade"),
    (~~did(ViewedPage), "d"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "letters"), FOUND, ids=lambda value: str(value)[:60])
def test_conditions_on_events_find_these_customers(session: Session, criterion: Any, letters: str) -> None:
    found = session.query(Customer).filter(criterion)

    assert sorted(str(customer.externalId) for customer in found) == list(letters)
    assert found.count() == len(letters)


def test_set_operations_find_what_they_say(session: Session) -> None:
    def query(*letters: str) -> Any:
        return session.query(Customer).filter(C.externalId.in_(letters))

    def found(query: Any) -> str:
        return "".join(sorted(customer.externalId for customer in query))

    assert found(query("a", "b") & query("b", "d")) == "b"
    assert found(query("a", "b") | query("b", "d")) == "abd"
    assert found(query("a", "b") - query("b", "d")) == "a"
    assert found(query("a", "b", "d") - query("b") - query("d")) == "a"
    assert found(query("a", "b", "d") - (query("b", "d") - query("d"))) == "ad"
    assert found(session.query(Customer) - query("a")) == "bde"


def test_a_combined_query_is_ordered_and_limited_like_any_other(session: Session) -> None:
    both = session.query(Customer).filter(A) | session.query(Customer).filter(B)

    assert [one.externalId for one in both.order_by(C.externalId.desc()).limit(1)] == ["b"]
