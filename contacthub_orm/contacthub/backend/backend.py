"""The service as a session sees it: `NodeBackend` turns operations on one node into requests, and answers into documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.contacthub.backend.answers import objection_to
from contacthub_orm.contacthub.backend.lookup import find_created, told_time, was_registered_since
from contacthub_orm.contacthub.backend.matching_policy import ASSUMED, MatchingPolicy
from contacthub_orm.contacthub.backend.node_configuration import read_policy
from contacthub_orm.contacthub.backend.routes import Routes
from contacthub_orm.contacthub.backend.strict import needs_strict
from contacthub_orm.contacthub.entities.catalogue import ENTITY_CLASSES
from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.entities.sub_resources import CustomerSession
from contacthub_orm.contacthub.query.event_filters import event_parameters
from contacthub_orm.contacthub.query.query_json import query_json, sort_parameter
from contacthub_orm.contacthub.query.url import check_url, query_text, too_long
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
from contacthub_orm.orm import Entity, InstanceState, Operation, Page, Request, ScanKey, Search, Verb, inspect
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.entity.resource import Key, split_identity
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.service.plan import Pending
from contacthub_orm.orm.wire.conversion import dump_datetime
from contacthub_orm.orm.wire.documents import apply_patch
from contacthub_orm.reference import MAX_MATCHED_ELEMENTS, MAX_PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from contacthub_orm.http import Transport
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["NodeBackend"]


_STABLE_SORT: Final = {"customers": "registeredAt,asc"}
"""The order of a search that asks for none. A write does not change it.

The service's own default is the newest update first, which moves rows between pages while others write.
"""

_SCAN_KEYS: Final = {
    "customers": ScanKey("registeredAt"),
    "events": ScanKey("date", newest_first=True, fixed=False),
}
"""Events come newest first unless told otherwise (reference 1.299.1), and filter by `date` alone."""


def _path(state: InstanceState, *, created: bool) -> tuple[Any, ...]:
    """The route of an entity with this state, or of the collection in which it is to be created."""
    entity = state.entity
    if not created:
        assert state.identity is not None
        return _path_of(type(entity), state.identity.id)
    above = state.parent
    if above is None:
        return (entity.__resource__.name,)
    key = inspect(above).identity
    return (above.__resource__.name, Pending(above) if key is None else key.id, entity.__resource__.name)


def _path_of(entity: type[Entity], identity: str) -> tuple[str, ...]:
    """The route of the entity with this identity; a sub-resource has two ids."""
    if entity.__parent__ is None:
        return (entity.__resource__.name, identity)
    customer, own = split_identity(identity)
    return (entity.__parent__.target, customer, entity.__resource__.name, own)


class NodeBackend:
    """One node of a workspace, reached through the workspace's transport. The methods are those of `orm.Backend`."""

    page_size: int = MAX_PAGE_SIZE
    counts_matches: bool = True

    def __init__(
        self,
        transport: Transport,
        workspace_id: str,
        node_id: str,
        matching: MatchingPolicy | None = None,
        paths: Mapping[str, str] | None = None,
    ) -> None:
        self._transport = transport
        self._routes = Routes(workspace_id, paths or {})
        self._node_id = node_id
        self._matching = matching
        self.place = f"{transport.base_url}/workspaces/{workspace_id}, node {node_id}"

    @property
    def max_in_flight(self) -> int:
        """The transport's setting: how many requests may be under way at a time."""
        return self._transport.settings.max_in_flight

    def now(self) -> datetime:
        """The current time of the transport's clock, aware."""
        return self._transport.clock.now()

    def referring(self, entity: type[Entity], identity: str) -> Sequence[Key]:
        """The first events of a customer: the service deletes them with it (changelog 1.52)."""
        if not issubclass(entity, Customer):
            return ()
        page = self.search(Search(Event, Event.customerId == identity))
        return [Key(Event.__resource__.name, document["id"]) for document in page.documents]

    def sending(self) -> SentAt:
        """The time of a send that begins now."""
        clock = self._transport.service_clock
        return SentAt(self.now(), clock.ahead if clock.known else None)

    def service_time(self, sent: SentAt) -> datetime:
        """What the service's clock showed at a send.

        If it was not known then, the clocks are taken to be as far apart as they are now; asks for one customer if no
        answer has told the time yet.
        """
        if sent.by_service is not None:
            return sent.by_service
        if not self._transport.service_clock.known:
            self.search(Search(Customer, ALWAYS, size=1))
        return sent.ours + self._transport.service_clock.ahead

    def sleep(self, seconds: float) -> None:
        """Wait, by the transport's clock."""
        self._transport.clock.sleep(seconds)

    def entity_class(self, resource: str) -> type[Entity]:
        """The class that the documents of a resource are loaded as by default.

        Raises:
            LookupError: if it is not a node's.
        """
        if resource not in ENTITY_CLASSES:
            raise LookupError(
                f"{resource} are not in a node; its workspace's configuration is in Session(workspace)"
            )
        return ENTITY_CLASSES[resource]

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """The request for an operation; the deletion of an entity that is to be erased is a POST to `forget`.

        Raises:
            InvalidRequestError: if a new customer names another node.
        """
        state = inspect(entity)
        path = _path(state, created=verb is Verb.CREATE)
        if verb is Verb.CREATE:
            return Request(verb.value, path, body=self._created_here(entity, body or {}))
        if verb is Verb.DELETE and state.to_be_erased:
            return Request("POST", (*path, "forget"))
        strict = body is not None and needs_strict(state.baseline, body, replaces=verb is Verb.REPLACE)
        params = {"mode": "STRICT"} if strict else {}
        return Request(verb.value, path, params, body)

    def _created_here(self, entity: Entity, body: Document) -> Document:
        """The body of a creation, completed: a customer names the node, an event says when it happened.

        An event without a customer's id names the node in its `bringBackProperties`: its route does not know it.

        If the answer to an event's creation is lost, the event is looked up by its date. So the date is set on the event
        itself, and stays the same however often the creation is planned.
        """
        if isinstance(entity, Event):
            if body.get("date") is None and entity.date is None:
                entity.date = self.now()
                body["date"] = dump_datetime(entity.date)
            bring_back = body.get("bringBackProperties")
            if bring_back and not bring_back.get("nodeId"):
                body["bringBackProperties"] = {**bring_back, "nodeId": self._node_id}
        if not isinstance(entity, Customer):
            return body
        if body.setdefault("nodeId", self._node_id) != self._node_id:
            raise InvalidRequestError(
                f"{entity!r} belongs to node {body['nodeId']}, and the session works on {self._node_id}"
            )
        return body

    def send(self, request: Request) -> Any:
        """Send a request and return the decoded answer, None if it is empty."""
        return self._call(request.method, request.path, dict(request.params), request.body)

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """The service's document after a write: its answer, or what it must hold if the answer has no document.

        Raises:
            OutcomeUnknown: if the answer to a creation names no id.
        """
        if isinstance(answer, dict) and "id" in answer:
            return answer if len(answer) > 1 else {**_merged(verb, entity, sent), "id": answer["id"]}
        if verb is Verb.CREATE:
            raise OutcomeUnknown("the answer names no id", method=verb.value, url=entity.__resource__.name)
        return _merged(verb, entity, sent)

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """The document of the entity with this identity, or None if there is none.

        Raises:
            NotFoundError: if the route is not found: that says nothing about the entity.
        """
        try:
            return self.read(entity, identity)
        except NotFoundError as error:
            if not error.has_envelope:
                raise
            return None

    def read(self, entity: type[Entity], identity: str) -> Document:
        """The document of the entity with this identity.

        Raises:
            NotFoundError: if there is none.
        """
        document: Document = self._call("GET", _path_of(entity, identity))
        return document

    def export(self, entity: type[Entity], identity: str) -> Document:
        """A customer and its events (reference 1.299.1, which does not show the path).

        Raises:
            NotFoundError: if there is no such customer.
        """
        document: Document = self._call("GET", (*_path_of(entity, identity), "export"))
        return document

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below a customer, from the lists of its `base`; sessions have a route of their own."""
        collection, identity, name = path
        if name == CustomerSession.__resource__.name:
            try:
                elements: list[Document] = self._call("GET", path)["elements"]
            except NotFoundError:
                return []  # the customer is not there, or not yet
            return elements
        base = (self.fetch(self.entity_class(collection), identity) or {}).get("base")
        found = base.get(name) if isinstance(base, dict) else None
        return found if isinstance(found, list) else []

    def scan_key(self, entity: type[Entity]) -> ScanKey | None:
        """The property along which a scan reads; None for what is only found below a customer."""
        return _SCAN_KEYS.get(entity.__resource__.name)

    def search(self, search: Search) -> Page:
        """One page of a search.

        Raises:
            CompileError: if the service cannot be asked for it.
        """
        resource = search.entity.__resource__.name
        parameters = self.compile(search)
        try:
            answer = self._call("GET", (resource,), parameters)
        except APIError as error:
            raise too_long(parameters, error) or error from None
        page = answer["page"]
        total = page["totalElements"]
        told = page.get("maxElements")
        cap = told if isinstance(told, int) and told else MAX_MATCHED_ELEMENTS
        return Page(
            answer.get("elements", ()),
            total,
            page["number"],
            page["size"],
            capped=total >= cap,
            unfiltered=page.get("totalUnfilteredElements"),
        )

    def compile(self, search: Search) -> dict[str, str]:
        """The parameters of a search; `query` is JSON, as a string.

        Raises:
            CompileError: if the service cannot be asked for it.
        """
        parameters = {"nodeId": self._node_id}
        if search.entity.__resource__.name == "events":
            if search.raw is not None:
                raise CompileError("raw: events have no query language, only the parameters of their route")
            parameters.update(event_parameters(search.criterion))
        else:
            query = query_json(search.criterion) if search.raw is None else search.raw
            if query is not None:
                parameters["query"] = query_text(query)
        if search.fields:
            if search.entity.__resource__.name != "customers":
                raise CompileError(
                    f"load_only: the service returns only whole {search.entity.__resource__.name}"
                )
            parameters["fields"] = ",".join(".".join(path) for path in search.fields)
        parameters.update(search.parameters)
        parameters.update(self._page_parameters(search))
        check_url(parameters)
        return parameters

    def _page_parameters(self, search: Search) -> dict[str, str]:
        parameters: dict[str, str] = {}
        sort = sort_parameter(search.order) or _STABLE_SORT.get(search.entity.__resource__.name)
        if sort is not None:
            parameters["sort"] = sort
        if search.size is not None:
            if not 0 <= search.size <= MAX_PAGE_SIZE:
                raise CompileError(f"a page holds {MAX_PAGE_SIZE} elements at most, got {search.size}")
            parameters["size"] = str(search.size)
        if search.page:
            parameters["page"] = str(search.page)
        return parameters

    @property
    def refuses_double_claims(self) -> bool:
        """Whether the node's matching policy is known, so that two claims of one unique value are known to collide."""
        return self._matching is not None

    def unique_value(
        self, entity: type[Entity], document: Document, patch: Document | None = None
    ) -> str | None:
        """The matching values of a customer, as the node compares them, or the value of a session, unique in a node."""
        if issubclass(entity, CustomerSession):
            value = (patch or {}).get("value") or document.get("value")
            return None if value is None else f"session {value!r}"
        policy = self._matching or ASSUMED
        return policy.unique_value(document, patch) if issubclass(entity, Customer) else None

    def knows_unique_value(self, entity: type[Entity], document: Document | None) -> bool:
        """Whether a customer's baseline has its matching properties; other entities have no unique value."""
        policy = self._matching or ASSUMED
        return not issubclass(entity, Customer) or policy.is_told_by(document)

    def may_ignore_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:
        """Whether the node's matching policy, or the assumed one until it is known, ignores case at a path."""
        return issubclass(entity, Customer) and (self._matching or ASSUMED).ignores_case(path)

    def ignores_case(self, entity: type[Entity], path: tuple[str, ...]) -> bool:
        """Whether the node's matching policy ignores case at a path; reads the policy if it is not known."""
        return issubclass(entity, Customer) and self._policy().ignores_case(path)

    def merges_by(self, paths: AbstractSet[str]) -> bool:
        """Whether the node is known to match by these properties, and to update the customer that matches."""
        policy = self._policy()
        return policy.certain and policy.uniqueness == "MERGE" and set(policy.properties) == paths

    def find_created(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        """Look up creations whose answer was lost; see `lookup`."""
        return find_created(self, self._policy(), writes, known)

    def _policy(self) -> MatchingPolicy:
        """The node's matching policy: the user's, or the one in the node's configuration, which is read once."""
        if self._matching is None:
            found = read_policy(self._call, self._node_id)
            if found is None:
                return ASSUMED
            self._matching = found
        return self._matching

    def proves_creation(self, entity: type[Entity], document: Document, sent: SentAt) -> bool:
        """Whether the answer to a creation shows that the entity is new.

        Everything but a customer always is. A new customer was registered since the send, and nobody has written it since:
        one that was merged has an `updatedAt` after its `registeredAt`, unless the node refuses what it would merge.
        """
        if not issubclass(entity, Customer):
            return True
        since = sent.by_service or sent.ours + self._transport.service_clock.ahead
        return was_registered_since(document, since) and (
            self._refuses_second() or self.is_as_created(document)
        )

    def existed_at(self, document: Document) -> datetime | None:
        """When the service registered or updated what a document shows, by our clock; None if it does not tell."""
        told = told_time(document)
        return None if told is None else told - self._transport.service_clock.ahead

    def is_as_created(self, document: Document) -> bool:
        """Whether a customer's or an event's document shows that nobody has written it since its creation."""
        registered = document.get("registeredAt")
        return registered is not None and registered == document.get("updatedAt")

    def _refuses_second(self) -> bool:
        return self._matching is not None and self._matching.uniqueness == "BLOCK"

    def conflict(self, operation: Operation, current: Document | None) -> ContacthubError:
        """The error for an operation that met another writer's change."""
        if operation.verb is Verb.CREATE and current is not None:
            error = (
                "the answer was lost, and another writer has since changed the customer that it would match"
            )
            return ConflictError(
                status=409,
                message=error,
                method=operation.verb.value,
                url="/".join(map(str, operation.request.path)),
                data={"customer": {"id": current["id"]}},
            )
        if current is None:
            return StaleDataError(f"{operation.entity!r} no longer exists")
        return StaleDataError(
            f"{operation.entity!r} was changed by another writer since it was read", current=current
        )

    def _call(
        self, method: str, path: tuple[str, ...], params: dict[str, str] | None = None, body: Any = None
    ) -> Any:
        answer = self._transport.send(
            method,
            self._routes.url(method, path),
            params=params or None,
            json=body,
            objection=objection_to(method, path, params or {}, body),
        )
        return answer.body


def _merged(verb: Verb, entity: Entity, sent: Document) -> Document:
    """The document that the service must hold after a write that it answered without one."""
    baseline = inspect(entity).baseline or {}
    if verb is Verb.UPDATE:
        return apply_patch(baseline, sent)
    own = baseline.get("id")
    return {**sent, "id": own} if own is not None else dict(sent)
