"""What a session has written lately, while its own searches may not show it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.versions import is_older

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["RecentWrites"]

Values = tuple[tuple[str, Any], ...]
"""JSON keys with their values. Entries are plain tuples of plain values, which the garbage collector need not visit."""


class RecentWrites:
    """The identities, versions and top-level values that a session wrote lately. It keeps no entity alive.

    A search lags behind writes. Within the lag, a row of an entity that is no longer held may be from before our write, and
    what we created may not be found at all.

    Args:
        now: returns the current time of our clock.
        lag: for how long a write is remembered.
    """

    def __init__(self, now: Callable[[], datetime], lag: timedelta) -> None:
        self._now = now
        self._lag = lag
        self._entries: dict[Key, tuple[datetime, Values | None, Values]] = {}
        self._by_value: dict[tuple[str, str, Any], Key] = {}

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
        values = _named(entity, document) if document is not None else earlier[2] if earlier else ()
        self.forget(key)
        self._drop_old()
        keys = entity.__resource__.version_keys
        version = tuple((one, (document or {}).get(one)) for one in keys) if has_version else None
        self._entries[key] = (self.until, version, values)
        for name, value in values:
            self._by_value[key.resource, name, value] = key

    def forget(self, key: Key) -> None:
        """Forget the writes of an identity."""
        found = self._entries.pop(key, None)
        for name, value in found[2] if found is not None else ():
            if self._by_value.get((key.resource, name, value)) == key:
                del self._by_value[key.resource, name, value]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._by_value.clear()

    def find(self, resource: str, name: str, value: Any) -> Key | None:
        """The identity that was last written with a top-level value, None if there is none."""
        try:
            key = self._by_value.get((resource, name, value))
        except TypeError:  # a value that cannot be hashed is no natural key
            return None
        return key if key is not None and key in self else None

    def is_behind(self, key: Key, entity: type[Entity], row: Document) -> bool:
        """Whether a row of a search is, or may be, from before our last write."""
        entry = self._entry(key)
        if entry is None:
            return False
        version = entry[1]
        return version is None or is_older(row, dict(version), entity.__resource__.version_keys)

    def _entry(self, key: Key) -> tuple[datetime, Values | None, Values] | None:
        found = self._entries.get(key)
        return None if found is None or self.is_over(found[0]) else found

    def _drop_old(self) -> None:
        """Forget what is older than the lag. The entries are in the order of their times."""
        now = self._now()
        while self._entries:
            key = next(iter(self._entries))
            if now < self._entries[key][0]:
                return
            self.forget(key)


def _named(entity: type[Entity], document: Document) -> Values:
    """The values of a document that may be natural keys: strings and integers at its top, but its id."""
    keys = entity.__keys__
    own = entity.__resource__.id_key
    return tuple(
        (key, value)
        for key, value in document.items()
        if value.__class__ in (str, int) and key != own and key in keys and not keys[key].read_only
    )
