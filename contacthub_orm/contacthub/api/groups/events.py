"""Operations on events."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import datetime

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.events import CreateEventBody, PatchEventBody, UpdateEventBody
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import EventContexts, EventModes, EventNav, EventTypes
from contacthub_orm.contacthub.api.records.events import EventCreatedRecord, EventRecord

__all__ = ["Events"]


class Events(Group):
    """Operations on events."""

    @operation("GET", "/workspaces/{workspaceId}/events")
    def list_events(
        self,
        *,
        customerId: str | None = None,
        nodeId: str | None = None,
        type: EventTypes | None = None,
        context: EventContexts | None = None,
        mode: EventModes | None = None,
        dateFrom: datetime | None = None,
        dateTo: datetime | None = None,
        page: int | None = None,
        size: int | None = None,
        sort: str | None = None,
    ) -> Pages[EventRecord]:
        """Search events.

        The path is documented: the swagger 1.51.

        Args:
            customerId: a parameter of the URL.
            nodeId: `node.api` fills it in.
            type: a parameter of the URL.
            context: a parameter of the URL.
            mode: a parameter of the URL.
            dateFrom: a parameter of the URL.
            dateTo: a parameter of the URL.
            page: a parameter of the URL.
            size: a parameter of the URL.
            sort: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation(
        "POST",
        "/workspaces/{workspaceId}/events",
        one_of=("customerId", "bringBackProperties"),
        accepted=True,
    )
    def create_event(self, body: CreateEventBody) -> EventCreatedRecord:
        """Queue a new event.

        The path is documented: the swagger 1.51.

        Args:
            body: the document to send, with one of customerId and bringBackProperties and not both.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/events/{id}")
    def get_event(self, id: str, *, nav: EventNav | None = None) -> EventRecord:
        """Read an event.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.
            nav: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/events/{id}", accepted=True)
    def update_event(self, id: str, body: UpdateEventBody) -> EventRecord:
        """Replace an event.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PATCH", "/workspaces/{workspaceId}/events/{id}", accepted=True)
    def patch_event(self, id: str, body: PatchEventBody) -> None:
        """Change some properties of an event.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.
            body: the document to send.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/events/{id}")
    def delete_event(self, id: str) -> None:
        """Delete an event.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 404.
        """
        ...
