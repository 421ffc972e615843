"""The sandbox of Contacthub.

The optional dependencies are imported only when one is created.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from os import fsdecode
from os.path import abspath
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from contacthub_orm.sandbox.server.local_server import LocalServer, SandboxUnavailable
from contacthub_orm.sandbox.server.workspaces import AddedWorkspace, SandboxWorkspace
from contacthub_orm.sandbox.service.injection import WORKSPACE
from contacthub_orm.sandbox.service.settings import CONFIGURED, Settings
from contacthub_orm.sandbox.storage.datafile import PRIVATE
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike
    from typing import Unpack

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.console.console import Console
    from contacthub_orm.sandbox.server.api import Api
    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.faults import Fault
    from contacthub_orm.sandbox.service.settings import SettingsArguments

__all__ = ["Sandbox", "SandboxUnavailable"]

CONSOLE: Final = "/console"


class Sandbox(LocalServer["Service", Settings], SandboxWorkspace):
    """A Contacthub-compatible server on loopback, which keeps its data in SQLite.

    As a context manager it serves until the block ends; `start` and `stop` do the same. The data are in
    memory unless `path` names a file. The file also keeps the ids and the token, so that clients need no new
    settings.

    Args:
        path: the SQLite file, under any name; it is created if it does not exist, readable by its owner only.
            One sandbox at a time can use it.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        console: whether to serve the console, which needs no token, so that whoever reaches the port sees and changes
            everything. By default it is served if the address is on loopback.
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
        console: bool | None = None,
        **settings: Unpack[SettingsArguments],
    ) -> None:
        super().__init__(path, host, port, settings)
        self._serves_console = _is_loopback(host) if console is None else console
        if self._serves_console:
            from contacthub_orm.sandbox.server.site import Site

            self._application.site = Site(CONSOLE, self._console)
        self._take_over(settings, refresh=path is not None, is_opened=True)

    def _opened(self, path: str | PathLike[str] | None, settings: Settings) -> tuple[Service, Api]:
        from contacthub_orm.sandbox.server.contacthub import ContacthubApi
        from contacthub_orm.sandbox.service.calls import ServerState
        from contacthub_orm.sandbox.service.workspaces import Workspaces
        from contacthub_orm.sandbox.storage.store import Store

        store = Store(path)
        try:
            workspaces = Workspaces(store, ServerState(settings))
        except SandboxError:
            store.close()
            raise
        return workspaces.first, ContacthubApi(workspaces)

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
        if "unset" in settings:
            from contacthub_orm.sandbox.records.refreshing import forget_forms

            with self._service.store.transaction() as connection:
                forget_forms(connection)

    def reset(self) -> None:
        """Delete all data and logged requests, restore the initial settings, keep the ids and the token."""
        super().reset()
        self._service.jobs_due = 0
        self._service.search_results.clear()

    def _clear(self, connection: Connection) -> None:
        super()._clear(connection)
        self._service.workspaces.forget()
        self._service.configuration(connection).start(self._initial, self._initial.now())
        self._service.reconfigured()

    @property
    def console_url(self) -> str | None:
        """The address of the console, such as `http://127.0.0.1:8123/console`; None if it is not served.

        Raises:
            RuntimeError: if the sandbox was not started.
        """
        return self.base_url.removesuffix(self._api_path) + CONSOLE if self._serves_console else None

    def save(self, path: str | PathLike[str]) -> None:
        """Write all data, the configuration, the ids and the token to a data file, for `load` or `Sandbox(path)`.

        Args:
            path: the file, readable by its owner only; one that is there is overwritten.

        Raises:
            OSError: if it cannot be written.
            SandboxError: if it is the sandbox's own data file.
        """
        self._refuse_own(path)
        content, file = self._service.store.save(), Path(path)
        file.touch(mode=PRIVATE)
        file.chmod(PRIVATE)
        file.write_bytes(content)

    def load(self, path: str | PathLike[str]) -> None:
        """Replace everything by what a data file holds, ids and token included. The settings in force stay.

        Args:
            path: the file, of `save` or of a sandbox that was stopped.

        Raises:
            OSError: if it cannot be read.
            SandboxError: if it is no data file, corrupt, or the sandbox's own; then nothing has changed.
        """
        self._refuse_own(path)
        self._load(Path(path).read_bytes())

    def _refuse_own(self, path: str | PathLike[str]) -> None:
        """Refuse the file in use: SQLite would lose its lock, and the data with it."""
        if self._service.store.name == abspath(fsdecode(path)):
            raise SandboxError(f"{path!r} is the data file in use, which has everything already")

    def _load(self, content: bytes) -> None:
        from contacthub_orm.sandbox.records.refreshing import refresh_opened

        service = self._service
        workspaces = service.workspaces
        try:
            with service.transaction() as connection:
                service.store.load(connection, content)
                every = workspaces.reopen(connection).values()
                nodes = [node for one in every for node in one.rules(connection).nodes.values()]
                refresh_opened(connection, nodes, service.settings.unset)
        except BaseException:  # the rows are the old ones again, and so must be what is known of them
            with service.transaction() as connection:
                service.store.reread(connection)
                workspaces.reopen(connection)
            raise
        service.state.resets += 1
        service.jobs_due = 0
        service.search_results.clear()
        service.throttle.clear()

    def _console(self) -> Console:
        from contacthub_orm.sandbox.console.console import Console
        from contacthub_orm.sandbox.console.control import Control

        def set_faults(faults: Sequence[Fault]) -> None:
            self.faults = faults

        control = Control(self._service.workspaces, self._log, self._host, self.reset, set_faults, self._load)
        return Console(control)

    @property
    def workspaces(self) -> dict[str, SandboxWorkspace]:
        """All workspaces by their names, the first one (`"Sandbox"`) included, whoever added them."""
        service = self._service
        every = service.workspaces.all()
        with service.transaction() as connection:
            records = service.configuration(connection).workspaces.page()
        return {
            record["name"]: self
            if every[record["id"]] is service
            else AddedWorkspace(self, service.workspaces, record["id"])
            for record in records
            if record["id"] in every
        }

    def add_workspace(self, name: str) -> AddedWorkspace:
        """Add a workspace, as `POST /workspaces` with the token of the sandbox does.

        It has a node, a token, data and configuration of its own, and starts with the settings of the sandbox. All
        workspaces have the clock, the delays, the faults and the log of requests in common.

        Args:
            name: its name, by which `workspaces` lists it, and its slug. Its first node has the same name.

        Raises:
            ValueError: if a workspace has the name or the slug already.
        """
        from contacthub_orm.sandbox.service.setup import add_workspace

        return AddedWorkspace(self, self._service.workspaces, add_workspace(self._service, name))

    def _take_over(self, given: Iterable[str], *, refresh: bool, is_opened: bool = False) -> None:
        """Let the given settings be the configuration, and the stored customers follow it with `refresh`."""
        from contacthub_orm.sandbox.records.refreshing import refresh_customers, refresh_opened

        service = self._service
        try:
            every = service.workspaces.all().values()
            with service.transaction() as connection:
                configuration = service.configuration(connection)
                configuration.start(service.settings, service.settings.now())
                configuration.take_over(service.settings, given)
                service.reconfigured()
                if refresh:
                    nodes = [node for one in every for node in one.rules(connection).nodes.values()]
                    follow = refresh_opened if is_opened else refresh_customers
                    follow(connection, nodes, service.settings.unset)
        except SandboxError:
            service.store.close()
            raise


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
