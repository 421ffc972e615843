"""Operations on the configuration of aggregate nodes."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.configuration import (
    CreateAggregateNodeBody,
    SetAggregateNodeStateBody,
    UpdateAggregateNodeBody,
)
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.nodes import AggregateNodeRecord, AggregateSendSubscriptionRecord
from contacthub_orm.contacthub.api.records.workspaces import AggregateNodeStateRecord

__all__ = ["AggregateNodesConfiguration"]


class AggregateNodesConfiguration(Group):
    """Operations on the configuration of aggregate nodes."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/nodes/aggregates", inferred=True)
    def list_aggregate_nodes(self) -> Pages[AggregateNodeRecord]:
        """List aggregate nodes.

        The path is inferred: no document states it.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/configuration/nodes/aggregates", inferred=True)
    def create_aggregate_node(self, body: CreateAggregateNodeBody) -> AggregateNodeRecord:
        """Create an aggregate node.

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

    @operation(
        "GET", "/workspaces/{workspaceId}/configuration/nodes/aggregates/{aggregateNodeId}", inferred=True
    )
    def get_aggregate_node(self, aggregateNodeId: str) -> AggregateNodeRecord:
        """Read an aggregate node.

        The path is inferred: no document states it.

        Args:
            aggregateNodeId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT", "/workspaces/{workspaceId}/configuration/nodes/aggregates/{aggregateNodeId}", inferred=True
    )
    def update_aggregate_node(
        self, aggregateNodeId: str, body: UpdateAggregateNodeBody
    ) -> AggregateNodeRecord:
        """Change an aggregate node.

        The path is inferred: no document states it.

        Args:
            aggregateNodeId: part of the path.
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
        "PUT",
        "/workspaces/{workspaceId}/configuration/nodes/aggregates/{aggregateNodeId}/state",
        inferred=True,
    )
    def set_aggregate_node_state(
        self, aggregateNodeId: str, body: SetAggregateNodeStateBody
    ) -> AggregateNodeStateRecord:
        """Change the state of an aggregate node.

        The path is inferred: no document states it.

        Args:
            aggregateNodeId: part of the path.
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
        "/workspaces/{workspaceId}/configuration/nodes/aggregates/{aggregateNodeId}/send-source-subscriptions",
        inferred=True,
    )
    def list_aggregate_node_send_subscriptions(
        self, aggregateNodeId: str
    ) -> list[AggregateSendSubscriptionRecord]:
        """Send subscriptions of an aggregate node.

        The path is inferred: no document states it.

        Args:
            aggregateNodeId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...
