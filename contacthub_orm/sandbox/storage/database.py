"""A SQLite database as the sandbox uses it: one connection that writes, in one transaction at a time, and some that read."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import NullPool, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from contacthub_orm.sandbox.storage.datafile import SHARES_LOCK, explained
from contacthub_orm.sandbox.storage.errors import NeedsTransaction, StorageFull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, MetaData

    from contacthub_orm.sandbox.storage.datafile import DataFile

__all__ = ["Database", "is_snapshot", "refuse_snapshot"]

SNAPSHOT: Final = "snapshot"

FIRST_ANALYSIS: Final = 500
READERS: Final = 6
"""How many snapshots of a file there are at once; who wants one more waits."""


def is_snapshot(connection: Connection) -> bool:
    """Whether a connection only reads what was committed at a time."""
    return SNAPSHOT in connection.info


def refuse_snapshot(connection: Connection) -> None:
    """Raise `NeedsTransaction` if the connection only reads."""
    if is_snapshot(connection):
        raise NeedsTransaction


_given = threading.local()
# All databases have one engine, because it keeps each statement that it has compiled.
ENGINE: Final = create_engine(
    "sqlite://", creator=lambda: _given.connection, poolclass=NullPool, hide_parameters=True
)


class Database:
    """The tables, in memory or in a file.

    Threads may share a database; it serializes their transactions. Of a file they can also read what is committed while
    a transaction goes on; see `snapshot`.

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
        self._publication = threading.Lock()
        self._is_closed = False
        self._readers = None if file is None or not SHARES_LOCK else _Readers(file)
        self._analyze_at = FIRST_ANALYSIS
        try:
            self._open()
        except BaseException:
            if self._file is not None:
                self._file.discard()
            raise

    def seen(self, connection: Connection) -> Any:
        """What `_state` told of the data that a connection sees."""
        return connection.info[SNAPSHOT] if is_snapshot(connection) else self._state()

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
                with self._connection.begin() as transaction:
                    yield self._connection
                    with self._publication:
                        transaction.commit()
                        self._published = self._state()
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

    @property
    def reads_aside(self) -> bool:
        """Whether there are snapshots."""
        return self._readers is not None

    @property
    def is_large(self) -> bool:
        """Whether searches may take long."""
        return False

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that reads what is committed now, whatever others write meanwhile.

        Raises:
            NeedsTransaction: if it cannot be read so, or not in the way that it is asked; a transaction tells.
        """
        if self._readers is None:
            raise NeedsTransaction
        try:
            with self._readers.connection() as connection:
                with self._publication:
                    self._readers.begin(connection)
                    connection.info[SNAPSHOT] = self._published
                yield connection
        except DBAPIError as error:
            raise NeedsTransaction from error

    def _state(self) -> Any:
        """What is to be known of the data as they are after a commit; see `seen`."""

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Keep others from starting a transaction during the block, or yield False if one is going on."""
        is_free = self._lock.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._lock.release()

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

    def interrupt(self) -> None:
        """Let all statements fail that are being carried out, in whichever thread."""
        if self._is_closed:
            return
        self._raw.interrupt()
        if self._readers is not None:
            self._readers.interrupt()

    def close(self) -> None:
        """Close the database. One in memory loses its data."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            if self._readers is not None:
                self._readers.close()
            # An interrupt holds until the next statement, and would keep the log from being put away.
            self._raw.execute("SELECT 1").fetchall()
            self._connection.close()
            if self._file is not None:
                self._file.release()


@cache
def _definitions(metadata: MetaData) -> tuple[str, ...]:
    """What creates the tables and indexes that are missing: the file of an older version lacks some."""
    tables = metadata.sorted_tables
    created = [str(CreateTable(table, if_not_exists=True).compile(ENGINE)) for table in tables]
    indexes = [index for table in tables for index in table.indexes]
    return (*created, *(str(CreateIndex(index, if_not_exists=True).compile(ENGINE)) for index in indexes))


class _Readers:
    """Connections that read a file, each of which takes one snapshot at a time."""

    def __init__(self, file: DataFile) -> None:
        self._file = file
        self._raw: list[sqlite3.Connection] = []
        # A connection that goes back to the pool is rolled back, which ends its snapshot.
        self._engine = create_engine(
            "sqlite://",
            creator=self._opened,
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=0,
            hide_parameters=True,
        )

    def connection(self) -> Connection:
        """A connection without a snapshot, which goes back when it is closed."""
        return self._engine.connect()

    def begin(self, connection: Connection) -> None:
        """Take a snapshot, which is what the first statement of a transaction sees."""
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1")

    def interrupt(self) -> None:
        """Let all statements fail that are being carried out."""
        for raw in self._raw:
            raw.interrupt()

    def close(self) -> None:
        """Close all connections, which nobody uses any more."""
        self._engine.dispose()

    def _opened(self) -> sqlite3.Connection:
        raw = self._file.reader()
        self._raw.append(raw)
        return raw
