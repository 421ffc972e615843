"""Finds the entities that have one of some natural keys, in few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.mapped import loaded_document, render

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.natural_key import NaturalKey, Values
    from contacthub_orm.orm.session.reading import ReadingSession
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Counterparts", "find_counterparts"]

E = TypeVar("E", bound=Entity)


class Counterparts(Generic[E]):
    """Entities by their natural key. It keeps them alive.

    Args:
        key: the natural key.
    """

    def __init__(self, key: NaturalKey) -> None:
        self.key = key
        self._entries: dict[Hashable, dict[int, E]] = {}

    def add(self, entity: E, values: Values | None) -> None:
        """Note the key of an entity, if it has one."""
        if values is not None:
            self._entries.setdefault(self.key.folded(values), {})[id(entity)] = entity

    def find(self, wanted: Values) -> list[E]:
        """The entities that have a key by now: those that the service has, or else those that are new."""
        named = self._entries.get(self.key.folded(wanted), {}).values()
        found = [one for one in named if self._has(one, wanted)]
        return [one for one in found if state_of(one).key is not None] or found[:1]

    def _has(self, entity: E, wanted: Values) -> bool:
        values = self.key.values(_document(entity))
        return values is not None and self.key.same(values, wanted)


def find_counterparts(
    session: ReadingSession, context: PersistenceContext, key: NaturalKey, wanted: Iterable[Values]
) -> Counterparts[Entity]:
    """Find the entities that have one of some keys, unsaved changes included.

    What the session does not hold is searched for, a page of keys at a time. A search lags behind writes: so what the
    session wrote lately, let go of, and does not find, it reads by its id.

    Args:
        session: the session.
        context: its persistence context.
        key: the natural key.
        wanted: its values.
    """
    index = Counterparts[Entity](key)
    for held in context:
        state = state_of(held)
        if isinstance(held, key.entity) and not state.deleted and state.known:
            index.add(held, key.values(_document(held)))
    unknown = [values for values in dict.fromkeys(wanted) if not index.find(values)]
    for found in _searched(session, key, unknown):
        index.add(found, key.values(loaded_document(found)))
    for written in _written_lately(session, context, key, unknown):
        index.add(written, key.values(loaded_document(written)))
    return index


def _document(entity: Entity) -> Document | None:
    """The document with the unsaved changes; without any, the baseline, which takes no rendering."""
    state = state_of(entity)
    return render(entity) if state.dirty or state.key is None else state.baseline


def _searched(session: ReadingSession, key: NaturalKey, wanted: Sequence[Values]) -> Iterator[Entity]:
    """What a search finds. Keys that are too many for one URL are halved."""
    start, size = 0, session.backend.page_size
    while start < len(wanted):
        some = wanted[start : start + size]
        try:
            found = session.query(key.entity).without_criteria().filter(key.criterion(some)).all()
        except CompileError:
            if len(some) == 1:
                raise
            size = len(some) // 2
            continue
        start += len(some)
        yield from found


def _written_lately(
    session: ReadingSession, context: PersistenceContext, key: NaturalKey, wanted: Iterable[Values]
) -> Iterator[Entity]:
    """What the session wrote with these keys, which a search may not find yet."""
    resource = key.entity.__resource__.name
    known = [one for values in wanted for one in context.recent.find(resource, key.paths, values)]
    entities = session.entities.get_many(key.entity, dict.fromkeys(one.id for one in known))
    return (one for one in entities if one is not None)
