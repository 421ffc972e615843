"""The SQLite tables.

`document` holds the complete JSON text of an answer; the other columns repeat the values that are looked up,
sorted or counted. Times are milliseconds since 1970. A customer or event has one current row and, while
searches do not see a write yet, rows of earlier versions; see `timeline`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

__all__ = [
    "MOBILE",
    "consent_log",
    "credentials",
    "customers",
    "deletions",
    "events",
    "metadata",
    "resources",
    "sessions",
    "updates",
]

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

deletions: Final = Table(
    "deletions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("node_id", String, nullable=False),
    Column("category", String),
    Column("registered_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger, nullable=False),
    Column("visible_from", BigInteger, nullable=False),
)
"""What analytics count of a deleted customer or event: when it came and went. Nothing in it says which one it was.

`kind` is the name of the table that it was in, `category` the type of an event.
"""

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("node_id", String, nullable=False),
    Column("customer_id", String, nullable=False, index=True),
    Column("value", String, nullable=False),
    Index("sessions_value", "node_id", "value", unique=True),
)

resources: Final = Table(
    "resources",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("parent", String, nullable=False),
    Column("id", String, nullable=False),
    Column("document", Text, nullable=False),
    Index("resources_id", "kind", "parent", "id", unique=True),
)
"""Whatever needs no column of its own: what is configured, and what is below a customer but not part of it."""

updates: Final = Table(
    "updates",
    metadata,
    Column("offset", Integer, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("node_id", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("id", String, nullable=False, index=True),
    Column("owner", String),
    Column("document", Text, nullable=False),
)

consent_log: Final = Table(
    "consent_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", String, nullable=False),
    Column("customer_id", String, nullable=False, index=True),
    Column("date", BigInteger, nullable=False),
    Column("type", String, nullable=False),
    Column("property", String),
    Column("value", String),
    Column("caller", String, nullable=False),
)

for _table in (customers, events):
    Index(f"{_table.name}_current", _table.c.id, unique=True, sqlite_where=text("current = 1"))
    Index(f"{_table.name}_id", _table.c.id)
    # Few rows are in these two, by which opening a file finds the last change that searches wait for.
    Index(f"{_table.name}_past", _table.c.visible_to, sqlite_where=text("current = 0"))
    Index(f"{_table.name}_later", _table.c.visible_from, sqlite_where=text("visible_from > 0"))

Index(
    "customers_match", customers.c.node_id, customers.c.match_key, sqlite_where=text("match_key IS NOT NULL")
)
Index("updates_owner", updates.c.owner, sqlite_where=text("owner IS NOT NULL"))
Index("events_session", events.c.node_id, events.c.session, sqlite_where=text("session IS NOT NULL"))


def _index(name: str, *columns: Column[Any], covers: tuple[Column[Any], ...] = ()) -> None:
    """An index that covers counting, also by the columns in `covers`, so that SQLite reads no rows for it."""
    table = columns[0].table
    Index(name, *columns, table.c.id, table.c.visible_from, table.c.visible_to, *covers)


_index("customers_external_id", customers.c.node_id, customers.c.external_id)
_index("customers_email", customers.c.node_id, customers.c.email)
_index("customers_registered", customers.c.node_id, customers.c.registered_at)
_index("customers_updated", customers.c.node_id, customers.c.updated_at)
_index("events_customer", events.c.node_id, events.c.customer_id, events.c.date)
_index("events_date", events.c.node_id, events.c.date, covers=(events.c.type, events.c.context))
_index("events_registered", events.c.node_id, events.c.registered_at, covers=(events.c.type,))
_index(
    "events_updated",
    events.c.node_id,
    events.c.updated_at,
    covers=(events.c.type, events.c.registered_at),
)

# What is indexed of a document. SQLite takes it from the index where a statement writes it in the same words.
MOBILE: Final = literal_column("json_extract(document, '$.base.contacts.mobilePhone')", String)

Index(
    "customers_reachable",
    customers.c.node_id,
    customers.c.visible_from,
    customers.c.visible_to,
    customers.c.email,
    MOBILE,
)
Index(
    "events_orders",
    events.c.node_id,
    events.c.date,
    events.c.context,
    events.c.customer_id,
    events.c.visible_from,
    events.c.visible_to,
    text("json_extract(document, '$.properties.amount', '$.properties.type')"),
    sqlite_where=text("type = 'completedOrder'"),
)

for _name in ("registered_at", "deleted_at"):
    _moment, _gone = deletions.c[_name], deletions.c
    Index(f"deletions_{_name}", _gone.kind, _gone.node_id, _moment, _gone.category, _gone.visible_from)
