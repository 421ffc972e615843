"""Answers about workspaces."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import datetime
from typing import Any

import attrs

from contacthub_orm.contacthub.api.answers import Record

__all__ = [
    "AggregateNodeStateRecord",
    "BasePropertyStateRecord",
    "BooleanValueRecord",
    "BulkJobRecord",
    "ConsentLogRecord",
    "ContextTypeRecord",
    "EnabledFlagRecord",
    "EventConfigurationRecord",
    "ExtendedPropertyDefinitionContactlabPropertiesRecord",
    "ExtendedPropertyDefinitionRecord",
    "MergePolicyRecord",
    "NodePermissionRecord",
    "PayloadSizeRecord",
    "PlanModelHubRecord",
    "PlanModelRecord",
    "ProductUpdateEventTypesRecord",
    "ProviderTypeRecord",
    "RetentionStatusRecord",
    "SendConfigurationRecord",
    "SendFieldRecord",
    "SendSubscriptionRecord",
    "SourceRecord",
    "ThrottlingRecord",
    "UserInfoRecord",
    "UserRecord",
    "WorkspaceConfigurationRecord",
    "WorkspaceInfoRecord",
    "WorkspaceRecord",
    "WorkspaceStatusRecord",
]


@attrs.frozen(kw_only=True)
class WorkspaceInfoRecord(Record):
    """The answer of `get_workspace_info`."""

    id: str | None = None
    name: str | None = None
    status: str | None = None
    customers: int | None = None


@attrs.frozen(kw_only=True)
class BulkJobRecord(Record):
    """The bulk job of an answer."""

    id: str | None = None
    filename: str | None = None
    operation: str | None = None
    workspaceId: str | None = None
    nodeId: str | None = None
    entity: str | None = None
    eventType: str | None = None
    bulkJobName: str | None = None
    status: str | None = None
    errorMessage: str | None = None
    createdAt: datetime | None = None
    updatedAt: datetime | None = None
    processedEntities: int | None = None
    failedEntities: int | None = None
    totalEntities: int | None = None


@attrs.frozen(kw_only=True)
class WorkspaceConfigurationRecord(Record):
    """The workspace configuration of an answer."""

    name: str | None = None
    industry: str | None = None
    logo: str | None = None
    timezone: str | None = None
    currency: str | None = None
    customerUniquenessPolicy: str | None = None
    tier: int | None = None


@attrs.frozen(kw_only=True)
class ThrottlingRecord(Record):
    """The answer of `get_throttling`."""

    maxRequestsPerMinute: int | None = None


@attrs.frozen(kw_only=True)
class EventConfigurationRecord(Record):
    """The event configuration of an answer."""

    id: str | None = None
    type: str | None = None
    mode: str | None = None
    label: str | None = None
    description: str | None = None
    propertiesSchema: dict[str, Any] | None = None
    enabled: bool | None = None


@attrs.frozen(kw_only=True)
class ExtendedPropertyDefinitionContactlabPropertiesRecord(Record):
    """`contactlabProperties` of `ExtendedPropertyDefinitionRecord`."""

    label: str | None = None
    enabled: bool | None = None
    indexed: bool | None = None
    mergePolicy: str | None = None
    maxLength: int | None = None
    flowEnabled: bool | None = None


@attrs.frozen(kw_only=True)
class ExtendedPropertyDefinitionRecord(Record):
    """The extended property definition of an answer."""

    type: str | None = None
    contactlabProperties: ExtendedPropertyDefinitionContactlabPropertiesRecord | None = None


@attrs.frozen(kw_only=True)
class BooleanValueRecord(Record):
    """The boolean value of an answer."""

    value: bool | None = None


@attrs.frozen(kw_only=True)
class ProductUpdateEventTypesRecord(Record):
    """The answer of `get_product_update_event_types`."""

    eventTypes: list[str] | None = None


@attrs.frozen(kw_only=True)
class PlanModelHubRecord(Record):
    """`hub` of `PlanModelRecord`."""

    event: list[dict[str, Any]] | None = None
    product: list[dict[str, Any]] | None = None


@attrs.frozen(kw_only=True)
class PlanModelRecord(Record):
    """The plan model of an answer."""

    plan: list[dict[str, Any]] | None = None
    hub: PlanModelHubRecord | None = None


@attrs.frozen(kw_only=True)
class RetentionStatusRecord(Record):
    """The retention status of an answer."""

    months: int | None = None
    total: int | None = None
    valid: int | None = None
    expired: int | None = None
    oldestDate: datetime | None = None


@attrs.frozen(kw_only=True)
class PayloadSizeRecord(Record):
    """The payload size of an answer."""

    maxBytes: int | None = None


@attrs.frozen(kw_only=True)
class EnabledFlagRecord(Record):
    """The enabled flag of an answer."""

    enabled: bool | None = None


@attrs.frozen(kw_only=True)
class AggregateNodeStateRecord(Record):
    """The answer of `set_aggregate_node_state`."""

    state: str | None = None


@attrs.frozen(kw_only=True)
class BasePropertyStateRecord(Record):
    """The base property state of an answer."""

    name: str | None = None
    description: str | None = None
    enabled: bool | None = None


@attrs.frozen(kw_only=True)
class SourceRecord(Record):
    """The source of an answer."""

    id: str | None = None
    provider: str | None = None
    properties: dict[str, Any] | None = None
    name: str | None = None
    description: str | None = None
    nodes: list[str] | None = None
    enabled: bool | None = None
    token: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class NodePermissionRecord(Record):
    """The node permission of an answer."""

    id: str | None = None
    permission: str | None = None


@attrs.frozen(kw_only=True)
class UserRecord(Record):
    """The user of an answer."""

    id: int | None = None
    name: str | None = None
    registeredAt: datetime | None = None
    updatedAt: datetime | None = None
    nodes: list[NodePermissionRecord] | None = None


@attrs.frozen(kw_only=True)
class ConsentLogRecord(Record):
    """The consent log of an answer."""

    id: int | None = None
    customerId: str | None = None
    date: datetime | None = None
    type: str | None = None
    property: str | None = None
    value: str | None = None
    sourceId: str | None = None
    userId: int | None = None


@attrs.frozen(kw_only=True)
class MergePolicyRecord(Record):
    """The merge policy of an answer."""

    id: str | None = None
    label: str | None = None
    description: str | None = None
    supportedTypes: list[str] | None = None


@attrs.frozen(kw_only=True)
class ProviderTypeRecord(Record):
    """The provider type of an answer."""

    id: str | None = None
    label: str | None = None
    logo: str | None = None
    categories: list[str] | None = None
    description: str | None = None
    documents: str | None = None
    propertiesSchema: dict[str, Any] | None = None
    role: str | None = None


@attrs.frozen(kw_only=True)
class ContextTypeRecord(Record):
    """The context type of an answer."""

    id: str | None = None
    label: str | None = None
    description: str | None = None
    propertiesSchema: str | None = None


@attrs.frozen(kw_only=True)
class SendSubscriptionRecord(Record):
    """The send subscription of an answer."""

    id: int | None = None
    name: str | None = None
    registrationField: str | None = None


@attrs.frozen(kw_only=True)
class SendFieldRecord(Record):
    """The send field of an answer."""

    name: str | None = None
    type: str | None = None


@attrs.frozen(kw_only=True)
class SendConfigurationRecord(Record):
    """The send configuration of an answer."""

    portfolio: int | None = None
    id: str | None = None
    name: str | None = None
    industry: str | None = None
    workspaceStatus: str | None = None
    nodeId: str | None = None
    nodeName: str | None = None
    nodeType: str | None = None
    contactSendSource: SourceRecord | None = None


@attrs.frozen(kw_only=True)
class UserInfoRecord(Record):
    """The user info of an answer."""

    id: int | None = None
    name: str | None = None
    surname: str | None = None
    groups: list[dict[str, Any]] | None = None
    lang: str | None = None
    email: str | None = None
    roles: list[str] | None = None
    mc: bool | None = None


@attrs.frozen(kw_only=True)
class WorkspaceRecord(Record):
    """The workspace of an answer."""

    id: str | None = None
    name: str | None = None
    slug: str | None = None
    groupPk: int | None = None
    shard: str | None = None
    status: str | None = None


@attrs.frozen(kw_only=True)
class WorkspaceStatusRecord(Record):
    """The answer of `set_workspace_status`."""

    status: str | None = None
