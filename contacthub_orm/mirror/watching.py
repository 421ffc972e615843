"""Watching: what enters the results of a query, changes in them, and leaves them."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from contacthub_orm.mirror.store import table_of
from contacthub_orm.orm import Entity
from contacthub_orm.orm.entity.detached import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.mirror.query import MirrorQuery

__all__ = ["Sighting", "SightingKind", "Watch"]

E = TypeVar("E", bound=Entity)


class SightingKind(StrEnum):
    """What became of an entity in the results of a query."""

    ENTERS = "enters"
    CHANGES = "changes"
    LEAVES = "leaves"


@attrs.frozen
class Sighting(Generic[E]):
    """One change of the results of a query.

    Attributes:
        kind: what became of the entity.
        id: its id.
        entity: the entity as it is now; None if it was deleted.
    """

    kind: SightingKind
    id: str
    entity: E | None


class Watch(Generic[E]):
    """The ids of a query's results, compared with what the mirror holds by now.

    Several changes of one entity between two looks are one.
    """

    def __init__(self, query: MirrorQuery[E]) -> None:
        self._query = query
        self._table = table_of(query.entity)
        with query.store.snapshot():
            self._generation = query.store.newest_generation()
            self._ids = {identity for identity, _ in query.select()}

    def look(self) -> Iterator[Sighting[E]]:
        """What changed since the last look."""
        query, store, table = self._query, self._query.store, self._table
        new = f"select id, document from {table.name} where generation > ? order by generation"
        with store.snapshot():
            since, self._generation = self._generation, store.newest_generation()
            touched = dict(store.rows(new, (since,)))
            gone = store.rows(
                "select id from tombstones where kind = ? and generation > ?", (table.view, since)
            )
            found = {identity for identity, _ in query.select(among=list(touched))}
        for (identity,) in gone:
            if identity in self._ids and identity not in touched:
                self._ids.discard(identity)
                yield Sighting(SightingKind.LEAVES, identity, None)
        for identity, text in touched.items():
            was = identity in self._ids
            if identity in found:
                kind = SightingKind.CHANGES if was else SightingKind.ENTERS
                self._ids.add(identity)
            elif was:
                kind = SightingKind.LEAVES
                self._ids.discard(identity)
            else:
                continue
            yield Sighting(kind, identity, loaded(query.entity, None, json.loads(text)))
