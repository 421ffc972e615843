"""What the mapper asks of a service: requests for operations, documents for entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from contacthub_orm.errors import ContacthubError
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution
    from contacthub_orm.orm.service.plan import Operation, Request, Verb
    from contacthub_orm.orm.service.search import Page, Search
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Backend"]


class Backend(Protocol):
    """A service as the session sees it.

    Every call may raise APIError, NotSent or OutcomeUnknown; `send` is called from several threads at once.
    """

    @property
    def max_in_flight(self) -> int:
        """How many requests of one batch may be under way at once."""
        ...

    @property
    def page_size(self) -> int:
        """The largest page."""
        ...

    def entity_class(self, resource: str) -> type[Entity]:
        """The class that a resource's documents are loaded as by default."""
        ...

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """The request that an operation becomes; the deletion of an entity to be erased is its erasure."""
        ...

    def send(self, request: Request) -> Any:
        """Send a request and give the decoded answer, None for an empty one."""
        ...

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """The service's document after a write: the answer or, where that is silent, the baseline with what was sent.

        Raises OutcomeUnknown for an answer that makes no sense.
        """
        ...

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """The document with this id, None where there is none."""
        ...

    def export(self, entity: type[Entity], identity: str) -> Document:
        """All that the service holds of the entity with this id. Raises NotFoundError where there is none."""
        ...

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below an entity."""
        ...

    def scan_key(self, entity: type[Entity]) -> str | None:
        """The key that a scan walks: a moment that never changes and that a search can be bounded by."""
        ...

    def search(self, search: Search) -> Page:
        """One page of a search. Raises CompileError, before any request, for what the service cannot be asked."""
        ...

    @property
    def place(self) -> str:
        """What a journal belongs to: it names the service, the workspace and the node, and no credential."""
        ...

    def now(self) -> datetime:
        """The present moment, aware, by the clock that the transport waits on."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    @property
    def refuses_double_claims(self) -> bool:
        """Whether it is certain that only one entity may hold a unique value."""
        ...

    def unique_value(
        self, entity: type[Entity], document: Document, patch: Document | None = None
    ) -> Hashable | None:
        """The value by which the service tells entities of this kind apart, None where there is none.

        With a patch, the value once that is merged into the document.
        """
        ...

    def find_created(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        """Whether creations whose answer was lost took effect: APPLIED with the document, CONFLICT, OPEN or ABSENT.

        ABSENT means not found now; the caller decides when that is certain. `known` are identities that other operations
        account for.
        """
        ...

    def proves_creation(self, entity: type[Entity], document: Document) -> bool:
        """Whether the answer to a creation shows that the entity was not there before."""
        ...

    def conflict(self, operation: Operation, current: Document | None) -> ContacthubError:
        """The error for a write that met another writer's change, with the service's current state."""
        ...

    def compile(self, search: Search) -> Any:
        """What a search sends, as data."""
        ...
