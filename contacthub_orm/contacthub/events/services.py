"""Subscriptions to services, and the tickets of a help desk."""

from __future__ import annotations

from datetime import datetime

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, attr, embedded

__all__ = [
    "ClosedTicket",
    "OpenedTicket",
    "RepliedTicket",
    "ServiceProperties",
    "ServiceSubscribed",
    "ServiceUnsubscribed",
    "TicketProperties",
]


class ServiceProperties(EventProperties):
    """A service, and the start and end of the subscription to it."""

    subscriberId: Attr[str | None] = attr(default=None)
    serviceId: Attr[str | None] = attr(default=None)
    serviceName: Attr[str | None] = attr(default=None)
    serviceType: Attr[str | None] = attr(default=None)
    startDate: Attr[datetime | None] = attr(default=None)
    endDate: Attr[datetime | None] = attr(default=None)


class TicketProperties(EventProperties):
    """A ticket of a help desk."""

    ticketId: Attr[str | None] = attr(default=None)
    category: Attr[list[str]] = attr(default=None)
    subject: Attr[str | None] = attr(default=None)
    text: Attr[str | None] = attr(default=None)


class ServiceSubscribed(Event, type=EventType.SERVICE_SUBSCRIBED):
    """A customer subscribed to a service."""

    properties: Embedded[ServiceProperties] = embedded(default=None, required=True)


class ServiceUnsubscribed(Event, type=EventType.SERVICE_UNSUBSCRIBED):
    """A customer unsubscribed from a service."""

    properties: Embedded[ServiceProperties] = embedded(default=None, required=True)


class OpenedTicket(Event, type=EventType.OPENED_TICKET):
    """A customer opened a ticket."""

    properties: Embedded[TicketProperties] = embedded(default=None, required=True)


class RepliedTicket(Event, type=EventType.REPLIED_TICKET):
    """A ticket of a customer was answered."""

    properties: Embedded[TicketProperties] = embedded(default=None, required=True)


class ClosedTicket(Event, type=EventType.CLOSED_TICKET):
    """A ticket of a customer was closed."""

    properties: Embedded[TicketProperties] = embedded(default=None, required=True)
