"""Operations on the configuration of nodes."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Annotated

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.configuration import NodeRetentionPolicyBody
from contacthub_orm.contacthub.api.checks import AtLeast, AtMost
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import NodeTypes
from contacthub_orm.contacthub.api.records.nodes import NodeRecord, NodeRetentionPolicyRecord

__all__ = ["NodesConfiguration"]


class NodesConfiguration(Group):
    """Operations on the configuration of nodes."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/nodes", inferred=True)
    def list_nodes(
        self,
        *,
        page: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
        size: Annotated[int, AtLeast(0), AtMost(50)] | None = None,
        nodeType: NodeTypes | None = None,
    ) -> Pages[NodeRecord]:
        """List nodes of both types.

        The path is inferred: no document states it.

        Args:
            page: a parameter of the URL; the service's default is 0.
            size: a parameter of the URL; the service's default is 20.
            nodeType: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET", "/workspaces/{workspaceId}/configuration/nodes/{nodeId}/retention-policy", inferred=True
    )
    def get_node_retention_policy(self, *, nodeId: str = "") -> NodeRetentionPolicyRecord:
        """Retention policy of a node.

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
        "PUT", "/workspaces/{workspaceId}/configuration/nodes/{nodeId}/retention-policy", inferred=True
    )
    def update_node_retention_policy(
        self, body: NodeRetentionPolicyBody, *, nodeId: str = ""
    ) -> NodeRetentionPolicyRecord:
        """Change the retention policy of a node.

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
