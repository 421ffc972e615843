"""Versions of documents in time: reads by id see a write at once, searches only when their delay is over.

Each row is one version, visible to searches from `visible_from` until `visible_to`. Without a delay a write changes the
one current row in place; with a delay it ends the visibility of that row when its own begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, Table

__all__ = ["FOREVER", "Timeline"]

FOREVER: Final = 2**62


class Timeline:
    """The versions kept in one table.

    generation: grows with every write; what was computed under the same generation, when all of it is visible, holds.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.generation = 0
        self._visible_at = 0
        columns = table.c
        self._is_current = (columns.id == bindparam("the_id")) & columns.current
        self._read = select(columns.document).where(self._is_current)
        self._update = update(table).where(self._is_current)
        self._purge = delete(table).where(columns.id == bindparam("the_id"), ~columns.current)
        self._remove = delete(table).where(columns.id == bindparam("the_id"))
        self._insert = insert(table)

    def open(self, connection: Connection) -> None:
        """Find out from when on everything stored is visible."""
        self.generation += 1
        columns = self.table.c
        superseded = select(func.max(columns.visible_to)).where(~columns.current)
        latest = select(func.max(columns.visible_from))
        self._visible_at = max(connection.scalar(latest) or 0, connection.scalar(superseded) or 0)

    def settled(self, now: int) -> bool:
        """Whether searches see the latest version of everything."""
        return now >= self._visible_at

    def visible(self, now: int) -> ColumnElement[bool]:
        """The rows that a search sees."""
        columns = self.table.c
        return (columns.visible_from <= now) & (columns.visible_to > now)

    def read(self, connection: Connection, identifier: str) -> str | None:
        """The JSON text of the latest version, seen by searches or not."""
        text: str | None = connection.scalar(self._read, {"the_id": identifier})
        return text

    def insert(self, connection: Connection, rows: Iterable[Mapping[str, Any]], visible_from: int) -> None:
        """Add new documents, given as column values."""
        version = {"current": True, "visible_from": visible_from, "visible_to": FOREVER}
        connection.execute(self._insert, [{**row, **version} for row in rows])
        self._written(visible_from)

    def replace(self, connection: Connection, row: Mapping[str, Any], now: int, visible_from: int) -> None:
        """Give a document a new version."""
        key = {"the_id": row["id"]}
        if visible_from > now:
            connection.execute(self._purge.where(self.table.c.visible_to <= now), key)
            connection.execute(self._update.values(current=False, visible_to=visible_from), key)
            self.insert(connection, [row], visible_from)
            return
        if not self.settled(now):
            connection.execute(self._purge, key)
        connection.execute(self._update.values(visible_from=0), {**row, **key})
        self._written(0)

    def remove(self, connection: Connection, identifier: str, now: int, visible_from: int) -> None:
        """Remove a document; searches see its last version until `visible_from`."""
        key = {"the_id": identifier}
        if visible_from > now:
            connection.execute(self._update.values(current=False, visible_to=visible_from), key)
        else:
            connection.execute(self._remove, key)
        self._written(visible_from)

    def erase(self, connection: Connection, identifiers: Iterable[str]) -> None:
        """Remove every version of documents, those that searches see too, whatever the delay."""
        keys = [{"the_id": identifier} for identifier in identifiers]
        if keys:
            connection.execute(self._remove, keys)
            self._written(0)

    def _written(self, visible_from: int) -> None:
        self.generation += 1
        self._visible_at = max(self._visible_at, visible_from)
