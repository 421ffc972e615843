"""The sandbox of Contacthub.

The optional dependencies are imported only when one is created.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from contacthub_orm.sandbox.server.local_server import LocalServer, SandboxUnavailable
from contacthub_orm.sandbox.service.injection import WORKSPACE
from contacthub_orm.sandbox.service.settings import CONFIGURED, Settings
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Unpack

    from sqlalchemy import Connection

    from contacthub_orm.contacthub import Node, Workspace
    from contacthub_orm.sandbox.server.api import Api
    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.settings import SettingsArguments
    from contacthub_orm.sandbox.service.setup import NodePermission

__all__ = ["Sandbox", "SandboxUnavailable"]


class Sandbox(LocalServer["Service", Settings]):
    """A Contacthub-compatible server on loopback, which keeps its data in SQLite.

    As a context manager it serves until the block ends; `start` and `stop` do the same. The data are in
    memory unless `path` names a file. The file also keeps the ids and the token, so that clients need no new
    settings.

    Args:
        path: the SQLite file, under any name; it is created if it does not exist, readable by its owner only.
            One sandbox at a time can use it.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        **settings: see `Settings`.

    Raises:
        SandboxError: if the file is in use, another program's or corrupt, if its place is missing, or if the
            disk is full. Another program's file is left as it is.
        SandboxUnavailable: if the extra `sandbox` is not installed.
        TypeError: if a setting is unknown, or `faults` contains something other than a `Fault`.
        ValueError: if a setting is invalid.
    """

    _settings_class = Settings
    _thread_name: ClassVar[str] = "contacthub-sandbox"
    _api_path: ClassVar[str] = "/hub/v1"
    _fault_root: ClassVar[str] = WORKSPACE

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        **settings: Unpack[SettingsArguments],
    ) -> None:
        super().__init__(path, host, port, settings)
        self._made: tuple[bytes, tuple[Workspace, Node]] | None = None
        self._take_over(settings, refresh=path is not None)

    def _opened(self, path: str | PathLike[str] | None, settings: Settings) -> tuple[Service, Api]:
        from contacthub_orm.sandbox.server.contacthub import ContacthubApi
        from contacthub_orm.sandbox.service.calls import Service
        from contacthub_orm.sandbox.storage.store import Store

        service = Service(Store(path), settings)
        return service, ContacthubApi(service)

    @property
    def workspace_id(self) -> str:
        """The id of the sandbox's workspace."""
        return self._service.store.credentials.workspace_id

    @property
    def node_id(self) -> str:
        """The id of the sandbox's first entry node."""
        return self._service.store.credentials.node_id

    @property
    def nodes(self) -> dict[str, str]:
        """The ids of all nodes by their names, the first one (`"Sandbox"`) included."""
        return {node.name: node.id for node in self._service.rules().nodes.values()}

    @property
    def token(self) -> str:
        """The bearer token of the sandbox's first source, which may do everything."""
        return self._service.store.credentials.token.reveal()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that let `Workspace.from_env()` reach this sandbox."""
        return {
            "CONTACTHUB_WORKSPACE_ID": self.workspace_id,
            "CONTACTHUB_NODE_ID": self.node_id,
            "CONTACTHUB_TOKEN": self.token,
            "CONTACTHUB_BASE_URL": self.base_url,
        }

    @property
    def workspace(self) -> Workspace:
        """The library's `Workspace` for this sandbox; a new one once the first source has a new token."""
        return self._clients()[0]

    @property
    def node(self) -> Node:
        """The library's `Node` for this sandbox's first node."""
        return self._clients()[1]

    @property
    def settings(self) -> Settings:
        """The settings in force, with what the API has configured since."""
        with self._service.store.transaction() as connection:
            return replace(self._service.settings, **self._service.configuration(connection).overlay())

    def configure(self, **settings: Unpack[SettingsArguments]) -> None:
        """Change settings while the sandbox serves, from the next request on.

        If `faults` are among the settings, even the same ones, they count from 1 again.

        Args:
            **settings: see `Settings`; the others keep their values.

        Raises:
            TypeError: if a setting is unknown, or `faults` contains something other than a `Fault`.
            ValueError: if a setting is invalid.
        """
        self._configure(settings)
        if CONFIGURED & settings.keys():
            self._take_over(settings, refresh=bool({"matching", "case_sensitive"} & settings.keys()))

    def reset(self) -> None:
        """Delete all data and logged requests, restore the initial settings, keep the ids and the token."""
        super().reset()
        self._service.jobs_due = 0
        self._service.search_results.clear()

    def _clear(self, connection: Connection) -> None:
        super()._clear(connection)
        self._service.configuration(connection).start(self._initial, self._initial.now())
        self._service.reconfigured()

    def add_node(
        self,
        name: str,
        *,
        matching: Sequence[str] | None = None,
        case_sensitive: bool | None = None,
        mandatory: Sequence[str] = (),
    ) -> str:
        """Add an entry node, as `POST /configuration/nodes/entries` does.

        Args:
            name: its name, by which `nodes` lists it.
            matching: the properties that identify its customers; those of the sandbox by default.
            case_sensitive: whether matching distinguishes upper and lower case; as in the sandbox by default.
            mandatory: the properties that its customers must have.

        Returns:
            The id of the node.
        """
        from contacthub_orm.sandbox.service.setup import add_entry_node

        return add_entry_node(self._service, name, matching, case_sensitive, mandatory)

    def add_aggregate_node(self, name: str, entries: Iterable[str] | None = None) -> str:
        """Add an active aggregate node, which shows what its entry nodes hold.

        Args:
            name: its name, by which `nodes` lists it.
            entries: the names or ids of its entry nodes; all of the sandbox by default.

        Returns:
            The id of the node.

        Raises:
            ValueError: if there is no such entry node.
        """
        from contacthub_orm.sandbox.service.setup import add_aggregate_node

        return add_aggregate_node(self._service, name, entries)

    def add_source(self, name: str, nodes: Mapping[str, NodePermission]) -> str:
        """Add a source with permissions of its own.

        Args:
            name: its name.
            nodes: what it may do at which node, by the node's name or id: `R`, `W` or `RW`.

        Returns:
            The token of the source.

        Raises:
            ValueError: if there is no such node or permission.
        """
        from contacthub_orm.sandbox.service.setup import add_source

        return add_source(self._service, name, nodes)

    def add_user(self, name: str, nodes: Mapping[str, NodePermission]) -> str:
        """Add a user; see `add_source`. `PUT /configuration/users/{id}` changes what a user may do.

        Returns:
            The token of the user.

        Raises:
            ValueError: if there is no such node or permission.
        """
        from contacthub_orm.sandbox.service.setup import add_user

        return add_user(self._service, name, nodes)

    def seed(self, documents: Iterable[Mapping[str, Any]], *, node: str | None = None) -> list[str]:
        """Put customers straight into the store, all or none; searches see them at once.

        Each document becomes a customer of its own: seeding ignores matching.

        Args:
            documents: customers in the form of a POST's body. They may also have an `id`, `registeredAt` and
                `updatedAt`, and may lack `nodeId`.
            node: the name or the id of their entry node; the sandbox's first one by default.

        Returns:
            The ids of the customers, in order.

        Raises:
            ValueError: if a document breaks the schema, names another node or has an id that exists already, or if
                there is no such entry node.
        """
        from contacthub_orm.sandbox.records.seeding import seed_customers
        from contacthub_orm.sandbox.service.setup import entry_node_named

        return seed_customers(self._service, entry_node_named(self._service, node), documents)

    def seed_events(self, documents: Iterable[Mapping[str, Any]], *, node: str | None = None) -> list[str]:
        """Put events straight into the store, all or none, as `seed` does with customers.

        Args:
            documents: events in the form of a POST's body. They may also have an `id`, `registeredAt` and
                `updatedAt`. Nobody checks whether the customer of `customerId` exists.
            node: the name or the id of the entry node for events of customers that do not exist; the sandbox's first
                one by default. Events of a customer that exists go to the customer's node.

        Returns:
            The ids of the events, in order.

        Raises:
            ValueError: if a document breaks the schema of its type or context, or has an id that exists
                already, or if there is no such entry node.
        """
        from contacthub_orm.sandbox.records.seeding import seed_events
        from contacthub_orm.sandbox.service.setup import entry_node_named

        return seed_events(self._service, entry_node_named(self._service, node), documents)

    def _clients(self) -> tuple[Workspace, Node]:
        from contacthub_orm.contacthub import Workspace
        from contacthub_orm.sandbox.service.rules import token_digest

        digest = token_digest(self.token)
        if self._made is None or self._made[0] != digest:
            workspace = Workspace(workspace_id=self.workspace_id, token=self.token, base_url=self.base_url)
            self._made = digest, (workspace, workspace.get_node(self.node_id))
        return self._made[1]

    def _take_over(self, given: Iterable[str], *, refresh: bool) -> None:
        """Let the given settings be the configuration, and the stored customers follow it with `refresh`."""
        from contacthub_orm.sandbox.records.refreshing import refresh_customers

        service = self._service
        try:
            with service.transaction() as connection:
                configuration = service.configuration(connection)
                configuration.start(service.settings, service.settings.now())
                configuration.take_over(service.settings, given)
                service.reconfigured()
                if refresh:
                    refresh_customers(connection, service.rules(connection), service.settings.unset)
        except SandboxError:
            service.store.close()
            raise
