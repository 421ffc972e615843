"""The configuration of a workspace as a session sees it: what differs from plain REST.

A request of a plan names a part of the configuration and an id, as `PUT configuration/sources/ID`. The operation of the
API that this is, and with it the path, is looked up when it is sent, so that `Workspace(paths=...)` holds here too.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from contacthub_orm.contacthub.administration.entities import (
    AggregateNode,
    BaseProperty,
    EntryNode,
    EventConfiguration,
    ExtendedProperties,
    Source,
    User,
)
from contacthub_orm.contacthub.administration.routes import Change, is_definitions, routes_of
from contacthub_orm.contacthub.api.api import all_operations
from contacthub_orm.contacthub.api.operation import path_of
from contacthub_orm.errors import CompileError, InvalidRequestError, NotFoundError
from contacthub_orm.orm import Entity, Page, Request, Search, Verb, inspect
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.rest import RestBackend, Traces
from contacthub_orm.orm.rest.answers import no_document, no_list, no_new_document, or_nothing
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contacthub_orm.http import Transport
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["AdministrationBackend"]

_LARGEST_PAGE: Final = 50
"""Reference 1.299.1, on nodes; it gives sources, users and event types pages too, and no parameters for them."""

_SECRET: Final = "token"
"""The key of a source's token, which no document of a session has."""


@attrs.frozen
class _Pages:
    """Pages by number, from 0, each of which says how many there are; a list without pages is the whole."""

    largest: int = _LARGEST_PAGE

    def parameters(self, number: int, size: int, after: Any) -> dict[str, str]:  # noqa: ARG002 - pages have numbers
        """The number and the size of the page."""
        return {"page": str(number), "size": str(size)}

    def rows(self, answer: Any) -> Any:
        """The rows, without tokens."""
        rows = answer.get("elements") if isinstance(answer, dict) else None
        return [_public(one) for one in rows] if isinstance(rows, list) else None

    def next(self, answer: Any, number: int, size: int) -> Any:  # noqa: ARG002 - the service says how many there are
        """The number of the next page, if there is one."""
        page = answer.get("page")
        return None if page is None or number + 1 >= page["totalPages"] else number + 1


class AdministrationBackend(RestBackend):
    """The configuration of one workspace.

    Args:
        transport: the workspace's transport.
        workspace_id: the workspace.
        paths: the paths that are used in place of the API's own, by the operation's name.
    """

    classes: ClassVar = (
        EntryNode,
        AggregateNode,
        Source,
        User,
        EventConfiguration,
        BaseProperty,
        ExtendedProperties,
    )
    lists = _Pages()

    def __init__(self, transport: Transport, workspace_id: str, paths: Mapping[str, str]) -> None:
        super().__init__(transport, f"the configuration of {transport.base_url}/workspaces/{workspace_id}")
        self._workspace_id = workspace_id
        self._paths = paths
        self._operations = all_operations()

    def entity_class(self, resource: str) -> type[Entity]:
        """The class of a part of the configuration.

        Raises:
            LookupError: if it is none.
        """
        if resource not in self._classes:
            raise LookupError(
                f"{resource} are in a node, Session(workspace.get_node(...)); Session(workspace) holds its "
                "configuration alone"
            )
        return super().entity_class(resource)

    # -- writing ------------------------------------------------------------------------------------------------------

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """The request for an operation; of a change the narrowest that writes all that has changed.

        Raises:
            InvalidRequestError: if the service has no such operation.
        """
        if verb is Verb.CREATE:
            if routes_of(type(entity)).creation is None:
                raise _impossible(entity, "created")
            return super().request(verb, entity, body)
        if verb is Verb.DELETE:
            raise _impossible(entity, "deleted")
        key = inspect(entity).identity
        assert key is not None
        routes, name, whole = routes_of(type(entity), key.id), key.resource, body or {}
        change = _narrowest(routes.changes, _written(entity, whole))
        path = (name, key.id) if change is routes.changes[-1] else (name, key.id, change.key)
        if change.key is not None:
            return Request(verb.value, path, body={one: whole[one] for one in whole if one == change.key})
        repeated = {entity.__resource__.id_key: key.id} if routes.id_in_body else {}
        return Request(verb.value, path, body={**repeated, **whole})

    def send(self, request: Request) -> Any:
        """Send a write and return what the answer tells of the document."""
        name, *rest = request.path
        entity = self.entity_class(name)
        id_key = entity.__resource__.id_key
        if not rest:
            return self.call("POST", request.path, body=request.body, objection=no_new_document(id_key))
        change = _change(entity, request.path)
        whole = no_document(id_key, rest[0])
        objection = or_nothing(whole if change.key is None else change.objection)
        answer = self.call(
            request.method, request.path, body=change.body(request.body or {}), objection=objection
        )
        return change.document(answer)

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """The service's document after a write; what an answer leaves out of a changed one is as it was."""
        if verb is Verb.CREATE:
            return super().stored(verb, entity, sent, answer)
        return {**(inspect(entity).baseline or {}), **sent, **(answer or {})}

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, entity: type[Entity], identity: str) -> Document:
        """The document of the entity with an id; base properties have no route of their own to be read by.

        Raises:
            NotFoundError: if there is none.
        """
        resource = entity.__resource__
        path = (resource.name, identity)
        if issubclass(entity, ExtendedProperties):
            [change] = routes_of(entity, identity).changes
            answer = self.call("GET", path, objection=_no_definitions)
            return {resource.id_key: identity, **change.document(answer)}
        if routes_of(entity).reading is not None:
            return super().read(entity, identity)
        for document in self.all_of(Search(entity, ALWAYS)):
            if resource.id_in(document) == identity:
                return document
        raise NotFoundError(
            status=404, message=f"there is no {entity.__name__} {identity}", method="GET", url="/".join(path)
        )

    def search(self, search: Search) -> Page:
        """One page of a list.

        Raises:
            CompileError: if the service has no such list, or cannot narrow it so.
        """
        _check_listed(search.entity)
        return super().search(search)

    def compile(self, search: Search) -> dict[str, str]:
        """The parameters of a list.

        Raises:
            CompileError: if the service has no such list, or cannot narrow it so.
        """
        _check_listed(search.entity)
        parameters = super().compile(search)
        return parameters if routes_of(search.entity).has_pages else {}

    def _page(self, path: tuple[str, ...], asked: dict[str, str], number: int, size: int, after: Any) -> Page:
        """A page, as large as the service makes it; a list that comes as a whole is the first page."""
        entity = self.entity_class(path[0])
        is_whole = not routes_of(entity).has_pages
        params = {} if is_whole else {**asked, **self.lists.parameters(number, size, after)}
        objection = partial(_no_page, entity.__resource__.id_key, None if is_whole else number)
        answer = self.call("GET", path, params=params, objection=objection)
        rows = self.lists.rows(answer) if number == 0 or not is_whole else []
        following = self.lists.next(answer, number, size)
        return Page(rows, number * size + len(rows), number, size, next=following)

    def route(self, method: str, path: Sequence[str]) -> tuple[str, str]:
        """The method and the relative URL of the operation of the API that a request is."""
        declared = self._operations[_operation(self.entity_class(path[0]), method, path)]
        values = dict.fromkeys(declared.placeholders, path[1] if path[1:] else "")
        url = path_of(declared, self._paths, {**values, "workspaceId": self._workspace_id})
        return declared.method, url

    def call(self, method: str, path: Sequence[str], **parts: Any) -> Any:
        """Send a request and return the decoded answer without a token; see `RestBackend.call`."""
        return _public(super().call(method, path, **parts))

    # -- what creations left ------------------------------------------------------------------------------------------

    def traces(self, write: InDoubtWrite) -> Traces:
        """What a creation may have left: what has its name. The service may have several of one name.

        Only one with all values that were sent proves that the creation took effect.
        """
        entity, body = type(write.operation.entity), write.body
        named = [one for one in self.all_of(Search(entity, ALWAYS)) if one.get("name") == body.get("name")]
        alike = sum(holds_submitted(one, body) for one in named)
        return Traces(named, identified=False, conclusive=alike == 1)


def _impossible(entity: Entity, what: str) -> InvalidRequestError:
    name = type(entity).__name__
    return InvalidRequestError(f"{entity!r} cannot be {what}: the API has no operation for that on {name}")


def _check_listed(entity: type[Entity]) -> None:
    if routes_of(entity).listing is None:
        raise CompileError(
            f"the service has no list of {entity.__name__}: read one by "
            f'session.get({entity.__name__}, "customers"), "products" or a type of events'
        )


def _written(entity: Entity, body: Document) -> set[str]:
    """The keys that a write is about: what has changed, or all that is sent if the whole is to be replaced."""
    changed = set() if state_of(entity).replace or not body else set(changes(entity))
    return changed or set(body)


def _narrowest(known: Sequence[Change], written: set[str]) -> Change:
    """The first operation that writes no more than it must; the last one writes everything."""
    return next((one for one in known if written == {one.key}), known[-1])


def _change(entity: type[Entity], path: Sequence[str]) -> Change:
    """The operation that a write to an entity, or to one of its values, is."""
    known = routes_of(entity, path[1]).changes
    return next(one for one in known if one.key == path[2]) if path[2:] else known[-1]


def _operation(entity: type[Entity], method: str, path: Sequence[str]) -> str:
    """The name of the operation that a request is."""
    routes = routes_of(entity, path[1] if path[1:] else None)
    if method == "GET":
        name = routes.reading if path[1:] else routes.listing
    else:
        name = _change(entity, path).operation if path[1:] else routes.creation
    assert name is not None  # `request`, `read` and `search` refuse what the service does not have
    return name


def _public(answer: Any) -> Any:
    """A document without a token."""
    if isinstance(answer, dict) and _SECRET in answer:
        return {key: value for key, value in answer.items() if key != _SECRET}
    return answer


def _no_page(id_key: str, number: int | None, answer: Any) -> str | None:
    """Anything but the page with a number, or for None a list as a whole, of documents with ids."""
    objection = no_list(_Pages(), id_key, sys.maxsize)(answer)
    if objection is not None or number is None:
        return objection
    page = answer.get("page")
    total = page.get("totalPages") if isinstance(page, dict) else None
    if isinstance(total, bool) or not isinstance(total, int):
        return "`page` does not say how many pages there are"
    found = page.get("number")
    return None if found == number else f"the page is number {found!r}, and {number} was asked for"


def _no_definitions(answer: Any) -> str | None:
    return None if is_definitions(answer) else "the body is not an object of definitions by name"
