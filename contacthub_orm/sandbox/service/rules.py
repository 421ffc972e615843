"""The rules in force: what is configured, in the form in which handlers and authorization obey it.

They are made of the stored configuration (see `configuration`) and never change; a change of the configuration makes
new ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from contacthub_orm.reference import MAX_PAYLOAD_BYTES
from contacthub_orm.sandbox.service.start_values import (
    AGGREGATES,
    DEFAULT_TIMEZONE,
    ENTRIES,
    EVENT_EXTENDED,
    NO_POLICY,
    NODE_RETENTION,
    SOURCES,
    USERS,
    VALUES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from contacthub_orm.sandbox.storage.collections import Documents
    from contacthub_orm.sandbox.storage.credentials import Credentials

__all__ = ["Caller", "Exclusion", "Exclusions", "NodeRules", "Rules", "rules_of", "token_digest"]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A filter of an aggregate node: customers whose property starts with the value, or contains it, are hidden."""

    property: str
    value: str
    pattern: str


Exclusions: TypeAlias = "tuple[tuple[Exclusion, ...], ...]"


@dataclass(frozen=True, slots=True)
class NodeRules:
    """A node as its data obey it.

    Attributes:
        id: the id of the node.
        name: its name.
        matching: the paths of the properties that together identify a customer.
        case_sensitive: whether matching distinguishes upper and lower case.
        mandatory: the paths of the properties that every customer must have.
        shown: the ids of the entry nodes whose customers and events it shows.
        is_aggregate: whether it only shows what other nodes hold.
        exclusions: lists of filters; what each of them matches is hidden. Without a list, nothing is.
    """

    id: str
    name: str
    matching: Sequence[str]
    case_sensitive: bool
    mandatory: Sequence[str] = ()
    shown: tuple[str, ...] = ()
    is_aggregate: bool = False
    exclusions: Exclusions = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token belongs to: a source or a user, with the nodes that it may read and write.

    Attributes:
        id: the id of the source or the user.
        workspace_id: the workspace that the token belongs to.
        reads: the nodes that it may read, aggregate nodes with their entry nodes included.
        writes: the nodes that it may write to.
        is_administrator: whether it may change the configuration.
        restricted: the entry nodes that it reads through aggregate nodes alone, all of which have filters, with these
            filters: it does not see what all of them hide.
    """

    id: str
    workspace_id: str
    reads: frozenset[str]
    writes: frozenset[str]
    is_administrator: bool = False
    restricted: Mapping[str, Exclusions] = field(default_factory=dict)

    def sees(self, node_id: str) -> bool:
        """Whether the node exists for the caller."""
        return node_id in self.reads or node_id in self.writes


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in force in the workspace.

    Attributes:
        nodes: the nodes by their ids.
        callers: the owners of tokens, by the digests of the tokens.
        uniqueness_policy: what a POST of a known customer does: MERGE or BLOCK.
        max_requests_per_minute: the budget of requests; 0 is unlimited.
        workspace_status: ENABLED, SUSPENDED or DISABLED.
        workspace_name: what the workspace is called.
        timezone: whose days analytics count, as a key of the database of time zones.
        currency: the code of the currency of all amounts.
        disabled_events: the types of events that are refused.
        disabled_properties: the paths of the base properties that are refused.
        extended: the declared extended properties of customers; None accepts any.
        event_extended: those of events, by type; a type that is missing accepts any.
        payload_sizes: the largest event in bytes, by type.
        retention: after how many months the events of a node and a type expire.
    """

    nodes: Mapping[str, NodeRules]
    callers: Mapping[bytes, Caller]
    uniqueness_policy: str
    max_requests_per_minute: int
    workspace_status: str
    workspace_name: str
    timezone: str
    currency: str
    disabled_events: frozenset[str] = frozenset()
    disabled_properties: frozenset[str] = frozenset()
    extended: Mapping[str, Mapping[str, Any]] | None = None
    event_extended: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    payload_sizes: Mapping[str, int] = field(default_factory=dict)
    retention: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def largest_event(self, event_type: Any) -> int:
        """The size of the largest event of a type, in bytes."""
        return (
            self.payload_sizes.get(event_type, MAX_PAYLOAD_BYTES) if self.payload_sizes else MAX_PAYLOAD_BYTES
        )


def rules_of(stored: Documents, status: str, credentials: Credentials) -> Rules:
    """The rules that follow from the stored configuration and the status of the workspace."""
    kinds: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for (kind, identity), document in stored.items():
        kinds[kind][identity] = document
    values = kinds[VALUES]
    nodes = {node.id: node for node in _nodes(kinds)}
    return Rules(
        nodes=nodes,
        callers=dict(_callers(kinds, nodes, credentials)),
        uniqueness_policy=values["workspace"]["customerUniquenessPolicy"],
        max_requests_per_minute=values["throttling"]["maxRequestsPerMinute"],
        workspace_status=status,
        workspace_name=values["workspace"]["name"],
        timezone=values["workspace"]["timezone"] or DEFAULT_TIMEZONE,
        currency=values["workspace"]["currency"],
        disabled_events=frozenset(values["events"]["disabled"]),
        disabled_properties=frozenset(values.get("base-properties", {}).get("disabled", ())),
        extended=values["extended"]["declared"],
        event_extended=kinds[EVENT_EXTENDED],
        payload_sizes={name: size["maxBytes"] for name, size in values.get("payload-size", {}).items()},
        retention=dict(_retention(kinds, nodes)),
    )


def token_digest(token: str | bytes) -> bytes:
    """What a token is known by, so that the rules hold none."""
    return sha256(token.encode() if isinstance(token, str) else token).digest()


def _nodes(kinds: Mapping[str, dict[str, dict[str, Any]]]) -> Iterator[NodeRules]:
    for node in kinds[ENTRIES].values():
        yield NodeRules(
            id=node["id"],
            name=node["name"],
            matching=tuple(node["uniqueCustomer"]["properties"]),
            case_sensitive=node["uniqueCustomer"]["caseSensitive"],
            mandatory=tuple(node["mandatoryProperties"]),
            shown=(node["id"],),
        )
    for node in kinds[AGGREGATES].values():
        yield NodeRules(
            id=node["id"],
            name=node["name"],
            matching=tuple(node["matchingProperties"]["properties"]),
            case_sensitive=node["matchingProperties"]["caseSensitive"],
            shown=tuple(node["entryNodes"]) if node["state"] == "ACTIVE" else (),
            is_aggregate=True,
            exclusions=_exclusions(node),
        )


def _exclusions(node: Mapping[str, Any]) -> Exclusions:
    filters = tuple(Exclusion(**one) for one in node["exclusionFilters"])
    return (filters,) if filters else ()


def _callers(
    kinds: Mapping[str, dict[str, dict[str, Any]]], nodes: Mapping[str, NodeRules], credentials: Credentials
) -> Iterator[tuple[bytes, Caller]]:
    workspace_id = credentials.workspace_id
    for source in kinds[SOURCES].values():
        if source["token"] is not None and source["shown"]["enabled"]:
            caller = _caller(source["shown"]["id"], workspace_id, source["permissions"], nodes)
            yield token_digest(source["token"]), caller
    for user in kinds[USERS].values():
        if user["token"] is not None:
            permissions = {node["id"]: node["permission"] for node in user["shown"]["nodes"]}
            caller = _caller(str(user["shown"]["id"]), workspace_id, permissions, nodes)
            yield token_digest(user["token"]), caller
    every = frozenset(nodes)
    # The first token is not stored with its source, so that no document holds it.
    yield (
        token_digest(credentials.token.reveal()),
        Caller(credentials.source_id, workspace_id, every, every, is_administrator=True),
    )


def _caller(
    identity: str, workspace_id: str, permissions: Mapping[str, str], nodes: Mapping[str, NodeRules]
) -> Caller:
    reads = {node for node, permission in permissions.items() if node in nodes and "R" in permission}
    writes = {node for node, permission in permissions.items() if node in nodes and "W" in permission}
    shown = {entry for node in reads for entry in nodes[node].shown}
    restricted = dict(_restricted(shown - reads, [nodes[node] for node in reads]))
    every = frozenset(reads | shown)
    return Caller(identity, workspace_id, every, frozenset(writes), restricted=restricted)


def _restricted(entries: Iterable[str], aggregates: Sequence[NodeRules]) -> Iterator[tuple[str, Exclusions]]:
    for entry in entries:
        ways = [node.exclusions for node in aggregates if entry in node.shown]
        if all(ways):
            yield entry, tuple(filters for way in ways for filters in way)


def _retention(
    kinds: Mapping[str, dict[str, dict[str, Any]]], nodes: Mapping[str, NodeRules]
) -> Iterator[tuple[tuple[str, str], int]]:
    workspace = kinds[VALUES].get("retention", {})
    for node in nodes.values():
        policy = kinds[NODE_RETENTION].get(node.id, NO_POLICY)
        if policy["enabled"] and not node.is_aggregate:
            for event_type, period in (workspace | policy["events"]).items():
                yield (node.id, event_type), period["months"]
