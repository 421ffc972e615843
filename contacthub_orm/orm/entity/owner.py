"""What an entity asks of its session and of its home: two protocols, so that entities need not know the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Home", "Owner"]

E = TypeVar("E", bound="Entity")


class Owner(Protocol):
    """The session, as its entities see it: it learns what happens to them and loads what they lack."""

    @property
    def session(self) -> Any:
        """The session. It is typed `Any`, because its class is on a higher layer."""
        ...

    @property
    def per_call(self) -> bool:
        """Whether the session lives for one call of an entity that has no session."""
        ...

    def pin(self, entity: Entity) -> None:
        """Keep an entity alive until the next flush, which compares it with its baseline."""
        ...

    def note_recorded(self, entity: Entity, event: Recorded) -> None:
        """An entity is about to record a domain event.

        Raises:
            InvalidRequestError: if the event cannot be written to the session's journal.
        """
        ...

    def current(self, entity: Entity) -> Document:
        """Read the document of an entity again.

        Raises:
            InvalidRequestError: if the entity no longer exists.
        """
        ...

    def load_rest(self, entity: Entity) -> None:
        """Load what a partial load left out; unsaved changes stay.

        Raises:
            InvalidRequestError: if the entity no longer exists.
        """
        ...

    def get_resource(self, resource: str, identity: str) -> Entity | None:
        """Return the entity of a resource with this id, held or read now, or None if there is none."""
        ...

    def load_below(self, entity: type[E], parent: Entity, documents: Iterable[Document]) -> list[E]:
        """Return the child entities of a parent, from their documents."""
        ...

    def refuse_another(self, key: Key) -> None:
        """Make sure that no object is held for an identity.

        Raises:
            InvalidRequestError: if one is.
        """
        ...

    def make_persistent(self, entity: Entity, key: Key) -> None:
        """Hold an entity under the identity that it has adopted.

        Raises:
            InvalidRequestError: if another object is held for the identity.
        """
        ...


@runtime_checkable
class Home(Protocol):
    """Where an entity saves and reads by itself without a session."""

    @property
    def backend(self) -> Any:
        """The service behind it; `backend.place` tells it from others."""
        ...

    def lend(self) -> AbstractContextManager[Any]:
        """Open a session for one call. At the end of its block its entities become detached, with this home."""
        ...
