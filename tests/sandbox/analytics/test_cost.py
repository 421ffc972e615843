"""What a figure costs: few statements, each of which SQLite answers from an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import event

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.storage.store import Store
from tests.sandbox.api import Api

YEAR = {"start": "2023-01-02T00:00:00Z", "end": "2024-01-01T00:00:00Z"}
SERIES = [
    ("/customers/creation-date", {"mode": "DAILY"}, ["customers_registered"]),
    ("/customers/updates", {}, ["customers_registered", "deletions_registered_at"]),
    ("/customers/updates", {"type": "UPDATED"}, ["customers_updated"]),
    ("/events", {}, ["events_date"]),
    ("/events/updates", {}, ["events_registered", "deletions_registered_at"]),
    ("/events/updates", {"type": "UPDATED"}, ["events_updated"]),
    ("/events/kpi/purchases", {}, ["events_orders"]),
    ("/events/kpi/ecommerce", {}, ["events_orders"]),
    ("/events/kpi/web", {}, ["events_date"]),
]
READING_ROWS = {"/events/kpi/purchases", "/events/kpi/ecommerce"}
"""SQLite takes the amounts from their index but does not call an index with an expression a covering one."""

Statements = list[tuple[str, Any]]


@contextmanager
def statements(store: Store) -> Iterator[Statements]:
    """The statements that the block executes, with their parameters."""
    found: Statements = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        found.append((statement, parameters))

    event.listen(store._connection, "before_cursor_execute", note)
    yield found
    event.remove(store._connection, "before_cursor_execute", note)


def plan(store: Store, statement: str, parameters: Any) -> list[str]:
    with store.transaction() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in rows]


@pytest.fixture(scope="module")
def populated(http: requests.Session) -> Iterator[Api]:
    """A sandbox with enough rows for SQLite's statistics to matter."""
    with Sandbox() as sandbox:
        fill(sandbox)
        api = Api(sandbox, http)
        api.get("/analytics/workspace")  # reads the configuration, which later requests know
        yield api


def fill(sandbox: Sandbox) -> None:
    dates = [f"2023-{month:02}-{day:02}T10:00:00Z" for month in range(1, 13) for day in range(1, 29)]
    changed = {"updatedAt": "2023-12-31T10:00:00Z"}
    ids = sandbox.seed({"registeredAt": date} | changed for date in dates)
    kinds = [("completedOrder", "ECOMMERCE"), ("completedOrder", "RETAIL"), ("viewedPage", "WEB")]
    sandbox.seed_events(
        {"customerId": ids[0], "type": kind, "context": context, "date": date, "registeredAt": date} | changed
        for date in dates
        for kind, context in kinds
    )


@pytest.mark.parametrize(("path", "query", "indexes"), SERIES)
def test_a_figure_takes_a_range_of_an_index_for_each_of_its_statements(
    path: str, query: dict[str, str], indexes: list[str], populated: Api
) -> None:
    store = populated.sandbox._service.store
    with statements(store) as executed:
        answer = populated.get(f"/analytics{path}", **YEAR, **query)
    assert answer.status_code == 200

    assert len(executed) == len(indexes)
    kind = "INDEX" if path in READING_ROWS or "UPDATED" in query.values() else "COVERING INDEX"
    for (statement, parameters), index in zip(executed, indexes, strict=True):
        (search,) = [line for line in plan(store, statement, parameters) if line.startswith("SEARCH")]
        assert f"{kind} {index} " in search or f"COVERING INDEX {index} " in search
        assert search.count(">") == search.count("<") == 1, search


@pytest.mark.parametrize("path", ["/workspace", "/nodes", "/customers/count"])
def test_a_total_is_counted_in_an_index_by_one_statement(path: str, populated: Api) -> None:
    store = populated.sandbox._service.store
    with statements(store) as executed:
        populated.get(f"/analytics{path}")
    ((statement, parameters),) = executed
    assert "COVERING INDEX" in plan(store, statement, parameters)[0]


def test_channels_are_counted_in_their_index(populated: Api) -> None:
    store = populated.sandbox._service.store
    with statements(store) as executed:
        populated.get("/analytics/customers/communication-channels")
    ((statement, parameters),) = executed
    assert "INDEX customers_reachable " in plan(store, statement, parameters)[0]
