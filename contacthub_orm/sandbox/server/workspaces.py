"""A workspace of the sandbox, as the program that runs it prepares and reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from contacthub_orm.contacthub import Node, Workspace
    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.setup import NodePermission
    from contacthub_orm.sandbox.service.workspaces import Workspaces

__all__ = ["AddedWorkspace", "SandboxWorkspace"]


class SandboxWorkspace:
    """What a `Sandbox` has for its first workspace, and `Sandbox.add_workspace` gives for another."""

    _made: tuple[bytes, tuple[Workspace, Node]] | None = None

    if TYPE_CHECKING:  # what a subclass has as an attribute or a property

        @property
        def _service(self) -> Service: ...

        @property
        def base_url(self) -> str:
            """The URL of the API."""
            ...

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self._service.credentials.workspace_id

    @property
    def node_id(self) -> str:
        """The id of its first entry node."""
        return self._service.credentials.node_id

    @property
    def nodes(self) -> dict[str, str]:
        """The ids of all its nodes by their names; the first node is called like the workspace."""
        return {node.name: node.id for node in self._service.rules().nodes.values()}

    @property
    def token(self) -> str:
        """The bearer token of its first source, which may do everything in it."""
        return self._service.credentials.token.reveal()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that let `Workspace.from_env()` reach it."""
        return {
            "CONTACTHUB_WORKSPACE_ID": self.workspace_id,
            "CONTACTHUB_NODE_ID": self.node_id,
            "CONTACTHUB_TOKEN": self.token,
            "CONTACTHUB_BASE_URL": self.base_url,
        }

    @property
    def workspace(self) -> Workspace:
        """The library's `Workspace` for it; a new one once the first source has a new token."""
        return self._clients()[0]

    @property
    def node(self) -> Node:
        """The library's `Node` for its first node."""
        return self._clients()[1]

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
            matching: the properties that identify its customers; those that the workspace started with by default.
            case_sensitive: whether matching distinguishes upper and lower case; as the workspace started by default.
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
            entries: the names or ids of its entry nodes; all of the workspace by default.

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
                `updatedAt`, and may lack `nodeId`. Their `events` are stored as events of theirs. `people` invents some.
            node: the name or the id of their entry node; the first one by default.

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


class AddedWorkspace(SandboxWorkspace):
    """A workspace besides the first one of a sandbox; see `Sandbox.add_workspace`.

    Args:
        sandbox: the sandbox.
        workspaces: all workspaces of the sandbox.
        workspace_id: the id of the workspace.
    """

    def __init__(self, sandbox: SandboxWorkspace, workspaces: Workspaces, workspace_id: str) -> None:
        self._sandbox = sandbox
        self._workspaces = workspaces
        self._id = workspace_id

    @property
    def base_url(self) -> str:
        """The URL of the API, which all workspaces share."""
        return self._sandbox.base_url

    @property
    def _service(self) -> Service:
        service = self._workspaces.all().get(self._id)
        if service is None:
            raise SandboxError("the workspace is gone: the sandbox was reset")
        return service
