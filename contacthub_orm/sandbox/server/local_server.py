"""A local server: what sandboxes of all services do alike.

The optional dependencies are imported only when one is created.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from contacthub_orm.sandbox.service.injection import Injector
from contacthub_orm.sandbox.service.recording import RequestLog
from contacthub_orm.sandbox.service.settings import ServerSettings, refuse_unknown_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from types import TracebackType
    from typing import ClassVar, Self

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.server.api import Api
    from contacthub_orm.sandbox.server.serving import ServerThread
    from contacthub_orm.sandbox.service.calls import RunningService
    from contacthub_orm.sandbox.service.faults import Fault
    from contacthub_orm.sandbox.service.recording import ReceivedRequest

__all__ = ["LocalServer", "SandboxUnavailable"]

ServiceT = TypeVar("ServiceT", bound="RunningService[Any, Any]")
SettingsT = TypeVar("SettingsT", bound=ServerSettings)


class SandboxUnavailable(ImportError):  # noqa: N818 - named for what it says
    """The sandbox's optional dependencies are not installed."""


class LocalServer(ABC, Generic[ServiceT, SettingsT]):
    """A server that runs in a thread of the caller's process, and keeps its data in SQLite.

    Args:
        path: the SQLite file, or None for data in memory.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        settings: the names and values of settings.

    Raises:
        SandboxError: if the file cannot be used.
        SandboxUnavailable: if the extra `sandbox` is not installed.
        TypeError: if a setting is unknown, or `faults` contains something other than a `Fault`.
        ValueError: if a setting is invalid.
    """

    _settings_class: type[SettingsT]
    _thread_name: ClassVar[str]
    _api_path: ClassVar[str] = ""
    _fault_root: ClassVar[str]

    def __init__(
        self, path: str | PathLike[str] | None, host: str, port: int, settings: Mapping[str, Any]
    ) -> None:
        refuse_unknown_settings(settings, self._settings_class)
        self._initial: SettingsT = self._settings_class(**settings)
        self._log = RequestLog()
        try:
            from contacthub_orm.sandbox.server.application import Application

            self._service, api = self._opened(path, self._initial)
        except ImportError as missing:
            hint = 'pip install "contacthub_orm[sandbox,cli]"'
            raise SandboxUnavailable(
                f"the sandbox needs {missing.name}; install it with: {hint}"
            ) from missing
        self._service.state.injector = self._injector(self._initial)
        self._application = Application(self._service, self._log, api)
        self._host = host
        self._port = port
        self._thread: ServerThread | None = None

    @abstractmethod
    def _opened(self, path: str | PathLike[str] | None, settings: SettingsT) -> tuple[ServiceT, Api]:
        """The service with its store opened, and its API."""

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
        self._thread = ServerThread(self._application, self._host, self._port, self._thread_name)
        self._service.state.base_url = self.base_url
        return self

    def stop(self) -> None:
        """Finish the requests in progress, then release the port and the file.

        A stopped sandbox cannot start again.
        """
        if self._thread is not None:
            self._thread.stop()
        self._application.close()
        self._service.store.close()

    @property
    def base_url(self) -> str:
        """The URL of the API, such as `http://127.0.0.1:8123/hub/v1` for Contacthub.

        Raises:
            RuntimeError: if the sandbox was not started.
        """
        if self._thread is None:
            raise RuntimeError("the sandbox is not running: use it as a context manager")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._thread.port}{self._api_path}"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The requests received, oldest first, as a copy."""
        return self._log.all()

    def clear_requests(self) -> None:
        """Forget the requests received so far."""
        self._log.clear()

    @property
    def settings(self) -> SettingsT:
        """The settings in force."""
        settings: SettingsT = self._service.settings
        return settings

    @property
    def faults(self) -> Sequence[Fault]:
        """The faults in force. Assigning a list replaces them, and the new ones count from 1."""
        faults: Sequence[Fault] = self._service.settings.faults
        return faults

    @faults.setter
    def faults(self, faults: Sequence[Fault]) -> None:
        self._configure({"faults": faults})

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._configure({"faults": ()})

    def reset(self) -> None:
        """Delete all data and logged requests, restore the initial settings, keep the ids and the secrets."""
        service, state = self._service, self._service.state
        state.resets += 1
        state.settings = self._initial
        with service.transaction() as connection:
            self._clear(connection)
        state.injector = self._injector(self._initial)
        service.throttle.clear()
        self._log.clear()

    def _clear(self, connection: Connection) -> None:
        """Delete the data, in the transaction of a reset."""
        self._service.store.clear(connection)

    def _configure(self, settings: Mapping[str, Any]) -> None:
        """Change settings while the sandbox serves; the subclass documents `configure`."""
        refuse_unknown_settings(settings, self._settings_class)
        state = self._service.state
        state.settings = replace(self.settings, **settings)
        if "faults" in settings:
            state.injector = self._injector(state.settings)

    def _injector(self, settings: SettingsT) -> Injector | None:
        return Injector.of(settings.faults, self._fault_root)
