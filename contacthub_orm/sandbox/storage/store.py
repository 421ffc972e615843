"""The SQLite database of a sandbox: one connection, one transaction at a time, and the credentials."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import StaticPool, create_engine, delete, event, func, insert, select

from contacthub_orm.sandbox.storage.tables import credentials, customers, events, metadata, sessions
from contacthub_orm.sandbox.storage.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from sqlalchemy import Connection

__all__ = ["Credentials", "Store"]


@dataclass(frozen=True)
class Credentials:
    """The ids and the token that a client needs, and the source that the token identifies."""

    workspace_id: str
    node_id: str
    source_id: str
    token: str

    def __repr__(self) -> str:
        # The token must not show in logs.
        return f"Credentials(workspace_id={self.workspace_id!r}, node_id={self.node_id!r})"


class Store:
    """The tables, in memory or in a file.

    Threads may share a store; it serializes their transactions.

    Args:
        path: the file, which is created if it does not exist; None keeps the tables in memory.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        url = "sqlite://" if path is None else f"sqlite:///{path}"
        self._engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        event.listen(self._engine, "connect", _tune)
        self._connection = self._engine.connect()
        self._lock = threading.RLock()
        self.customers = Timeline(customers)
        self.events = Timeline(events)
        with self.transaction() as connection:
            metadata.create_all(connection)
            self.credentials = _credentials(connection)
            self.customers.open(connection)
            self.events.open(connection)
            self._last_number = connection.scalar(select(func.max(customers.c.row))) or 0
        self.analyze()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction: commit at the end of the block, roll back if it raises."""
        with self._lock, self._connection.begin():
            yield self._connection

    def next_number(self) -> int:
        """A number for the `intId` of a new customer, which no customer of this store has had."""
        self._last_number += 1
        return self._last_number

    def analyze(self) -> None:
        """Let SQLite gather statistics.

        All customers are in one node, and without statistics SQLite would pick its index by the node.
        """
        with self.transaction() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")

    def clear(self) -> None:
        """Delete all customers, events and sessions; keep the credentials."""
        with self.transaction() as connection:
            for table in (customers, events, sessions):
                connection.execute(delete(table))
            self.customers.open(connection)
            self.events.open(connection)
            self._last_number = 0

    def close(self) -> None:
        """Close the database. A store in memory loses its data."""
        with self._lock:
            self._connection.close()
            self._engine.dispose()


def _tune(connection: Any, _record: object) -> None:
    """Write without waiting for the disk, because data need to survive the process only, not the machine."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _credentials(connection: Connection) -> Credentials:
    stored: dict[str, str] = {row.name: row.value for row in connection.execute(select(credentials))}
    if not stored:
        names = ("workspace_id", "node_id", "source_id")
        stored = {name: str(uuid4()) for name in names} | {"token": token_hex(32)}
        connection.execute(insert(credentials), [{"name": name, "value": stored[name]} for name in stored])
    return Credentials(**stored)
