"""`Event`: something a customer did or received; and the registration of a class for a type of events."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar, cast

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event_classes import (
    declare_class,
    event_class,
    info_class,
    replace_class,
)
from contacthub_orm.contacthub.values.enums import (
    BringBackType,
    EventContext,
    EventMode,
    EventOrigin,
    EventType,
)
from contacthub_orm.contacthub.values.limits import misformed_in_event, payload_rule
from contacthub_orm.errors import ConfigurationError, InvalidRequestError, Violation
from contacthub_orm.orm import (
    Attr,
    Bound,
    Criterion,
    Embedded,
    PatchableRecord,
    Properties,
    Reference,
    Resource,
    attr,
    bound,
    embedded,
    reference,
)
from contacthub_orm.orm.criteria.criteria import ALWAYS, Comparison, Operator
from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.mapping.mapped import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import attrs

    from contacthub_orm.contacthub.node import Node  # noqa: TC004 - `Bound[Node]` is not evaluated at run time
    from contacthub_orm.orm.mapping.attributes import Attribute, Validator
    from contacthub_orm.orm.mapping.unknown_keys import Unknown
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["BringBackProperties", "Event", "GoogleAnalytics", "Tracking", "of_types", "register"]

E = TypeVar("E", bound="Event")
EventClass: TypeAlias = type[E]
"""`type[E]`, for use inside `Event`, where `type` is an attribute."""


class BringBackProperties(Properties):
    """How an event names its customer without the customer's id: by a session id or an external id."""

    type: Attr[BringBackType | None] = attr(default=None)
    value: Attr[str | None] = attr(default=None)
    nodeId: Attr[str | None] = attr(default=None)


class GoogleAnalytics(Properties):
    """Campaign parameters of Google Analytics."""

    utm_source: Attr[str | None] = attr(default=None)
    utm_medium: Attr[str | None] = attr(default=None)
    utm_term: Attr[str | None] = attr(default=None)
    utm_content: Attr[str | None] = attr(default=None)
    utm_campaign: Attr[str | None] = attr(default=None)


class Tracking(Properties):
    """How the customer got to the site."""

    ga: Embedded[GoogleAnalytics] = embedded(default=None)


def _info_class(event: Event) -> type[Properties]:
    """The class of `contextInfo`: that of the event's context, or one without declared attributes if it is unknown."""
    return info_class(event.context) or Properties


class Event(PatchableRecord, resource=Resource("events", always=("type", "context", "date"))):
    """An event of one customer: `Event(customer=bruce, type=Event.TYPES.VIEWED_PAGE, context=..., properties=...)`.

    An event names its customer either by `customer` (or `customerId`) or by `bringBackProperties`. The service answers 202
    and stores the event a little later, so a query may miss it for up to a minute. The service derives `mode` from the
    type and `nodeId` from the customer; use both in queries. A query that names no node asks for the session's node. The
    `mode` of a new event is not sent. An event with a `node` can save itself without a session.

    Every type of the reference has a class, such as `ViewedPage`, and its events are loaded as that class. Declare your own
    class for a type by `class Order(CompletedOrder)` or `class Tasting(Event, type="tasting")`.
    """

    __event_type__: ClassVar[str | None] = None
    """The type of all events of this class; None if they may have any type."""

    TYPES: ClassVar = EventType
    CONTEXTS: ClassVar = EventContext
    MODES: ClassVar = EventMode
    BRING_BACK_TYPES: ClassVar = BringBackType

    node: Bound[Node] = bound(default=None, kw_only=False)
    id: Attr[str | None] = attr(default=None, read_only=True)
    customer: Reference[Customer] = reference("customerId", "customers", default=None)
    customerId: Attr[str | None] = attr(default=None, create_only=True)
    bringBackProperties: Embedded[BringBackProperties] = embedded(default=None, create_only=True)
    type: Attr[EventType | None] = attr(default=None, create_only=True, required=True)
    properties: Embedded[Any] = embedded(default=None, required=True)
    context: Attr[EventContext | None] = attr(default=None, create_only=True, required=True)
    contextInfo: Embedded[Any] = embedded(default=None, choose=_info_class)
    date: Attr[datetime | None] = attr(default=None)
    mode: Attr[EventMode | None] = attr(default=None, derived=True)
    nodeId: Attr[str | None] = attr(default=None, read_only=True)
    origin: Attr[EventOrigin | None] = attr(default=None, read_only=True)
    prev: Attr[str | None] = attr(default=None, read_only=True)
    next: Attr[str | None] = attr(default=None, read_only=True)
    tracking: Embedded[Tracking] = embedded(default=None)
    registeredAt: Attr[datetime | None] = attr(default=None, read_only=True)
    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    version: Attr[int | None] = attr(default=None, read_only=True)

    def __init_subclass__(cls, type: str | None = None, **options: Any) -> None:
        """Declare `type` as the type of all events of the class: new ones have it, and queries of the class ask for it."""
        if type is not None:
            cls.__event_type__ = type
            setattr(cls, "type", _fixed_type(type))  # noqa: B010 - it is declared on `Event`
        super().__init_subclass__(**options)
        if type is not None:
            declare_class(type, cls)

    @classmethod
    def _class_for(cls: EventClass[E], document: Document) -> EventClass[E]:
        """The class of the document's type, or this class if it is another class for the same type."""
        if cls is not Event and cls.__event_type__ is None:
            return cls
        event_type = document.get("type")
        found = _class_of(event_type)
        is_another = cls.__event_type__ == event_type and not issubclass(found, cls)
        return cls if is_another else cast("EventClass[E]", found)

    @classmethod
    def _classes_for(cls: EventClass[E], documents: Sequence[Document]) -> Iterable[EventClass[E]]:
        return map(cls._class_for, documents)

    @classmethod
    def _own_criterion(cls) -> Criterion:
        if cls.__event_type__ is None:
            return ALWAYS
        return Comparison(Event, ("type",), Operator.EQUALS, str(cls.__event_type__))

    @classmethod
    def from_dict(
        cls,
        node: Node,
        attributes: Mapping[str, Any] | Properties | None = None,
        *,
        unknown: Unknown = "refuse",
    ) -> Self:
        """Make an event from its document: an existing event if the document has an id, else a new one.

        A document that lacks `type`, `context` or `date` is taken as a part of the event: other values are loaded when they
        are read.

        Args:
            node: the node.
            attributes: the document.
            unknown: what becomes of keys of a new event that are not declared: "refuse" or "keep". Those of a document that
                the service made are kept.

        Raises:
            ArgumentError: if `unknown` is neither of the two.
            ValidationError: if a key of a new event is not declared, and is not to be kept.
        """
        return from_document(cls, node, attributes or {}, unknown)

    def get_event(self, id: str) -> Event:
        """Load another event of the same node, as `node.get_event` does: the SDK's manual calls it on an event.

        Raises:
            InvalidRequestError: if this event has no node.
            NotFoundError: if the node has no event with this id.
        """
        node = self.node
        if node is None:
            raise InvalidRequestError(f"{self!r} belongs to no node: give it one, or add it to a session")
        return node.get_event(id)

    def _violations(self) -> Iterable[Violation]:
        if self._state.key is None:
            document = render(self)
            owners = [
                bool(self._state.references or self.customerId),
                bool(document.get("bringBackProperties")),
            ]
            if sum(owners) != 1:
                yield Violation(
                    f"{type(self).__name__}.customer",
                    document,
                    "needs exactly one of customer (or customerId) and bringBackProperties",
                )

    def _violations_of_body(self, body: Document) -> Iterable[Violation]:
        name = type(self).__name__
        misformed = list(misformed_in_event(body, f"{name}."))
        if misformed:  # what is stored so may be sent back
            held = [
                (one.path, one.value) for one in misformed_in_event(self._state.baseline or {}, f"{name}.")
            ]
            yield from (one for one in misformed if (one.path, one.value) not in held)
        rule = payload_rule(body)
        if rule is not None:
            yield Violation(name, body, rule)


def register(cls: type[E]) -> type[E]:
    """Load events of a class's type as that class, also in `session.query(Event)`; usable as a decorator.

    Without it, a query for `Event` returns the library's class for the type, and only a query for your class returns
    yours. Make a class that replaces one of the library's a subclass of it, so that queries for that one find it too.

    Raises:
        ConfigurationError: if the class has no event type.
    """
    if cls.__event_type__ is None:
        raise ConfigurationError(f"{cls.__name__} has no event type: declare it with type=...")
    replace_class(cls.__event_type__, cls)
    return cls


def of_types(types: Iterable[str]) -> Criterion:
    """The criterion that an event has one of these types.

    Raises:
        CompileError: if there is no type, or one that is neither in the reference nor declared by a class.
    """
    wanted = [str(one) for one in types]
    unknown = [one for one in wanted if _class_of(one) is Event]
    if unknown or not wanted:
        return Event.type.in_(unknown)
    return Comparison(Event, ("type",), Operator.IN, wanted)


def _class_of(event_type: Any) -> type[Event]:
    """The class that events of a type are loaded as: `Event` if the type has none of its own."""
    return cast("type[Event]", event_class(event_type) or Event)


def _fixed_type(event_type: str) -> Attribute:
    """The attribute `type` for a class whose events all have the same type."""
    own = copy(Event.__attributes__["type"])
    own.default = event_type
    own.validator = _only(event_type)
    return own


def _only(event_type: str) -> Validator:
    def check(event: Event, _: attrs.Attribute[Any], value: Any) -> None:
        if value != event_type:
            raise ValueError(f"must be {event_type}, as for every {type(event).__name__}, got {str(value)!r}")

    return check
