"""Documents by their id, in the order in which they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, delete, func, insert, select, update

from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.storage.tables import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

__all__ = ["Collection", "Documents", "insert_documents", "read_documents"]

Documents: TypeAlias = "dict[tuple[str, str], dict[str, Any]]"
"""Documents of a workspace, by their kind and id."""


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
        found = self.connection.scalar(select(resources.c.document).where(self._is(identity)))
        return None if found is None else decode(found)

    def page(self, number: int = 0, size: int | None = None) -> list[dict[str, Any]]:
        """The documents of a page, the oldest first; without a size all of them."""
        rows = select(resources.c.document).where(self._ours).order_by(resources.c.number)
        if size is not None:
            rows = rows.limit(size).offset(number * size)
        return [decode(one) for one in self.connection.scalars(rows)]

    def count(self) -> int:
        """How many there are."""
        counted = select(func.count()).select_from(resources).where(self._ours)
        return self.connection.scalar(counted) or 0

    def put(self, identity: str, document: dict[str, Any]) -> None:
        """Store a document under an id; one that is there keeps its place."""
        text = encode(document)
        changed = self.connection.execute(update(resources).where(self._is(identity)).values(document=text))
        if not changed.rowcount:
            values = {"kind": self.kind, "parent": self.parent, "id": identity, "document": text}
            self.connection.execute(insert(resources).values(**values))

    def remove(self, *identities: str) -> bool:
        """Delete the documents with these ids. Returns whether there was one."""
        return bool(self._delete(resources.c.id.in_(identities)))

    def clear(self) -> Sequence[str]:
        """Delete all; gives their ids."""
        found = self.connection.scalars(select(resources.c.id).where(self._ours)).all()
        self._delete()
        return found

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        return self.connection.execute(delete(resources).where(self._ours, *conditions)).rowcount

    @property
    def _ours(self) -> ColumnElement[bool]:
        return and_(resources.c.kind == self.kind, resources.c.parent == self.parent)

    def _is(self, identity: str) -> ColumnElement[bool]:
        return and_(self._ours, resources.c.id == identity)


def read_documents(connection: Connection, kinds: Sequence[str], parent: str) -> Documents:
    """All documents of these kinds below one parent, the oldest first, in one statement."""
    columns = resources.c
    rows = select(columns.kind, columns.id, columns.document).where(
        columns.kind.in_(kinds), columns.parent == parent
    )
    return {
        (row.kind, row.id): decode(row.document) for row in connection.execute(rows.order_by(columns.number))
    }


def insert_documents(connection: Connection, documents: Documents, parent: str) -> None:
    """Store new documents below one parent, in one statement."""
    rows = [
        {"kind": kind, "parent": parent, "id": identity, "document": encode(document)}
        for (kind, identity), document in documents.items()
    ]
    connection.execute(insert(resources), rows)
