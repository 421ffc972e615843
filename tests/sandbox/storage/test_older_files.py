"""Data files that an older version of the sandbox made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contacthub_orm.sandbox import Sandbox

ORDER = {"type": "completedOrder", "context": "WEB", "properties": {"amount": {"total": 5}}}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file without a signature, and without the tables and indexes that came later."""
    file = tmp_path / "old.sqlite"
    with Sandbox(file) as sandbox:
        sandbox.seed_events([ORDER])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA application_id=0")
        for table in ("deletions", "resources"):
            connection.execute(f"DROP TABLE {table}")
        for index in ("events_orders", "events_registered", "events_updated", "customers_reachable"):
            connection.execute(f"DROP INDEX {index}")
    return file


def test_an_older_file_gets_the_tables_and_indexes_that_it_lacks(old: Path) -> None:
    with Sandbox(old) as sandbox:
        purchases = sandbox.node.api.analytics.get_purchase_kpis()
        deleted = sandbox.node.api.analytics.count_events_by_update_date(type="DELETED")

    assert purchases.data is not None
    assert purchases.data[0].value == "5.00"
    assert deleted.data == []
