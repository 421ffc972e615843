"""The sandbox: a server that runs in a thread of the caller's process.

The optional dependencies are imported only when a sandbox is created.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.service.injection import Injector
from contacthub_orm.sandbox.service.recording import RequestLog
from contacthub_orm.sandbox.service.settings import Settings, refuse_unknown_settings
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from types import TracebackType
    from typing import Self, Unpack

    from contacthub_orm.contacthub import Node, Workspace
    from contacthub_orm.sandbox.server.serving import ServerThread
    from contacthub_orm.sandbox.service.faults import Fault
    from contacthub_orm.sandbox.service.recording import ReceivedRequest
    from contacthub_orm.sandbox.service.settings import SettingsArguments

__all__ = ["Sandbox", "SandboxUnavailable"]


class SandboxUnavailable(ImportError):  # noqa: N818 - named for what it says
    """The sandbox's optional dependencies are not installed."""


class Sandbox:
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

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        **settings: Unpack[SettingsArguments],
    ) -> None:
        refuse_unknown_settings(settings)
        self._initial = Settings(**settings)
        try:
            from contacthub_orm.sandbox.server.application import Application
            from contacthub_orm.sandbox.service.calls import Service
            from contacthub_orm.sandbox.storage.store import Store
        except ImportError as missing:
            hint = 'pip install "contacthub_orm[sandbox,cli]"'
            raise SandboxUnavailable(
                f"the sandbox needs {missing.name}; install it with: {hint}"
            ) from missing
        self._host = host
        self._port = port
        self._log = RequestLog()
        self._service = Service(Store(path), self._initial, injector=Injector.of(self._initial.faults))
        self._application = Application(self._service, self._log)
        self._thread: ServerThread | None = None
        if path is not None:
            self._refresh_documents()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except OSError:
            self._service.store.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start to serve. The server accepts requests when this returns.

        Raises:
            RuntimeError: if it is serving already.
            OSError: if it cannot listen on the address.
        """
        from contacthub_orm.sandbox.server.serving import ServerThread

        if self._thread is not None:
            raise RuntimeError("the sandbox is running")
        self._thread = ServerThread(self._application, self._host, self._port)
        self._service.base_url = self.base_url
        return self

    def stop(self) -> None:
        """Finish the requests in progress, then release the port and the file.

        A stopped sandbox cannot start again.
        """
        if self._thread is not None:
            self._thread.stop()
        self._service.store.close()

    @property
    def base_url(self) -> str:
        """The URL of the API, such as `http://127.0.0.1:8123/hub/v1`.

        Raises:
            RuntimeError: if the sandbox was not started.
        """
        if self._thread is None:
            raise RuntimeError("the sandbox is not running: use it as a context manager")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._thread.port}/hub/v1"

    @property
    def workspace_id(self) -> str:
        """The id of the sandbox's one workspace."""
        return self._service.store.credentials.workspace_id

    @property
    def node_id(self) -> str:
        """The id of the sandbox's one entry node."""
        return self._service.store.credentials.node_id

    @property
    def token(self) -> str:
        """The bearer token that the server accepts."""
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

    @cached_property
    def workspace(self) -> Workspace:
        """The library's `Workspace` for this sandbox."""
        from contacthub_orm.contacthub import Workspace

        return Workspace(workspace_id=self.workspace_id, token=self.token, base_url=self.base_url)

    @cached_property
    def node(self) -> Node:
        """The library's `Node` for this sandbox."""
        return self.workspace.get_node(self.node_id)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The requests received, oldest first, as a copy."""
        return self._log.all()

    def clear_requests(self) -> None:
        """Forget the requests received so far."""
        self._log.clear()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._service.settings

    def configure(self, **settings: Unpack[SettingsArguments]) -> None:
        """Change settings while the sandbox serves, from the next request on.

        If `faults` are among the settings, even the same ones, they count from 1 again.

        Args:
            **settings: see `Settings`; the others keep their values.

        Raises:
            TypeError: if a setting is unknown, or `faults` contains something other than a `Fault`.
            ValueError: if a setting is invalid.
        """
        refuse_unknown_settings(settings)
        before = self._service.settings
        self._service.settings = replace(before, **settings)
        if "faults" in settings:
            self._service.injector = Injector.of(self._service.settings.faults)
        if _matching_policy(before) != _matching_policy(self._service.settings):
            self._refresh_documents()

    @property
    def faults(self) -> Sequence[Fault]:
        """The faults in force. Assigning a list replaces them, and the new ones count from 1."""
        return self._service.settings.faults

    @faults.setter
    def faults(self, faults: Sequence[Fault]) -> None:
        self.configure(faults=faults)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.configure(faults=())

    def reset(self) -> None:
        """Delete all data and logged requests, restore the initial settings, keep the ids and the token."""
        self._service.resets += 1
        self._service.store.clear()
        self._service.settings = self._initial
        self._service.injector = Injector.of(self._initial.faults)
        self._service.throttle.clear()
        self._service.search_results.clear()
        self._log.clear()

    def seed(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put customers straight into the store, all or none; searches see them at once.

        Each document becomes a customer of its own: seeding ignores matching.

        Args:
            documents: customers in the form of a POST's body. They may also have an `id`, `registeredAt` and
                `updatedAt`, and may lack `nodeId`.

        Returns:
            The ids of the customers, in order.

        Raises:
            ValueError: if a document breaks the schema, names another node or has an id that exists already.
        """
        from contacthub_orm.sandbox.records.seeding import seed_customers

        return seed_customers(self._service, documents)

    def seed_events(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put events straight into the store, all or none, as `seed` does with customers.

        Args:
            documents: events in the form of a POST's body. They may also have an `id`, `registeredAt` and
                `updatedAt`. Nobody checks whether the customer of `customerId` exists.

        Returns:
            The ids of the events, in order.

        Raises:
            ValueError: if a document breaks the schema of its type or context, or has an id that exists
                already.
        """
        from contacthub_orm.sandbox.records.seeding import seed_events

        return seed_events(self._service, documents)

    def _refresh_documents(self) -> None:
        from contacthub_orm.sandbox.records.refreshing import refresh_customers

        try:
            with self._service.store.transaction() as connection:
                refresh_customers(connection, self._service.settings)
        except SandboxError:
            self._service.store.close()
            raise


def _matching_policy(settings: Settings) -> tuple[object, ...]:
    return (*settings.matching, settings.case_sensitive)
