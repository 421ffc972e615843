"""The file of a store: whose it is, who may open it, and what its errors mean.

SQLite itself keeps another process out: its exclusive lock belongs to the process and ends with it, however that ends.
So there is no lock file that a kill could leave behind. Where SQLite can share the lock between the connections of a
process, which it can but on Windows, further connections read while the first one writes.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.storage.errors import SandboxError, StorageFull

if TYPE_CHECKING:
    from collections.abc import Collection
    from os import PathLike

__all__ = ["PRIVATE", "SHARES_LOCK", "DataFile", "explained"]

PRIVATE: Final = 0o600
SIDECARS: Final = ("", "-wal", "-shm", "-journal")
PRIMARY_CODE: Final = 0xFF
LOCK_TIMEOUT: Final = 0.2
CHECKED_BYTES: Final = 64 * 1024 * 1024
"""A larger file is not read as a whole when it is opened, which would take seconds. Reading a damaged part of it fails."""

LOCK_OF_PROCESS: Final = "unix-excl"
"""The system interface of SQLite's by which the connections of a process share one exclusive lock."""

SHARES_LOCK: Final = os.name == "posix"

_open_files: Final[set[tuple[int, int]]] = set()
_opening: Final = threading.Lock()

MEANINGS: Final = {
    sqlite3.SQLITE_BUSY: "is in use by another process; a data file serves one sandbox at a time",
    sqlite3.SQLITE_LOCKED: "is in use by another process; a data file serves one sandbox at a time",
    sqlite3.SQLITE_CORRUPT: "is corrupt",
    sqlite3.SQLITE_NOTADB: "is no data file of a sandbox",
    sqlite3.SQLITE_READONLY: "cannot be written",
}


class DataFile:
    """A data file, checked and ready to be opened.

    Args:
        path: its path, which is taken literally, whatever characters it has. A missing file is created, for
            its owner's eyes only.
        application_id: the number by which SQLite's header says whose file it is.
        unsigned_tables: the tables by which a file is known that earlier versions did not sign; none if there
            are no such files.

    Raises:
        SandboxError: if the place is missing, or the file is another program's or no database.
    """

    def __init__(
        self, path: str | PathLike[str], application_id: int, unsigned_tables: Collection[str] = ()
    ) -> None:
        self._application_id = application_id
        self._unsigned_tables = frozenset(unsigned_tables)
        given = os.fsdecode(path)
        if not given or "\0" in given:
            raise SandboxError(f"no file can have the name {given!r}")
        self.name = os.path.abspath(given)
        try:
            self._is_new = self._created_or_checked()
        except OSError as error:
            raise SandboxError(f"cannot open the data file {given!r}: {error.strerror}") from None

    def connect(self) -> sqlite3.Connection:
        """Open the file and keep every other sandbox out until the connection is closed, and `release` called.

        Raises:
            SandboxError: if another sandbox of this process has it.
            sqlite3.Error: if it fails otherwise; `explained` says what it means.
        """
        self._claim()
        try:
            return self._connected()
        except BaseException:
            self.release()
            raise

    def reader(self) -> sqlite3.Connection:
        """Open one more connection, which only reads. The one of `connect` must be open.

        Raises:
            sqlite3.Error: if that fails.
        """
        connection = self._connection()
        connection.execute("PRAGMA query_only=1")
        return connection

    def release(self) -> None:
        """Let another sandbox of this process have the file, after all connections were closed."""
        with _opening:
            _open_files.discard(self._claimed)

    def _claim(self) -> None:
        """Keep the other sandboxes of this process out, which have the same lock."""
        with _opening:
            status = os.stat(self.name)
            claimed = (status.st_dev, status.st_ino)
            if claimed in _open_files:
                raise SandboxError(f"the data file {self.name!r} {MEANINGS[sqlite3.SQLITE_BUSY]}")
            _open_files.add(claimed)
            self._claimed = claimed

    def _connection(self) -> sqlite3.Connection:
        system = f"?vfs={LOCK_OF_PROCESS}" if SHARES_LOCK else ""
        address = f"{Path(self.name).as_uri()}{system}"
        return sqlite3.connect(address, uri=True, timeout=LOCK_TIMEOUT, check_same_thread=False)

    def _connected(self) -> sqlite3.Connection:
        connection = self._connection()
        try:
            if not SHARES_LOCK:
                connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
            # In the header, and before the write-ahead log exists, so that the main file always says whose it is.
            connection.execute(f"PRAGMA application_id={self._application_id}")
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            is_small = not self._is_new and os.path.getsize(self.name) <= CHECKED_BYTES
            if is_small and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("database disk image is malformed")
        except sqlite3.Error:
            connection.close()
            raise
        for name in self._parts():
            with suppress(OSError):
                Path(name).chmod(PRIVATE)
        return connection

    def discard(self) -> None:
        """Delete the file if it was created by this object, after opening it failed."""
        if self._is_new:
            for name in self._parts():
                with suppress(OSError):
                    Path(name).unlink()

    def _parts(self) -> list[str]:
        return [self.name + suffix for suffix in SIDECARS]

    def _created_or_checked(self) -> bool:
        """Create the file, or check whose it is; return whether it was created."""
        try:
            mode = os.stat(self.name).st_mode
        except FileNotFoundError:
            os.close(os.open(self.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
            return True
        if not stat.S_ISREG(mode):
            raise SandboxError(f"{self.name!r} is no file")
        if os.path.getsize(self.name) and not self._is_a_sandboxs():
            raise SandboxError(f"{self.name!r} is another program's file, and was left as it is")
        return False

    def _is_a_sandboxs(self) -> bool:
        """Whether a sandbox wrote the file; asked without a lock, a log or any other trace.

        Sandboxes of earlier versions did not sign their files, which are known by the tables of that time.
        """
        # Opened by SQLite, not by `open`: closing a second descriptor would drop this process's own locks.
        address = f"{Path(self.name).as_uri()}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(address, uri=True)) as connection:
                if connection.execute("PRAGMA application_id").fetchone() == (self._application_id,):
                    return True
                rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        except sqlite3.Error as error:
            raise explained(self.name, error) from None
        return bool(self._unsigned_tables) and {name for (name,) in rows} >= self._unsigned_tables


def explained(name: str | None, error: BaseException | None, subject: str = "") -> SandboxError:
    """What an error of SQLite means, in one line; `name` is that of the file, None for a store in memory."""
    subject = subject or ("the store in memory" if name is None else f"the data file {name!r}")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & PRIMARY_CODE
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(f"{subject} cannot grow: the disk is full")
    return SandboxError(f"{subject} {MEANINGS.get(code, f'cannot be used: {error}')}")
