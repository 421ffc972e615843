"""`Workspace`: credentials, settings and the transport."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.configuration import (
    DEFAULT_BASE_URL,
    HINTS,
    from_environment,
    normalised_base_url,
)
from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http.redaction import hidden
from contacthub_orm.suggestions import refuse_unknown_arguments, suggesting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.contacthub.administration.backend import AdministrationBackend
    from contacthub_orm.contacthub.api.api import Api
    from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy, UniquenessPolicy
    from contacthub_orm.contacthub.modelling import Difference
    from contacthub_orm.contacthub.node import Node
    from contacthub_orm.http import Budget, Clock, Settings
    from contacthub_orm.orm.active_record.call_session import CallSession

__all__ = ["Workspace"]


class Workspace:
    """A workspace of the service, and the token that gives access to it.

    `Session(workspace)` holds the workspace's configuration: nodes, sources, users, event types, properties. Customers and
    events are in its nodes.

    Args:
        workspace_id: the workspace's id.
        token: the bearer token of a source. It appears in no message, log or repr.
        base_url: the service's URL; the documented SDK's form, which ends in `/workspaces`, is accepted too.
        settings: timeouts, retries, pool, budget, proxies and certificates (`contacthub_orm.http.Settings` or a mapping
            of its fields).
        clock: the clock that tells the time and waits; tests pass a `ManualClock`.
        paths: the paths that are used in place of the documented or inferred ones, by the operation's name, such as
            `{"forget_customer": "/workspaces/{workspaceId}/customers/{customerId}/erase"}`.
        budget: a budget that other processes share, such as `SQLiteBudget`, in place of `requests_per_minute`.

    Raises:
        ConfigurationError: if a setting is missing or malformed.
        TypeError: if there is no such argument or setting; the message suggests the nearest.
    """

    if not TYPE_CHECKING:

        def __new__(cls, *_, **named):  # noqa: D102 - a check of the arguments alone
            # Here and not around `__init__`, so that no frame of a later traceback holds the token.
            refuse_unknown_arguments(cls.__init__, named)
            return super().__new__(cls)

    def __init__(  # noqa: PLR0913, PLR0917 - each is named where it is passed
        self,
        workspace_id: str,
        token: str,
        base_url: str = DEFAULT_BASE_URL,
        settings: Settings | Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        paths: Mapping[str, str] | None = None,
        budget: Budget | None = None,
    ) -> None:
        from contacthub_orm.http import Settings, Transport  # here, so that a program loads what it uses

        reveal = hidden(token)
        del token  # no traceback of what follows shows it
        self.workspace_id, self.base_url = workspace_id, base_url
        if not isinstance(workspace_id, str) or not workspace_id:
            raise ConfigurationError("workspace_id must be a string that is not empty")
        self.base_url = normalised_base_url(base_url)
        chosen = settings if isinstance(settings, Settings) else Settings(**(settings or {}))
        self.paths = _checked_paths(paths or {})
        self.matching: Mapping[str, MatchingPolicy] = {}  # by node, from a settings file
        self.origin: str | None = None
        """The path of the settings file that says all of the workspace, "" for the environment; None if neither does."""
        self.transport = Transport(self.base_url, reveal(), chosen, clock, hints=HINTS, budget=budget)

    @classmethod
    def from_ini_file(
        cls,
        file_path: str | os.PathLike[str],
        *,
        paths: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        **settings: Any,
    ) -> Workspace:
        """Read a workspace from an INI file, such as `contacthub-orm doctor --write` makes.

        Args:
            file_path: the file, with `workspace_id`, `token` and optionally `base_url`, in a section or in none. Without a
                token, CONTACTHUB_TOKEN has it. Further sections may be `settings`, `paths`, `budget` with `path` or `url` and
                `requests_per_minute`, and `node ID` with `matching`, `case_sensitive` and `policy` for `get_node`.
            paths: as those of a `Workspace`; they replace the file's.
            budget: as that of a `Workspace`; it replaces the file's.
            settings: fields of `contacthub_orm.http.Settings`; they replace the file's.

        Raises:
            ConfigurationError: if the file is missing, malformed or incomplete, or a setting is invalid.
        """
        from contacthub_orm.contacthub.settings_file import from_ini, further_from_ini  # as above

        found: dict[str, Any] = dict(from_ini(file_path))
        further = further_from_ini(file_path)
        paths_given, paths = bool(paths), {**further.paths, **(paths or {})}
        chosen = further.budget() if budget is None else budget
        workspace = cls(**found, settings={**further.settings, **settings}, paths=paths, budget=chosen)
        workspace.matching = further.matching
        if budget is None and not paths_given and not settings:
            workspace.origin = os.path.abspath(os.fsdecode(file_path))
        return workspace

    from_INI_file = from_ini_file

    @classmethod
    def from_env(
        cls, *, paths: Mapping[str, str] | None = None, budget: Budget | None = None, **settings: Any
    ) -> Workspace:
        """Read a workspace from CONTACTHUB_WORKSPACE_ID, CONTACTHUB_TOKEN and optionally CONTACTHUB_BASE_URL.

        Args:
            paths: as those of a `Workspace`.
            budget: as that of a `Workspace`.
            settings: fields of `contacthub_orm.http.Settings`.

        Raises:
            ConfigurationError: if a variable is missing, or a setting is invalid.
        """
        found: dict[str, Any] = dict(from_environment())
        workspace = cls(**found, settings=settings, paths=paths, budget=budget)
        workspace.origin = "" if budget is None and not paths and not settings else None
        return workspace

    @suggesting
    def get_node(
        self,
        node_id: str | None = None,
        *,
        matching: Iterable[str] | None = None,
        policy: UniquenessPolicy = "MERGE",
    ) -> Node:
        """A node of the workspace. Sends nothing.

        Args:
            node_id: the node's id; by default the value of CONTACTHUB_NODE_ID.
            matching: the properties by which the node recognises a customer, such as `["base.contacts.email"]`. Without
                them, those in the settings file count. Without these, the node's configuration is read once a lost answer makes them matter, if the token permits it.
            policy: what the node does with a customer that matches an existing one: "MERGE" updates that one, "BLOCK" (in
                older workspaces) refuses the new one.

        Raises:
            ConfigurationError: if there is no node id, or `matching` or `policy` is invalid.
        """
        from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy  # as above
        from contacthub_orm.contacthub.node import Node

        chosen = node_id or os.environ.get("CONTACTHUB_NODE_ID")
        if not chosen:
            raise ConfigurationError("node_id is missing, and so is CONTACTHUB_NODE_ID")
        stated = self.matching.get(chosen) if matching is None else MatchingPolicy.of(matching, policy)
        return Node(self, chosen, stated)

    @cached_property
    def api(self) -> Api:
        """Every operation of the API as a typed call that takes and returns plain values."""
        return self.api_for(None)

    def api_for(self, node_id: str | None) -> Api:
        """The operations with a node's id filled in; with none for None."""
        from contacthub_orm.contacthub.api.api import (
            Api,
        )  # its classes take a while, and few programs use them

        return Api(self.transport, self.workspace_id, node_id, self.paths)

    @property
    def backend(self) -> AdministrationBackend:
        """The workspace's configuration, as `Session(workspace)` sees it."""
        return self._administration

    @cached_property
    def _administration(self) -> AdministrationBackend:
        from contacthub_orm.contacthub.administration.backend import AdministrationBackend  # as above

        return AdministrationBackend(self.transport, self.workspace_id, self.paths)

    def lend(self) -> CallSession:
        """A session for one call, for entities of the configuration that no session holds."""
        from contacthub_orm.orm.active_record.call_session import CallSession  # as above

        return CallSession(self)

    def check(self, *classes: type) -> list[Difference]:
        """Compare declared classes with the workspace's configuration.

        Of a customer's class the extended properties are compared, of an event's all of its properties.

        Args:
            classes: subclasses of `Customer`, and of `Event` with a type.

        Returns:
            Where they differ; an empty list if nowhere.

        Raises:
            ArgumentError: if a class is neither.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; many tokens may not read the configuration.
        """
        from contacthub_orm.contacthub.modelling import (  # few programs use it
            WorkspaceSchemas,
            check,
        )

        return check(WorkspaceSchemas(self.api), classes)

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace({self.workspace_id!r}, base_url={self.base_url!r})"


def _checked_paths(paths: Mapping[str, str]) -> dict[str, str]:
    if not paths:
        return {}
    from contacthub_orm.contacthub.api.api import checked_paths  # as above

    return checked_paths(paths)
