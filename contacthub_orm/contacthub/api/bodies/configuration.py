"""What operations on configuration send. A key that is left out is not sent; None is sent as null."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Annotated, Any, Required, TypedDict

from contacthub_orm.contacthub.api.checks import AtLeast, AtMost, Distinct, Length, Uri
from contacthub_orm.contacthub.api.records.enums import (
    AggregateNodeStates,
    EventTypes,
    Industries,
    MergePolicies,
    NodePermissions,
    ProductAwareEventTypes,
    SourceProvidersCreatable,
    SourceProvidersModifiable,
    UniquenessPolicies,
    WorkspaceTimezones,
)

__all__ = [
    "BasePropertyStateBody",
    "BooleanValueBody",
    "CreateAggregateNodeBody",
    "CreateEntryNodeBody",
    "CreateSourceBody",
    "EnabledFlagBody",
    "EventRetentionPolicyBody",
    "ExclusionFilterBody",
    "ExtendedPropertyDefinitionBody",
    "ExtendedPropertyDefinitionContactlabPropertiesBody",
    "NodePermissionBody",
    "NodeRetentionPolicyBody",
    "PayloadSizeBody",
    "SetAggregateNodeStateBody",
    "UniqueCustomerBody",
    "UpdateAggregateNodeBody",
    "UpdateEntryNodeBody",
    "UpdateEventConfigurationBody",
    "UpdateMatchingPolicyBody",
    "UpdateProductUpdateEventTypesBody",
    "UpdateSourceBody",
    "UpdateThrottlingBody",
    "UpdateUserBody",
    "UpdateWorkspaceConfigurationBody",
]


class UpdateWorkspaceConfigurationBody(TypedDict, total=False):
    """What `update_workspace_configuration` sends."""

    name: str
    industry: Industries
    logo: Uri | None
    timezone: WorkspaceTimezones | None
    currency: str
    customerUniquenessPolicy: UniquenessPolicies | None


class UpdateThrottlingBody(TypedDict, total=False):
    """What `update_throttling` sends."""

    maxRequestsPerMinute: Annotated[int, AtLeast(0)]


class UpdateEventConfigurationBody(TypedDict, total=False):
    """What `update_event_configuration` sends."""

    id: EventTypes
    type: EventTypes
    enabled: bool


class ExtendedPropertyDefinitionContactlabPropertiesBody(TypedDict, total=False):
    """`contactlabProperties` of `ExtendedPropertyDefinitionBody`."""

    label: str
    enabled: bool
    indexed: bool
    mergePolicy: MergePolicies
    maxLength: Annotated[int, AtLeast(1), AtMost(6000)]
    flowEnabled: bool


class ExtendedPropertyDefinitionBody(TypedDict, total=False):
    """The extended property definition of a body."""

    type: str
    contactlabProperties: ExtendedPropertyDefinitionContactlabPropertiesBody


class BooleanValueBody(TypedDict, total=False):
    """The boolean value of a body."""

    value: bool


class UpdateProductUpdateEventTypesBody(TypedDict, total=False):
    """What `update_product_update_event_types` sends."""

    eventTypes: Annotated[list[ProductAwareEventTypes], Distinct()] | None


class EventRetentionPolicyBody(TypedDict, total=False):
    """The event retention policy of a body."""

    months: int


class PayloadSizeBody(TypedDict, total=False):
    """The payload size of a body."""

    maxBytes: int


class NodeRetentionPolicyBody(TypedDict, total=False):
    """The node retention policy of a body."""

    enabled: bool
    events: dict[str, EventRetentionPolicyBody]


class UniqueCustomerBody(TypedDict, total=False):
    """The unique customer of a body."""

    properties: Annotated[list[str], Length(least=1)]
    caseSensitive: bool


class CreateEntryNodeBody(TypedDict, total=False):
    """What `create_entry_node` sends."""

    name: Required[str]
    description: str | None
    imageUrl: Uri | None
    uniqueCustomer: UniqueCustomerBody
    sourcePriority: list[str]
    mandatoryProperties: list[str]


class UpdateEntryNodeBody(TypedDict, total=False):
    """What `update_entry_node` sends."""

    id: Required[str]
    name: Required[str]
    description: str | None
    imageUrl: Uri | None
    uniqueCustomer: Required[UniqueCustomerBody]
    sourcePriority: list[str]
    mandatoryProperties: list[str]


class EnabledFlagBody(TypedDict, total=False):
    """The enabled flag of a body."""

    enabled: bool


class ExclusionFilterBody(TypedDict, total=False):
    """The exclusion filter of a body."""

    property: str
    value: str
    pattern: str


class CreateAggregateNodeBody(TypedDict, total=False):
    """What `create_aggregate_node` sends."""

    name: str
    description: str | None
    imageUrl: str | None
    entryNodes: Annotated[list[str], Length(least=1)]
    matchingProperties: UniqueCustomerBody
    exclusionFilters: Annotated[list[ExclusionFilterBody], Length(most=10)] | None


class UpdateAggregateNodeBody(TypedDict, total=False):
    """What `update_aggregate_node` sends."""

    name: str
    description: str | None
    imageUrl: str | None
    entryNodes: Annotated[list[str], Length(least=1)]
    matchingProperties: UniqueCustomerBody
    exclusionFilters: Annotated[list[ExclusionFilterBody], Length(most=10)] | None
    state: AggregateNodeStates


class SetAggregateNodeStateBody(TypedDict, total=False):
    """What `set_aggregate_node_state` sends."""

    state: AggregateNodeStates


class BasePropertyStateBody(TypedDict, total=False):
    """The base property state of a body."""

    name: str
    description: str
    enabled: bool


class CreateSourceBody(TypedDict, total=False):
    """What `create_source` sends."""

    provider: SourceProvidersCreatable
    properties: dict[str, Any]
    name: str
    description: str | None
    nodes: Annotated[list[str], Length(least=1)]
    enabled: bool


class UpdateSourceBody(TypedDict, total=False):
    """What `update_source` sends."""

    provider: SourceProvidersModifiable
    properties: dict[str, Any]
    name: str
    description: str | None
    nodes: Annotated[list[str], Length(least=1)]
    enabled: bool
    id: str


class UpdateMatchingPolicyBody(TypedDict, total=False):
    """What `update_matching_policy` sends."""

    properties: Annotated[list[str], Length(least=1)]
    caseSensitive: bool


class NodePermissionBody(TypedDict, total=False):
    """The node permission of a body."""

    id: str
    permission: NodePermissions


class UpdateUserBody(TypedDict, total=False):
    """What `update_user` sends."""

    nodes: Required[list[NodePermissionBody]]
