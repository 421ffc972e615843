"""Operations on the configuration of workspace."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.bodies.configuration import (
    UpdateThrottlingBody,
    UpdateWorkspaceConfigurationBody,
)
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.nodes import UniqueCustomerRecord
from contacthub_orm.contacthub.api.records.workspaces import ThrottlingRecord, WorkspaceConfigurationRecord

__all__ = ["WorkspaceConfiguration"]


class WorkspaceConfiguration(Group):
    """Operations on the configuration of workspace."""

    @operation("GET", "/workspaces/{workspaceId}/configuration")
    def get_workspace_configuration(self) -> WorkspaceConfigurationRecord:
        """Read the workspace configuration.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration")
    def update_workspace_configuration(
        self, body: UpdateWorkspaceConfigurationBody
    ) -> WorkspaceConfigurationRecord:
        """Change the workspace configuration.

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

    @operation("GET", "/workspaces/{workspaceId}/configuration/throttling", inferred=True)
    def get_throttling(self) -> ThrottlingRecord:
        """Read the request throttling setting.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/throttling", inferred=True)
    def update_throttling(self, body: UpdateThrottlingBody) -> ThrottlingRecord:
        """Change the request throttling setting.

        The path is inferred: no document states it.

        Args:
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/unique-customer-matching-policy")
    def get_default_matching_policy(self) -> UniqueCustomerRecord:
        """Default rule for recognising the same customer.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...
