"""The entities of a workspace's configuration: what has an identity and can be written.

Most can be created and changed, none can be deleted: the API has no such operation. What can only be read, and what there
is one of in a workspace, is a call of `workspace.api`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from contacthub_orm.contacthub.api.records.enums import (
    AggregateNodeStates,
    EventModes,
    EventTypes,
    MergePolicies,
    NodePermissions,
    SourceProvidersCreatable,
    SourceProvidersModifiable,
)
from contacthub_orm.contacthub.values.limits import uri
from contacthub_orm.errors import Violation
from contacthub_orm.orm import ActiveRecord, Attr, Embedded, Properties, Resource, attr, embedded

if TYPE_CHECKING:
    from collections.abc import Iterable

    import attrs

    from contacthub_orm.orm.wire.documents import Document

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

ExclusionPattern: TypeAlias = Literal["START_WITH", "CONTAINS"]

_MOST_FILTERS = 10
_LONGEST = 6000


def _resource(name: str, id_key: str = "id", version_keys: tuple[str, ...] = ()) -> Resource:
    """A part of the configuration. A change replaces a document as a whole, and few have a version."""
    return Resource(f"configuration/{name}", id_key=id_key, version_keys=version_keys, patches=False)


def _filled(_: Any, __: attrs.Attribute[Any], value: list[Any]) -> None:
    if not value:
        raise ValueError("must not be empty")


def _absolute(_: Any, __: attrs.Attribute[Any], value: str) -> None:
    uri(value)


def _few(_: Any, __: attrs.Attribute[Any], value: list[Any]) -> None:
    if len(value) > _MOST_FILTERS:
        raise ValueError(f"must have at most {_MOST_FILTERS} elements, has {len(value)}")


def _length(_: Any, __: attrs.Attribute[Any], value: int) -> None:
    if not 1 <= value <= _LONGEST:
        raise ValueError(f"must be from 1 to {_LONGEST}, got {value}")


def _plain(_: Any, __: attrs.Attribute[Any], value: str) -> None:
    if not value or "." in value:
        raise ValueError("must be a name without dots")


def _without(place: str, **lists: list[Any]) -> Iterable[Violation]:
    """The lists of a new entity that must have an element and have none."""
    return [Violation(f"{place}.{name}", one, "must not be empty") for name, one in lists.items() if not one]


def _doubled(elements: list[Document] | None, key: str) -> Iterable[Any]:
    """The values that several elements have at a key."""
    values = [one.get(key) for one in elements or ()]
    return [one for index, one in enumerate(values) if one in values[:index]]


class UniqueCustomer(Properties):
    """By which properties a node recognises a customer: `externalId`, `base.contacts.email`, ..."""

    properties: Attr[list[str]] = attr(default=None, required=True, validator=_filled)
    caseSensitive: Attr[bool | None] = attr(default=None)


class EntryNode(ActiveRecord, resource=_resource("nodes/entries")):
    """A node that customers and events are written to.

    A new one needs a `name`; without `uniqueCustomer` it gets the workspace's default. `sourcePriority` are the ids of
    sources, `mandatoryProperties` the paths that every customer of the node must have.
    """

    id: Attr[str | None] = attr(default=None, read_only=True)
    name: Attr[str] = attr(default=None, required=True, validator=_filled)
    description: Attr[str | None] = attr(default=None)
    imageUrl: Attr[str | None] = attr(default=None, validator=_absolute)
    uniqueCustomer: Embedded[UniqueCustomer] = embedded(default=None)
    sourcePriority: Attr[list[str]] = attr(default=None)
    mandatoryProperties: Attr[list[str]] = attr(default=None)

    def _violations(self) -> Iterable[Violation]:
        held = (self._state.baseline or {}).get("uniqueCustomer")
        if self._state.key is None and self.uniqueCustomer:
            yield from _without("EntryNode.uniqueCustomer", properties=self.uniqueCustomer.properties)
        elif held is not None and not self.uniqueCustomer:
            yield Violation("EntryNode.uniqueCustomer", None, "is required")


class ExclusionFilter(Properties):
    """Which customers an aggregate node leaves out: those whose property has a value, as the pattern says."""

    property: Attr[str] = attr(default=None, required=True)
    value: Attr[str] = attr(default=None, required=True)
    pattern: Attr[ExclusionPattern] = attr(default=None, required=True)


class AggregateNode(ActiveRecord, resource=_resource("nodes/aggregates")):
    """A node that shows what its entry nodes hold.

    A new one needs a `name`, `entryNodes` (their ids) and `matchingProperties`, which both stay as they are after that.
    The service sets a new node's `state` to NEW; the reference says that it can only become ACTIVE.
    """

    id: Attr[str | None] = attr(default=None, read_only=True)
    name: Attr[str] = attr(default=None, required=True, validator=_filled)
    description: Attr[str | None] = attr(default=None)
    imageUrl: Attr[str | None] = attr(default=None)
    entryNodes: Attr[list[str]] = attr(default=None, create_only=True, validator=_filled)
    matchingProperties: Embedded[UniqueCustomer] = embedded(default=None, create_only=True)
    exclusionFilters: Attr[list[ExclusionFilter]] = attr(default=None, validator=_few)
    state: Attr[AggregateNodeStates | None] = attr(default=None)

    def _violations(self) -> Iterable[Violation]:
        if self._state.key is not None:
            return
        yield from _without("AggregateNode", entryNodes=self.entryNodes)
        yield from _without("AggregateNode.matchingProperties", properties=self.matchingProperties.properties)
        if self.state is not None:
            yield Violation("AggregateNode.state", self.state, "is set by the service for a new node")


class Source(ActiveRecord, resource=_resource("sources")):
    """Who sends data to which nodes, named by their ids. A new one needs a `name` and `nodes`.

    Its token is no part of the entity, so that it gets into no journal and no log: see
    `workspace.api.configuration.get_source` and `refresh_source_token`.
    """

    id: Attr[str | None] = attr(default=None, read_only=True)
    name: Attr[str] = attr(default=None, required=True, validator=_filled)
    description: Attr[str | None] = attr(default=None)
    provider: Attr[SourceProvidersModifiable | None] = attr(default=None)
    properties: Attr[dict[str, Any]] = attr(default=None)
    nodes: Attr[list[str]] = attr(default=None, validator=_filled)
    enabled: Attr[bool | None] = attr(default=None)

    def _violations(self) -> Iterable[Violation]:
        if self._state.key is not None:
            return
        yield from _without("Source", nodes=self.nodes)
        creatable = get_args(SourceProvidersCreatable)
        if self.provider is not None and self.provider not in creatable:
            rule = f"must be one of {', '.join(creatable)} for a new source"
            yield Violation("Source.provider", self.provider, rule)


class NodePermission(Properties):
    """What a user may do at a node: read (R), write (W) or both (RW). The service's default is R."""

    id: Attr[str] = attr(default=None, required=True)
    permission: Attr[NodePermissions | None] = attr(default=None)


class User(ActiveRecord, resource=_resource("users", version_keys=("updatedAt",))):
    """Somebody with access to the workspace. Only what a user may do at which node can be changed."""

    id: Attr[int | None] = attr(default=None, read_only=True)
    name: Attr[str | None] = attr(default=None, read_only=True)
    registeredAt: Attr[datetime | None] = attr(default=None, read_only=True)
    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    nodes: Attr[list[NodePermission]] = attr(default=None, required=True)

    def _violations(self) -> Iterable[Violation]:
        for doubled in _doubled(self.to_dict().get("nodes"), "id"):
            yield Violation("User.nodes", doubled, "must not name a node twice")


class EventConfiguration(ActiveRecord, resource=_resource("events")):
    """A type of events, known by its name: whether the workspace accepts events of it."""

    id: Attr[EventTypes | None] = attr(default=None, read_only=True)
    type: Attr[EventTypes | None] = attr(default=None, read_only=True)
    mode: Attr[EventModes | None] = attr(default=None, read_only=True)
    label: Attr[str | None] = attr(default=None, read_only=True)
    description: Attr[str | None] = attr(default=None, read_only=True)
    propertiesSchema: Attr[dict[str, Any]] = attr(default=None, read_only=True)
    enabled: Attr[bool] = attr(default=None, required=True)


class BaseProperty(ActiveRecord, resource=_resource("properties/base", id_key="name")):
    """A property of all customers, known by its path, such as `base.contacts.email`: whether customers may have it."""

    name: Attr[str | None] = attr(default=None, read_only=True)
    description: Attr[str | None] = attr(default=None, read_only=True)
    enabled: Attr[bool] = attr(default=None, required=True)


class PropertySettings(Properties):
    """The service's own settings of an extended property."""

    label: Attr[str | None] = attr(default=None)
    enabled: Attr[bool | None] = attr(default=None)
    indexed: Attr[bool | None] = attr(default=None)
    mergePolicy: Attr[MergePolicies | None] = attr(default=None)
    maxLength: Attr[int | None] = attr(default=None, validator=_length)
    flowEnabled: Attr[bool | None] = attr(default=None)


class ExtendedProperty(Properties):
    """A property that the workspace declares, as a JSON schema with settings. Its name has no dot.

    Set further keywords as items: `prop["pattern"] = "[A-Z]+"`.
    """

    name: Attr[str] = attr(default=None, required=True, validator=_plain)
    type: Attr[str] = attr(default=None, required=True)
    description: Attr[str | None] = attr(default=None)
    enum: Attr[list[Any]] = attr(default=None)
    format: Attr[str | None] = attr(default=None)
    items: Attr[Any] = attr(default=None)
    properties: Attr[dict[str, Any]] = attr(default=None)
    contactlabProperties: Embedded[PropertySettings] = embedded(default=None)


class ExtendedProperties(ActiveRecord, resource=_resource("properties/extended")):
    """The extended properties of customers, of products, or of a type of events.

    Read by `session.get(ExtendedProperties, "customers")`, `"products"`, or a type such as `"completedOrder"`. The service
    keeps each of the three as one document: declare, change and take back properties in the list.
    """

    id: Attr[str | None] = attr(default=None, read_only=True)
    properties: Attr[list[ExtendedProperty]] = attr(default=None)

    def named(self, name: str) -> ExtendedProperty | None:
        """The property with a name, or None if there is none."""
        found = (one for one in self.properties if isinstance(one, ExtendedProperty))
        return next((one for one in found if one.name == name), None)

    def _violations(self) -> Iterable[Violation]:
        for doubled in _doubled(self.to_dict().get("properties"), "name"):
            yield Violation("ExtendedProperties.properties", doubled, "must not have a name twice")
