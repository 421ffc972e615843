"""What a session has written lately, while its own searches may not show it yet."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.wire.ordering import folded
from contacthub_orm.orm.wire.versions import is_older

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["RecentWrites"]

Path = tuple[str, ...]
"""The JSON keys that lead to a value."""

Version = tuple[tuple[str, Any], ...]
"""The keys of a version with their values."""

Values = tuple[tuple[Path, ...], tuple[Any, ...]]
"""Paths, and their values. Entries are plain tuples of plain values, which the garbage collector need not visit."""

Index = dict[Hashable, dict["Key", None]]
"""Identities by the values at some paths, without regard to case."""

_SINGLE: Final = frozenset((str, int, float, bool))


class _Place:
    """A path that documents have, and the paths below it by their last key. It is made once, for all entries."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.below: dict[str, _Place] = {}

    def at(self, key: str) -> _Place:
        """The place of a key below this one."""
        return self.below.get(key) or self.below.setdefault(key, _Place((*self.path, key)))


class RecentWrites:
    """The identities, versions and single values that a session wrote lately. It keeps no entity alive.

    A search lags behind writes. Within the lag, a row of an entity that is no longer held may be from before our write, and
    what we created may not be found at all.

    Args:
        now: returns the current time of our clock.
        lag: for how long a write is remembered.
    """

    def __init__(self, now: Callable[[], datetime], lag: timedelta) -> None:
        self._now = now
        self._lag = lag
        self._entries: dict[Key, tuple[datetime, Version | None, Values]] = {}
        self._indexes: dict[tuple[str, tuple[Path, ...]], Index] = {}
        self._top = _Place(())

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __contains__(self, key: Key) -> bool:
        return self._entry(key) is not None

    @property
    def until(self) -> datetime:
        """When a write of now is forgotten."""
        return self._now() + self._lag

    def is_over(self, until: datetime) -> bool:
        """Whether a search shows by now what is remembered until a time."""
        return self._now() >= until

    def note(self, key: Key, entity: type[Entity], document: Document | None, *, has_version: bool) -> None:
        """Remember a write.

        Args:
            key: the identity of what was written.
            entity: its class.
            document: the service's document after it, None if only something below it was written.
            has_version: whether the document has the version that the write made.
        """
        earlier = self._entries.get(key)
        values = (
            self._named(entity, document) if document is not None else earlier[2] if earlier else ((), ())
        )
        now = self._now()
        self.forget(key)
        self._drop_old(now)
        keys = entity.__resource__.version_keys
        version = tuple((one, (document or {}).get(one)) for one in keys) if has_version else None
        self._entries[key] = (now + self._lag, version, values)
        for (resource, paths), index in self._indexes.items():
            if resource == key.resource:
                _enter(index, paths, key, values)

    def forget(self, key: Key) -> None:
        """Forget the writes of an identity."""
        found = self._entries.pop(key, None)
        if found is None:
            return
        for (resource, paths), index in self._indexes.items():
            values = _at(paths, found[2])
            if resource == key.resource and values in index:
                index[values].pop(key, None)
                if not index[values]:
                    del index[values]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._indexes.clear()
        self._top.below.clear()

    def find(self, resource: str, paths: tuple[Path, ...], values: Iterable[Any]) -> list[Key]:
        """The identities that were last written with these values at these paths, without regard to case.

        The first question about some paths makes an index of them, which later writes keep up to date.
        """
        index = self._indexes.get((resource, paths))
        if index is None:
            index = self._indexes[resource, paths] = {}
            for key, (_, _, written) in self._entries.items():
                if key.resource == resource:
                    _enter(index, paths, key, written)
        return [key for key in index.get(tuple(map(folded, values)), ()) if key in self]

    def is_behind(self, key: Key, entity: type[Entity], row: Document) -> bool:
        """Whether a row of a search is, or may be, from before our last write."""
        entry = self._entry(key)
        if entry is None:
            return False
        version = entry[1]
        return version is None or is_older(row, dict(version), entity.__resource__.version_keys)

    def _entry(self, key: Key) -> tuple[datetime, Version | None, Values] | None:
        found = self._entries.get(key)
        return None if found is None or self.is_over(found[0]) else found

    def _drop_old(self, now: datetime) -> None:
        """Forget what is older than the lag. The entries are in the order of their times."""
        while self._entries:
            key = next(iter(self._entries))
            if now < self._entries[key][0]:
                return
            self.forget(key)

    def _named(self, entity: type[Entity], document: Document) -> Values:
        """The values of a document that may be part of a natural key: all single ones outside of lists, but its id.

        Equal paths are one object, so that an entry takes little memory.
        """
        keys, own = entity.__keys__, entity.__resource__.id_key
        named = {
            key: value
            for key, value in document.items()
            if key != own and key in keys and not keys[key].read_only
        }
        found: dict[Path, Any] = {}
        waiting: list[tuple[_Place, Document]] = [(self._top, named)]
        while waiting:
            place, inside = waiting.pop()
            for key, value in inside.items():
                if value.__class__ in _SINGLE:
                    found[place.at(key).path] = value
                elif value.__class__ is dict:
                    waiting.append((place.at(key), value))
        return tuple(found), tuple(found.values())


def _enter(index: Index, paths: tuple[Path, ...], key: Key, values: Values) -> None:
    found = _at(paths, values)
    if found is not None:
        index.setdefault(found, {})[key] = None


def _at(paths: tuple[Path, ...], values: Values) -> Hashable | None:
    """The values at some paths, without regard to case; None if one is missing."""
    held = dict(zip(*values, strict=True))
    return tuple(folded(held[path]) for path in paths) if all(path in held for path in paths) else None
