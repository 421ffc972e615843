"""Connections that send a request at once, and read answers with care: past interim ones, within a time, up to a size.

The standard library hands out "102 Processing" and "103 Early Hints" as if they were the answer. The answer itself then
stays on the connection, where the next request takes it for its own. And its timeout bounds each read of a socket, but not
an answer that comes a byte at a time. It also sends the head and the body of a request one after the other, and so has a
service wake up for each.
"""

from __future__ import annotations

import io
import time
from functools import cache, partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, Any, Final

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from socket import socket

    from requests import PreparedRequest
    from urllib3.connectionpool import HTTPConnectionPool
    from urllib3.poolmanager import PoolManager

__all__ = ["CarefulAdapter", "CarefulSession", "TooLargeError", "read_body"]

_CHUNK: Final = 65_536
"""How many bytes are read, and decompressed, at once: no more than these go past the bound unseen."""


class TooLargeError(HTTPError):
    """The body of an answer is larger than the bound."""


class _TimedReader(io.RawIOBase):
    """The bytes that come through a socket, up to a time on the monotonic clock.

    Args:
        raw: the socket's own reader.
        sock: the socket, whose timeout bounds each read.
        seconds: how long may be read.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket, seconds: float) -> None:
        self._raw = raw
        self._sock = sock
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"the answer was not complete after {self._seconds:g} seconds (total_timeout)")
        each = self._sock.gettimeout()
        if each is None or left >= each:
            return self._raw.readinto(buffer)
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(each)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _CarefulResponse(HTTPResponse):
    """An answer that is read within a time; it comes after all interim ones (RFC 9110, 15.2)."""

    def __init__(self, sock: socket, *args: Any, seconds: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        # `makefile` counts the readers of a socket, so its own reader stays underneath.
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, sock, seconds))

    def begin(self) -> None:
        """Read the status and the headers."""
        super().begin()
        while self.status < HTTPStatus.OK:
            if self.status == HTTPStatus.SWITCHING_PROTOCOLS:
                self.will_close = True  # we asked for no other protocol, so what follows is anybody's guess
                return
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()


class CarefulAdapter(HTTPAdapter):
    """An adapter of requests for one service, whose connections read with care.

    Its parts that are marked as FASTPATH leave out of each request what is always the same, or what nobody asks for. `send`
    itself stays that of requests: it is what tools replace that stand in for a service.

    Args:
        pool_size: how many connections are kept open.
        total_timeout: how many seconds an answer may take to be read.
    """

    def __init__(self, pool_size: int, total_timeout: float) -> None:
        self._response = partial(_CarefulResponse, seconds=total_timeout)
        self._pool: Any = None
        super().__init__(pool_maxsize=pool_size, max_retries=0, pool_block=False)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **options)
        self._make_careful(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """The pools of connections through a proxy."""
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if not known:
            self._make_careful(manager)
        return manager

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """The pool for a request. FASTPATH: it is looked for once, since one service has one pool."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **options)
        return self._pool

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """What the request line names. FASTPATH: without proxies this is the path, whatever the rest of the URL."""
        return super().request_url(request, proxies) if proxies else request.path_url

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """The response of requests. FASTPATH: without its cookies, and the encoding of a text that nobody reads as one."""
        response = Response()
        response.status_code, response.reason, response.raw = resp.status, resp.reason, resp
        response.headers = CaseInsensitiveDict(resp.headers)
        response.url, response.request = str(req.url), req
        response.connection = self
        return response

    def close(self) -> None:
        """Close the connections."""
        self._pool = None
        super().close()

    def _make_careful(self, manager: PoolManager) -> None:
        kinds = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {
            scheme: _careful(kind, self._response) for scheme, kind in kinds.items()
        }


class CarefulSession(Session):
    """A session of requests that follows no redirect and keeps no cookie."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies = _NoCookies()

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        """Nothing to go on with."""
        return iter(())


class _NoCookies(RequestsCookieJar):
    """A jar that stays empty. A policy that refuses cookies would read every answer for them first."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Take none of the cookies of an answer."""


def _careful(
    kind: type[HTTPConnectionPool], response: Callable[..., HTTPResponse]
) -> type[HTTPConnectionPool]:
    """A class of pools, whatever kind of connections they have, that read answers by `response`."""

    class CarefulPool(kind):  # type: ignore[misc, valid-type]
        @property
        def ConnectionCls(self) -> Any:  # noqa: N802 # pyright: ignore[reportIncompatibleVariableOverride]
            """urllib3's name for the class. It is looked up for each connection: vcrpy replaces it during a cassette."""
            found: Any = super().ConnectionCls
            is_usual = getattr(found, "send", None) is HTTPConnection.send
            return _sending_at_once(found) if is_usual else found

        def _new_conn(self) -> Any:
            connection: Any = super()._new_conn()
            connection.response_class = response
            return connection

    return CarefulPool


@cache
def _sending_at_once(kind: Any) -> Any:
    """A class of connections that send the head and the body of a request together."""

    class WholeRequests(kind):  # type: ignore[misc]
        _held: list[bytes] | None = None

        def request(self, *args: Any, **options: Any) -> None:
            held: list[bytes] = []
            self._held = held
            try:
                super().request(*args, **options)
            finally:
                self._held = None
            super().send(b"".join(held))

        def send(self, data: Any) -> None:
            if self._held is None:
                super().send(data)
            else:
                self._held.append(data)

    return WholeRequests


def read_body(response: Response, at_most: int) -> bytes:
    """Read the body of an answer, decompressed.

    Raises:
        TooLargeError: if it is larger than `at_most` bytes. The connection is closed then.
        urllib3.exceptions.HTTPError: if the exchange fails.
    """
    pieces: list[bytes] = []
    size = 0
    is_encoded = "Content-Encoding" in response.headers
    for piece in response.raw.stream(_CHUNK, decode_content=is_encoded):
        size += len(piece)
        if size > at_most:
            response.raw.close()
            raise TooLargeError(f"the answer is larger than {at_most} bytes (max_answer_bytes)")
        pieces.append(piece)
    return b"".join(pieces)
