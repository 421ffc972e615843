"""Operations on the configuration of entry nodes."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Annotated

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.configuration import (
    CreateEntryNodeBody,
    EnabledFlagBody,
    EventRetentionPolicyBody,
    UpdateEntryNodeBody,
    UpdateMatchingPolicyBody,
)
from contacthub_orm.contacthub.api.checks import AtLeast, AtMost
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.nodes import (
    EntryNodeRecord,
    EventRetentionPolicyRecord,
    UniqueCustomerRecord,
)
from contacthub_orm.contacthub.api.records.workspaces import EnabledFlagRecord

__all__ = ["EntryNodesConfiguration"]


class EntryNodesConfiguration(Group):
    """Operations on the configuration of entry nodes."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/nodes/entries")
    def list_entry_nodes(
        self,
        *,
        page: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
        size: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
    ) -> Pages[EntryNodeRecord]:
        """List entry nodes.

        The path is documented: the swagger 1.51.

        Args:
            page: a parameter of the URL; the service's default is 0.
            size: a parameter of the URL; the service's default is 20.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/configuration/nodes/entries")
    def create_entry_node(self, body: CreateEntryNodeBody) -> EntryNodeRecord:
        """Create an entry node.

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

    @operation("GET", "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}")
    def get_entry_node(self, *, nodeId: str = "") -> EntryNodeRecord:
        """Read an entry node.

        The path is documented: the reference 1.299.1.

        Args:
            nodeId: the node's id; `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}")
    def update_entry_node(self, body: UpdateEntryNodeBody, *, nodeId: str = "") -> EntryNodeRecord:
        """Change an entry node.

        The path is documented: the reference 1.299.1.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/empty", inferred=True)
    def empty_entry_node(self, *, nodeId: str = "", eventsOnly: bool | None = None) -> None:
        """Delete all data of an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            eventsOnly: a parameter of the URL.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/retention-policy",
        inferred=True,
    )
    def get_entry_node_retention_policy(self, *, nodeId: str = "") -> dict[str, EventRetentionPolicyRecord]:
        """Retention policy of an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/retention-policy",
        inferred=True,
    )
    def update_entry_node_retention_policy(
        self, body: dict[str, EventRetentionPolicyBody], *, nodeId: str = ""
    ) -> dict[str, EventRetentionPolicyRecord]:
        """Change the retention policy of an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/retention-policy/state",
        inferred=True,
    )
    def get_entry_node_retention_state(self, *, nodeId: str = "") -> EnabledFlagRecord:
        """Whether retention is active on an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/retention-policy/state",
        inferred=True,
    )
    def set_entry_node_retention_state(self, body: EnabledFlagBody, *, nodeId: str = "") -> EnabledFlagRecord:
        """Switch retention on an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/unique-customer-matching-policy",
    )
    def get_matching_policy(self, *, nodeId: str = "") -> UniqueCustomerRecord:
        """Matching rule of a node (old route).

        The service marks it as deprecated.

        The path is documented: the reference 1.299.1.

        Args:
            nodeId: the node's id; `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT",
        "/workspaces/{workspaceId}/configuration/nodes/entries/{nodeId}/unique-customer-matching-policy",
    )
    def update_matching_policy(
        self, body: UpdateMatchingPolicyBody, *, nodeId: str = ""
    ) -> UniqueCustomerRecord:
        """Change the matching rule of a node (old route).

        The service marks it as deprecated.

        The path is documented: the reference 1.299.1.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...
