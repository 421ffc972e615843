"""Operations on send."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import (
    SendConfigurationRecord,
    SendFieldRecord,
    SendSubscriptionRecord,
)

__all__ = ["Send"]


class Send(Group):
    """Operations on send."""

    @operation(
        "GET",
        "/workspaces/{workspaceId}/send/subscriber-sources/{subscriberSourceId}/subscriptions",
        inferred=True,
    )
    def list_send_subscriptions(
        self, subscriberSourceId: str, *, groupPk: int | None = None
    ) -> list[SendSubscriptionRecord]:
        """Subscriptions defined in a Send user db.

        The path is inferred: no document states it.

        Args:
            subscriberSourceId: part of the path.
            groupPk: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET", "/workspaces/{workspaceId}/send/subscriber-sources/{subscriberSourceId}/fields", inferred=True
    )
    def list_send_subscriber_fields(
        self, subscriberSourceId: str, *, groupPk: int | None = None
    ) -> list[SendFieldRecord]:
        """Subscriber fields of a Send user db.

        The path is inferred: no document states it.

        Args:
            subscriberSourceId: part of the path.
            groupPk: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/send/configurations", inferred=True)
    def list_send_configurations(self) -> list[SendConfigurationRecord]:
        """All Send source configurations.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/send/configurations/workspaces/{workspaceId}/nodes/{nodeId}", inferred=True)
    def get_node_send_configuration(self, *, nodeId: str = "") -> SendConfigurationRecord:
        """Send source configuration of a node.

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

    @operation("GET", "/send/configurations/groups/{groupPk}/userdbs/{userdbId}", inferred=True)
    def get_userdb_send_configuration(self, groupPk: str, userdbId: str) -> SendConfigurationRecord:
        """Send source configuration of a user db.

        The path is inferred: no document states it.

        Args:
            groupPk: part of the path.
            userdbId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/send/configurations/groups/{groupPk}", inferred=True)
    def list_group_send_configurations(self, groupPk: str) -> list[SendConfigurationRecord]:
        """Send source configurations of a customer group.

        The path is inferred: no document states it.

        Args:
            groupPk: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...
