"""Queries of a mirror: the same criteria as those of a session, answered from the file."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.mirror.sql import Clause, compile_criterion, compile_order
from contacthub_orm.mirror.store import Store, table_of
from contacthub_orm.orm import Entity
from contacthub_orm.orm.criteria.criteria import and_
from contacthub_orm.orm.entity.detached import loaded
from contacthub_orm.orm.query.rows import Rows
from contacthub_orm.orm.query.single_rows import SingleRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contacthub_orm.mirror.store import Table
    from contacthub_orm.orm.query.options import LoaderOption
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["MirrorQuery"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class MirrorQuery(SingleRows[E]):
    """A query of a mirror. Nothing is sent for it.

    Its rows belong to no session and cannot save themselves: add one to a session to change it there.
    """

    store: Store = attrs.field(kw_only=True, repr=False)

    def __iter__(self) -> Iterator[E]:
        return (loaded(self.entity, None, document) for document in self.documents())

    def all(self) -> list[E]:
        """All rows."""
        return Rows(self)

    def documents(self) -> Iterator[Document]:
        """The documents of the rows, as the service gave them."""
        return (json.loads(text) for _, text in self.select())

    def get(self, identity: str) -> E | None:
        """The row with this id, or None if there is none."""
        found = self.store.rows(f"select document from {self._table.name} where id = ?", (identity,))
        documents = (json.loads(text) for (text,) in found)
        return next(
            (loaded(self.entity, None, one) for one in documents if self.defaults.holds_for(one)), None
        )

    def count(self) -> int:
        """How many rows there are."""
        clause = self._clause
        if not clause.exact:
            return sum(1 for _ in self.select())
        [(total,)] = self.store.rows(
            f"select count(*) from {self._table.name} where {clause.sql}", clause.parameters
        )
        rows: int = max(total - self.skipped, 0)
        return rows if self.limited is None else min(rows, self.limited)

    def exists(self) -> bool:
        """Whether there is a row."""
        return self._at_most(1).count() > 0

    def compile(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters; see `explain` for what is tested afterwards."""
        clause = self._clause
        sql = f"select id, document from {self._table.name} where {clause.sql}"
        if self.order or self.limited is not None or self.skipped:
            sql += f" order by {compile_order(self._table, self.order)}"
        if clause.exact and (self.limited is not None or self.skipped):
            sql += f" limit {-1 if self.limited is None else self.limited} offset {self.skipped}"
        return sql, clause.parameters

    def explain(self) -> str:
        """How the query is answered, in words and by SQLite's own plan."""
        sql, parameters = self.compile()
        plan = [row[3] for row in self.store.rows(f"explain query plan {sql}", parameters)]
        tested = [] if self._clause.exact else ["each document that SQL selects is tested in this process"]
        return "\n".join([str(self), sql, *plan, *tested])

    def select(self, *, among: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """The id and the document, as JSON, of each row.

        Args:
            among: the ids of the rows that are looked at, or None for all; only of a query without order and limit.
        """
        sql, parameters = self.compile()
        if among is not None:
            sql += " and id in (select value from json_each(?))"
            parameters = (*parameters, json.dumps(among))
        rows: Iterator[tuple[str, str]] = self.store.each(sql, parameters)
        if self._clause.exact:
            return rows
        criterion = and_(self.condition, self.local)
        found = (row for row in rows if criterion.holds_for(json.loads(row[1])))
        end = None if self.limited is None else self.skipped + self.limited
        return islice(found, self.skipped, end)

    def options(self, *options: LoaderOption) -> NoReturn:
        """Refused: a mirror holds whole documents, and relations are read from the service.

        Raises:
            CompileError: always.
        """
        raise CompileError(f"options: a mirror gives whole documents and no related ones, got {options!r}")

    def raw(self, json: Any) -> NoReturn:
        """Refused: only the service understands its own form.

        Raises:
            CompileError: always.
        """
        raise CompileError(f"raw: a raw query is for the service alone, got {json!r}")

    @property
    def _table(self) -> Table:
        return table_of(self.entity)

    @property
    def _clause(self) -> Clause:
        return compile_criterion(self._table, and_(self.condition, self.local))
