"""What a query does with more matches than one search gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import Customer, Session, load_only
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm import Query
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import CAP, customers

ROWS = 1_000


@pytest.fixture(scope="module")
def filled() -> Iterator[tuple[Sandbox, list[str]]]:
    """A sandbox with customers, and their ids; no test of this module changes them."""
    with Sandbox(page_cap=CAP) as sandbox:
        yield (
            sandbox,
            sandbox.seed(
                {**document, "base": {"lastName": "Wayne" if number % 2 else "Kent"}}
                for number, document in enumerate(customers(ROWS))
            ),
        )


@pytest.fixture
def sandbox(filled: tuple[Sandbox, list[str]]) -> Sandbox:
    sandbox, _ = filled
    sandbox.clear_requests()
    return sandbox


@pytest.fixture
def ids(filled: tuple[Sandbox, list[str]]) -> list[str]:
    return filled[1]


def found_by(query: Query[Customer]) -> list[str]:
    return sorted(str(customer.id) for customer in query)


def test_all_gives_every_match(ids: list[str], session: Session) -> None:
    assert found_by(session.query(Customer)) == sorted(ids)


def test_a_filter_is_kept_in_every_window(ids: list[str], session: Session) -> None:
    assert found_by(session.query(Customer).filter(Customer.base.lastName == "Wayne")) == sorted(ids[1::2])


def test_a_filter_that_an_or_makes_is_kept_in_every_window(ids: list[str], session: Session) -> None:
    query = session.query(Customer).filter((Customer.base.lastName == "Wayne") | (Customer.externalId == "0"))
    assert found_by(query) == sorted([ids[0], *ids[1::2]])


def test_a_set_operation_is_read_past_the_cap(ids: list[str], session: Session) -> None:
    query = session.query(Customer)
    query = query - query.filter(Customer.base.lastName == "Wayne")
    assert found_by(query) == sorted(ids[::2])


def test_a_bound_on_the_moment_of_registration_is_kept(ids: list[str], session: Session) -> None:
    rows = session.query(Customer).all()
    moments = sorted(customer.registeredAt for customer in rows if customer.registeredAt is not None)
    query = session.query(Customer).filter(Customer.registeredAt >= moments[400])
    assert len(query.all()) == ROWS - 400


def test_load_only_is_read_past_the_cap(ids: list[str], session: Session) -> None:
    query = session.query(Customer).options(load_only(Customer.externalId))
    assert sorted(int(str(customer.externalId)) for customer in query) == list(range(ROWS))


def test_count_sums_windows(ids: list[str], session: Session) -> None:
    assert session.query(Customer).count() == ROWS


def test_count_of_a_filter_sums_windows(ids: list[str], session: Session) -> None:
    assert session.query(Customer).filter(Customer.base.lastName == "Wayne").count() == ROWS // 2


def test_count_asks_for_the_first_and_the_last_row_and_else_for_numbers_alone(
    ids: list[str], sandbox: Sandbox, session: Session
) -> None:
    session.query(Customer).count()
    sizes = sorted(request.query["size"] for request in sandbox.requests)
    assert sizes[-2:] == ["1", "1"]
    assert {*sizes[:-2]} == {"0"}


@pytest.mark.parametrize(
    ("narrow", "named"),
    [
        (lambda query: query.order_by(Customer.externalId), "order_by"),
        (lambda query: query.limit(CAP + 1), "limit"),
        (lambda query: query.offset(1), "offset"),
        (lambda query: query.order_by(Customer.externalId).limit(900), "order_by and limit"),
    ],
)
def test_what_needs_one_search_is_refused_past_the_cap_with_the_reason(
    ids: list[str], session: Session, narrow: Any, named: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        narrow(session.query(Customer)).all()
    assert refused.value.text.endswith(
        "matches 300 or more, past what the service gives for one search: "
        f"narrow it, or leave out {named} to scan it"
    )


def test_a_limit_within_the_cap_is_one_search(ids: list[str], session: Session) -> None:
    assert len(session.query(Customer).order_by(Customer.externalId).limit(CAP).all()) == CAP


def test_a_raw_query_is_refused_past_the_cap(ids: list[str], session: Session) -> None:
    condition = {"type": "atomic", "attribute": "externalId", "operator": "IS_NOT_NULL"}
    raw = {"name": "all", "query": {"type": "simple", "name": "", "are": {"condition": condition}}}
    with pytest.raises(InvalidRequestError, match="300 or more.*: narrow it"):
        session.query(Customer).raw(raw).all()
