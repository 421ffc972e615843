"""Events that a workspace gives a meaning of its own."""

from __future__ import annotations

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, attr, embedded

__all__ = ["GenericActiveEvent", "GenericPassiveEvent", "GenericProperties"]


class GenericProperties(EventProperties):
    """A name, and in `extraProperties` whatever belongs to it."""

    name: Attr[str | None] = attr(default=None)


class GenericActiveEvent(Event, type=EventType.GENERIC_ACTIVE_EVENT):
    """A customer did what has no type of its own."""

    properties: Embedded[GenericProperties] = embedded(default=None, required=True)


class GenericPassiveEvent(Event, type=EventType.GENERIC_PASSIVE_EVENT):
    """A customer received what has no type of its own."""

    properties: Embedded[GenericProperties] = embedded(default=None, required=True)
