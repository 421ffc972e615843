"""`Environment`: the keys of an environment of Notihub, and the access to it."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http import Clock, Settings, Transport
from contacthub_orm.http.redaction import Secret, hidden
from contacthub_orm.notihub.backend import NotihubBackend
from contacthub_orm.notihub.calls import ContactCalls, CustomerCalls, MessageCalls, PreferenceCalls
from contacthub_orm.notihub.credentials import exchange
from contacthub_orm.orm.rest import RestService
from contacthub_orm.orm.rest.tokens import BasicKeys, ExchangedToken
from contacthub_orm.suggestions import refuse_unknown_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Environment"]

_BASE_URL: Final = "https://api.notihub.io"
_KEYS: Final = ("public_key", "secret_key", "client_id", "client_secret")


class Environment(RestService[NotihubBackend]):
    """An environment of Notihub. Sessions are opened on it, and it has the service's calls: `notihub.customers.create(...)`.

    The keys are exchanged for a token when the first request is sent, before the token ends, and once more if the service
    no longer knows it. Keys and tokens appear in no message, log or repr. Threads may share an environment.

    Args:
        public_key: the account's public key.
        secret_key: the account's secret key.
        client_id: the environment's client id.
        client_secret: the environment's client secret.
        base_url: the service's URL.
        first_page: the number of a list's first page: 1, as the SDK's page counts, or 0, as the documentation says.
        settings: timeouts, retries, pool, budget, proxies and certificates (`contacthub_orm.http.Settings` or a mapping of
            its fields).
        clock: the clock that tells the time and waits; tests pass a `ManualClock`.

    Attributes:
        customers: the calls on customers.
        contacts: those on the contacts of a customer.
        preferences: those on the preferences of a customer.
        messages: those on messages.

    Raises:
        ConfigurationError: if a key is missing or malformed, or a setting is.
        TypeError: if there is no such argument or setting; the message suggests the nearest.
    """

    if not TYPE_CHECKING:

        def __new__(cls, *_, **named):  # noqa: D102 - a check of the arguments alone
            # Here and not around `__init__`, so that no frame of a later traceback holds a key.
            refuse_unknown_arguments(cls.__init__, named)
            return super().__new__(cls)

    def __init__(  # noqa: PLR0913 - each is named where it is passed
        self,
        *,
        public_key: str,
        secret_key: str,
        client_id: str,
        client_secret: str,
        base_url: str = _BASE_URL,
        first_page: int = 1,
        settings: Settings | Mapping[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        reveal = hidden((public_key, secret_key, client_id, client_secret))
        del public_key, secret_key, client_id, client_secret  # no traceback of what follows shows them
        _check(reveal)
        if first_page not in (0, 1):
            raise ConfigurationError(f"first_page is 0 or 1, got {first_page!r}")
        chosen = settings if isinstance(settings, Settings) else Settings(**(settings or {}))
        used = clock or Clock()
        self._keys = Transport(base_url, BasicKeys(reveal), chosen, used)
        keys = self._keys
        transport = Transport(base_url, ExchangedToken(lambda: exchange(keys), used), chosen, used)
        super().__init__(transport, NotihubBackend(transport, _place(transport.base_url, reveal), first_page))
        self.customers = CustomerCalls(self)
        self.contacts = ContactCalls(self)
        self.preferences = PreferenceCalls(self)
        self.messages = MessageCalls(self)

    @classmethod
    def from_env(cls, **settings: Any) -> Self:
        """Read an environment from NOTIHUB_PUBLIC_KEY, NOTIHUB_SECRET_KEY, NOTIHUB_CLIENT_ID and NOTIHUB_CLIENT_SECRET.

        NOTIHUB_BASE_URL is read too, if there is one.

        Args:
            settings: fields of `contacthub_orm.http.Settings`.

        Raises:
            ConfigurationError: if a variable is missing, or a setting is invalid.
        """
        names = {key: f"NOTIHUB_{key.upper()}" for key in (*_KEYS, "base_url")}
        missing = [names[key] for key in _KEYS if not os.environ.get(names[key])]
        if missing:
            raise ConfigurationError(f"the environment lacks {' and '.join(missing)}")
        found: dict[str, Any] = {
            key: Secret(os.environ[name]) for key, name in names.items() if os.environ.get(name)
        }
        return cls(**found, settings=settings)

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._keys.close()


def _check(reveal: Callable[[], tuple[str, ...]]) -> None:
    """Make sure that each key can be sent; the message names it without its value."""
    named = zip(_KEYS, (_is_key(one) for one in reveal()), strict=True)
    wrong = [name for name, whole in named if not whole]
    if wrong:
        raise ConfigurationError(f"{' and '.join(wrong)} must be printable ASCII without spaces and colons")


def _is_key(value: object) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and not {" ", ":"} & set(value)
        and value != ""
    )


def _place(base_url: str, reveal: Callable[[], tuple[str, ...]]) -> str:
    """The name of the environment for journals and messages, from which no key can be read."""
    return f"{base_url}, environment {sha256(reveal()[2].encode()).hexdigest()[:12]}"
