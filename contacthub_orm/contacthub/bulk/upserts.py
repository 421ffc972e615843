"""Upserts by a natural key: finding the customers that rows without an id stand for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import ArgumentError, CompileError, ValidationError
from contacthub_orm.orm import Search
from contacthub_orm.orm.session.natural_key import NaturalKey

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from contacthub_orm.contacthub.backend.backend import NodeBackend
    from contacthub_orm.contacthub.bulk.rows import Row
    from contacthub_orm.orm import Entity
    from contacthub_orm.orm.session.natural_key import KeyPaths, Values
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Upserts"]


class Upserts:
    """Gives each row what tells it from others: its id, or its natural key.

    Args:
        backend: the service.
        entity: the class of rows that are no entities.
        upsert_by: the natural key, or None: then rows without an id are left to the service.
        written: the id of what this load has created with a key, which a search may not find yet.

    Raises:
        ArgumentError: if the key names no single values, or the rows are events.
    """

    def __init__(
        self,
        backend: NodeBackend,
        entity: type[Entity],
        upsert_by: KeyPaths | None,
        written: Callable[[str], str | None],
    ) -> None:
        if upsert_by is not None and entity.__resource__.name != "customers":
            raise ArgumentError("upsert_by: events have no natural key")
        self._backend = backend
        self._entity = entity
        self._key = None if upsert_by is None else NaturalKey.of(entity, upsert_by, backend)
        self._written = written
        self._matches: bool | None = None

    @property
    def asks(self) -> bool:
        """Whether rows are looked up: the service itself matches by its own properties alone."""
        if self._key is None:
            return False
        if self._matches is None:
            self._matches = self._backend.merges_by({".".join(path) for path in self._key.paths})
        return not self._matches

    def identify(self, rows: Iterable[Row], *, ask: bool = True) -> None:
        """Give rows their `key`, and the ids of customers that exist; refuse those without a key.

        Args:
            rows: the rows.
            ask: whether to look up; a plan does not.
        """
        keyed: dict[Hashable, list[tuple[Row, Values]]] = {}
        for row in rows:
            if row.identity is not None and row.key is None:
                row.key = f"{row.resource}/{row.identity}"
            elif row.identity is None and self._key is not None and row.problem is None:
                values = self._values(row)
                if values is not None:
                    row.key = _text(self._key.folded(values))
                    keyed.setdefault(row.key, []).append((row, values))
        if ask and keyed and self.asks:
            self._look_up(keyed)

    def _values(self, row: Row) -> Values | None:
        assert self._key is not None
        broken = list(self._key.violations(row.document))
        if broken:
            row.problem = str(ValidationError(broken))
            return None
        return self._key.values(row.document)

    def _look_up(self, keyed: dict[Hashable, list[tuple[Row, Values]]]) -> None:
        key = self._key
        assert key is not None
        unknown = {}
        for text, some in keyed.items():
            identity = self._written(str(text))
            if identity is None:
                unknown[text] = some
            for row, _ in some if identity is not None else ():
                row.identity = identity
        found: dict[Hashable, list[tuple[Values, str]]] = {}
        for document in self._searched(key, [some[0][1] for some in unknown.values()]):
            values = key.values(document)
            if values is not None:
                found.setdefault(_text(key.folded(values)), []).append((values, document["id"]))
        for text, some in unknown.items():
            for row, wanted in some:
                ids = dict.fromkeys(
                    identity for values, identity in found.get(text, ()) if key.same(values, wanted)
                )
                if len(ids) > 1:
                    row.problem = f"several customers have the values of {key}: {' and '.join(ids)}"
                for identity in ids:
                    row.identity = identity

    def _searched(self, key: NaturalKey, wanted: Sequence[Values]) -> Iterator[Document]:
        """What searches find. Keys that are too many for one URL are halved."""
        start, size = 0, self._backend.page_size
        while start < len(wanted):
            some = wanted[start : start + size]
            try:
                yield from self._pages(key, some)
            except CompileError:
                if len(some) == 1:
                    raise
                size = len(some) // 2
                continue
            start += len(some)

    def _pages(self, key: NaturalKey, some: Sequence[Values]) -> Iterator[Document]:
        number, seen = 0, 0
        while True:
            search = Search(self._entity, key.criterion(some), page=number, size=self._backend.page_size)
            page = self._backend.search(search)
            yield from page.documents
            number, seen = number + 1, seen + len(page.documents)
            if seen >= page.total or not page.documents:
                return


def _text(key: Any) -> str:
    """A folded key as text, for the journal."""
    return json.dumps(key, default=str, sort_keys=True)
