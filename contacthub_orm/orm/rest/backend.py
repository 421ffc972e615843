"""`RestBackend`: what the backends of plain REST services have in common; a subclass states what differs.

Entities have a route below the name of their resource, or below their parent's. POST creates, PUT or PATCH saves (see
`Resource.patches`), DELETE deletes, GET reads one, and GET of the collection lists.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from contacthub_orm.errors import (
    APIError,
    CompileError,
    ConflictError,
    ContacthubError,
    InvalidRequestError,
    NotFoundError,
    OutcomeUnknown,
    StaleDataError,
)
from contacthub_orm.http import Transport, quote_path
from contacthub_orm.orm.criteria.criteria import ALWAYS, Comparison, Conjunction, Kind
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import split_identity
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.rest.answers import no_document, no_list, no_new_document, or_nothing
from contacthub_orm.orm.rest.lists import ListStyle, NumberedPages
from contacthub_orm.orm.rest.lookup import Traces, find_created
from contacthub_orm.orm.service.paging import pages_in_turn
from contacthub_orm.orm.service.plan import Operation, Pending, Request, Verb
from contacthub_orm.orm.service.search import Page, ScanKey, Search
from contacthub_orm.orm.wire.documents import apply_patch

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["RestBackend"]

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RestBackend:
    """A plain REST service, reached through a transport. The methods are those of `orm.Backend`.

    Attributes:
        classes: the entities.
        lists: how the service gives lists in parts.
        filters: by resource, the keys whose exact values a list can be asked for, each by a parameter of its name.
        known_by: by resource, the key by whose value a created entity is found again if the answer was lost. It must be one
            of `filters`.
        if_match: the document key of the version that a write demands with `If-Match`; None if the service has no such
            precondition. An `ETag` header of an answer is kept at that key. It should be the first of
            `Resource.version_keys`.
    """

    classes: ClassVar[Sequence[type[Entity]]] = ()
    lists: ListStyle = NumberedPages()
    filters: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    known_by: ClassVar[Mapping[str, str]] = {}
    if_match: ClassVar[str | None] = None

    counts_matches: bool = False
    refuses_double_claims: bool = False

    def __init__(self, transport: Transport, place: str | None = None) -> None:
        self.transport = transport
        self.place = place or transport.base_url
        self._classes = {one.__resource__.name: one for one in self.classes}

    @property
    def max_in_flight(self) -> int:
        """The transport's setting."""
        return self.transport.settings.max_in_flight

    @property
    def page_size(self) -> int:
        """The largest page of a list."""
        return self.lists.largest

    # -- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The current time of the transport's clock, aware."""
        return self.transport.clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait, by the transport's clock."""
        self.transport.clock.sleep(seconds)

    def sending(self) -> SentAt:
        """The time of a send that begins now."""
        clock = self.transport.service_clock
        return SentAt(self.now(), clock.ahead if clock.known else None)

    # -- routes -------------------------------------------------------------------------------------------------------

    def entity_class(self, resource: str) -> type[Entity]:
        """The class that the documents of a resource are loaded as.

        Raises:
            LookupError: if the service has none.
        """
        return self._classes[resource]

    def path_of(self, entity: type[Entity], identity: str) -> tuple[str, ...]:
        """The route of the entity with an identity."""
        ids = split_identity(identity)
        if entity.__parent__ is None:
            return (entity.__resource__.name, identity)
        return (entity.__parent__.target, ids[0], entity.__resource__.name, ids[1])

    def collection_of(self, entity: Entity) -> tuple[Any, ...]:
        """The route at which an entity is created."""
        above = state_of(entity).parent
        if above is None:
            return (entity.__resource__.name,)
        return (
            above.__resource__.name,
            state_of(above).identity or Pending(above),
            entity.__resource__.name,
        )

    def route(self, method: str, path: Sequence[str]) -> tuple[str, str]:
        """The method and the relative URL by which a request is sent."""
        return method, self.url_path(path)

    def url_path(self, path: Sequence[str]) -> str:
        """The path of a URL for a route; a subclass adds what the service wants around it."""
        return quote_path(*path)

    # -- writing ------------------------------------------------------------------------------------------------------

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """The request for an operation, with its precondition if the service has any."""
        if verb is Verb.CREATE:
            return Request(verb.value, self.collection_of(entity), body=body or {})
        path = self.path_of(type(entity), state_of(entity).known_key.id)
        return Request(verb.value, path, body=body, headers=self.precondition(entity))

    def precondition(self, entity: Entity) -> dict[str, str]:
        """The header that makes the service refuse a write if the entity is no longer as it was read.

        There is none if the version that was read is not known, or writes of ours have moved it.
        """
        state = state_of(entity)
        if self.if_match is None or state.version_moved:
            return {}
        version = (state.baseline or {}).get(self.if_match)
        if version is None:
            return {}
        text = str(version)
        return {"If-Match": text if text.startswith(('"', 'W/"')) else f'"{text}"'}

    def send(self, request: Request) -> Any:
        """Send a write and return the decoded answer.

        Raises:
            StaleDataError: if the service refused the precondition: another writer was faster.
        """
        try:
            return self.call(
                request.method,
                request.path,
                params=dict(request.params),
                body=request.body,
                headers=request.headers,
                objection=self._objection_to_write(request),
            )
        except APIError as error:
            if error.status != HTTPStatus.PRECONDITION_FAILED:
                raise
            raise StaleDataError(
                f"{request.target} was refused: another writer has changed it since it was read"
            ) from error

    def _objection_to_write(self, request: Request) -> Callable[[Any], str | None]:
        is_collection = len(request.path) % 2 == 1
        resource = self.entity_class(request.path[-1 if is_collection else -2]).__resource__
        if is_collection:
            return no_new_document(resource.id_key)
        return or_nothing(no_document(resource.id_key, request.path[-1]))

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """The service's document after a write: its answer, or what it must hold if the answer is empty.

        Raises:
            OutcomeUnknown: if the answer to a creation has no id.
        """
        resource, baseline = entity.__resource__, state_of(entity).baseline or {}
        own = answer.get(resource.id_key) if isinstance(answer, dict) else None
        if verb is Verb.CREATE:
            if own is None:
                raise OutcomeUnknown("the answer has no id", method=verb.value, url=resource.name)
            return answer if len(answer) > 1 else {**sent, **answer}
        if own is not None:
            return dict(answer)
        if verb is Verb.UPDATE:
            return apply_patch(baseline, sent)
        return {**sent, resource.id_key: baseline.get(resource.id_key)}

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, entity: type[Entity], identity: str) -> Document:
        """The document of the entity with an identity.

        Raises:
            NotFoundError: if there is none.
        """
        own = split_identity(identity)[-1] if entity.__parent__ is not None else identity
        expected = no_document(entity.__resource__.id_key, own)
        document: Document = self.call("GET", self.path_of(entity, identity), objection=expected)
        return document

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """The document of the entity with an identity, or None if there is none.

        Raises:
            NotFoundError: if the answer is not the service's own, so that it says nothing about the entity.
        """
        try:
            return self.read(entity, identity)
        except NotFoundError as error:
            if not error.has_envelope:
                raise
            return None

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below an entity; none if the entity is not there, or not yet."""
        resource = self.entity_class(path[-1]).__resource__
        pages = pages_in_turn(
            lambda number, after: self._page(path, {}, number, self.page_size, after), resource
        )
        try:
            return [document for page in pages for document in page.documents]
        except NotFoundError:
            return []

    def search(self, search: Search) -> Page:
        """One page of a list.

        Raises:
            CompileError: if the service cannot be asked for it.
        """
        self._refuse_inexpressible(search)
        asked = {**self.conditions(search), **search.parameters}
        size = self._size(search)
        return self._page((search.entity.__resource__.name,), asked, search.page, size, search.after)

    def compile(self, search: Search) -> dict[str, str]:
        """The parameters of a list.

        Raises:
            CompileError: if the service cannot be asked for it.
        """
        self._refuse_inexpressible(search)
        asked = {**self.conditions(search), **search.parameters}
        return {**asked, **self.lists.parameters(search.page, self._size(search), search.after)}

    def _size(self, search: Search) -> int:
        size = self.page_size if search.size is None else search.size
        if not 1 <= size <= self.page_size:
            raise CompileError(f"a page holds 1 to {self.page_size} rows, got {size}")
        return size

    def _page(self, path: tuple[str, ...], asked: dict[str, str], number: int, size: int, after: Any) -> Page:
        expected = no_list(self.lists, self.entity_class(path[-1]).__resource__.id_key, size)
        params = {**asked, **self.lists.parameters(number, size, after)}
        answer = self.call("GET", path, params=params, objection=expected)
        rows = self.lists.rows(answer)
        following = self.lists.next(answer, number, size)
        return Page(rows, number * size + len(rows), number, size, next=following)

    def conditions(self, search: Search) -> dict[str, str]:
        """The parameters for the conditions of a search.

        Raises:
            CompileError: if a list of the service cannot be narrowed so.
        """
        asked: dict[str, str] = {}
        for one in _conjunctive(search.criterion):
            found = self.condition(one) if isinstance(one, Comparison) else None
            if found is None or any(asked.get(key, value) != value for key, value in found.items()):
                raise CompileError(
                    f"filter: {self.place} cannot be asked for {one}; filter_locally({one}) checks it here"
                )
            asked |= found
        return asked

    def condition(self, comparison: Comparison) -> dict[str, str] | None:
        """The parameters for a comparison, None if a list cannot be narrowed by it."""
        key, entity = ".".join(comparison.path), comparison.owner
        is_exact = comparison.operator is Operator.EQUALS and isinstance(comparison.value, str | int)
        resource = getattr(entity, "__resource__", None)
        if not is_exact or resource is None or key not in self.filters.get(resource.name, ()):
            return None
        value = comparison.value
        return {key: str(value).lower() if isinstance(value, bool) else str(value)}

    def _refuse_inexpressible(self, search: Search) -> None:
        name = search.entity.__resource__.name
        if search.raw is not None:
            raise CompileError(f"raw: {self.place} has no query language, only the parameters of its lists")
        if search.order:
            raise CompileError(f"order_by: {self.place} sorts {name} by nothing that can be chosen")
        if search.fields:
            raise CompileError(f"load_only: {self.place} returns only whole {name}")

    def scan_key(self, entity: type[Entity]) -> ScanKey | None:  # noqa: ARG002 - lists end where the rows end
        """None: a list is read page by page."""
        return None

    def export(self, entity: type[Entity], identity: str) -> Document:
        """Refused: plain REST has no such route.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(f"{self.place} does not export {entity.__name__} {identity}")

    def call(  # noqa: PLR0913 - the parts of a request, each by its name
        self,
        method: str,
        path: Sequence[str],
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        objection: Callable[[Any], str | None] | None = None,
    ) -> Any:
        """Send a request and return the decoded answer, an `ETag` put in at the key `if_match`."""
        method, url = self.route(method, path)
        answer = self.transport.send(
            method,
            url,
            params=params or None,
            json=body,
            headers=headers,
            objection=objection,
        )
        tag, document = answer.headers.get("ETag"), answer.body
        if self.if_match is not None and tag and isinstance(document, dict) and len(path) % 2 == 0:
            return {self.if_match: tag, **document}
        return document

    # -- what creations left ------------------------------------------------------------------------------------------

    def find_created(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        """Look up creations whose answer was lost; see `lookup`."""
        return find_created(self, writes, known)

    def traces(self, write: InDoubtWrite) -> Traces | None:
        """What a creation may have left, None if nothing tells it from other entities.

        This is what has the value by which the entity is known, or what is in the collection below its parent.
        """
        entity = type(write.operation.entity)
        if entity.__parent__ is not None:
            return Traces(self.below(write.request.path), identified=False)
        key = self.known_by.get(entity.__resource__.name)
        value = None if key is None else write.body.get(key)
        if key is None or value is None:
            return None
        return Traces(self.all_of(Search(entity, Comparison(entity, (key,), Operator.EQUALS, value))))

    def all_of(self, search: Search) -> list[Document]:
        """The documents of all pages of a search."""
        pages = pages_in_turn(
            lambda number, after: self.search(attrs.evolve(search, page=number, after=after)),
            search.entity.__resource__,
        )
        return [document for page in pages for document in page.documents]

    def proves_creation(self, entity: type[Entity], document: Document, sent: SentAt) -> bool:  # noqa: ARG002 - any does
        """A POST that was answered made something new."""
        return True

    def existed_at(self, document: Document) -> datetime | None:  # noqa: ARG002 - a subclass may know
        """Long ago: what the service has given once it finds by its id at once, so that "not found" means gone.

        A subclass for a service whose reads lag behind its writes returns what a document tells, or None.
        """
        return _LONG_AGO

    def is_as_created(self, document: Document) -> bool:  # noqa: ARG002 - a subclass may know
        """False: documents do not tell."""
        return False

    def conflict(self, operation: Operation, current: Document | None) -> ContacthubError:
        """The error for an operation that met another writer's change."""
        if operation.verb is Verb.CREATE:
            return ConflictError(
                status=HTTPStatus.CONFLICT,
                message="the answer was lost, and what it is known by has another entity, with other values",
                method=operation.verb.value,
                url="/".join(map(str, operation.request.path)),
                data=current,
            )
        if current is None:
            return StaleDataError(f"{operation.entity!r} no longer exists")
        return StaleDataError(
            f"{operation.entity!r} was changed by another writer since it was read", current=current
        )

    def referring(self, entity: type[Entity], identity: str) -> Sequence[Key]:  # noqa: ARG002 - a subclass may know
        """Nothing that the service would delete with an entity."""
        return ()

    # -- unique values ------------------------------------------------------------------------------------------------

    def unique_value(
        self,
        entity: type[Entity],  # noqa: ARG002 - a subclass may know
        document: Document,  # noqa: ARG002
        patch: Document | None = None,  # noqa: ARG002
    ) -> Hashable | None:
        """None: no value is unique."""
        return None

    def knows_unique_value(self, entity: type[Entity], document: Document | None) -> bool:  # noqa: ARG002 - as above
        """There is none to know."""
        return True

    def may_ignore_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:  # noqa: ARG002 - as above
        """Texts are compared as they are."""
        return False

    def ignores_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:  # noqa: ARG002 - as above
        """Texts are compared as they are."""
        return False


def _conjunctive(criterion: Criterion) -> Sequence[Criterion]:
    """The conditions that must all hold."""
    if criterion == ALWAYS:
        return ()
    if isinstance(criterion, Conjunction) and criterion.kind is Kind.AND:
        return criterion.parts
    return (criterion,)
