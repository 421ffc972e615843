"""The operations of a node on events, under the names that the Python SDK's manual gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.entities.event import Event, of_types
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


class EventOperations(NodeBase):
    """Events: added and read."""

    def add_event(self, **attributes: Any) -> Event:
        """Add an event with these attributes, the form of `to_dict()`.

        It names its customer by `customerId`, or by `bringBackProperties` such as
        `{"type": "EXTERNAL_ID", "value": "42"}`. The service stores it a little later.
        """
        return from_document(Event, self, settable(Event, attributes)).post()

    def get_event(self, id: str) -> Event:
        """The event with an id. Raises NotFoundError where there is none, also for a little while after it was added."""
        return self._read(Event, identity("id", id))

    def get_events(
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
            customer_id: whose events.
            event_type: only of this type, or of these (`Event.TYPES`, or the type of a class of yours).
            context: only of this context, or of these (`Event.CONTEXTS`).
            event_mode: ACTIVE: only what the customer did; PASSIVE: only what they received.
            date_from: only at this moment or later, a datetime or an ISO 8601 text.
            date_to: only at this moment or earlier.
            page: which page, counted from 0, as the service counts.
            size: how many events a page holds, at most 50; 10 unless given.
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


def _members(values: type[StrEnum], given: str | Iterable[str]) -> list[str]:
    """What was given as members, older spellings included; the query refuses what is none."""
    texts = [given] if isinstance(given, str) else list(given)
    return [_member(values, text) for text in texts]


def _member(values: type[StrEnum], text: str) -> str:
    try:
        return values(text)
    except ValueError:
        return text
