"""Operations on the configuration of sources."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.configuration import (
    CreateSourceBody,
    UpdateSourceBody,
    UpdateUserBody,
)
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import SourceRecord, UserRecord

__all__ = ["SourcesConfiguration"]


class SourcesConfiguration(Group):
    """Operations on the configuration of sources."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/sources")
    def list_sources(self) -> Pages[SourceRecord]:
        """List sources.

        The path is documented: the swagger 1.51.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/configuration/sources")
    def create_source(self, body: CreateSourceBody) -> SourceRecord:
        """Create a source.

        The path is documented: the swagger 1.51.

        Args:
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/sources/{sourceId}")
    def get_source(self, sourceId: str) -> SourceRecord:
        """Read a source.

        The path is documented: the swagger 1.51.

        Args:
            sourceId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/sources/{sourceId}")
    def update_source(self, sourceId: str, body: UpdateSourceBody) -> SourceRecord:
        """Change a source.

        The path is documented: the swagger 1.51.

        Args:
            sourceId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/configuration/sources/{sourceId}/refresh-token")
    def refresh_source_token(self, sourceId: str) -> SourceRecord:
        """Issue a new token for a source.

        The path is documented: the swagger 1.51.

        Args:
            sourceId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/users")
    def list_users(self, *, search: str | None = None) -> Pages[UserRecord]:
        """List users.

        The path is documented: the swagger 1.51.

        Args:
            search: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/users/{id}")
    def get_user(self, id: int) -> UserRecord:
        """Read a user.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/users/{id}")
    def update_user(self, id: str, body: UpdateUserBody) -> UserRecord:
        """Change the node permissions of a user.

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
