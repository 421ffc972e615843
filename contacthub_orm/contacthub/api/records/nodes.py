"""Answers about nodes."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Any

import attrs

from contacthub_orm.contacthub.api.answers import Record

__all__ = [
    "AggregateNodeRecord",
    "AggregateSendSubscriptionRecord",
    "EntryNodeRecord",
    "EventRetentionPolicyRecord",
    "ExclusionFilterRecord",
    "NodeRecord",
    "NodeRetentionPolicyRecord",
    "UniqueCustomerRecord",
]


@attrs.frozen(kw_only=True)
class NodeRecord(Record):
    """The node of an answer."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    nodeType: str | None = None
    retentionState: bool | None = None
    properties: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class UniqueCustomerRecord(Record):
    """The unique customer of an answer."""

    properties: list[str] | None = None
    caseSensitive: bool | None = None


@attrs.frozen(kw_only=True)
class EntryNodeRecord(Record):
    """The entry node of an answer."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    imageUrl: str | None = None
    uniqueCustomer: UniqueCustomerRecord | None = None
    sourcePriority: list[str] | None = None
    mandatoryProperties: list[str] | None = None


@attrs.frozen(kw_only=True)
class ExclusionFilterRecord(Record):
    """The exclusion filter of an answer."""

    property: str | None = None
    value: str | None = None
    pattern: str | None = None


@attrs.frozen(kw_only=True)
class AggregateNodeRecord(Record):
    """The aggregate node of an answer."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    imageUrl: str | None = None
    state: str | None = None
    entryNodes: list[str] | None = None
    matchingProperties: UniqueCustomerRecord | None = None
    exclusionFilters: list[ExclusionFilterRecord] | None = None


@attrs.frozen(kw_only=True)
class AggregateSendSubscriptionRecord(Record):
    """The aggregate send subscription of an answer."""

    subscriptionId: str | None = None
    path: str | None = None
    entryNodeName: str | None = None
    entryNodeId: str | None = None
    type: str | None = None


@attrs.frozen(kw_only=True)
class EventRetentionPolicyRecord(Record):
    """The event retention policy of an answer."""

    months: int | None = None


@attrs.frozen(kw_only=True)
class NodeRetentionPolicyRecord(Record):
    """The node retention policy of an answer."""

    enabled: bool | None = None
    events: dict[str, EventRetentionPolicyRecord] | None = None
