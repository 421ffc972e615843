"""The tables of a mirror: documents, tombstones, the offset, and what may replace what."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.errors import InvalidRequestError, MirrorError
from contacthub_orm.mirror.file import open_file, refusing
from contacthub_orm.orm.wire.conversion import parse_datetime

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.orm import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["TABLES", "Store", "Table", "instant", "table_of"]

LAYOUT: Final = "1"

_FETCHED: Final = 500

_PATIENCE: Final = 0.25
"""Seconds for which the overwriting of what was deleted waits for readers; after it, a later call tries again."""

# `json.dumps` would make an encoder for each row.
_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_NO_NUMBER: Final = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity|NaN')

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen
class Table:
    """Where the documents of one kind are kept.

    Attributes:
        entity: their class.
        name: the name of the table.
        view: the name of the flat view.
        columns: the columns besides `document`, by the key whose value they hold; those in `instants` as microseconds
            since 1970.
        instants: the keys that hold an instant.
    """

    entity: type[Entity]
    name: str
    view: str
    columns: dict[str, str]
    instants: frozenset[str]


TABLES: Final = (
    Table(
        Customer,
        "customer_documents",
        "customers",
        {"id": "id", "version": "version", "updatedAt": "updated", "registeredAt": "registered"},
        frozenset({"updatedAt", "registeredAt"}),
    ),
    Table(
        Event,
        "event_documents",
        "events",
        {"id": "id", "version": "version", "updatedAt": "updated", "date": "date", "customerId": "customer"},
        frozenset({"updatedAt", "date"}),
    ),
)

_SCHEMA: Final = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists customer_documents (
    id text primary key, version integer, updated integer, registered integer,
    generation integer not null, document text not null
);
create table if not exists event_documents (
    id text primary key, version integer, updated integer, date integer, customer text,
    generation integer not null, document text not null
);
create table if not exists tombstones (
    kind text not null, id text not null, generation integer not null, at real not null, primary key (kind, id)
) without rowid;
create table if not exists doubtful (id text primary key) without rowid;
create index if not exists customer_generations on customer_documents (generation);
create index if not exists event_generations on event_documents (generation);
create index if not exists event_customers on event_documents (customer);
"""


def _encoded(document: Document) -> str:
    """A document as JSON that SQLite reads: Python reads 1e999, which no float holds, as infinite, and writes no JSON of it."""
    try:
        return _encode(document)
    except ValueError:
        text = json.dumps(document, separators=(",", ":"))
        numbers = {"Infinity": "1e999", "NaN": "null"}
        return _NO_NUMBER.sub(lambda found: numbers.get(found[0], found[0]), text)


def instant(text: Any) -> int | None:
    """The microseconds since 1970 of an ISO 8601 date or date-time; None for anything else."""
    try:
        since = parse_datetime(text) - _EPOCH
    except (TypeError, ValueError, OverflowError):
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _gone(table: Table, names: Sequence[str]) -> str:
    """The SQL for what keeps a row away: its own tombstone or, for an event, that of its customer."""
    own = f"kind = '{table.view}' and id = ?1"
    if "customer" not in names:
        return own
    return f"{own} or kind = '{TABLES[0].view}' and id = ?{names.index('customer') + 1}"


def table_of(entity: Any) -> Table:
    """The table of a class.

    Raises:
        InvalidRequestError: if a mirror has none.
    """
    for table in TABLES:
        if isinstance(entity, type) and issubclass(entity, table.entity):
            return table
    raise InvalidRequestError(f"a mirror holds customers and events, got {entity!r}")


class Store:
    """The open file of a mirror.

    A row is replaced by a newer version alone, and what was deleted does not come back: so it is harmless to be told
    anything twice, or late. Every transaction that writes has a generation, by which readers find what is new.

    Attributes:
        path: the absolute path of the file.
        connection: the connection that writes; it belongs to the thread that opened it.
        generation: that of the transaction that is open.

    Raises:
        MirrorError: if the file is of another place or layout, is not a mirror, or cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str], place: str) -> None:
        self.path, self.connection = open_file(path)
        self.generation = 0
        try:
            with refusing(self.path):
                self._prepare(place)
        except MirrorError:
            self.connection.close()
            raise

    def _prepare(self, place: str) -> None:
        self.connection.create_function("instant", 1, instant, deterministic=True)
        with self._locked():
            if self.connection.execute("select 1 from sqlite_master where name = 'meta'").fetchone() is None:
                for statement in _SCHEMA.split(";"):
                    self.connection.execute(statement)
                self.set("layout", LAYOUT)
                self.set("place", place)
        if self.get("layout") != LAYOUT:
            raise MirrorError(
                f"{self.path} has the layout {self.get('layout')}, not {LAYOUT}: delete it, and read anew"
            )
        if self.get("place") != place:
            raise MirrorError(f"{self.path} is a mirror of {self.get('place')}, not of {place}")

    # -- transactions and settings ------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.connection.execute("begin immediate")
        try:
            yield
            self.connection.execute("commit")
        except BaseException:
            if self.connection.in_transaction:  # SQLite ends it by itself after some errors
                self.connection.execute("rollback")
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction with a generation of its own: everything in it is kept, or nothing.

        Raises:
            MirrorError: if it cannot be written.
        """
        with refusing(self.path), self._locked():
            self.generation = self.newest_generation() + 1
            self.set("generation", str(self.generation))
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A block whose questions are all answered from one state of the file, whatever other processes write meanwhile.

        Raises:
            MirrorError: if the file cannot be read.
        """
        with refusing(self.path):
            self.connection.execute("begin")
            try:
                yield
            finally:
                self.connection.execute("commit")

    def newest_generation(self) -> int:
        """The generation of the latest transaction."""
        return int(self.get("generation") or 0)

    def get(self, key: str) -> str | None:
        """A setting of the mirror, or None."""
        found = self.rows("select value from meta where key = ?", (key,))
        return found[0][0] if found else None

    def set(self, key: str, value: str | None) -> None:
        """Write a setting, or remove it. A transaction must be open."""
        if value is None:
            self.connection.execute("delete from meta where key = ?", (key,))
        else:
            self.connection.execute("insert or replace into meta values (?, ?)", (key, value))

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows of a statement.

        Raises:
            MirrorError: if SQLite refuses it.
        """
        with refusing(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows of a query that may have many, as they are needed.

        Raises:
            MirrorError: if SQLite refuses it.
        """
        with refusing(self.path):
            cursor = self.connection.execute(sql, parameters)
        while True:
            with refusing(self.path):
                rows = cursor.fetchmany(_FETCHED)
            if not rows:
                return
            yield from rows

    # -- documents ----------------------------------------------------------------------------------------------------

    def write(self, table: Table, documents: Iterable[Document], *, force: bool = False) -> int:
        """Write documents, except those that are no newer than what is held, and those of what was deleted.

        What was deleted includes the events of a deleted customer, whether the mirror ever held them or not.

        Args:
            table: where to.
            documents: the documents, as the service gave them.
            force: whether they replace newer ones too, and what was deleted.

        Returns:
            How many rows were written.
        """
        names = [*table.columns.values(), "generation", "document"]
        unless_gone = (
            "" if force else f"not exists (select 1 from tombstones where {_gone(table, names)}) and"
        )
        if_newer = "" if force else "where (excluded.version, excluded.updated) > (version, updated)"
        sql = (
            f"insert into {table.name} ({', '.join(names)}) "
            f"select {', '.join(f'?{number}' for number in range(1, len(names) + 1))} where {unless_gone} true "
            f"on conflict (id) do update set {', '.join(f'{name} = excluded.{name}' for name in names[1:])} {if_newer}"
        )
        before = self.connection.total_changes
        self.connection.executemany(sql, (self._row(table, document) for document in documents))
        return self.connection.total_changes - before

    def _row(self, table: Table, document: Document) -> list[Any]:
        version, updated = self.version_of(document)
        known = {"version": version, "updatedAt": updated}
        values = [
            known[key]
            if key in known
            else instant(document.get(key))
            if key in table.instants
            else document.get(key)
            for key in table.columns
        ]
        return [*values, self.generation, _encoded(document)]

    @staticmethod
    def version_of(document: Document) -> tuple[int, int]:
        """What tells whether one document is newer than another; never null, which is less than nothing in SQL."""
        version = document.get("version")
        return version if isinstance(version, int) else -1, instant(document.get("updatedAt")) or 0

    def delete(self, table: Table, identity: str, at: datetime) -> int:
        """Delete a document, with the events of a customer, and remember the ids: what comes late stays away.

        Returns:
            How many rows were deleted.
        """
        gone = self.connection.execute(f"delete from {table.name} where id = ?", (identity,)).rowcount
        self._bury(table.view, identity, at)
        if table.entity is Customer:
            events = TABLES[1]
            select = f"select id from {events.name} where customer = ?"
            for (event,) in self.connection.execute(select, (identity,)).fetchall():
                gone += self.delete(events, event, at)
        if gone:
            self.set("scrub", str(self.generation))
        return gone

    def _bury(self, kind: str, identity: str, at: datetime) -> None:
        self.connection.execute(
            "insert into tombstones values (?, ?, ?, ?) on conflict do nothing",
            (kind, identity, self.generation, at.timestamp()),
        )

    def drop_tombstones(self, before: datetime) -> None:
        """Forget the ids that were deleted before an instant."""
        if self.rows("select 1 from tombstones where at < ? limit 1", (before.timestamp(),)):
            with self.transaction():
                self.connection.execute("delete from tombstones where at < ?", (before.timestamp(),))

    def scrub(self) -> None:
        """Overwrite what was deleted in the log of SQLite too, unless a reader needs it: then the next call does."""
        wanted = self.get("scrub")
        if wanted is None:
            return
        with refusing(self.path):
            busy = self._overwritten()
        if not busy:
            with self.transaction():
                if self.get("scrub") == wanted:  # else another process has deleted something meanwhile
                    self.set("scrub", None)

    def _overwritten(self) -> bool:
        """Write the log of SQLite into the file and empty it; whether that could not be done.

        Other processes cannot write as long as it waits for readers.
        """
        (usual,) = self.connection.execute("pragma busy_timeout").fetchone()
        self.connection.execute(f"pragma busy_timeout = {min(usual, round(_PATIENCE * 1000))}")
        try:
            (busy, _, _) = self.connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        finally:
            self.connection.execute(f"pragma busy_timeout = {usual}")
        return bool(busy)

    def versions(self, table: Table, identities: Sequence[str]) -> dict[str, tuple[int, int]]:
        """What version of each document is held, by id."""
        found = self.rows(
            f"select id, version, updated from {table.name} where id in (select value from json_each(?))",
            (json.dumps(identities),),
        )
        return {identity: (version, updated) for identity, version, updated in found}

    def close(self) -> None:
        """Close the file."""
        with refusing(self.path):
            self.connection.close()
