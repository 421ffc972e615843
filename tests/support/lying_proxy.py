"""A proxy in front of a sandbox that lies: it answers what no such service would, cuts connections, or changes answers."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast
from urllib.parse import urlsplit

__all__ = ["Lie", "LyingProxy"]


class Lie(StrEnum):
    """What may come instead of an answer. Where the name ends in `LOST`, the request does not reach the service either."""

    ENVELOPE = "an error envelope with 200"
    ENVELOPE_LOST = "an error envelope with 200, and nothing was done"
    LIST = "a list"
    TEXT = "a text"
    NUMBER = "a number"
    NUMBER_LOST = "a number, and nothing was done"
    OTHER = "another customer's document"
    OTHER_LOST = "another customer's document, and nothing was done"
    EMPTY = "an empty 200"
    NULL = "null"
    PAGE_404 = "a proxy's 404"
    PAGE_404_LOST = "a proxy's 404, and nothing was done"
    FAILED = "a 500 after all was done"
    FAILED_LOST = "a 503, and nothing was done"
    CUT = "a cut after all was done"
    CUT_LOST = "a cut before anything was done"
    HALF = "half of the answer"
    INTERIM = "a 103 before the answer"
    DATE = "a Date that no clock shows"
    TOTALS = "a page whose total does not agree"
    OTHER_PAGE = "another page's number"
    NO_ROWS = "a page without its rows"
    REFUSED = "a refusal, and nothing was done"


_NOT_FORWARDED: Final = frozenset(
    {
        Lie.ENVELOPE_LOST,
        Lie.NUMBER_LOST,
        Lie.OTHER_LOST,
        Lie.PAGE_404_LOST,
        Lie.FAILED_LOST,
        Lie.CUT_LOST,
        Lie.REFUSED,
    }
)
_ENVELOPE: Final = json.dumps({"message": "no", "logref": "l", "data": None, "errors": []}).encode()
_OTHER: Final = json.dumps(
    {
        "id": "another",
        "externalId": "another",
        "base": {"firstName": "another", "contacts": {"email": "another@example.com"}},
        "customerId": "another",
        "updatedAt": "2024-01-01T00:00:00.000+0000",
    }
).encode()
_INSTEAD: Final[dict[Lie, tuple[int, bytes]]] = {
    Lie.ENVELOPE: (200, _ENVELOPE),
    Lie.ENVELOPE_LOST: (200, _ENVELOPE),
    Lie.LIST: (200, b'[{"id": "another"}]'),
    Lie.TEXT: (200, b'"done"'),
    Lie.NUMBER: (200, b"7"),
    Lie.NUMBER_LOST: (200, b"7"),
    Lie.OTHER: (200, _OTHER),
    Lie.OTHER_LOST: (200, _OTHER),
    Lie.EMPTY: (200, b""),
    Lie.NULL: (200, b"null"),
    Lie.PAGE_404: (404, b"<html>no backend</html>"),
    Lie.PAGE_404_LOST: (404, b"<html>no backend</html>"),
    Lie.FAILED: (500, _ENVELOPE),
    Lie.FAILED_LOST: (503, _ENVELOPE),
    Lie.REFUSED: (400, _ENVELOPE),
}


class LyingProxy:
    """A proxy for the API at a base URL, on a port of its own. A context manager that stops itself.

    `lies` are told to the next requests, one each in their order; None lets a request pass as it is.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._target = parts.hostname or "", parts.port or 80
        self.lies: deque[Lie | None] = deque()
        self.told: list[tuple[Lie, str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        cast("Any", self._server).proxy = self
        self.base_url = f"http://127.0.0.1:{self._server.server_port}{parts.path}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def tell(self, lies: Iterable[Lie | None]) -> None:
        """Tell lies to the next requests, after those that are waiting."""
        self.lies.extend(lies)

    def stop_lying(self) -> None:
        """Let everything pass from now on."""
        self.lies.clear()

    def next_lie(self, method: str, path: str) -> Lie | None:
        """The lie for a request, None if it passes as it is."""
        lie = self.lies.popleft() if self.lies else None
        if lie is not None:
            self.told.append((lie, method, path))
        return lie

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """What the service answers to a request: status, headers and body."""
        connection = http.client.HTTPConnection(*self._target, timeout=10)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def __enter__(self) -> LyingProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        proxy = cast("LyingProxy", cast("Any", self.server).proxy)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lie = proxy.next_lie(self.command, self.path)
        if lie in _NOT_FORWARDED:
            status, headers, content = 200, dict[str, str](), b""
        else:
            keep = {"Authorization", "Content-Type", "Accept"}
            sent = {name: value for name, value in self.headers.items() if name in keep}
            status, headers, content = proxy.forward(self.command, self.path, sent, body)
        if lie in (Lie.CUT, Lie.CUT_LOST):
            self._cut()
            return
        if lie is not None:
            status, content = _INSTEAD.get(lie) or (status, _changed(lie, content))
        if lie is Lie.INTERIM:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        date = "Fri, 99 Dec 99999 23:59:60 GMT" if lie is Lie.DATE else headers.get("Date")
        self._answer(status, date, content, half=lie is Lie.HALF)

    def _answer(self, status: int, date: str | None, content: bytes, *, half: bool) -> None:
        self.send_response_only(status)
        if date is not None:
            self.send_header("Date", date)
        self.send_header("Content-Type", "application/json")
        if status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content) + half))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection = half

    def _cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


def _changed(lie: Lie, content: bytes) -> bytes:
    """The answer with a lie in it, where it is a page."""
    change: Callable[[dict[str, Any]], object] | None = {
        Lie.TOTALS: lambda page: page["page"].update(totalElements=page["page"]["totalElements"] + 70),
        Lie.OTHER_PAGE: lambda page: page["page"].update(number=page["page"]["number"] + 1),
        Lie.NO_ROWS: lambda page: page.pop("elements", None),
    }.get(lie)
    if change is None or b'"page"' not in content:
        return content
    document = json.loads(content)
    if not isinstance(document, dict) or not isinstance(document.get("page"), dict):
        return content
    change(document)
    return json.dumps(document).encode()
