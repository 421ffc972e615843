"""Plans, accounts and lists of entities are tables in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree import ElementTree

import pytest

from contacthub_orm import CommitError, Customer, Session, load_only
from contacthub_orm.sandbox import Fault, Sandbox


class Shown(Protocol):
    def _repr_html_(self) -> str: ...


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox.node) as session:
        yield session


def cells(shown: Any) -> list[list[str]]:
    """The rows of the table that a notebook shows, the head first."""
    table = ElementTree.fromstring(f"<div>{shown._repr_html_()}</div>").find("table")
    assert table is not None
    return [[cell.text or "" for cell in row] for row in table.iter("tr")]


def test_a_plan_has_a_row_for_each_request(session: Session) -> None:
    session.add(Customer(externalId="1", base={"firstName": "<b>Ann</b> & Co"}))
    head, row = cells(session.plan())
    assert head == ["batch", "method", "path", "body"]
    assert row[:3] == ["1", "POST", "customers"]
    assert "<b>Ann</b> & Co" in row[3]


def test_an_account_has_a_row_for_each_outcome(sandbox: Sandbox, session: Session) -> None:
    sandbox.faults = [Fault.status(400, method="POST", nth=1)]
    session.add(Customer(externalId="1"))
    with pytest.raises(CommitError) as failed:
        session.commit()
    head, row = cells(failed.value.account)
    assert head == ["outcome", "method", "path", "body", "status", "message"]
    assert (row[0], row[1], row[4]) == ("failed", "POST", "400")


def test_the_rows_of_a_query_have_a_column_for_each_path_with_a_value(
    sandbox: Sandbox, session: Session
) -> None:
    sandbox.seed([{"externalId": "1", "base": {"firstName": "Ann"}}, {"externalId": "2", "extra": "x"}])
    head, *rows = cells(session.query(Customer).order_by(Customer.externalId).all())
    named = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["externalId"] for row in named] == ["1", "2"]
    assert [row["base.firstName"] for row in named] == ["Ann", ""]
    assert [row["extra"] for row in named] == ["", "x"]
    assert "base.lastName" not in head


def test_a_table_asks_for_nothing_that_is_not_loaded(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed([{"externalId": "1", "base": {"firstName": "Ann"}}])
    rows = session.query(Customer).options(load_only("externalId")).all()
    sandbox.clear_requests()
    assert "base.firstName" not in cells(rows)[0]
    assert sandbox.requests == []


def test_a_page_of_a_node_is_a_table_too(sandbox: Sandbox) -> None:
    sandbox.seed([{"externalId": str(number)} for number in range(3)])
    assert len(cells(sandbox.node.get_customers())) == 4


def test_a_long_table_is_cut_and_says_so(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed([{"externalId": str(number)} for number in range(100)])
    rows: Any = session.query(Customer).all()
    assert len(cells(rows)) == 61
    assert "100 rows, of which 60 are shown" in rows._repr_html_()


def test_what_a_query_returns_is_a_list(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed([{"externalId": "1"}])
    rows = session.query(Customer).all()
    assert isinstance(rows, list)
    assert type(rows[:]) is list
