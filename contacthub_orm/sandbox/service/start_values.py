"""The documents of the configuration: their kinds, those that a workspace starts with, and what settings say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.wire import format_instant
from contacthub_orm.sandbox.service.settings import CONFIGURED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.sandbox.service.settings import Settings
    from contacthub_orm.sandbox.storage.collections import Documents
    from contacthub_orm.sandbox.storage.credentials import Credentials

__all__ = [
    "AGGREGATES",
    "DEFAULT_TIMEZONE",
    "ENTRIES",
    "EVENT_EXTENDED",
    "GROUP",
    "KINDS",
    "NODE_RETENTION",
    "NO_POLICY",
    "SOURCES",
    "USERS",
    "VALUES",
    "WORKSPACES",
    "configured",
    "entry_node",
    "first_documents",
    "first_record",
    "source",
]

VALUES: Final = "configuration"
ENTRIES: Final = "entry-nodes"
AGGREGATES: Final = "aggregate-nodes"
SOURCES: Final = "sources"
USERS: Final = "users"
WORKSPACES: Final = "workspaces"
EVENT_EXTENDED: Final = "event-extended-properties"
NODE_RETENTION: Final = "node-retention"
KINDS: Final = (VALUES, ENTRIES, AGGREGATES, SOURCES, USERS, EVENT_EXTENDED, NODE_RETENTION)
"""The kinds of which each workspace has its own documents; the records of workspaces are the sandbox's."""

NO_POLICY: Final[Mapping[str, Any]] = {"enabled": True, "events": {}}
GROUP: Final = 1
DEFAULT_TIMEZONE: Final = "Europe/Rome"
"""Of a workspace that has none (reference 1.299.1, of the workspace configuration)."""
FIRST_USER: Final = "1"


def entry_node(identity: str, name: str, matching: Mapping[str, Any]) -> dict[str, Any]:
    """A new entry node, as answers show it."""
    return {
        "id": identity,
        "name": name,
        "description": None,
        "imageUrl": None,
        "uniqueCustomer": dict(matching),
        "sourcePriority": [],
        "mandatoryProperties": [],
    }


def source(identity: str, name: str, **values: Any) -> dict[str, Any]:
    """A source as answers show it, but for its token."""
    blank: dict[str, Any] = {
        "provider": "API",
        "properties": {},
        "description": None,
        "nodes": [],
        "enabled": True,
    }
    return {"id": identity, "name": name, **blank, **values}


def configured(
    settings: Settings, names: Iterable[str], stored: Documents, credentials: Credentials
) -> Documents:
    """The documents that differ from the stored ones once the named settings are the configuration."""
    changed: Documents = {}

    def change(kind: str, identity: str, **values: Any) -> None:
        key = (kind, identity)
        changed[key] = changed.get(key, stored.get(key, {})) | values

    for name in CONFIGURED & set(names):
        if name in ("matching", "case_sensitive"):
            policy = {"properties": list(settings.matching), "caseSensitive": settings.case_sensitive}
            change(VALUES, "default-matching", **policy)
            change(ENTRIES, credentials.node_id, uniqueCustomer=policy)
        elif name == "mandatory":
            change(ENTRIES, credentials.node_id, mandatoryProperties=list(settings.mandatory))
        elif name == "uniqueness_policy":
            change(VALUES, "workspace", customerUniquenessPolicy=settings.uniqueness_policy)
        elif name == "max_requests_per_minute":
            change(VALUES, "throttling", maxRequestsPerMinute=settings.max_requests_per_minute)
        elif name == "extended_schema":
            declared = settings.extended_schema
            change(VALUES, "extended", declared=None if declared is None else dict(declared))
        elif name == "enabled_event_types":
            enabled = settings.enabled_event_types
            disabled = [] if enabled is None else [one for one in enum("event_types") if one not in enabled]
            change(VALUES, "events", disabled=disabled)
    default = {**stored, **changed}[VALUES, "default-matching"]
    for name in settings.nodes:
        identity = str(uuid5(UUID(credentials.workspace_id), f"node {name}"))  # the same after a reset
        if (ENTRIES, identity) not in stored:
            node = entry_node(identity, name, default)
            changed[ENTRIES, identity] = node | {"sourcePriority": [credentials.source_id]}
    return changed


def first_record(identity: str) -> dict[str, Any]:
    """The record of the sandbox's first workspace."""
    return {
        "id": identity,
        "name": "Sandbox",
        "slug": "sandbox",
        "groupPk": GROUP,
        "shard": "sandbox",
        "status": "ENABLED",
    }


def first_documents(credentials: Credentials, name: str, now: int) -> Documents:
    """What a workspace has from the start; `configured` completes it.

    Args:
        credentials: its ids.
        name: what it is called, and its first node, source and user with it.
        now: the time, in milliseconds since 1970.
    """
    first = entry_node(credentials.node_id, name, {})
    time = format_instant(now)
    user = {
        "id": int(FIRST_USER),
        "name": name,
        "registeredAt": time,
        "updatedAt": time,
        "nodes": [{"id": credentials.node_id, "permission": "RW"}],
    }
    # The values are the reference's defaults.
    workspace = {
        "name": name,
        "industry": "NotDefined",
        "logo": None,
        "timezone": DEFAULT_TIMEZONE,
        "currency": "EUR",
        "customerUniquenessPolicy": None,
        "tier": None,
    }
    first_source = {"shown": source(credentials.source_id, name), "token": None, "permissions": {}}
    return {
        (VALUES, "workspace"): workspace,
        (ENTRIES, first["id"]): first | {"sourcePriority": [credentials.source_id]},
        (SOURCES, credentials.source_id): first_source,
        (USERS, FIRST_USER): {"shown": user, "token": None},
    }
