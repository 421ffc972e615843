"""The stored configuration of the workspace: documents, the values that it starts with, and the rules that follow.

Configuration has no cache of its own. Handlers read and write documents here and obey the `Rules` made of them, so that
what a route shows is what is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.service.rules import rules_of
from contacthub_orm.sandbox.service.settings import CONFIGURED
from contacthub_orm.sandbox.service.start_values import (
    AGGREGATES,
    ENTRIES,
    EVENT_EXTENDED,
    KINDS,
    NO_POLICY,
    NODE_RETENTION,
    SOURCES,
    USERS,
    VALUES,
    WORKSPACES,
    configured,
    first_documents,
    first_record,
)
from contacthub_orm.sandbox.storage.collections import Collection, insert_documents, read_documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.service.rules import Rules
    from contacthub_orm.sandbox.service.settings import Settings
    from contacthub_orm.sandbox.storage.credentials import Credentials

__all__ = ["Configuration"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """The documents of the configuration.

    Attributes:
        connection: the database connection, with a transaction open.
        credentials: the ids of the workspace, its first node and its first source.
    """

    connection: Connection
    credentials: Credentials

    @property
    def values(self) -> Collection:
        """What there is one of in the workspace, by name; see `value`."""
        return self._of(VALUES)

    @property
    def entries(self) -> Collection:
        """The entry nodes, as answers show them."""
        return self._of(ENTRIES)

    @property
    def aggregates(self) -> Collection:
        """The aggregate nodes, as answers show them."""
        return self._of(AGGREGATES)

    @property
    def sources(self) -> Collection:
        """The sources: `shown`, `token`, and the `permissions` by node."""
        return self._of(SOURCES)

    @property
    def users(self) -> Collection:
        """The users: `shown` and `token`; the permissions are what is shown."""
        return self._of(USERS)

    @property
    def workspaces(self) -> Collection:
        """All workspaces of the sandbox, as answers show them."""
        return Collection(self.connection, WORKSPACES)

    @property
    def event_extended(self) -> Collection:
        """The declared extended properties of events, by type."""
        return self._of(EVENT_EXTENDED)

    @property
    def node_retention(self) -> Collection:
        """The retention policies of nodes: `enabled`, and `events` by type."""
        return self._of(NODE_RETENTION)

    def value(self, name: str) -> dict[str, Any]:
        """One of the `values`; an empty object if it was never set."""
        return self.values.get(name) or {}

    def start(self, settings: Settings, now: int) -> None:
        """Store the values that the workspace starts with, unless it has them already."""
        if self.values.get("workspace") is None:
            identity = self.credentials.workspace_id
            record = self.workspaces.get(identity)
            if record is None:
                record = first_record(identity)
                self.workspaces.put(identity, record)
            documents = first_documents(self.credentials, record["name"], now)
            documents |= configured(settings, CONFIGURED, documents, self.credentials)
            insert_documents(self.connection, documents, self.credentials.key)

    def take_over(self, settings: Settings, names: Iterable[str]) -> None:
        """Let the named settings be the configuration from now on."""
        stored = read_documents(self.connection, KINDS, self.credentials.key)
        for (kind, identity), document in configured(settings, names, stored, self.credentials).items():
            self._of(kind).put(identity, document)

    def _of(self, kind: str) -> Collection:
        return Collection(self.connection, kind, self.credentials.key)

    def overlay(self) -> dict[str, Any]:
        """The settings that the configuration in force amounts to; see `CONFIGURED`."""
        first = self.entries.get(self.credentials.node_id) or {}
        disabled = self.value("events")["disabled"]
        return {
            "uniqueness_policy": self.value("workspace")["customerUniquenessPolicy"],
            "matching": tuple(first["uniqueCustomer"]["properties"]),
            "case_sensitive": first["uniqueCustomer"]["caseSensitive"],
            "mandatory": tuple(first["mandatoryProperties"]),
            "extended_schema": self.value("extended")["declared"],
            "enabled_event_types": tuple(name for name in enum("event_types") if name not in disabled)
            if disabled
            else None,
            "max_requests_per_minute": self.value("throttling")["maxRequestsPerMinute"],
        }

    def rules(self) -> Rules:
        """The rules that follow from the documents."""
        documents = read_documents(self.connection, KINDS, self.credentials.key)
        record = self.workspaces.get(self.credentials.workspace_id) or {}
        return rules_of(documents, record["status"], self.credentials)

    def retention_of(self, node_id: str) -> dict[str, Any]:
        """The retention policy of a node: `enabled`, and the `events` that it has a period of its own for."""
        return self.node_retention.get(node_id) or dict(NO_POLICY)
