"""The sandbox of Notihub.

The optional dependencies are imported only when one is created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from contacthub_orm.sandbox.notihub.settings import NotihubSettings
from contacthub_orm.sandbox.server.local_server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike
    from typing import Unpack

    from contacthub_orm.sandbox.notihub.calls import NotihubService
    from contacthub_orm.sandbox.notihub.settings import NotihubSettingsArguments
    from contacthub_orm.sandbox.server.api import Api

__all__ = ["NotihubSandbox"]


class NotihubSandbox(LocalServer["NotihubService", NotihubSettings]):
    """A Notihub-compatible server on loopback, which keeps its data in SQLite.

    As a context manager it serves until the block ends; `start` and `stop` do the same. The data are in
    memory unless `path` names a file. The file also keeps the keys, so that clients need no new settings;
    access tokens end with the sandbox.

    Args:
        path: the SQLite file, under any name; it is created if it does not exist, readable by its owner only.
            One sandbox at a time can use it.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        **settings: see `NotihubSettings`.

    Raises:
        SandboxError: if the file is in use, another program's or corrupt, if its place is missing, or if the
            disk is full. Another program's file is left as it is.
        SandboxUnavailable: if the extra `sandbox` is not installed.
        TypeError: if a setting is unknown or of a wrong type.
        ValueError: if a setting is invalid.
    """

    _settings_class = NotihubSettings
    _thread_name: ClassVar[str] = "notihub-sandbox"
    _fault_root: ClassVar[str] = "/"

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        **settings: Unpack[NotihubSettingsArguments],
    ) -> None:
        super().__init__(path, host, port, settings)

    def _opened(
        self, path: str | PathLike[str] | None, settings: NotihubSettings
    ) -> tuple[NotihubService, Api]:
        from contacthub_orm.sandbox.notihub.api import NotihubApi
        from contacthub_orm.sandbox.notihub.calls import NotihubService
        from contacthub_orm.sandbox.notihub.store import NotihubStore
        from contacthub_orm.sandbox.service.calls import ServerState

        service = NotihubService(NotihubStore(path), ServerState(settings))
        return service, NotihubApi(service)

    @property
    def public_key(self) -> str:
        """The public key of the sandbox's one account."""
        return self._service.store.keys.public_key

    @property
    def secret_key(self) -> str:
        """The secret key that belongs to it."""
        return self._service.store.keys.secret_key.reveal()

    @property
    def client_id(self) -> str:
        """The id of the sandbox's one environment."""
        return self._service.store.keys.client_id

    @property
    def client_secret(self) -> str:
        """The secret of the environment."""
        return self._service.store.keys.client_secret.reveal()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that lead a client here."""
        return {
            "NOTIHUB_PUBLIC_KEY": self.public_key,
            "NOTIHUB_SECRET_KEY": self.secret_key,
            "NOTIHUB_CLIENT_ID": self.client_id,
            "NOTIHUB_CLIENT_SECRET": self.client_secret,
            "NOTIHUB_BASE_URL": self.base_url,
        }

    def issue_token(self) -> str:
        """A new access token, for a client that does not exchange keys."""
        token, _ = self._service.tokens.issue(self.settings.now(), self.settings.token_lifetime)
        return token

    def revoke_tokens(self) -> None:
        """Let all access tokens expire at once."""
        self._service.tokens.revoke_all()

    def configure(self, **settings: Unpack[NotihubSettingsArguments]) -> None:
        """Change settings while the sandbox serves, from the next request on.

        If `faults` are among the settings, even the same ones, they count from 1 again.

        Args:
            **settings: see `NotihubSettings`; the others keep their values.

        Raises:
            TypeError: if a setting is unknown or of a wrong type.
            ValueError: if a setting is invalid.
        """
        self._configure(settings)

    def reset(self) -> None:
        """Delete data, tokens and logged requests, restore the initial settings, keep the keys."""
        super().reset()
        self._service.tokens.revoke_all()

    def seed(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put customers straight into the store, all or none; lists show them at once.

        Args:
            documents: customers in the form of a POST's body. They may also have a `customerId`, and
                `preferences` in the form of theirs.

        Returns:
            The ids of the customers, in order.

        Raises:
            ValueError: if a document breaks a rule or has an id that exists already.
        """
        from contacthub_orm.sandbox.notihub.seeding import seed_customers

        return seed_customers(self._service, documents)
