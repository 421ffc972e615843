"""Operations on subscriptions."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.bodies.customers import SubscriptionBody
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.customers import SubscriptionRecord

__all__ = ["Subscriptions"]


class Subscriptions(Group):
    """Operations on subscriptions."""

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/subscriptions")
    def create_subscription(self, customerId: str, body: SubscriptionBody) -> SubscriptionRecord:
        """Add a subscription to a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/subscriptions/{propertyId}")
    def get_subscription(self, customerId: str, propertyId: str) -> SubscriptionRecord:
        """Read a subscription.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            propertyId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/customers/{customerId}/subscriptions/{propertyId}")
    def update_subscription(
        self, customerId: str, propertyId: str, body: SubscriptionBody
    ) -> SubscriptionRecord:
        """Change a subscription.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            propertyId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}/subscriptions/{propertyId}")
    def delete_subscription(self, customerId: str, propertyId: str) -> None:
        """Remove a subscription.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            propertyId: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...
