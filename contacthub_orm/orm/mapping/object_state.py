"""`ObjectState`: the bookkeeping of one mapped object."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["ObjectState", "root_of"]


def root_of(mapped: Mapped) -> Mapped:
    """The object that stands in no other: the object itself, or the one it is embedded in at whatever depth."""
    while mapped._state.owner is not None:
        mapped = mapped._state.owner
    return mapped


class ObjectState:
    """Bookkeeping of one mapped object.

    What most objects never need stands on the class as a default, so that loading one sets three attributes.
    """

    raw: Document | None
    """The baseline; None: the service knows nothing of this object."""

    owner: Mapped | None = None
    """The object this one is embedded in."""

    written: AbstractSet[str] = frozenset()
    """The names of declared attributes, and the keys of undeclared ones, that the user wrote."""

    items: dict[str, Any] | None = None
    """Undeclared values, read or written, by key."""

    null: bool = False
    """Whether the object stands for an explicit None."""

    def __init__(self, raw: Document | None, owner: Mapped | None = None) -> None:
        self.raw = raw
        if owner is not None:
            self.owner = owner

    def __getattr__(self, name: str) -> Any:
        # FASTPATH: `raw` is only missing below an expired entity; asking the owner loads it and sets it here too.
        if name != "raw" or self.owner is None:
            raise AttributeError(name)
        self.owner._state.raw  # noqa: B018 - loads
        return self.__dict__["raw"]

    def complete(self, mapped: Mapped, key: str) -> Any:
        """Load what a partial load left out, and give the wire value of `key`."""
        root = root_of(mapped)
        root._state.load_rest(root)
        return self.raw.get(key) if self.raw is not None else None

    def load_rest(self, mapped: Mapped) -> None:
        """Load the whole document of the root; only an entity can."""
        raise InvalidRequestError(
            f"{type(mapped).__name__} is not part of an entity, so the rest of it cannot be loaded"
        )

    def mark(self, mapped: Mapped, name: str) -> None:
        """Note that `name` was written, and tell the root."""
        if isinstance(self.written, set):
            self.written.add(name)
        else:
            self.written = {name}
        self.touch(mapped)

    def unmark(self, name: str) -> None:
        """Note that `name` holds what the service has."""
        if isinstance(self.written, set):
            self.written.discard(name)

    def touch(self, _mapped: Mapped) -> None:
        """Tell the root that something below it was written."""
        self.null = False
        if self.owner is not None:
            self.owner._state.touch(self.owner)

    def reverted(self) -> None:
        """Undo, together with the edits, what else the user changed."""

    def hand_out(self, _mapped: Mapped) -> None:
        """Tell the root that a container was handed out and must be compared at flush."""
        if self.owner is not None:
            self.owner._state.hand_out(self.owner)
