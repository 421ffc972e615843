"""Connections that read answers with care: past interim answers, within a time, and up to a size.

The standard library hands out "102 Processing" and "103 Early Hints" as if they were the answer. The answer itself then
stays on the connection, where the next request takes it for its own. And its timeout bounds each read of a socket, but not
an answer that comes a byte at a time.
"""

from __future__ import annotations

import io
import re
import time
from functools import partial
from http import HTTPStatus
from http.client import (
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    LineTooLong,
    UnknownProtocol,
    parse_headers,
)
from typing import TYPE_CHECKING, Any, BinaryIO, Final

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

_HEADER: Final = re.compile(rb"([!-9;-~]+):[ \t]*([^\r\n]*)\r?\n")
_END: Final = (b"\r\n", b"\n", b"")
_LONGEST_LINE: Final = 65_536
_MOST_HEADERS: Final = 100
_WITHOUT_BODY: Final = (HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

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

    if TYPE_CHECKING:  # what the class has of the standard library, and its stubs do not tell
        _method: str | None

        def _read_status(self) -> tuple[str, int, str]: ...
        def _check_close(self) -> bool: ...

    def __init__(self, sock: socket, *args: Any, seconds: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        # `makefile` counts the readers of a socket, so its own reader stays underneath.
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, sock, seconds))

    def begin(self) -> None:
        """Read the status and the headers."""
        while True:
            version, status, reason = self._read_status()
            self.headers = self.msg = read_headers(self.fp)
            if status >= HTTPStatus.OK or status == HTTPStatus.SWITCHING_PROTOCOLS:
                break
        if not version.startswith(("HTTP/1.", "HTTP/0.9")):
            raise UnknownProtocol(version)
        self.version = 10 if version in {"HTTP/1.0", "HTTP/0.9"} else 11
        self.code = self.status = status
        self.reason = reason.strip()
        self.chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = None if self.chunked else _length(self.headers)
        if status in _WITHOUT_BODY or self._method == "HEAD":
            self.length = 0
        # What follows an answer of no known length, or in a protocol that we did not ask for, is anybody's guess.
        is_open = self.chunked or self.length is not None
        self.will_close = status == HTTPStatus.SWITCHING_PROTOCOLS or not is_open or self._check_close()


def read_headers(lines: BinaryIO) -> HTTPMessage:
    """Read headers up to the empty line after them.

    FASTPATH: the standard library has its parser of e-mail read all headers, which takes longer than the rest of `begin`.
    Here it gets those with a line that is no plain name and value, such as a continued one.

    Raises:
        http.client.HTTPException: if there are too many, or one is too long.
    """
    message = HTTPMessage()
    found = []
    while (line := lines.readline(_LONGEST_LINE + 1)) not in _END:
        if len(line) > _LONGEST_LINE:
            raise LineTooLong("header line")
        found.append(line)
        if len(found) > _MOST_HEADERS:
            raise HTTPException(f"got more than {_MOST_HEADERS} headers")
    for line in found:
        plain = _HEADER.fullmatch(line)
        if plain is None:
            return parse_headers(io.BytesIO(b"".join(found)))
        message.set_raw(plain[1].decode(), plain[2].decode("iso-8859-1"))
    return message


def _length(headers: HTTPMessage) -> int | None:
    try:
        length = int(headers.get("content-length", ""))
    except ValueError:
        return None
    return length if length >= 0 else None


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
        def _new_conn(self) -> Any:
            connection: Any = super()._new_conn()
            connection.response_class = response
            return connection

    return CarefulPool


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
