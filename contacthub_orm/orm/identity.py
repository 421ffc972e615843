"""The identity map: one object per (resource, id), held weakly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from contacthub_orm.orm.entity import Entity, Key

__all__ = ["IdentityMap"]


class IdentityMap:
    """The persistent entities of a session, by identity.

    The map itself keeps nothing alive; the session pins an entity that has changes or has handed out a list.
    """

    __slots__ = ("_entities", "get")

    def __init__(self) -> None:
        self._entities: WeakValueDictionary[Key, Entity] = WeakValueDictionary()
        self.get = self._entities.get

    def add(self, key: Key, entity: Entity) -> None:
        """Enter an entity. Raises InvalidRequestError where another object has this identity."""
        held = self.get(key)
        if held is not None and held is not entity:
            raise InvalidRequestError(
                f"the session already holds another object for {key[0]} {key[1]}: {held!r}"
            )
        self._entities[key] = entity

    def discard(self, key: Key) -> None:
        """Forget an identity; nothing happens where it is not held."""
        self._entities.pop(key, None)

    def clear(self) -> None:
        self._entities.clear()

    def __iter__(self) -> Iterator[Entity]:
        return iter(list(self._entities.values()))

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, key: object) -> bool:
        return key in self._entities
