"""Documents by their id, in the order in which they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import bindparam, delete, func, insert, select, update

from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.storage.tables import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

__all__ = ["Collection", "Documents", "insert_documents", "read_documents"]

Documents: TypeAlias = "dict[tuple[str, str], dict[str, Any]]"
"""Documents of a workspace, by their kind and id."""

# Each is built once: SQLAlchemy would take longer to build it anew than SQLite takes to carry it out.
_COLUMNS: Final = resources.c
_OURS: Final = (_COLUMNS.kind == bindparam("of_kind")) & (_COLUMNS.parent == bindparam("below"))
_IS_IT: Final = _OURS & (_COLUMNS.id == bindparam("the_id"))
GET: Final = select(_COLUMNS.document).where(_IS_IT)
ALL: Final = select(_COLUMNS.document).where(_OURS).order_by(_COLUMNS.number)
IDS: Final = select(_COLUMNS.id).where(_OURS)
COUNT: Final = select(func.count()).select_from(resources).where(_OURS)
CHANGE: Final = update(resources).where(_IS_IT)
INSERT: Final = insert(resources)
CLEAR: Final = delete(resources).where(_OURS)
REMOVE: Final = CLEAR.where(_COLUMNS.id.in_(bindparam("ids", expanding=True)))
READ: Final = (
    select(_COLUMNS.kind, _COLUMNS.id, _COLUMNS.document)
    .where(_COLUMNS.kind.in_(bindparam("kinds", expanding=True)), _COLUMNS.parent == bindparam("below"))
    .order_by(_COLUMNS.number)
)


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents of one kind below one parent.

    Attributes:
        connection: the database connection, with the request's transaction open.
        kind: what they are, such as `sources`.
        parent: the id of what they belong to; the key of the workspace if that is no node and no customer.
    """

    connection: Connection
    kind: str
    parent: str = ""

    def get(self, identity: str) -> dict[str, Any] | None:
        """The document with an id, or None."""
        found = self.connection.scalar(GET, self._ours | {"the_id": identity})
        return None if found is None else decode(found)

    def page(self, number: int = 0, size: int | None = None) -> list[dict[str, Any]]:
        """The documents of a page, the oldest first; without a size all of them."""
        rows = ALL if size is None else ALL.limit(size).offset(number * size)
        return [decode(one) for one in self.connection.scalars(rows, self._ours)]

    def count(self) -> int:
        """How many there are."""
        return self.connection.scalar(COUNT, self._ours) or 0

    def put(self, identity: str, document: dict[str, Any]) -> None:
        """Store a document under an id; one that is there keeps its place."""
        text = encode(document)
        changed = self.connection.execute(CHANGE, self._ours | {"the_id": identity, "document": text})
        if not changed.rowcount:
            values = {"kind": self.kind, "parent": self.parent, "id": identity, "document": text}
            self.connection.execute(INSERT, values)

    def remove(self, *identities: str) -> bool:
        """Delete the documents with these ids. Returns whether there was one."""
        return bool(self.connection.execute(REMOVE, self._ours | {"ids": identities}).rowcount)

    def clear(self) -> Sequence[str]:
        """Delete all; gives their ids."""
        found = self.connection.scalars(IDS, self._ours).all()
        self.connection.execute(CLEAR, self._ours)
        return found

    @property
    def _ours(self) -> dict[str, Any]:
        return {"of_kind": self.kind, "below": self.parent}


def read_documents(connection: Connection, kinds: Sequence[str], parent: str) -> Documents:
    """All documents of these kinds below one parent, the oldest first, in one statement."""
    rows = connection.execute(READ, {"kinds": kinds, "below": parent})
    return {(row.kind, row.id): decode(row.document) for row in rows}


def insert_documents(connection: Connection, documents: Documents, parent: str) -> None:
    """Store new documents below one parent, in one statement."""
    rows = [
        {"kind": kind, "parent": parent, "id": identity, "document": encode(document)}
        for (kind, identity), document in documents.items()
    ]
    connection.execute(INSERT, rows)
