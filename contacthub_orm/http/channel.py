"""The channel through which one process sends: a pooled requests session, with the environment resolved once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs
import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http.redaction import Redactor
from contacthub_orm.http.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.http.clock import Clock
    from contacthub_orm.http.settings import Settings

__all__ = ["Channel", "open_channel"]


@attrs.frozen(repr=False)
class Channel:
    """Connections, budget and secrets of one process. Another process cannot use its locks and sockets."""

    session: requests.Session
    proxies: Mapping[str, str]
    verify: bool | str
    timeout: tuple[float, float]
    throttle: Throttle
    redactor: Redactor

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a request once and read the whole answer.

        Raises:
            OSError: if the exchange fails; the exceptions of requests are OSErrors.
            urllib3.exceptions.HTTPError: if it fails in a way that requests does not translate.
        """
        # Not through the session: it would read the environment again (a .netrc replaces Authorization), follow
        # redirects and keep cookies.
        adapter = self.session.get_adapter(url=request.url or "")
        response = adapter.send(request, timeout=self.timeout, verify=self.verify, proxies=self.proxies)
        _ = response.content
        return response

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def open_channel(base_url: str, token: str, settings: Settings, clock: Clock) -> Channel:
    """Resolve the environment for a base URL and make the pool. Opens no connection yet.

    Raises:
        ConfigurationError: if the environment's CA bundle does not exist, or the proxy is not a URL.
    """
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=settings.pool_size, max_retries=0, pool_block=False)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    environment = session.merge_environment_settings(base_url, {}, None, settings.ca_bundle, None)
    proxies = environment["proxies"] if settings.proxies is None else settings.proxies
    _check_proxy(select_proxy(base_url, dict(proxies)))
    verify: bool | str = environment["verify"] or True
    if isinstance(verify, str) and not os.path.exists(verify):
        raise ConfigurationError(f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names {verify}, which does not exist")
    return Channel(
        session=session,
        proxies=proxies,
        verify=verify,
        timeout=(settings.connect_timeout, settings.read_timeout),
        throttle=Throttle(settings.requests_per_minute, clock),
        redactor=Redactor(token, proxies.values()),
    )


def _check_proxy(proxy: str | None) -> None:
    if not proxy:
        return
    try:
        host = parse_url(proxy).host
    except LocationParseError:
        host = None
    if not host:
        # The message leaves out the URL, which may hold a password. It is raised outside the handler, since the parser's
        # error quotes the URL.
        raise ConfigurationError("the proxy, of the settings or the environment, must be a URL with a host")
