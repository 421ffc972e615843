"""All tables of a database as one piece: the content of a data file, taken from it and put back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from contacthub_orm.sandbox.storage.datafile import explained
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, MetaData, Table

__all__ = ["load_tables", "saved"]

CHUNK: Final = 10_000
VERSIONS: Final = slice(18, 20)
"""Where the header says whether readers must know the write-ahead log; a content alone has none."""

NO_LOG: Final = b"\x01\x01"
NAME: Final = "the saved state"


def saved(raw: sqlite3.Connection, application_id: int) -> bytes:
    """The content of a data file with all that a database holds.

    Args:
        raw: the connection to the database.
        application_id: the number by which SQLite's header says whose file it is.
    """
    with closing(sqlite3.connect(":memory:")) as copy:
        raw.backup(copy)
        copy.execute(f"PRAGMA application_id={application_id}")
        content = bytearray(copy.serialize())
    content[VERSIONS] = NO_LOG
    return bytes(content)


def load_tables(connection: Connection, metadata: MetaData, content: bytes, application_id: int) -> None:
    """Replace the rows of all tables by those of a data file's content.

    The rows are copied, and the content is only read: what else may be in it, such as a trigger, does nothing.

    Args:
        connection: the database connection, with a transaction open.
        metadata: the tables.
        content: the content of a data file; one of an earlier version may lack tables or columns.
        application_id: the number by which SQLite's header says whose file it is.

    Raises:
        SandboxError: if it is no data file of a sandbox, or corrupt.
    """
    with closing(sqlite3.connect(":memory:")) as given:
        try:
            _open(given, content, application_id)
            for table in metadata.sorted_tables:
                connection.execute(delete(table))
                _copy(given, connection, table)
        except (sqlite3.Error, OverflowError) as error:
            raise explained(None, error, NAME) from None
        except DBAPIError as error:
            raise explained(None, error.orig, NAME) from None


def _open(given: sqlite3.Connection, content: bytes, application_id: int) -> None:
    header = bytearray(content)
    header[VERSIONS] = NO_LOG
    given.deserialize(bytes(header))
    if given.execute("PRAGMA application_id").fetchone() != (application_id,):
        raise SandboxError(f"{NAME} is no data file of a sandbox")
    if given.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise SandboxError(f"{NAME} is corrupt")
    if not given.execute("SELECT count(*) FROM credentials").fetchone()[0]:
        raise SandboxError(f"{NAME} lacks its ids and its token")


def _copy(given: sqlite3.Connection, connection: Connection, table: Table) -> None:
    there = {row[1] for row in given.execute(f'PRAGMA table_info("{table.name}")')}
    columns = [column.name for column in table.columns if column.name in there]
    if not columns:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" * len(columns))
    insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'
    for rows in _chunks(given.execute(f'SELECT {names} FROM "{table.name}"')):
        connection.exec_driver_sql(insert, rows)


def _chunks(cursor: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    while rows := cursor.fetchmany(CHUNK):
        yield rows
