"""The file of a mirror: looked at before SQLite opens it, so that another program's file is left as it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import ContacthubError, MirrorError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["open_file", "read_only", "refusing"]

_APPLICATION_ID: Final = 0x63486D72
"""The mark of a mirror in the header of its file ("cHmr"); see `pragma application_id` of SQLite."""

_MAGIC: Final = b"SQLite format 3\0"
_MARK: Final = slice(68, 72)
_OWNER_ONLY: Final = 0o600
_TIMEOUT: Final = 30.0
"""Seconds for which a write waits for that of another process."""


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite, of the file system and of values that SQLite cannot take into those of this library.

    Raises:
        MirrorError: in their place.
    """
    try:
        yield
    except ContacthubError:  # some are OSErrors too, as those of requests are
        raise
    except (sqlite3.Error, OSError, OverflowError, UnicodeError, RecursionError) as error:
        raise MirrorError(f"the mirror {path}: {error}") from error


def open_file(path: str | os.PathLike[str]) -> tuple[Path, sqlite3.Connection]:
    """Open a mirror's file, or create one that its owner alone can read.

    Raises:
        MirrorError: if it is another program's, or cannot be opened.
    """
    try:
        found = Path(os.fspath(path)).absolute()
    except TypeError:
        raise MirrorError(f"the path of a mirror is that of a file, got {path!r}") from None
    with refusing(found):
        os.close(os.open(found, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
        with found.open("rb") as file:
            header = file.read(100)
    if header and (header[:16] != _MAGIC or header[_MARK] != _APPLICATION_ID.to_bytes(4, "big")):
        raise MirrorError(f"{found} is not a mirror")
    with refusing(found):
        connection = sqlite3.connect(found, timeout=_TIMEOUT, isolation_level=None)
        try:
            connection.execute("pragma secure_delete = on")  # what is deleted is overwritten
            connection.execute("pragma synchronous = normal")
            if not header:
                connection.execute(f"pragma application_id = {_APPLICATION_ID}")
            connection.execute("pragma journal_mode = wal")
        except sqlite3.Error:
            connection.close()
            raise
    return found, connection


def read_only(path: Path) -> sqlite3.Connection:
    """Open a plain connection that cannot write."""
    with refusing(path):
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT)
