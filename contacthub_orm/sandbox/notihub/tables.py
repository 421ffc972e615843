"""The SQLite tables. Times are milliseconds since 1970; `number` is the order of creation."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

__all__ = ["contacts", "credentials", "customers", "messages", "metadata", "preferences"]

metadata: Final = MetaData()

credentials: Final = Table(
    "credentials",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

customers: Final = Table(
    "customers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("external_id", String),
    Column("folded", String),
    Column("status", String, nullable=False),
    Column("language", String),
    Column("metadata", String),
    Column("visible_from", BigInteger, nullable=False),
)
"""`folded` is the external id in the form that searches compare. Lists show a row from `visible_from` on."""

contacts: Final = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("type", String, nullable=False),
    Column("value", String, nullable=False),
    Column("folded", String, nullable=False),
    Column("primary", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    sqlite_autoincrement=True,  # a contact of a later customer never has the id of a deleted one
)

preferences: Final = Table(
    "preferences",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("template_group_id", String, nullable=False),
    Column("mechanisms", Text, nullable=False),
    Index("preferences_group", "customer_id", "template_group_id", unique=True),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("template_id", String, nullable=False, index=True),
    Column("visible_from", BigInteger, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
)
"""What is queued waits until `sent_at`."""
