"""The channel through which one process sends: a pooled requests session, with the environment resolved once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import attrs
from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http.connections import CarefulAdapter, CarefulSession, read_body
from contacthub_orm.http.redaction import Redactor
from contacthub_orm.http.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import requests

    from contacthub_orm.http.budgets.budget import Budget
    from contacthub_orm.http.clock import Clock
    from contacthub_orm.http.settings import Settings

__all__ = ["BearerToken", "Channel", "Credentials", "open_channel"]


@runtime_checkable
class Credentials(Protocol):
    """What gives a transport access to its service. Threads may share it."""

    def ready(self) -> int:
        """Make sure that there is an authorization, and return its number.

        Raises:
            NotSent: if it has to be fetched and cannot be.
            APIError: if the service refuses to give it.
        """
        ...

    def authorization(self) -> str:
        """The value of the header."""
        ...

    def renew(self, number: int) -> bool:
        """The service did not know the authorization with this number: whether another one can be tried."""
        ...

    def secrets(self) -> Iterable[str]:
        """What must appear in no message."""
        ...


class BearerToken:
    """A token that does not change."""

    def __init__(self, reveal: Callable[[], str]) -> None:
        self._reveal = reveal

    def ready(self) -> int:
        """The token is always there."""
        return 0

    def authorization(self) -> str:
        """The token, as a bearer's."""
        return f"Bearer {self._reveal()}"

    def renew(self, number: int) -> bool:  # noqa: ARG002 - there is only one
        """There is no other token."""
        return False

    def secrets(self) -> Iterable[str]:
        """The token."""
        return (self._reveal(),)


@attrs.frozen
class Outgoing:
    """A request as it is sent, but for its authorization."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


@attrs.frozen
class Reply:
    """The status, headers and decompressed body of an answer; `distrust` closes the connection that it came by."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    distrust: Callable[[], None]


@attrs.frozen(repr=False)
class Channel:
    """Connections, budget and secrets of one process. Another process cannot use its locks and sockets."""

    session: requests.Session
    credentials: Credentials
    proxies: dict[str, str]
    verify: bool | str
    timeout: tuple[float, float]
    at_most: int
    budget: Budget
    redactor: Redactor

    def send(self, outgoing: Outgoing) -> Reply:
        """Send a request once, with its authorization, and read the whole answer.

        Raises:
            OSError: if the exchange fails; the exceptions of requests are OSErrors.
            urllib3.exceptions.HTTPError: if it fails in a way that requests does not translate, or the answer is too large.
        """
        request = PreparedRequest()
        request.method, request.url, request.body = outgoing.method, outgoing.url, outgoing.body
        request.headers = CaseInsensitiveDict(outgoing.headers)
        request.headers["Authorization"] = self.credentials.authorization()
        # By `Session.send`, where instrumentation looks. Unlike `request`, it does not read the environment again, from
        # which a .netrc would replace the authorization. What it streams it does not read: `read_body` does, within bounds.
        response = self.session.send(
            request, stream=True, timeout=self.timeout, verify=self.verify, proxies=self.proxies
        )
        connection = getattr(response.raw, "connection", None)
        content = read_body(response, self.at_most)
        return Reply(
            response.status_code, response.headers, content, getattr(connection, "close", lambda: None)
        )

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def open_channel(
    base_url: str, credentials: Credentials, settings: Settings, clock: Clock, budget: Budget | None = None
) -> Channel:
    """Resolve the environment for a base URL and make the pool. Opens no connection yet.

    Without a budget that others share, this process has one of its own, by the settings.

    Raises:
        ConfigurationError: if the environment's CA bundle does not exist, or the proxy is not a URL.
    """
    session = CarefulSession()
    adapter = CarefulAdapter(settings.pool_size, settings.total_timeout)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    environment = session.merge_environment_settings(base_url, {}, None, settings.ca_bundle, None)
    proxies = dict(environment["proxies"] if settings.proxies is None else settings.proxies)
    _check_proxy(select_proxy(base_url, proxies))
    verify: bool | str = environment["verify"] or True
    if isinstance(verify, str) and not os.path.exists(verify):
        raise ConfigurationError(f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names {verify}, which does not exist")
    return Channel(
        session=session,
        credentials=credentials,
        proxies=proxies,
        verify=verify,
        timeout=(settings.connect_timeout, settings.read_timeout),
        at_most=settings.max_answer_bytes,
        budget=budget or Throttle(settings.requests_per_minute, clock),
        redactor=Redactor(credentials.secrets, proxies.values()),
    )


def _check_proxy(proxy: str | None) -> None:
    if not proxy:
        return
    try:
        host = parse_url(proxy).host
    except LocationParseError:
        host = None
    # The parser lets blanks and control characters through before urllib3 2.8.
    if not host or " " in host or not host.isprintable():
        # The message leaves out the URL, which may hold a password. It is raised outside the handler, since the parser's
        # error quotes the URL.
        raise ConfigurationError("the proxy, of the settings or the environment, must be a URL with a host")
