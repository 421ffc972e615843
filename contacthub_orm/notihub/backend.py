"""Notihub as a session sees it: what differs from plain REST."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from contacthub_orm.errors import InvalidRequestError, NotFoundError
from contacthub_orm.notihub.entities import Customer, CustomerContact, CustomerPreference, Message
from contacthub_orm.notihub.values import CustomerStatus
from contacthub_orm.orm import Entity, Request, Search, Verb, inspect
from contacthub_orm.orm.criteria.criteria import ALWAYS, Comparison, Operator
from contacthub_orm.orm.entity.resource import split_identity
from contacthub_orm.orm.rest import NumberedPages, RestBackend, Traces
from contacthub_orm.orm.wire.equivalence import holds_submitted
from contacthub_orm.orm.wire.partial import PartialDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.http import Transport
    from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["NotihubBackend"]

_WITH_SLASH: Final = frozenset({"customers", "messages", "preferences"})
"""The collections whose route ends in a slash (Notihub's documentation)."""

_OF_REQUEST: Final = ("customerId", "templateId", "force", "model")


class NotihubBackend(RestBackend):
    """One environment of Notihub."""

    classes: ClassVar = (Customer, CustomerContact, CustomerPreference, Message)
    filters: ClassVar = {"messages": ("customerId", "templateId")}

    def __init__(self, transport: Transport, place: str, first_page: int) -> None:
        super().__init__(transport, place)
        self.first_page = first_page
        self.lists = NumberedPages(largest=200, first=first_page)

    def url_path(self, path: Sequence[str]) -> str:
        """The quoted route; that of some collections ends in a slash."""
        quoted = super().url_path(path)
        return f"{quoted}/" if len(path) % 2 == 1 and path[-1] in _WITH_SLASH else quoted

    def condition(self, comparison: Comparison) -> dict[str, str] | None:
        """The parameter `actives` for enabled customers, and those of messages."""
        asks_for_enabled = (
            issubclass(comparison.owner, Customer)
            and comparison.path == ("status",)
            and comparison.operator is Operator.EQUALS
            and comparison.value == CustomerStatus.ENABLED
        )
        return {"actives": "true"} if asks_for_enabled else super().condition(comparison)

    # -- writing ------------------------------------------------------------------------------------------------------

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        """The request for an operation; a preference is set by the same POST, whether it is new or not.

        Raises:
            InvalidRequestError: if the service has no such route.
        """
        if isinstance(entity, Message) and verb is not Verb.CREATE:
            raise InvalidRequestError(f"{entity!r} was sent: a message cannot be changed or deleted")
        if not isinstance(entity, CustomerPreference):
            return super().request(verb, entity, body)
        if verb is Verb.DELETE:
            raise InvalidRequestError(f'{entity!r} cannot be deleted: turn it off by mechanisms=["NONE"]')
        if verb is Verb.CREATE:
            return super().request(verb, entity, body)
        identity = inspect(entity).identity
        assert identity is not None
        return Request("POST", self.path_of(type(entity), identity.id)[:-1], body=body)

    def send(self, request: Request) -> Any:
        """Send a write and return the decoded answer; of preferences, which go in an array, the one that was sent."""
        if request.path[-1] != "preferences":
            return super().send(request)
        group = (request.body or {}).get("templateGroupId")

        def objection(answer: Any) -> str | None:
            return None if _preference(answer, group) is not None else "the preference is not in the list"

        answer = self.call(request.method, request.path, body=[request.body], objection=objection)
        return _preference(answer, group)

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        """The service's document after a write. What an answer lacks is to be loaded.

        The answer to a message has its id alone. One to a customer may leave out the contacts, which a PUT leaves alone.
        """
        document = super().stored(verb, entity, sent, answer)
        if isinstance(entity, Message):
            return PartialDocument(document)
        if isinstance(entity, Customer) and "contacts" not in document:
            held = (inspect(entity).baseline or {}).get("contacts")
            return PartialDocument(document) if held is None else {**document, "contacts": held}
        return document

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, entity: type[Entity], identity: str) -> Document:
        """The document of an entity; contacts and preferences have no route of their own to be read by.

        Raises:
            NotFoundError: if there is none.
        """
        if entity.__parent__ is None:
            return super().read(entity, identity)
        path, resource = self.path_of(entity, identity), entity.__resource__
        own = split_identity(identity)[1]
        for document in self.below(path[:-1]):
            if resource.id_in(document) == own:
                return document
        name = entity.__name__.removeprefix("Customer")
        raise NotFoundError(status=404, message=f"{name} Not found", method="GET", url="/".join(path))

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """The contacts in a customer's document, or the list of its preferences; none if the customer is not there."""
        collection, identity, name = path
        if name == "contacts":
            customer = self.fetch(self.entity_class(collection), identity)
            return (customer or {}).get("contacts") or []
        try:
            return self.preferences(identity)
        except NotFoundError:
            return []

    def preferences(self, customer_id: str) -> list[Document]:
        """All preferences of a customer.

        Raises:
            NotFoundError: if there is no such customer.
        """
        path = ("customers", customer_id, "preferences")
        found: list[Document] = self.call("GET", path, objection=_no_preferences)
        return found

    def call(self, method: str, path: Sequence[str], **request: Any) -> Any:
        """Send a request and return the decoded answer; messages show what was sent at the top."""
        answer = super().call(method, path, **request)
        if path[0] != "messages":
            return answer
        return [_message(one) for one in answer] if isinstance(answer, list) else _message(answer)

    # -- what creations left ------------------------------------------------------------------------------------------

    def traces(self, write: InDoubtWrite) -> Traces | None:
        """What a creation may have left: customers by their external id, or by their first contact without one.

        No message tells when it was sent. So one with the same content may be an earlier one, which proves nothing.
        """
        entity, body = type(write.operation.entity), write.body
        if issubclass(entity, Message):
            sent = {key: body[key] for key in ("customerId", "templateId")}
            same = [
                one for one in self.all_of(Search(Message, ALWAYS, parameters=sent)) if _may_be(one, body)
            ]
            return Traces([{**one, **body} for one in same], identified=False, conclusive=False)
        if not issubclass(entity, Customer):
            return super().traces(write)
        contacts = body.get("contacts") or [{}]
        sought = body.get("externalId") or contacts[0].get("value")
        found = self.all_of(Search(Customer, ALWAYS, parameters={"search": str(sought)}))
        return Traces([one for one in found if _is_known_by(one, body, sought)])


def _preference(answer: Any, group: Any) -> Document | None:
    """The preference for a group of templates in the list of an answer."""
    rows = answer if isinstance(answer, list) else []
    return next((one for one in rows if isinstance(one, dict) and one.get("templateGroupId") == group), None)


def _no_preferences(answer: Any) -> str | None:
    whole = isinstance(answer, list) and all(
        isinstance(one, dict) and "templateGroupId" in one for one in answer
    )
    return None if whole else "the body is not a list of preferences"


def _message(document: Any) -> Any:
    """A message with the keys of what was sent beside the service's own: a GET shows them below `request`."""
    request = document.get("request") if isinstance(document, dict) else None
    if not isinstance(request, dict):
        return document
    return {**{key: request[key] for key in _OF_REQUEST if key in request}, **document}


def _may_be(message: Document, sent: Document) -> bool:
    """Whether a message may be the one that was sent; the service may show the model as text."""
    model, wanted = message.get("model"), sent.get("model")
    if isinstance(model, str) and not isinstance(wanted, str):
        try:
            model = json.loads(model)
        except ValueError:
            return True
    return holds_submitted(model, wanted)


def _is_known_by(customer: Document, sent: Document, sought: Any) -> bool:
    """Whether a customer has the external id, or the contact, that a creation sent; the search box finds more."""
    if sent.get("externalId"):
        return bool(customer.get("externalId") == sought)
    return any(one.get("value") == sought for one in customer.get("contacts") or ())
