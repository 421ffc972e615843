"""The sandbox: a server that runs in a thread of the caller's process.

Nothing of the optional dependencies is imported before a sandbox is made.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.service.injection import Injector
from contacthub_orm.sandbox.service.recording import RequestLog
from contacthub_orm.sandbox.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from types import TracebackType
    from typing import Self, Unpack

    from contacthub_orm.contacthub import Node, Workspace
    from contacthub_orm.sandbox.server.serving import ServerThread
    from contacthub_orm.sandbox.service.faults import Fault
    from contacthub_orm.sandbox.service.recording import ReceivedRequest
    from contacthub_orm.sandbox.service.settings import GivenSettings

__all__ = ["Sandbox", "SandboxUnavailable"]


class SandboxUnavailable(ImportError):  # noqa: N818 - named for what it says
    """The libraries that the sandbox runs on are not installed."""


class Sandbox:
    """A Contacthub-compatible server on loopback, kept in SQLite.

    Used as a context manager it serves until the block ends; `start` and `stop` do the same. Data are in memory unless
    `path` names a file, which then also keeps the ids and the token, so that clients need no new settings.

    Args:
        path: the SQLite file, made if it does not exist.
        host: the address to listen on.
        port: 0 takes a free one.
        **settings: see `Settings`.

    Raises:
        SandboxUnavailable: the extra `sandbox` is not installed.
        TypeError, ValueError: an unknown or impossible setting.
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        **settings: Unpack[GivenSettings],
    ) -> None:
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
            self._match_again()

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
        """Serve, from the moment this returns.

        Raises:
            RuntimeError: it is serving already.
            OSError: the address is in use.
        """
        from contacthub_orm.sandbox.server.serving import ServerThread

        if self._thread is not None:
            raise RuntimeError("the sandbox is running")
        self._thread = ServerThread(self._application, self._host, self._port)
        self._service.base_url = self.base_url
        return self

    def stop(self) -> None:
        """Finish the requests under way and give back the port and the file; a stopped sandbox stays stopped."""
        if self._thread is not None:
            self._thread.stop()
        self._service.store.close()

    @property
    def base_url(self) -> str:
        """Where the API answers, such as `http://127.0.0.1:8123/hub/v1`.

        Raises:
            RuntimeError: it was not started.
        """
        if self._thread is None:
            raise RuntimeError("the sandbox is not running: use it as a context manager")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._thread.port}/hub/v1"

    @property
    def workspace_id(self) -> str:
        """The id of the one workspace."""
        return self._service.store.credentials.workspace_id

    @property
    def node_id(self) -> str:
        """The id of the one entry node."""
        return self._service.store.credentials.node_id

    @property
    def token(self) -> str:
        """The bearer token that the server accepts."""
        return self._service.store.credentials.token

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which `Workspace.from_env()` reads how to reach this sandbox."""
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
        """What was received, oldest first; a copy."""
        return self._log.all()

    def clear_requests(self) -> None:
        """Forget what was received."""
        self._log.clear()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._service.settings

    def configure(self, **settings: Unpack[GivenSettings]) -> None:
        """Change settings while it serves; the next request finds them in force.

        Faults that are given, the same ones too, count from 1 again.

        Raises:
            TypeError, ValueError: as for `Sandbox`.
        """
        before = self._service.settings
        self._service.settings = replace(before, **settings)
        if "faults" in settings:
            self._service.injector = Injector.of(self._service.settings.faults)
        if self._policy(before) != self._policy(self._service.settings):
            self._match_again()

    @property
    def faults(self) -> Sequence[Fault]:
        """How requests fail at present; assigning a list replaces them, and they count from 1."""
        return self._service.settings.faults

    @faults.setter
    def faults(self, faults: Sequence[Fault]) -> None:
        self.configure(faults=faults)

    def clear_faults(self) -> None:
        """Let all requests pass from now on."""
        self.configure(faults=())

    def reset(self) -> None:
        """Forget all data and requests, and go back to the settings the sandbox was made with; the ids stay."""
        self._service.resets += 1
        self._service.store.clear()
        self._service.settings = self._initial
        self._service.injector = Injector.of(self._initial.faults)
        self._service.throttle.clear()
        self._service.results.clear()
        self._log.clear()

    def seed(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put customers straight into the store, all or none, seen by searches at once.

        They have the form of a POST's body, and may give `id`, `registeredAt` and `updatedAt` too; `nodeId` may be left
        out. Each becomes a customer of its own: seeding neither merges nor refuses what matches.

        Returns:
            Their ids, in order.

        Raises:
            ValueError: a document breaks the schema, names another node or takes an id that is there.
        """
        from contacthub_orm.sandbox.records.seeding import seed_customers

        return seed_customers(self._service, documents)

    def seed_events(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put events straight into the store, as `seed` does for customers; `customerId` is taken as it is.

        Raises:
            ValueError: a document breaks the schema of its type or context, or takes an id that is there.
        """
        from contacthub_orm.sandbox.records.seeding import seed_events

        return seed_events(self._service, documents)

    def _match_again(self) -> None:
        from contacthub_orm.sandbox.records.matching import rebuild_match_keys

        with self._service.store.transaction() as connection:
            rebuild_match_keys(connection, self._service.settings)

    @staticmethod
    def _policy(settings: Settings) -> tuple[object, ...]:
        return (*settings.matching, settings.case_sensitive)
