"""`Backend`: the protocol by which the mapper uses a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from contacthub_orm.errors import ContacthubError
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution
    from contacthub_orm.orm.service.plan import Operation, Request, Verb
    from contacthub_orm.orm.service.search import Page, ScanKey, Search
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Backend", "check_class"]


class Backend(Protocol):
    """A service, as the session uses it.

    Every method that sends a request may raise APIError, NotSent or OutcomeUnknown. `send`, `stored` and `fetch` are
    called from several threads at once.
    """

    @property
    def max_in_flight(self) -> int:
        """The highest number of requests that may be under way at once."""
        ...

    @property
    def page_size(self) -> int:
        """The number of documents of the largest page."""
        ...

    def entity_class(self, resource: str) -> type[Entity]:
        """Return the class that the documents of a resource are loaded as by default.

        Raises:
            LookupError: if the service has no such resource; its argument may say where that is.
        """
        ...

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """Make the request for an operation. Deleting an entity that is to be erased becomes its erasure."""
        ...

    def send(self, request: Request) -> Any:
        """Send a request and return the decoded answer, or None if the answer is empty.

        Raises:
            OutcomeUnknown: if the answer to a write makes no sense.
        """
        ...

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """Return the service's document after a write: the answer, or the baseline with the sent body if it is empty.

        Raises:
            OutcomeUnknown: if the answer makes no sense.
        """
        ...

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """Read the document with an id, or return None if there is none."""
        ...

    def export(self, entity: type[Entity], identity: str) -> Document:
        """Read all data that the service has of the entity with an id.

        Raises:
            NotFoundError: if there is no such entity.
        """
        ...

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """Read all documents of a collection below an entity."""
        ...

    def scan_key(self, entity: type[Entity]) -> ScanKey | None:
        """Return the key that a keyset scan of a class is ordered by, or None if the class cannot be scanned."""
        ...

    @property
    def counts_matches(self) -> bool:
        """Whether a page tells how many matches there are; otherwise the pages are read until one is the last."""
        ...

    def search(self, search: Search) -> Page:
        """Read one page of a search.

        Raises:
            CompileError: before any request, if the service cannot be asked this.
        """
        ...

    @property
    def place(self) -> str:
        """The service and the part of it that is worked on, as a string without credentials; a journal belongs to one."""
        ...

    def now(self) -> datetime:
        """Return the current time, with its timezone, by the clock that `sleep` waits on."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        ...

    @property
    def refuses_double_claims(self) -> bool:
        """Whether it is certain that only one entity may have a unique value, so that a second claim is refused."""
        ...

    def unique_value(
        self, entity: type[Entity], document: Document, patch: Document | None = None
    ) -> Hashable | None:
        """Return the value by which the service tells entities of a class apart, or None if the document has none.

        With a patch, it is the value after merging the patch into the document.
        """
        ...

    def knows_unique_value(self, entity: type[Entity], document: Document | None) -> bool:
        """Whether a baseline tells an entity's unique value: a partial one may lack it, and None is not loaded."""
        ...

    def may_ignore_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:
        """Whether the service may take two texts at a path for the same that differ in case. Sends no request."""
        ...

    def ignores_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:
        """Whether the service takes two texts at a path for the same that differ in case. May ask the service."""
        ...

    def find_created(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        """Look up whether creations in doubt took effect: APPLIED with the document, CONFLICT, OPEN or ABSENT.

        ABSENT means that it is not found now; the caller decides when that is certain. `known` are the identities of
        entities that other operations created.
        """
        ...

    def proves_creation(self, entity: type[Entity], document: Document, sent: SentAt) -> bool:
        """Whether the answer to a creation, first sent then, shows that the entity did not exist before."""
        ...

    def existed_at(self, document: Document) -> datetime | None:
        """Return an instant, by our clock, at which the service had the entity of a document, None if it tells none."""
        ...

    def is_as_created(self, document: Document) -> bool:
        """Whether the service's document shows that nobody has written the entity since its creation."""
        ...

    def referring(self, entity: type[Entity], identity: str) -> Sequence[Key]:
        """Return entities that refer to the one with an id and that the service would delete with it.

        They are looked for in one search, which lags behind writes.
        """
        ...

    def sending(self) -> SentAt:
        """Return the time of a send that begins now, by our clock and, if an answer has told it, by the service's."""
        ...

    def conflict(self, operation: Operation, current: Document | None) -> ContacthubError:
        """Make the error for a write that conflicts with another writer's, with the service's current document."""
        ...

    def compile(self, search: Search) -> Any:
        """Return the query that a search sends, as data.

        Raises:
            CompileError: if the service cannot be asked this.
        """
        ...


def check_class(backend: Backend, entity: type[Entity]) -> None:
    """Make sure that a service has entities of a class.

    Raises:
        InvalidRequestError: if it has none.
    """
    try:
        backend.entity_class(entity.__resource__.name)
    except LookupError as error:
        raise InvalidRequestError(f"{backend.place} has no {entity.__name__}: {error.args[0]}") from None
