"""The configuration of a workspace as entities: nodes, sources, users, event types, properties."""

from contacthub_orm.contacthub.administration.entities import (
    AggregateNode,
    BaseProperty,
    EntryNode,
    EventConfiguration,
    ExclusionFilter,
    ExtendedProperties,
    ExtendedProperty,
    NodePermission,
    PropertySettings,
    Source,
    UniqueCustomer,
    User,
)

__all__ = [
    "AggregateNode",
    "BaseProperty",
    "EntryNode",
    "EventConfiguration",
    "ExclusionFilter",
    "ExtendedProperties",
    "ExtendedProperty",
    "NodePermission",
    "PropertySettings",
    "Source",
    "UniqueCustomer",
    "User",
]
