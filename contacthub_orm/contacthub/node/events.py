"""The operations of a node on events, with the names of the Python SDK's manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.entities.event import Event, of_types
from contacthub_orm.contacthub.entities.event_classes import declare_lazily
from contacthub_orm.contacthub.node.base import NodeBase, settable
from contacthub_orm.contacthub.values.argument_aliases import identity
from contacthub_orm.contacthub.values.enums import EventContext, EventType
from contacthub_orm.orm.entity.detached import from_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from enum import StrEnum

    from contacthub_orm.orm import PaginatedList

__all__ = ["EventOperations"]

declare_lazily("contacthub_orm.contacthub.events")


class EventOperations(NodeBase):
    """Operations that add and read events."""

    def add_event(self, **attributes: Any) -> Event:
        """Add an event with these attributes, in the form of `to_dict()`. The service stores it a little later.

        Args:
            attributes: the event's attributes. `customerId` names the customer, or `bringBackProperties` such as
                `{"type": "EXTERNAL_ID", "value": "42"}`. Attributes that only the service sets are ignored.
        """
        return from_document(Event, self, settable(Event, attributes), "keep").post()

    def get_event(self, id: str) -> Event:
        """Load the event with an id.

        Raises:
            NotFoundError: if there is none; also for a short time after the event was added.
        """
        return self._read(Event, identity("id", id))

    def get_events(  # noqa: PLR0913, PLR0917 - the arguments of the SDK's manual
        self,
        customer_id: str,
        event_type: str | Iterable[str] | None = None,
        context: str | Iterable[str] | None = None,
        event_mode: str | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page: int | None = None,
        size: int | None = None,
    ) -> PaginatedList[Event]:
        """A page of the events of a customer, newest first.

        Args:
            customer_id: the customer's id.
            event_type: only events of this type or these types (`Event.TYPES`, or the type of a class of yours).
            context: only events of this context or these contexts (`Event.CONTEXTS`).
            event_mode: "ACTIVE" for events that the customer made, "PASSIVE" for events that they received.
            date_from: only events at this time or later; a datetime or an ISO 8601 string.
            date_to: only events at this time or earlier.
            page: the number of the page; the service counts from 0.
            size: the number of events on a page, at most 50; by default the service's 10.

        Raises:
            ArgumentError: if `customer_id` is not a string or is empty.
            CompileError: if another argument is not a value that the service accepts.
        """
        query = self.query(Event).filter_by(customerId=identity("customer_id", customer_id))
        if event_type is not None:
            query = query.filter(of_types(_members(EventType, event_type)))
        if context is not None:
            query = query.filter(Event.context.in_(_members(EventContext, context)))
        if event_mode is not None:
            query = query.filter(Event.mode == event_mode)
        if date_from is not None:
            query = query.filter(Event.date >= date_from)
        if date_to is not None:
            query = query.filter(Event.date <= date_to)
        return query.page(page or 0, size)


def _members(enumeration: type[StrEnum], names: str | Iterable[str]) -> list[str]:
    """The members with these names, older spellings included. Unknown names are kept, for the query to refuse."""
    return [_member(enumeration, name) for name in ([names] if isinstance(names, str) else names)]


def _member(enumeration: type[StrEnum], name: str) -> str:
    try:
        return enumeration(name)
    except ValueError:
        return name
