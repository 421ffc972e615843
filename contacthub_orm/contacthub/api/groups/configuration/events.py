"""Operations on the configuration of events."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Any

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.configuration import (
    BooleanValueBody,
    EventRetentionPolicyBody,
    ExtendedPropertyDefinitionBody,
    PayloadSizeBody,
    UpdateEventConfigurationBody,
    UpdateProductUpdateEventTypesBody,
)
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import EventTypes, PlanModels
from contacthub_orm.contacthub.api.records.nodes import EventRetentionPolicyRecord
from contacthub_orm.contacthub.api.records.workspaces import (
    BooleanValueRecord,
    EventConfigurationRecord,
    ExtendedPropertyDefinitionRecord,
    PayloadSizeRecord,
    PlanModelRecord,
    ProductUpdateEventTypesRecord,
    RetentionStatusRecord,
)

__all__ = ["EventsConfiguration"]


class EventsConfiguration(Group):
    """Operations on the configuration of events."""

    @operation("GET", "/workspaces/{workspaceId}/configuration/events")
    def list_event_configurations(
        self, *, resolveReferences: bool | None = None
    ) -> Pages[EventConfigurationRecord]:
        """List the built-in event types and their settings.

        The path is documented: the swagger 1.51.

        Args:
            resolveReferences: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/events/{eventType}")
    def get_event_configuration(
        self, eventType: EventTypes, *, resolveReferences: bool | None = None
    ) -> EventConfigurationRecord:
        """Read one built-in event type.

        The path is documented: the swagger 1.51.

        Args:
            eventType: part of the path.
            resolveReferences: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/events/{eventType}")
    def update_event_configuration(
        self,
        eventType: EventTypes,
        body: UpdateEventConfigurationBody,
        *,
        resolveReferences: bool | None = None,
    ) -> EventConfigurationRecord:
        """Enable or disable a built-in event type (old route).

        The service marks it as deprecated.

        The path is documented: the swagger 1.51.

        Args:
            eventType: part of the path.
            body: the document to send.
            resolveReferences: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/events/{eventType}/properties")
    def get_event_properties(
        self, eventType: EventTypes, *, resolveReferences: bool | None = None
    ) -> dict[str, Any]:
        """JSON schema of the properties of an event type.

        The path is documented: the reference 1.299.1.

        Args:
            eventType: part of the path.
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
        "GET", "/workspaces/{workspaceId}/configuration/events/{eventType}/properties/extended", inferred=True
    )
    def get_event_extended_properties(
        self, eventType: EventTypes
    ) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Extended properties of an event type.

        The path is inferred: no document states it.

        Args:
            eventType: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "PUT", "/workspaces/{workspaceId}/configuration/events/{eventType}/properties/extended", inferred=True
    )
    def update_event_extended_properties(
        self, eventType: EventTypes, body: dict[str, ExtendedPropertyDefinitionBody]
    ) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Change the extended properties of an event type.

        The path is inferred: no document states it.

        Args:
            eventType: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 400.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/events/{eventType}/enabled")
    def set_event_state(self, eventType: EventTypes, body: BooleanValueBody) -> BooleanValueRecord:
        """Enable or disable a built-in event type.

        The path is documented: the reference 1.299.1.

        Args:
            eventType: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/products/update-policy", inferred=True)
    def get_product_update_event_types(self) -> ProductUpdateEventTypesRecord:
        """Event types that feed the product registry.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/products/update-policy", inferred=True)
    def update_product_update_event_types(
        self, body: UpdateProductUpdateEventTypesBody
    ) -> ProductUpdateEventTypesRecord:
        """Choose the event types that feed the product registry.

        The path is inferred: no document states it.

        Args:
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 400.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/plan/models/{planModel}", inferred=True)
    def get_plan_model(self, planModel: PlanModels) -> PlanModelRecord:
        """Fields available for an event model exported to Contactplan.

        The path is inferred: no document states it.

        Args:
            planModel: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/products/properties/extended", inferred=True)
    def get_product_extended_properties(self) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Extended properties of products.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/products/properties/extended", inferred=True)
    def update_product_extended_properties(
        self, body: dict[str, ExtendedPropertyDefinitionBody]
    ) -> dict[str, ExtendedPropertyDefinitionRecord]:
        """Change the extended properties of products.

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

    @operation("GET", "/workspaces/{workspaceId}/configuration/retention-policy/status", inferred=True)
    def get_retention_status(self) -> dict[str, dict[str, RetentionStatusRecord]]:
        """Retention status of the workspace.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/retention-policy", inferred=True)
    def get_retention_policy(self) -> dict[str, EventRetentionPolicyRecord]:
        """Retention policy per event type.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/retention-policy", inferred=True)
    def update_retention_policy(
        self, body: dict[str, EventRetentionPolicyBody]
    ) -> dict[str, EventRetentionPolicyRecord]:
        """Change the retention policy per event type.

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

    @operation("PUT", "/workspaces/{workspaceId}/configuration/consent-policy", inferred=True)
    def update_events_consent_policy(self, body: dict[str, list[str]]) -> dict[str, list[str]]:
        """Bind consents to event types.

        The path is inferred: no document states it.

        Args:
            body: the document to send.

        Returns:
            The answer.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/configuration/payload-size", inferred=True)
    def get_events_payload_size(self) -> dict[str, PayloadSizeRecord]:
        """Payload limit per event type.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/configuration/payload-size", inferred=True)
    def update_events_payload_size(self, body: dict[str, PayloadSizeBody]) -> dict[str, PayloadSizeRecord]:
        """Change the payload limit per event type.

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
