"""The update stream: what was written to customers and events, in the order of the writes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, select, update

from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.storage.tables import updates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

__all__ = ["RETENTION", "UpdateStream"]

RETENTION: Final = 7 * 24 * 60 * 60 * 1000
"""How long an update can be read, in milliseconds."""

CAPACITY: Final = 100_000
MAX_SIZE: Final = 128 * 1024 * 1024
PARTS: Final = 64
SLACK: Final = 1_000

# Every write runs it. SQLAlchemy would take longer to render and bind it than SQLite takes to carry it out.
INSERT: Final = (
    "INSERT INTO updates (time, node_id, entity, operation, id, owner, document) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
# What a customer was before the first change that the stream tells of, if nothing it has tells of the customer yet.
KEEP: Final = (
    "INSERT INTO updates (time, node_id, entity, operation, id, document) "
    "SELECT ?, node_id, 'CUSTOMER', 'STORED', id, document FROM customers "
    "WHERE id = ? AND current = 1 AND NOT EXISTS (SELECT 1 FROM updates WHERE id = customers.id)"
)
STORED: Final = "STORED"
LAST: Final = select(func.max(updates.c.offset))
DROP: Final = delete(updates).where(updates.c.offset <= bindparam("the_offset"))


@dataclass(slots=True)
class _Part:
    """Updates in a row: the offset of the last one, and the size of all."""

    last: int
    size: int


class UpdateStream:
    """Appends and reads updates. The last `CAPACITY` are kept, for `RETENTION` at most.

    Of large documents fewer are kept, so that writing goes on for ever in as much memory: those appended since the
    store was opened have about `MAX_SIZE` characters at most. The newest update is never dropped, so that no offset
    is given twice.
    """

    def __init__(self) -> None:
        self._drop_at = 0
        self._parts: deque[_Part] = deque()
        self._size = 0

    def open(self, connection: Connection) -> None:
        """Find out when old updates are to be dropped next."""
        self.forget()
        self._drop_at += self.last(connection)

    def forget(self) -> None:
        """Know of no updates, as if all of them were deleted."""
        self._drop_at = SLACK
        self._parts.clear()
        self._size = 0

    def append(self, connection: Connection, entity: str, operation: str, row: Mapping[str, Any]) -> None:
        """Append an update.

        Args:
            connection: the database connection, with the transaction of the write open.
            entity: CUSTOMER or EVENT.
            operation: CREATE, UPDATE or DELETE.
            row: the written row; `updated_at` is the time of the update.
        """
        values = (row["updated_at"], row["node_id"], entity, operation, row["id"])
        owner = row.get("customer_id")
        offset = connection.exec_driver_sql(INSERT, (*values, owner, row["document"])).lastrowid
        if offset >= self._drop_at:
            connection.execute(DROP, {"the_offset": offset - CAPACITY})
            self._drop_at = offset + SLACK
        self._weigh(connection, offset, len(row["document"]))

    def _weigh(self, connection: Connection, offset: int, size: int) -> None:
        """Count the size of a new update, and drop the oldest part of the stream if it has become too large."""
        if not self._parts or self._parts[-1].size > MAX_SIZE // PARTS:
            self._parts.append(_Part(offset, 0))
        newest = self._parts[-1]
        newest.last, newest.size = offset, newest.size + size
        self._size += size
        while self._size > MAX_SIZE and len(self._parts) > 1:
            oldest = self._parts.popleft()
            self._size -= oldest.size
            connection.execute(DROP, {"the_offset": oldest.last})

    def keep(self, connection: Connection, customer: str, time: int) -> None:
        """Keep what a customer is before a change, if the stream does not tell it: a seeded one, or one long unchanged.

        It is for those who look at the history of the customer; `read` does not give it.

        Args:
            connection: the database connection, with the transaction of the write open.
            customer: the id of the customer.
            time: the time of the change, so that both are dropped together.
        """
        connection.exec_driver_sql(KEEP, (time, customer))

    def history(self, connection: Connection, identifier: str, size: int) -> Sequence[Row[Any]]:
        """What is known of one customer or event, the newest first: its updates, and what `keep` kept."""
        told = select(updates).where(updates.c.id == identifier).order_by(updates.c.offset.desc())
        return connection.execute(told.limit(size)).all()

    def erase(self, connection: Connection, entity: str, identifier: str, node_id: str, now: int) -> None:
        """Append the deletion of a document, and drop what the stream told of it before.

        Of the events that were a customer's, it goes on telling that they were deleted, and no more.
        """
        row = {
            "id": identifier,
            "node_id": node_id,
            "updated_at": now,
            "document": encode({"id": identifier}),
        }
        self.append(connection, entity, "DELETE", row)
        is_older = updates.c.offset < self.last(connection)
        told = updates.c.id == identifier
        is_its_event = (updates.c.owner == identifier) & (updates.c.operation != "DELETE")
        connection.execute(delete(updates).where(is_older, told | is_its_event))
        bare = {"document": func.json_object("id", updates.c.id), "owner": None}
        connection.execute(update(updates).where(updates.c.owner == identifier).values(bare))

    def expire(self, connection: Connection, now: int) -> None:
        """Drop the updates that are older than `RETENTION`."""
        young = select(func.min(updates.c.offset)).where(updates.c.time >= now - RETENTION)
        kept = connection.scalar(young) or self.last(connection)
        connection.execute(DROP, {"the_offset": kept - 1})

    def last(self, connection: Connection, *where: ColumnElement[bool]) -> int:
        """The offset of the newest update that meets the conditions; 0 if there is none."""
        return connection.scalar(LAST.where(*where) if where else LAST) or 0

    def read(self, connection: Connection, size: int, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
        """The oldest updates that meet the conditions."""
        where = (*where, updates.c.operation != STORED)
        return connection.execute(select(updates).where(*where).order_by(updates.c.offset).limit(size)).all()
