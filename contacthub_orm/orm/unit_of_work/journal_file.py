"""The file of a journal, a SQLite database that one session or recovery uses at a time.

It is looked at before SQLite opens it: another program's file is refused and left as it is.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from weakref import WeakSet

from contacthub_orm.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["JournalFile"]

_APPLICATION_ID: Final = 0x63486A6C
"""The mark of a journal in the header of its file ("cHjl"); see `pragma application_id` of SQLite."""

_MAGIC: Final = b"SQLite format 3\0"
_MARK: Final = slice(68, 72)
_HEADER: Final = 100
_OWNER_ONLY: Final = 0o600

_Inode = tuple[int, int]
"""A file by its device and its number on it, whatever its name is."""

_SCHEMA: Final = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists operation (
    number integer primary key,
    batch integer not null,
    verb text not null,
    resource text not null,
    identity text,
    request text not null,
    after text not null,
    baseline text not null,
    first_sent text not null,
    clock_ahead real,
    last_sent text not null,
    outcome text,
    document text,
    evidence text
);
create table if not exists event (
    number integer primary key autoincrement,
    id text not null unique,
    operation integer,
    name text not null,
    data text not null,
    resource text not null,
    identity text,
    recorded_at text not null
);
"""

_FORMAT: Final = "2"
_IN_USE: Final = "is in use by a session or a recovery"


class JournalFile:
    """The open file of a journal: a SQLite database that this process alone uses.

    Args:
        path: the path of the file.
        place: the place that the journal belongs to, or None for that of the file.
        create: whether to create the file if it does not exist.

    Attributes:
        path: the absolute path.
        place: the place that the journal belongs to.
        inode: which file it is.

    Raises:
        JournalError: if the file does not exist, is not a journal, has another format, is damaged, is in use, belongs to
            another place, or cannot be written.
    """

    application_id: ClassVar[int] = _APPLICATION_ID
    schema: ClassVar[str] = _SCHEMA
    format: ClassVar[str] = _FORMAT

    def __init__(self, path: str | os.PathLike[str], place: str | None, *, create: bool) -> None:
        self.path = _path(path)
        self._inherited = False
        self.inode = _inode(self.path)
        if any(one.inode == self.inode and one.is_open for one in _open_journals):
            raise JournalError(f"{self.path} {_IN_USE}")  # to read the file once more would break its lock
        _prepare(self.path, self.application_id, create=create)
        try:
            self._connection = sqlite3.connect(
                self.path, isolation_level=None, timeout=0.2, check_same_thread=False
            )
            self._open(place)
        except sqlite3.Error as error:
            self.release()
            reason = _IN_USE if "locked" in str(error) else f"is damaged or cannot be written ({error})"
            raise JournalError(f"{self.path} {reason}") from error
        except JournalError:
            self.release()
            raise
        self.inode = _inode(self.path)
        self._files = self._inodes()
        _open_journals.add(self)

    def _open(self, place: str | None) -> None:
        execute = self._connection.execute
        execute("pragma locking_mode = exclusive")
        execute("pragma secure_delete = on")  # what was settled leaves no personal data behind
        if execute("pragma application_id").fetchone() != (self.application_id,):
            execute(f"pragma application_id = {self.application_id}")
        execute("pragma journal_mode = wal")
        execute("begin exclusive")
        for statement in self.schema.split(";"):
            execute(statement)
        found = dict(execute("select key, value from meta").fetchall())
        held, written = found.get("place") or place or "", found.get("format", self.format)
        if written != self.format:
            execute("rollback")
            raise JournalError(
                f"{self.path} is a journal of format {written}; this version reads format {self.format}"
            )
        if place not in (None, held):
            execute("rollback")
            raise JournalError(f"{self.path} is the journal of {held}, not of {place}")
        execute("insert or replace into meta values ('format', ?)", (self.format,))
        if held:  # a look at an empty file does not decide whose it will be
            execute("insert or replace into meta values ('place', ?)", (held,))
        execute("commit")
        self.place = held

    @property
    def is_open(self) -> bool:
        """Whether this process holds the lock of the file."""
        try:
            return self._connection.total_changes >= 0
        except sqlite3.ProgrammingError:
            return False

    def _inodes(self) -> list[Any]:
        return [_inode(self.path), _inode(Path(f"{self.path}-wal"))]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A block that reads. Raises JournalError if the file is damaged."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError, LookupError) as error:
            raise JournalError(f"{self.path} is damaged ({error})") from error

    @contextmanager
    def transaction(self, *, synced: bool = True) -> Iterator[None]:
        """All that the block writes, or nothing of it. Raises JournalError if it cannot be written.

        Args:
            synced: whether it also survives the death of the machine, and not only that of the process.
        """
        execute = self._connection.execute
        try:
            execute(f"pragma synchronous = {'full' if synced else 'normal'}")
            execute("begin immediate")
            yield
            execute("commit")
        except BaseException as error:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise JournalError(f"{self.path} cannot be written ({error})") from error
            raise

    def refuse_if_lost(self) -> None:
        """Make sure that what is written reaches the file.

        Raises:
            JournalError: if the file was removed or replaced, or this process was forked from the one that opened it.
        """
        if self._inherited:
            raise JournalError(
                f"{self.path} is in use by the process that this one was forked from: open a session of its own here"
            )
        if self._inodes() != self._files:
            raise JournalError(
                f"{self.path} was removed or replaced since it was opened: open another session"
            )

    def release(self) -> None:
        """Close the file and release its lock."""
        _open_journals.discard(self)
        connection = getattr(self, "_connection", None)
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _path(path: str | os.PathLike[str]) -> Path:
    """Return an absolute path.

    Raises:
        JournalError: if it is no path.
    """
    try:
        name = os.fsdecode(path)
    except TypeError:
        name = ""
    if not name or "\0" in name:
        raise JournalError(f"journal is the path of a file, got {path!r}")
    return Path(name).absolute()


def _inode(path: Path) -> _Inode | None:
    """Return which file a path names, or None if it names none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare(path: Path, application_id: int, *, create: bool) -> None:
    """Make sure that a file is a journal or new, and that only its owner can read it.

    Raises:
        JournalError: if it does not exist and is not to be created, cannot be read or created, or is not a journal.
    """
    try:
        if not _exists(path, create=create):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        with path.open("rb") as file:
            _refuse_other_programs(path, application_id, file.read(_HEADER))
    except OSError as error:
        raise JournalError(f"{path} cannot be opened: {error.strerror or error}") from None
    for one in (path, Path(f"{path}-wal")):
        with suppress(OSError):  # another owner's file stays as that owner wants it
            one.chmod(_OWNER_ONLY)


def _exists(path: Path, *, create: bool) -> bool:
    """Whether there is a file that SQLite may open.

    Raises:
        JournalError: if there must be one and there is none, or if there is something else.
    """
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise JournalError(f"{path} is no journal: the symbolic link points to nothing") from None
        if not create:
            raise JournalError(f"{path} is no journal: there is no such file") from None
        return False
    if not stat.S_ISREG(kind):
        raise JournalError(f"{path} is no journal: it is {'a folder' if stat.S_ISDIR(kind) else 'no file'}")
    return True


def _refuse_other_programs(path: Path, application_id: int, header: bytes) -> None:
    """Refuse a file whose header is not that of a journal. An empty file is a new journal.

    Raises:
        JournalError: if it is one.
    """
    if not header:
        return
    if not header.startswith(_MAGIC):
        raise JournalError(f"{path} is no journal: it is another program's file")
    if header[_MARK] != application_id.to_bytes(4, "big"):
        raise JournalError(
            f"{path} is no journal: it is another program's database, or a journal of an earlier version "
            "of this library, which only that version can recover"
        )


_open_journals: Final[WeakSet[JournalFile]] = WeakSet()


def _leave_to_the_parent() -> None:
    """Keep the connections that a forked child has inherited open for ever.

    NOTE: when SQLite closes a connection in the child, it removes the parent's write-ahead log. Python closes a
    connection when it frees the object, at the latest at the end of the child. So the object must never be freed, not
    even at the end, when module globals are cleared. Only a reference count that is one too high makes sure of that.
    """
    from ctypes import py_object, pythonapi  # only needed after a fork

    for journal in _open_journals:
        journal._inherited = True  # noqa: SLF001 - a function of this module, for the fork alone
        pythonapi.Py_IncRef(py_object(journal._connection))  # noqa: SLF001 - likewise


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
