"""Operations on the configuration of customer properties."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Any

from contacthub_orm.contacthub.api.bodies.configuration import (
    BasePropertyStateBody,
    BooleanValueBody,
    ExtendedPropertyDefinitionBody,
)
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import (
    BasePropertyStateRecord,
    BooleanValueRecord,
    ExtendedPropertyDefinitionRecord,
)

__all__ = ["CustomerPropertiesConfiguration"]


class CustomerPropertiesConfiguration(Group):
    """Operations on the configuration of customer properties."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/properties/base")
    def list_customer_base_properties(self) -> list[BasePropertyStateRecord]:
        """List customer base properties and whether each is enabled.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/properties/base/{name}")
    def update_customer_base_property(
        self, name: str, body: BasePropertyStateBody
    ) -> BasePropertyStateRecord:
        """Enable or disable a customer base property.

        The path is documented: the swagger 1.51.

        Args:
            name: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 400, 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/properties/extended")
    def get_customer_extended_properties(self) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Extended properties of customers.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/properties/extended")
    def update_customer_extended_properties(
        self, body: dict[str, ExtendedPropertyDefinitionBody]
    ) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Change the extended properties of customers.

        The path is documented: the swagger 1.51.

        Args:
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 400, 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/customers/properties", inferred=True)
    def get_customer_properties(self, *, resolveReferences: bool | None = None) -> dict[str, Any]:
        """JSON schema of a customer.

        The path is inferred: no document states it.

        Args:
            resolveReferences: a parameter of the URL.

        Returns:
            The document as it came: a JSON schema.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT",
        "/workspaces/{workspaceId}/configuration/customers/properties/base/{baseProperty}/enabled",
        inferred=True,
    )
    def set_customer_base_property_state(
        self, baseProperty: str, body: BooleanValueBody
    ) -> BooleanValueRecord:
        """Enable or disable a customer base property by value.

        The path is inferred: no document states it.

        Args:
            baseProperty: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...
