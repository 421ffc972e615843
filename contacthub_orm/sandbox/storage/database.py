"""A SQLite database as the sandbox uses it: one connection, and one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from contacthub_orm.sandbox.storage.datafile import explained
from contacthub_orm.sandbox.storage.errors import StorageFull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, MetaData

    from contacthub_orm.sandbox.storage.datafile import DataFile

__all__ = ["Database"]

FIRST_ANALYSIS: Final = 500

_given = threading.local()
# All databases have one engine, because it keeps each statement that it has compiled.
ENGINE: Final = create_engine(
    "sqlite://", creator=lambda: _given.connection, poolclass=NullPool, hide_parameters=True
)


class Database:
    """The tables, in memory or in a file.

    Threads may share a database; it serializes their transactions.

    Args:
        file: the file, or None for tables in memory.
        metadata: the tables, which are created if they are missing.

    Raises:
        SandboxError: if the file cannot be used, with the reason in one line.
    """

    def __init__(self, file: DataFile | None, metadata: MetaData) -> None:
        self._file = file
        self._metadata = metadata
        self._lock = threading.RLock()
        self._analyze_at = FIRST_ANALYSIS
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
            raise explained(self.name, error) from None
        # Writes do not wait for the disk, because data need to survive the process only, not the machine.
        self._raw.execute("PRAGMA synchronous=OFF")
        _given.connection = self._raw
        self._connection = ENGINE.connect()
        try:
            with self.transaction() as connection:
                for definition in _definitions(self._metadata):
                    connection.exec_driver_sql(definition)
                self._read(connection)
            self.analyze()
        except BaseException:
            self.close()
            raise

    def _read(self, connection: Connection) -> None:
        """Take what is kept in memory from the tables, in the transaction that creates them."""

    def _rolled_back(self) -> None:
        """A transaction failed: what is kept in memory may tell of what it made."""

    @property
    def name(self) -> str | None:
        """The path of the file, None for tables in memory."""
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
            except BaseException as error:
                self._rolled_back()
                if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
                    raise explained(self.name, error.orig) from error
                raise
            finally:
                # A commit that fails can leave its transaction open, and the next one would complete it.
                self._raw.rollback()
            if self._raw.total_changes >= self._analyze_at:
                # What was written is committed. A full disk keeps statistics from being stored, no more.
                with suppress(StorageFull):
                    self.analyze()

    @contextmanager
    def _exclusive(self) -> Iterator[sqlite3.Connection]:
        """The connection of SQLite, while nobody else uses it."""
        with self._lock:
            yield self._raw

    def analyze(self) -> None:
        """Let SQLite gather statistics; later it does so by itself each time that the writes have doubled.

        All customers are in one node, and without statistics SQLite would pick its index by the node.
        """
        self._analyze_at = max(FIRST_ANALYSIS, 2 * self._raw.total_changes)
        with self.transaction() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Close the database. One in memory loses its data."""
        with self._lock:
            self._connection.close()


@cache
def _definitions(metadata: MetaData) -> tuple[str, ...]:
    """What creates the tables and indexes that are missing: the file of an older version lacks some."""
    tables = metadata.sorted_tables
    created = [str(CreateTable(table, if_not_exists=True).compile(ENGINE)) for table in tables]
    indexes = [index for table in tables for index in table.indexes]
    return (*created, *(str(CreateIndex(index, if_not_exists=True).compile(ENGINE)) for index in indexes))
