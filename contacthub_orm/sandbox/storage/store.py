"""The database of a sandbox: its customers, events and sessions, and its credentials.

All workspaces share the tables. What belongs to a node is known by the id of the node, which no two workspaces share; the
rest is filed under the key of the workspace (see `credentials`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import delete

from contacthub_orm.sandbox.storage.credentials import forget_further
from contacthub_orm.sandbox.storage.database import Database
from contacthub_orm.sandbox.storage.datafile import DataFile
from contacthub_orm.sandbox.storage.lists import ListTables
from contacthub_orm.sandbox.storage.snapshots import load_tables, saved
from contacthub_orm.sandbox.storage.tables import (
    consent_log,
    customers,
    deletions,
    events,
    metadata,
    resources,
    sessions,
    updates,
)
from contacthub_orm.sandbox.storage.timeline import Timeline
from contacthub_orm.sandbox.storage.updates import UpdateStream
from contacthub_orm.sandbox.storage.values import ValueColumns

if TYPE_CHECKING:
    from os import PathLike

    from sqlalchemy import Connection

    Generations: TypeAlias = tuple[int, int]

__all__ = ["Store"]

LARGE: Final = 10_000
"""From this number of customers or events on, a search may take long."""

APPLICATION_ID: Final = int.from_bytes(b"CHsb")
CLEAR: Final = tuple(
    delete(table) for table in (customers, events, deletions, sessions, resources, updates, consent_log)
)
UNSIGNED: Final = ("credentials", "customers", "events", "sessions")


class Store(Database):
    """The tables, in memory or in a file.

    Threads may share a store; it serializes their transactions.

    Args:
        path: the file, which is created if it does not exist; None keeps the tables in memory.

    Raises:
        SandboxError: if the file cannot be used, with the reason in one line.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self.updates = UpdateStream()
        self.values = ValueColumns()
        self.lists = ListTables()
        self.customers = Timeline(customers, self.updates, "CUSTOMER")
        self.events = Timeline(events, self.updates, "EVENT")
        super().__init__(None if path is None else DataFile(path, APPLICATION_ID, UNSIGNED), metadata)

    def _read(self, connection: Connection) -> None:
        self.customers.open(connection)
        self.events.open(connection)
        self.updates.open(connection)
        self._last_number = self.customers.size

    @property
    def is_large(self) -> bool:
        """Whether searches may take long."""
        return max(self.customers.size, self.events.size) >= LARGE

    def settled(self, now: int) -> bool:
        """Whether searches see the latest version of everything."""
        return self.customers.settled(now) and self.events.settled(now)

    def generations(self, connection: Connection) -> Generations:
        """How much was written to customers and to events, as far as a connection sees it."""
        seen: Generations = self.seen(connection)
        return seen

    def _state(self) -> Generations:
        return self.customers.generation, self.events.generation

    def _rolled_back(self) -> None:
        self.values.forget()
        self.lists.forget()

    def _clear_values(self, connection: Connection) -> None:
        """Drop what was made of values inside the documents, before all rows go."""
        self.values.clear(connection, customers, events)
        self.lists.clear(connection, customers, events)

    def next_number(self) -> int:
        """A number for the `intId` of a new customer, which no customer of this store has had."""
        self._last_number += 1
        return self._last_number

    def clear(self, connection: Connection) -> None:
        """Delete everything but the credentials of the first workspace."""
        forget_further(connection)
        self._clear_values(connection)
        for statement in CLEAR:
            connection.execute(statement)
        for known in (self.customers, self.events, self.updates):
            known.forget()
        self._last_number = 0

    def save(self) -> bytes:
        """Everything, as the content of a data file."""
        with self._exclusive() as raw:
            return saved(raw, APPLICATION_ID)

    def load(self, connection: Connection, content: bytes) -> None:
        """Replace everything by what `save` gave, or by the content of a data file.

        Args:
            connection: the database connection, with a transaction open.
            content: the content.

        Raises:
            SandboxError: if it is nothing of the kind.
        """
        self._clear_values(connection)
        load_tables(connection, metadata, content, APPLICATION_ID)
        self._read(connection)

    def reread(self, connection: Connection) -> None:
        """Take what is kept in memory from the tables anew, after a `load` was taken back."""
        self._read(connection)
