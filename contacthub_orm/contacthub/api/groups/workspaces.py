"""Operations on workspaces."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Annotated

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.workspaces import CreateWorkspaceBody, SetWorkspaceStatusBody
from contacthub_orm.contacthub.api.checks import AtLeast, AtMost
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import WorkspaceRecord, WorkspaceStatusRecord

__all__ = ["Workspaces"]


class Workspaces(Group):
    """Operations on workspaces."""

    @operation("GET", "/workspaces", inferred=True)
    def list_workspaces(
        self,
        *,
        name: str | None = None,
        groupPk: float | None = None,
        page: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
        size: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
    ) -> Pages[WorkspaceRecord]:
        """List workspaces.

        The path is inferred: no document states it.

        Args:
            name: substring.
            groupPk: a parameter of the URL.
            page: a parameter of the URL; the service's default is 0.
            size: a parameter of the URL; the service's default is 20.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 400.
        """
        ...

    @operation("POST", "/workspaces", inferred=True)
    def create_workspace(self, body: CreateWorkspaceBody) -> WorkspaceRecord:
        """Create a workspace.

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

    @operation("GET", "/workspaces/{workspaceId}", inferred=True)
    def get_workspace(self) -> WorkspaceRecord:
        """Read the provisioning record of a workspace.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/status", inferred=True)
    def set_workspace_status(self, body: SetWorkspaceStatusBody) -> WorkspaceStatusRecord:
        """Change the status of a workspace.

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
