"""What an entity asks of whoever holds it: two protocols, so that entities know no session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Home", "Owner"]

E = TypeVar("E", bound="Entity")


class Owner(Protocol):
    """What holds entities, as they see it: it learns what happens to them and reads what they lack."""

    @property
    def session(self) -> Any:
        """The session, untyped: nothing on this floor knows its class."""
        ...

    @property
    def per_call(self) -> bool:
        """Whether it lives for one call of something that has no session."""
        ...

    def pin(self, entity: Entity) -> None:
        """Keep an entity alive and look at it at the next flush: it was written to, or handed out a container."""
        ...

    def current(self, entity: Entity) -> Document:
        """Read the document of an entity anew. Raises InvalidRequestError if the service no longer has it."""
        ...

    def load_rest(self, entity: Entity) -> None:
        """Load what a partial load left out, under the unsaved changes."""
        ...

    def get_resource(self, resource: str, identity: str) -> Entity | None:
        """The entity of a resource with this id, held or read now; None if there is none."""
        ...

    def load_below(self, entity: type[E], parent: Entity, documents: Iterable[Document]) -> list[E]:
        """The entities below a parent, from the documents in which the service shows them."""
        ...

    def refuse_another(self, key: Key) -> None:
        """Raise InvalidRequestError if another object is held for an identity."""
        ...

    def make_persistent(self, entity: Entity, key: Key) -> None:
        """Hold a new entity as the persistent one of an identity that it turned out to stand for."""
        ...


@runtime_checkable
class Home(Protocol):
    """What an entity can belong to without a session, such as a node: it saves and reads there by itself."""

    @property
    def backend(self) -> Any:
        """The service behind it; its `place` says where that is."""
        ...

    def lend(self) -> AbstractContextManager[Any]:
        """Give a session for one call. At the end of its block it lets go of what it holds, and leaves that here."""
        ...
