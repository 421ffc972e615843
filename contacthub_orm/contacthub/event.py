"""`Event`: something a customer did or received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from contacthub_orm.contacthub.customer import Customer
from contacthub_orm.contacthub.enums import BringBackType, EventContext, EventMode, EventOrigin, EventType
from contacthub_orm.contacthub.limits import payload_rule
from contacthub_orm.errors import Violation
from contacthub_orm.orm import (
    Attr,
    Embedded,
    Entity,
    Properties,
    Reference,
    Resource,
    attr,
    embedded,
    reference,
)
from contacthub_orm.orm.mapped import render

__all__ = ["BringBackProperties", "Event", "GoogleAnalytics", "Tracking"]


class BringBackProperties(Properties):
    """How an event names its customer without the customer's id: by a session or by the external id."""

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
    """Where the customer came from."""

    ga: Embedded[GoogleAnalytics] = embedded(default=None)


class Event(Entity, resource=Resource("events")):
    """An event of one customer: `Event(customer=bruce, type=Event.TYPES.VIEWED_PAGE, context=..., properties=...)`.

    It names its customer either by `customer` (or `customerId`) or by `bringBackProperties`. The service answers 202
    and stores it a little later, so a query may miss it for up to a minute. `mode` follows from the type; it is there to
    be queried for.
    """

    TYPES: ClassVar = EventType
    CONTEXTS: ClassVar = EventContext
    MODES: ClassVar = EventMode
    BRING_BACK_TYPES: ClassVar = BringBackType

    id: Attr[str | None] = attr(default=None, read_only=True)
    customer: Reference[Customer] = reference("customerId", "customers", default=None)
    customerId: Attr[str | None] = attr(default=None, create_only=True)
    bringBackProperties: Embedded[BringBackProperties] = embedded(default=None, create_only=True)
    type: Attr[EventType | None] = attr(default=None, create_only=True, required=True)
    properties: Embedded[Any] = embedded(default=None, required=True)
    context: Attr[EventContext | None] = attr(default=None, create_only=True, required=True)
    contextInfo: Embedded[Any] = embedded(default=None)
    date: Attr[datetime | None] = attr(default=None)
    mode: Attr[EventMode | None] = attr(default=None, read_only=True)
    origin: Attr[EventOrigin | None] = attr(default=None, read_only=True)
    prev: Attr[str | None] = attr(default=None, read_only=True)
    next: Attr[str | None] = attr(default=None, read_only=True)
    tracking: Embedded[Tracking] = embedded(default=None)
    registeredAt: Attr[datetime | None] = attr(default=None, read_only=True)
    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    version: Attr[int | None] = attr(default=None, read_only=True)

    def _violations(self) -> Iterable[Violation]:
        document = render(self)
        name = type(self).__name__
        if self._state.key is None:
            owners = [
                bool(self._state.references or self.customerId),
                bool(document.get("bringBackProperties")),
            ]
            if sum(owners) != 1:
                yield Violation(
                    f"{name}.customer",
                    document,
                    "needs exactly one of customer (or customerId) and bringBackProperties",
                )
        rule = payload_rule(document)
        if rule is not None:
            yield Violation(name, document, rule)
