"""Attendance of real-world events such as fairs and matches: invitations, registrations, and who came.

Here "a happening" is such an event, and "an event" what the service stores about a customer.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties, PersonContacts, Position
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "EventConfirmed",
    "EventDeclined",
    "EventEligible",
    "EventInvited",
    "EventNoShow",
    "EventNotInvited",
    "EventParticipated",
    "EventParticipatedProperties",
    "EventRegistered",
    "HappeningAddress",
    "HappeningHost",
    "HappeningLocation",
    "HappeningLocationType",
    "HappeningProperties",
]


class HappeningLocationType(StrEnum):
    """The kind of venue of a happening."""

    STORE = "STORE"
    VENUE = "VENUE"
    STADIUM = "STADIUM"
    MUSEUM = "MUSEUM"
    HEADQUARTERS = "HEADQUARTERS"
    PALACE = "PALACE"
    CLUB = "CLUB"
    ROOM = "ROOM"
    OTHER = "OTHER"


class HappeningAddress(Properties):
    """The address of a venue."""

    street: Attr[str | None] = attr(default=None)
    city: Attr[str | None] = attr(default=None)
    country: Attr[str | None] = attr(default=None)
    province: Attr[str | None] = attr(default=None)
    region: Attr[str | None] = attr(default=None)
    zip: Attr[str | None] = attr(default=None)
    geo: Embedded[Position] = embedded(default=None)


class HappeningLocation(Properties):
    """The venue of a happening."""

    id: Attr[str | None] = attr(default=None)
    name: Attr[str | None] = attr(default=None)
    type: Attr[HappeningLocationType | None] = attr(default=None)
    address: Embedded[HappeningAddress] = embedded(default=None)


class HappeningHost(Properties):
    """The person who received the guest."""

    title: Attr[str | None] = attr(default=None)
    firstName: Attr[str | None] = attr(default=None)
    lastName: Attr[str | None] = attr(default=None)
    contacts: Embedded[PersonContacts] = embedded(default=None)


class HappeningProperties(EventProperties):
    """A happening: its name, time and venue."""

    eventId: Attr[str | None] = attr(default=None)
    eventName: Attr[str | None] = attr(default=None)
    eventDate: Attr[datetime | None] = attr(default=None)
    eventType: Attr[str | None] = attr(default=None)
    eventLocation: Embedded[HappeningLocation] = embedded(default=None)


class EventParticipatedProperties(HappeningProperties):
    """A happening that the customer attended: when they came and left, and who received them."""

    checkIn: Attr[datetime | None] = attr(default=None)
    checkOut: Attr[datetime | None] = attr(default=None)
    host: Embedded[HappeningHost] = embedded(default=None)


class EventEligible(Event, type=EventType.EVENT_ELIGIBLE):
    """A customer may be invited."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventInvited(Event, type=EventType.EVENT_INVITED):
    """A customer was invited."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventNotInvited(Event, type=EventType.EVENT_NOT_INVITED):
    """A customer was not invited."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventRegistered(Event, type=EventType.EVENT_REGISTERED):
    """A customer registered for a happening."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventConfirmed(Event, type=EventType.EVENT_CONFIRMED):
    """A customer confirmed that they will come."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventDeclined(Event, type=EventType.EVENT_DECLINED):
    """A customer declined an invitation."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)


class EventParticipated(Event, type=EventType.EVENT_PARTICIPATED):
    """A customer attended a happening."""

    properties: Embedded[EventParticipatedProperties] = embedded(default=None, required=True)


class EventNoShow(Event, type=EventType.EVENT_NO_SHOW):
    """A customer was expected and did not come."""

    properties: Embedded[HappeningProperties] = embedded(default=None, required=True)
