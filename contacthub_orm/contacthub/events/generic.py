"""Events with a meaning that a workspace defines."""

from __future__ import annotations

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, attr, embedded

__all__ = ["GenericActiveEvent", "GenericPassiveEvent", "GenericProperties"]


class GenericProperties(EventProperties):
    """The name of the event; `extraProperties` holds its data."""

    name: Attr[str | None] = attr(default=None)


class GenericActiveEvent(Event, type=EventType.GENERIC_ACTIVE_EVENT):
    """A customer did something for which there is no other type."""

    properties: Embedded[GenericProperties] = embedded(default=None, required=True)


class GenericPassiveEvent(Event, type=EventType.GENERIC_PASSIVE_EVENT):
    """A customer received something for which there is no other type."""

    properties: Embedded[GenericProperties] = embedded(default=None, required=True)
