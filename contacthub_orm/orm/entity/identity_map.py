"""The identity map: one object per (resource, id), held weakly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import ref

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key

__all__ = ["IdentityMap"]

_FIRST_SWEEP: Final = 1024


class IdentityMap:
    """The persistent entities of a session, by identity.

    The map itself keeps nothing alive; the session pins an entity that has changes or has handed out a list. Dead
    references are swept out when the map has doubled, since a callback per entity would cost as much as loading it.
    """

    __slots__ = ("_references", "_sweep_at")

    def __init__(self) -> None:
        self._references: dict[Key, ref[Entity]] = {}
        self._sweep_at = _FIRST_SWEEP

    def get(self, key: Key) -> Entity | None:
        """Return the entity with an identity, or None if the map holds none."""
        reference = self._references.get(key)
        return reference() if reference is not None else None

    def add(self, key: Key, entity: Entity) -> None:
        """Enter an entity.

        Raises:
            InvalidRequestError: if the map holds another object for the identity.
        """
        self.refuse_another(key, entity)
        self.put(key, entity)

    def refuse_another(self, key: Key, entity: Entity | None = None) -> None:
        """Make sure that no other object is held for an identity.

        Args:
            key: the identity.
            entity: the object that may be held, if any.

        Raises:
            InvalidRequestError: if the map holds another object for the identity.
        """
        held = self.get(key)
        if held is not None and held is not entity:
            raise InvalidRequestError(
                f"the session already holds another object for {key[0]} {key[1]}: {held!r}"
            )

    def put(self, key: Key, entity: Entity) -> None:
        """Enter an entity whose identity is known to be free, without checking."""
        self._references[key] = ref(entity)
        self._sweep_if_doubled()

    def are_free(self, keys: Sequence[Key]) -> bool:
        """Whether the map holds nothing for any of these identities, and they are all different."""
        unique = set(keys)
        known = self._references.keys() & unique
        return len(unique) == len(keys) and not any(self.get(key) is not None for key in known)

    def put_all(self, keys: Iterable[Key], entities: Iterable[Entity]) -> None:
        """As `put`, for several. FASTPATH: without a call for each."""
        self._references.update(zip(keys, map(ref, entities), strict=True))
        self._sweep_if_doubled()

    def _sweep_if_doubled(self) -> None:
        if len(self._references) >= self._sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        self._references = {
            key: reference for key, reference in self._references.items() if reference() is not None
        }
        self._sweep_at = max(_FIRST_SWEEP, 2 * len(self._references))

    def discard(self, key: Key) -> None:
        """Forget an identity, if the map holds it."""
        self._references.pop(key, None)

    def clear(self) -> None:
        """Forget all identities."""
        self._references.clear()

    def keys(self) -> list[Key]:
        """Return the identities of the entities that are still alive."""
        return [key for key, reference in self._references.items() if reference() is not None]

    def __iter__(self) -> Iterator[Entity]:
        return (
            entity for reference in list(self._references.values()) if (entity := reference()) is not None
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: Key) -> bool:
        return self.get(key) is not None
