"""The SQLite tables.

`document` holds the complete JSON text of an answer; the other columns repeat the values that are looked up,
sorted or counted. Times are milliseconds since 1970. A customer or event has one current row and, while
searches do not see a write yet, rows of earlier versions; see `timeline`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

__all__ = ["credentials", "customers", "events", "metadata", "sessions"]

metadata: Final = MetaData()

credentials: Final = Table(
    "credentials",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)


def _timeline_columns() -> list[Column[Any]]:
    return [
        Column("row", Integer, primary_key=True),
        Column("id", String, nullable=False),
        Column("node_id", String, nullable=False),
        Column("current", Boolean, nullable=False),
        Column("visible_from", BigInteger, nullable=False),
        Column("visible_to", BigInteger, nullable=False),
        Column("registered_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("document", Text, nullable=False),
    ]


customers: Final = Table(
    "customers",
    metadata,
    *_timeline_columns(),
    Column("match_key", String),
    Column("external_id", String),
    Column("email", String),
)

events: Final = Table(
    "events",
    metadata,
    *_timeline_columns(),
    Column("customer_id", String),
    Column("session", String),
    Column("type", String, nullable=False),
    Column("context", String, nullable=False),
    Column("date", BigInteger, nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("node_id", String, nullable=False),
    Column("customer_id", String, nullable=False, index=True),
    Column("value", String, nullable=False),
    Index("sessions_value", "node_id", "value", unique=True),
)

for _table in (customers, events):
    Index(f"{_table.name}_current", _table.c.id, unique=True, sqlite_where=text("current = 1"))
    Index(f"{_table.name}_id", _table.c.id)

Index(
    "customers_match", customers.c.node_id, customers.c.match_key, sqlite_where=text("match_key IS NOT NULL")
)
Index("events_session", events.c.node_id, events.c.session, sqlite_where=text("session IS NOT NULL"))


def _index(name: str, *columns: Column[Any]) -> None:
    """An index that covers counting, so that SQLite reads no rows for it."""
    table = columns[0].table
    Index(name, *columns, table.c.id, table.c.visible_from, table.c.visible_to)


_index("customers_external_id", customers.c.node_id, customers.c.external_id)
_index("customers_email", customers.c.node_id, customers.c.email)
_index("customers_registered", customers.c.node_id, customers.c.registered_at)
_index("customers_updated", customers.c.node_id, customers.c.updated_at)
_index("events_customer", events.c.node_id, events.c.customer_id, events.c.date)
_index("events_date", events.c.node_id, events.c.date)
