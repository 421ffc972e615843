"""What one process sends through: a pooled requests session with the environment resolved once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs
import requests
from requests.adapters import HTTPAdapter

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
    """Connections, budget and secrets of one process. Its locks and sockets mean nothing in another one."""

    session: requests.Session
    proxies: Mapping[str, str]
    verify: bool | str
    timeout: tuple[float, float]
    throttle: Throttle
    redactor: Redactor

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a request once and read the answer in full; raises what requests and urllib3 raise."""
        # The adapter, not the session: that one would prepare the request that a redirect asks for, and keep cookies.
        adapter = self.session.get_adapter(url=request.url or "")
        response = adapter.send(request, timeout=self.timeout, verify=self.verify, proxies=self.proxies)
        _ = response.content
        return response

    def close(self) -> None:
        self.session.close()


def open_channel(base_url: str, token: str, settings: Settings, clock: Clock) -> Channel:
    """Resolve the environment for this URL and make the pool. No connection is opened yet.

    Raises ConfigurationError for a CA bundle of the environment that does not exist.
    """
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=settings.pool_size, max_retries=0, pool_block=False)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    environment = session.merge_environment_settings(base_url, {}, None, settings.ca_bundle, None)
    # From here on a .netrc must not replace our Authorization, and looking it up would cost every request.
    session.trust_env = False
    proxies = environment["proxies"] if settings.proxies is None else settings.proxies
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
