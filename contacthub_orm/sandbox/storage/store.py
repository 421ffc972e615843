"""The SQLite database of a sandbox: one connection, one transaction at a time, and the credentials."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import StaticPool, create_engine, delete, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from contacthub_orm.sandbox.storage.credentials import stored_credentials
from contacthub_orm.sandbox.storage.datafile import DataFile, explained
from contacthub_orm.sandbox.storage.errors import StorageFull
from contacthub_orm.sandbox.storage.tables import customers, events, metadata, sessions
from contacthub_orm.sandbox.storage.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from sqlalchemy import Connection

__all__ = ["Store"]

FIRST_ANALYSIS: Final = 500


class Store:
    """The tables, in memory or in a file.

    Threads may share a store; it serializes their transactions.

    Args:
        path: the file, which is created if it does not exist; None keeps the tables in memory.

    Raises:
        SandboxError: if the file cannot be used, with the reason in one line.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self._file = None if path is None else DataFile(path)
        self._lock = threading.RLock()
        self._analyze_at = FIRST_ANALYSIS
        self.customers = Timeline(customers)
        self.events = Timeline(events)
        try:
            self._open()
        except BaseException:
            if self._file is not None:
                self._file.discard()
            raise

    def _open(self) -> None:
        try:
            self._raw = (
                sqlite3.connect(":memory:", check_same_thread=False)
                if self._file is None
                else self._file.connect()
            )
        except sqlite3.Error as error:
            raise explained(self._name, error) from None
        # Writes do not wait for the disk, because data need to survive the process only, not the machine.
        self._raw.execute("PRAGMA synchronous=OFF")
        self._engine = create_engine(
            "sqlite://", creator=lambda: self._raw, poolclass=StaticPool, hide_parameters=True
        )
        self._connection = self._engine.connect()
        try:
            with self.transaction() as connection:
                metadata.create_all(connection)
                self.credentials = stored_credentials(connection)
                self.customers.open(connection)
                self.events.open(connection)
                self._last_number = connection.scalar(select(func.max(customers.c.row))) or 0
            self.analyze()
        except BaseException:
            self.close()
            raise

    @property
    def _name(self) -> str | None:
        return None if self._file is None else self._file.name

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction: commit at the end of the block, roll back if it raises.

        Raises:
            SandboxError: if SQLite cannot read or write the database; `StorageFull` if the disk is full.
        """
        with self._lock:
            try:
                with self._connection.begin():
                    yield self._connection
            except IntegrityError:
                raise
            except DBAPIError as error:
                raise explained(self._name, error.orig) from error
            finally:
                # A commit that fails can leave its transaction open, and the next one would complete it.
                self._raw.rollback()
            if self._raw.total_changes >= self._analyze_at:
                # What was written is committed. A full disk keeps statistics from being stored, no more.
                with suppress(StorageFull):
                    self.analyze()

    def next_number(self) -> int:
        """A number for the `intId` of a new customer, which no customer of this store has had."""
        self._last_number += 1
        return self._last_number

    def analyze(self) -> None:
        """Let SQLite gather statistics; later it does so by itself each time that the writes have doubled.

        All customers are in one node, and without statistics SQLite would pick its index by the node.
        """
        self._analyze_at = max(FIRST_ANALYSIS, 2 * self._raw.total_changes)
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
