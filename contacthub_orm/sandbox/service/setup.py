"""Setting up more than one node, and tokens with permissions of their own, from the program that runs the sandbox."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import uuid4

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.wire import format_instant
from contacthub_orm.sandbox.service.start_values import GROUP, entry_node, source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.configuration import Configuration
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = [
    "NodePermission",
    "add_aggregate_node",
    "add_entry_node",
    "add_source",
    "add_user",
    "add_workspace",
    "entry_node_named",
]

NodePermission: TypeAlias = Literal["R", "W", "RW"]


def entry_node_named(service: Service, name: str | None) -> NodeRules:
    """The entry node with a name or an id; None is the first.

    Raises:
        ValueError: if there is none.
    """
    node = _node(service, service.credentials.node_id if name is None else name)
    if node.is_aggregate:
        raise ValueError(f"{name!r} is an aggregate node; customers and events belong to entry nodes")
    return node


def add_entry_node(
    service: Service,
    name: str,
    matching: Sequence[str] | None,
    case_sensitive: bool | None,
    mandatory: Sequence[str],
) -> str:
    """Add an entry node and give its id; see `Sandbox.add_node`."""

    def add(configuration: Configuration) -> str:
        policy = configuration.value("default-matching")
        if matching is not None:
            policy["properties"] = list(matching)
        if case_sensitive is not None:
            policy["caseSensitive"] = case_sensitive
        identity = str(uuid4())
        node = entry_node(identity, name, policy) | {"mandatoryProperties": list(mandatory)}
        configuration.entries.put(identity, node)
        return identity

    return _configured(service, add)


def add_aggregate_node(service: Service, name: str, entries: Iterable[str] | None) -> str:
    """Add an active aggregate node and give its id; see `Sandbox.add_aggregate_node`."""
    every = [node.id for node in service.rules().nodes.values() if not node.is_aggregate]
    shown = every if entries is None else [entry_node_named(service, entry).id for entry in entries]

    def add(configuration: Configuration) -> str:
        node = {
            "id": str(uuid4()),
            "name": name,
            "description": None,
            "imageUrl": None,
            "state": "ACTIVE",
            "entryNodes": shown,
            "matchingProperties": configuration.value("default-matching"),
            "exclusionFilters": [],
        }
        configuration.aggregates.put(str(node["id"]), node)
        return str(node["id"])

    return _configured(service, add)


def add_workspace(service: Service, name: str) -> str:
    """Add a workspace and give its id; see `Sandbox.add_workspace`."""

    def add(configuration: Configuration) -> str:
        taken = {one[key] for one in configuration.workspaces.page() for key in ("name", "slug")}
        if not name or name in taken:
            raise ValueError(f"the name of a workspace is its own, not {name!r}")
        record = {"name": name, "slug": name, "groupPk": GROUP, "shard": "sandbox"}
        return str(service.workspaces.add(configuration.connection, record)["id"])

    return _configured(service, add)


def add_source(service: Service, name: str, nodes: Mapping[str, str]) -> str:
    """Add a source and give its token; see `Sandbox.add_source`."""
    permissions = _permissions(service, nodes)

    def add(configuration: Configuration) -> str:
        shown = source(str(uuid4()), name, nodes=list(permissions))
        token = token_hex()
        configuration.sources.put(shown["id"], {"shown": shown, "token": token, "permissions": permissions})
        return token

    return _configured(service, add)


def add_user(service: Service, name: str, nodes: Mapping[str, str]) -> str:
    """Add a user and give the token; see `Sandbox.add_user`."""
    permissions = _permissions(service, nodes)
    now = format_instant(service.settings.now())

    def add(configuration: Configuration) -> str:
        number = configuration.users.count() + 1
        shown: dict[str, Any] = {
            "id": number,
            "name": name,
            "registeredAt": now,
            "updatedAt": now,
            "nodes": [{"id": node, "permission": permission} for node, permission in permissions.items()],
        }
        token = token_hex()
        configuration.users.put(str(number), {"shown": shown, "token": token})
        return token

    return _configured(service, add)


def _configured(service: Service, change: Callable[[Configuration], str]) -> str:
    with service.transaction() as connection:
        made = change(service.configuration(connection))
        service.reconfigured()
    return made


def _node(service: Service, name: str) -> NodeRules:
    nodes = service.rules().nodes
    found = nodes.get(name) or next((node for node in nodes.values() if node.name == name), None)
    if found is None:
        raise ValueError(f"the sandbox has no node {name!r}")
    return found


def _permissions(service: Service, nodes: Mapping[str, str]) -> dict[str, str]:
    known = enum("node_permissions")
    for permission in nodes.values():
        if permission not in known:
            raise ValueError(f"a permission is one of {', '.join(known)}, not {permission!r}")
    return {_node(service, name).id: permission for name, permission in nodes.items()}
