"""Versions of documents in time: reads by id see a write at once, searches see it after the delay.

Each row is one version, which searches see from `visible_from` until `visible_to`. Without a delay, a write
changes the current row in place. With a delay, it adds a row, and the old row's visibility ends when that of
the new row begins.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    bindparam,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from contacthub_orm.sandbox.documents.wire import months_before
from contacthub_orm.sandbox.storage.tables import customers, deletions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, Table

    from contacthub_orm.sandbox.storage.updates import UpdateStream

__all__ = ["FOREVER", "Timeline", "unindexed"]

FOREVER: Final = 2**62

REPLACED: Final = 2**32
"""More than there are documents: all of them were replaced."""


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that SQLite may read, but not seek, in an index."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


class Timeline:
    """The versions in one table.

    Every write is appended to the update stream, in the same transaction; only seeding is not.

    Args:
        table: the table.
        updates: the update stream.
        entity: what the stream calls the documents.

    Attributes:
        table: the table.
        generation: grows with every write, by one for each document at least. A search result stays valid while the
            generation is the same, provided that everything was visible when it was computed.
        size: about how many rows there are, and never fewer than there are documents.
        retention: after how many months the documents of a node and a type expire; nobody sees them then.
    """

    def __init__(self, table: Table, updates: UpdateStream, entity: str) -> None:
        self.table = table
        self.generation = 0
        self.size = 0
        self.retention: Mapping[tuple[str, str], int] = {}
        self._updates = updates
        self._entity = entity
        self._visible_at = 0
        columns = table.c
        self._seekable = (columns.visible_from, columns.visible_to)
        self._readable = (unindexed(columns.visible_from), unindexed(columns.visible_to))
        self._is_current = (columns.id == bindparam("the_id")) & columns.current
        self._read = select(columns.document).where(self._is_current)
        self._update = update(table).where(self._is_current)
        self._rewrite = self._update.values(visible_from=0)
        self._purge = delete(table).where(columns.id == bindparam("the_id"), ~columns.current)
        self._remove = delete(table).where(columns.id == bindparam("the_id"))
        self._last = select(table).where(columns.id == bindparam("the_id"))
        self._insert = insert(table)
        self._latest = (
            select(func.max(columns.visible_from)).where(text("visible_from > 0")),
            select(func.max(columns.visible_to)).where(text("current = 0")),
        )
        self._note = insert(deletions).from_select(
            ["kind", "node_id", "category", "registered_at", "deleted_at", "visible_from"],
            select(
                literal(table.name),
                columns.node_id,
                columns.get("type", null()),
                columns.registered_at,
                bindparam("now", type_=BigInteger),
                bindparam("noted_from", type_=BigInteger),
            ).where(self._is_current),
        )

    def open(self, connection: Connection) -> None:
        """Find out when searches will see everything that is stored."""
        self.forget()
        self.size = connection.scalar(select(func.max(self.table.c.row))) or 0
        self._visible_at = max(connection.scalar(one) or 0 for one in self._latest)

    def forget(self) -> None:
        """Know of no rows, as if all of them were deleted."""
        self.generation += REPLACED
        self.size = self._visible_at = 0

    def settled(self, now: int) -> bool:
        """Whether searches see the latest version of everything."""
        return now >= self._visible_at and not self.retention

    def visible(self, now: int, *, by_index: bool = False) -> ColumnElement[bool]:
        """A clause for the rows that searches see at a time.

        Args:
            now: the time, in milliseconds since 1970.
            by_index: whether SQLite may seek them in an index. Nearly every row is visible, which it does not know,
                so it would prefer that index to one that finds few rows.
        """
        begin, end = self._seekable if by_index else self._readable
        seen = (begin <= now) & (end > now)
        return seen & ~self.expired(now) if self.retention else seen

    def expired(self, now: int) -> ColumnElement[bool]:
        """A clause for the rows whose time of retention is over."""
        columns, kinds = self.table.c, defaultdict(list)
        for node_and_type, months in self.retention.items():
            kinds[months].append(node_and_type)
        kind = tuple_(columns.node_id, columns.type)
        return or_(
            *(kind.in_(some) & (columns.date < months_before(now, months)) for months, some in kinds.items())
        )

    def read(self, connection: Connection, identifier: str) -> str | None:
        """The JSON text of the latest version, whether or not searches see it, or None if there is none."""
        text: str | None = connection.scalar(self._read, {"the_id": identifier})
        return text

    def seed(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add documents, each a mapping of column names to values, as if they had always been there."""
        self._add(connection, rows, 0)

    def insert(self, connection: Connection, row: Mapping[str, Any], visible_from: int) -> None:
        """Add a new document, a mapping of column names to values."""
        self._add(connection, [row], visible_from)
        self._updates.append(connection, self._entity, "CREATE", row)

    def replace(self, connection: Connection, row: Mapping[str, Any], now: int, visible_from: int) -> None:
        """Add a new version of a document."""
        key = {"the_id": row["id"]}
        if self.table is customers:
            self._updates.keep(connection, row["id"], row["updated_at"])
        self._updates.append(connection, self._entity, "UPDATE", row)
        if visible_from > now:
            connection.execute(self._purge.where(self.table.c.visible_to <= now), key)
            connection.execute(self._update.values(current=False, visible_to=visible_from), key)
            self._add(connection, [row], visible_from)
            return
        if not self.settled(now):
            connection.execute(self._purge, key)
        connection.execute(self._rewrite, {**row, **key})
        self._written(0)

    def remove(self, connection: Connection, identifier: str, now: int, visible_from: int) -> None:
        """Remove a document; searches see its last version until `visible_from`."""
        key = {"the_id": identifier}
        last = connection.execute(self._last.where(self.table.c.current), key).mappings().one_or_none()
        if last is not None:
            row = {**last, "updated_at": now}
            self._updates.append(connection, self._entity, "DELETE", row)
        self._note_deletion(connection, [identifier], now, visible_from)
        if visible_from > now:
            connection.execute(self._update.values(current=False, visible_to=visible_from), key)
        else:
            connection.execute(self._remove, key)
        self._written(visible_from)

    def _note_deletion(
        self, connection: Connection, identifiers: Iterable[str], now: int, visible_from: int
    ) -> None:
        """Note for analytics that documents are about to be deleted."""
        times = {"now": now, "noted_from": visible_from}
        keys = [{"the_id": identifier, **times} for identifier in identifiers]
        if keys:
            connection.execute(self._note, keys)

    def erase(self, connection: Connection, identifiers: Collection[str], now: int) -> None:
        """Remove every version of the documents at once, including those that searches and the stream show."""
        self._note_deletion(connection, identifiers, now, now)
        keys = [{"the_id": identifier} for identifier in identifiers]
        for key in keys:
            # A document that was removed already may have versions that searches still see.
            last = connection.execute(
                self._last.order_by(self.table.c.row.desc()).limit(1), key
            ).one_or_none()
            if last is not None:
                self._updates.erase(connection, self._entity, key["the_id"], last.node_id, now)
        if keys:
            connection.execute(self._remove, keys)
            self._written(0, len(keys))

    def _add(self, connection: Connection, rows: Iterable[Mapping[str, Any]], visible_from: int) -> None:
        version = {"current": True, "visible_from": visible_from, "visible_to": FOREVER}
        added = [{**row, **version} for row in rows]
        connection.execute(self._insert, added)
        self.size += len(added)
        self._written(visible_from, len(added))

    def _written(self, visible_from: int, documents: int = 1) -> None:
        self.generation += documents
        self._visible_at = max(self._visible_at, visible_from)
