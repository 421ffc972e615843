"""The SQLite database behind a sandbox: one connection, one transaction at a time, credentials that outlive it."""

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
    """What a client needs to know, and the source that the token stands for."""

    workspace_id: str
    node_id: str
    source_id: str
    token: str

    def __repr__(self) -> str:
        return f"Credentials(workspace_id={self.workspace_id!r}, node_id={self.node_id!r})"


class Store:
    """The tables in memory, or in a file that is made if it does not exist.

    Threads may share a store; their transactions follow one another.
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
        """Everything inside is written together, or not at all if it raises."""
        with self._lock, self._connection.begin():
            yield self._connection

    def next_number(self) -> int:
        """A number that no customer of this store has had: its `intId`."""
        self._last_number += 1
        return self._last_number

    def analyze(self) -> None:
        """Let SQLite look at what is stored, so that it picks the right index: all customers are of one node."""
        with self.transaction() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")

    def clear(self) -> None:
        """Forget all customers, events and sessions; the credentials stay."""
        with self.transaction() as connection:
            for table in (customers, events, sessions):
                connection.execute(delete(table))
            self.customers.open(connection)
            self.events.open(connection)
            self._last_number = 0

    def close(self) -> None:
        """Give the file back; a store in memory is gone."""
        with self._lock:
            self._connection.close()
            self._engine.dispose()


def _tune(connection: Any, _record: object) -> None:
    """Write without waiting for the disk: what survives a stop of the process is enough here."""
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
