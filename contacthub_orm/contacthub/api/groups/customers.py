"""Operations on customers."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.customers import (
    CreateCustomerBody,
    PatchCustomerBody,
    UpdateCustomerBody,
)
from contacthub_orm.contacthub.api.groups.customer_elements import CustomerElements
from contacthub_orm.contacthub.api.operation import operation
from contacthub_orm.contacthub.api.records.customers import CustomerExportRecord, CustomerRecord
from contacthub_orm.contacthub.api.records.enums import CustomerOperationModes

__all__ = ["Customers"]


class Customers(CustomerElements):
    """Operations on customers."""

    @operation("GET", "/workspaces/{workspaceId}/customers")
    def list_customers(
        self,
        *,
        nodeId: str = "",
        externalId: str | None = None,
        query: str | None = None,
        fields: str | None = None,
        size: int | None = None,
        sort: str | None = None,
        page: int | None = None,
    ) -> Pages[CustomerRecord]:
        """Search customers of a node.

        The path is documented: the swagger 1.51.

        Args:
            nodeId: `node.api` fills it in.
            externalId: a parameter of the URL.
            query: JSON text, see query-language.md.
            fields: property paths separated by comma.
            size: a parameter of the URL.
            sort: field or field,asc or field,desc (SDKs).
            page: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 401, 403, 404.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/customers")
    def create_customer(self, body: CreateCustomerBody, *, sessionId: str | None = None) -> CustomerRecord:
        """Create a customer, or merge into the matching one.

        The path is documented: the swagger 1.51.

        Args:
            body: the document to send.
            sessionId: session to reconcile with the customer.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 400, 401, 403, 409, 423.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}")
    def get_customer(self, customerId: str) -> CustomerRecord:
        """Read a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403, 404.
        """
        ...

    @operation("PATCH", "/workspaces/{workspaceId}/customers/{customerId}")
    def patch_customer(
        self,
        customerId: str,
        body: PatchCustomerBody,
        *,
        sessionId: str | None = None,
        mode: CustomerOperationModes | None = None,
    ) -> CustomerRecord:
        """Change some properties of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.
            sessionId: session to reconcile with the customer.
            mode: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 409, 423.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/customers/{customerId}")
    def update_customer(
        self,
        customerId: str,
        body: UpdateCustomerBody,
        *,
        sessionId: str | None = None,
        mode: CustomerOperationModes | None = None,
    ) -> CustomerRecord:
        """Replace a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.
            sessionId: session to reconcile with the customer.
            mode: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 409, 423.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/entries", inferred=True)
    def list_entry_customers(self, customerId: str, *, page: int, size: int) -> Pages[CustomerRecord]:
        """Entry customers behind an aggregate customer.

        The path is inferred: no document states it.

        Args:
            customerId: part of the path.
            page: a parameter of the URL.
            size: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/export", inferred=True)
    def export_customer(self, customerId: str) -> CustomerExportRecord:
        """Export a customer with all events.

        The path is inferred: no document states it.

        Args:
            customerId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/forget", inferred=True)
    def forget_customer(self, customerId: str) -> None:
        """Erase a customer everywhere.

        The path is inferred: no document states it.

        Args:
            customerId: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}")
    def delete_customer(self, customerId: str) -> None:
        """Delete a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 404, 423.
        """
        ...
