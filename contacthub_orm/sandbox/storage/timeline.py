"""Versions of documents in time: reads by id see a write at once, searches see it after the delay.

Each row is one version, which searches see from `visible_from` until `visible_to`. Without a delay, a write
changes the current row in place. With a delay, it adds a row, and the old row's visibility ends when that of
the new row begins.
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
    """The versions in one table.

    Attributes:
        table: the table.
        generation: grows with every write. A search result stays valid while the generation is the same,
            provided that everything was visible when it was computed.
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
        """Find out when searches will see everything that is stored."""
        self.generation += 1
        columns = self.table.c
        superseded = select(func.max(columns.visible_to)).where(~columns.current)
        latest = select(func.max(columns.visible_from))
        self._visible_at = max(connection.scalar(latest) or 0, connection.scalar(superseded) or 0)

    def settled(self, now: int) -> bool:
        """Whether searches see the latest version of everything."""
        return now >= self._visible_at

    def visible(self, now: int) -> ColumnElement[bool]:
        """A clause for the rows that searches see at this time, in milliseconds since 1970."""
        columns = self.table.c
        return (columns.visible_from <= now) & (columns.visible_to > now)

    def read(self, connection: Connection, identifier: str) -> str | None:
        """The JSON text of the latest version, whether or not searches see it, or None if there is none."""
        text: str | None = connection.scalar(self._read, {"the_id": identifier})
        return text

    def insert(self, connection: Connection, rows: Iterable[Mapping[str, Any]], visible_from: int) -> None:
        """Add new documents, each a mapping of column names to values."""
        version = {"current": True, "visible_from": visible_from, "visible_to": FOREVER}
        connection.execute(self._insert, [{**row, **version} for row in rows])
        self._written(visible_from)

    def replace(self, connection: Connection, row: Mapping[str, Any], now: int, visible_from: int) -> None:
        """Add a new version of a document."""
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
        """Remove every version of the documents at once, including those that searches see."""
        keys = [{"the_id": identifier} for identifier in identifiers]
        if keys:
            connection.execute(self._remove, keys)
            self._written(0)

    def _written(self, visible_from: int) -> None:
        self.generation += 1
        self._visible_at = max(self._visible_at, visible_from)
