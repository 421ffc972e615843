"""Operations on sessions."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.bodies.customers import CreateSessionBody
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.customers import SessionRecord

__all__ = ["Sessions"]


class Sessions(Group):
    """Operations on sessions."""

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/sessions")
    def list_sessions(self, customerId: str) -> list[SessionRecord]:
        """Sessions of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/sessions")
    def create_session(self, customerId: str, body: CreateSessionBody) -> SessionRecord:
        """Link a session id to a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/sessions/{sessionId}")
    def get_session(self, customerId: str, sessionId: str) -> SessionRecord:
        """Read a session.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            sessionId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}/sessions/{sessionId}")
    def delete_session(self, customerId: str, sessionId: str) -> None:
        """Unlink a session.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            sessionId: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...
