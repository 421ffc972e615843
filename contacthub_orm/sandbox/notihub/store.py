"""The database of a sandbox: its customers and messages, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete

from contacthub_orm.sandbox.notihub.access import stored_keys
from contacthub_orm.sandbox.notihub.tables import contacts, customers, messages, metadata, preferences
from contacthub_orm.sandbox.storage.database import Database
from contacthub_orm.sandbox.storage.datafile import DataFile

if TYPE_CHECKING:
    from os import PathLike

    from sqlalchemy import Connection

__all__ = ["NotihubStore"]

APPLICATION_ID: Final = int.from_bytes(b"NHsb")


class NotihubStore(Database):
    """The tables, in memory or in a file.

    Args:
        path: the file, which is created if it does not exist; None keeps the tables in memory.

    Raises:
        SandboxError: if the file cannot be used, with the reason in one line.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        super().__init__(None if path is None else DataFile(path, APPLICATION_ID), metadata)

    def _read(self, connection: Connection) -> None:
        self.keys = stored_keys(connection)

    def clear(self, connection: Connection) -> None:
        """Delete everything but the keys; contacts are numbered from 1 again."""
        for table in (customers, contacts, preferences, messages):
            connection.execute(delete(table))
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
