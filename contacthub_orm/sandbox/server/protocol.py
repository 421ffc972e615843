"""The HTTP connection: what uvicorn's own lacks, so that every request ends in an answer of the API's form.

What the parser refuses becomes a request with the refusal in its `Arrival`, and waits its turn behind the requests
before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from contacthub_orm.sandbox.documents import failures
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.server.delivery import Arrival

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["MAX_HEAD_BYTES", "Protocol"]

MAX_HEAD_BYTES: Final = 65_536
REQUEST_SECONDS: float = 30
VERSIONS: Final = ("1.0", "1.1")
REFUSED: Final = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"


class Protocol(HttpToolsProtocol):
    """One connection.

    It bounds the head of a request and the time in which one must arrive, and keeps the `Authorization` header
    to itself: the application learns only whom it names.
    """

    _arrival: Arrival
    _authorization: bytes = b""
    _head_size = 0
    _unparsed = 0
    _is_in_head = False
    _is_in_body = False
    _is_upgrade = False
    _has_ended = False
    _refusal: Failure | None = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Close the connection if it stays unused."""
        super().connection_made(transport)
        self._cycles: list[RequestResponseCycle] = []
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all requests of the connection; uvicorn tells the newest one only."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, unless it follows a refusal."""
        self._unset_keepalive_if_required()
        if self._has_ended:
            return
        self._start_timer()
        self._unparsed += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            self._refuse(Failure(400, f"this is not HTTP: {error}"))
        if max(self._unparsed, self._head_size) > MAX_HEAD_BYTES:
            self._refuse(failures.head_too_large(MAX_HEAD_BYTES))

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer what has arrived though the client sends no more; part of a request is refused."""
        if self._is_in_head or self._is_in_body:
            if self._arrival.is_answered:
                return False
            self._refuse(Failure(400, "the request was cut off"))
        self._stop_timer()
        self._has_ended = True
        if self.cycle is None or self.cycle.response_complete or self._arrival.is_answered:
            return False
        self.cycle.keep_alive = False
        return True

    def shutdown(self) -> None:
        """Finish the requests that have arrived, and drop one that is still arriving."""
        super().shutdown()
        if self._is_in_head or self._is_in_body or self._has_ended:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self._start_timer()
        self._unparsed = self._head_size = 0
        self._authorization = b""
        self._is_in_head = True
        self._is_upgrade = False
        self._arrival = Arrival(self.transport, refusal=self._refusal)
        self.scope.setdefault("state", {})["arrival"] = self._arrival

    def on_url(self, url: bytes) -> None:
        """Take part of the request's target."""
        if self._has_room(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Trailers are dropped."""
        if not self._has_room(len(name) + len(value)) or not self._is_in_head:
            return
        if name.lower() == b"authorization":
            self._authorization = value
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let the application start."""
        self._unparsed = 0
        version = self.parser.get_http_version()
        if self.parser.get_method() == b"CONNECT":
            self._arrival.refusal = failures.method_not_allowed("CONNECT")
        elif self.parser.should_upgrade():
            self._is_upgrade = True
            return
        if version not in VERSIONS:
            self._arrival.refusal = failures.unknown_version(version)
        if self._head_size > MAX_HEAD_BYTES:
            self._arrival.refusal = failures.head_too_large(MAX_HEAD_BYTES)
        if self._arrival.refusal is not None:
            self.url = b"/"
            self._has_ended = True
        self._arrival.caller = self.config.app.authenticate(self._authorization)  # type: ignore[union-attr]
        self._authorization = b""
        self._arrival.expects_continue = self.expect_100_continue
        super().on_headers_complete()
        self._is_in_head, self._is_in_body = False, True
        self._cycles = [cycle for cycle in self._cycles if not cycle.response_complete]
        self._cycles.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        """Pass on part of the body."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        self._unparsed = 0
        if self._is_upgrade:
            return
        self._stop_timer()
        self._is_in_body = False
        self._arrival.is_complete = True
        super().on_message_complete()

    def _feed(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                if not self._is_upgrade:
                    return
                # No other protocol is spoken here, and the parser would skip the request's body.
                data = self._head_without_upgrade() + data[upgrade.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
            else:
                return

    def _head_without_upgrade(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        if self._authorization:
            lines.append(b"authorization: " + self._authorization)
        return b"\r\n".join([*lines, b"", b""])

    def _has_room(self, size: int) -> bool:
        self._unparsed = 0
        self._head_size += size
        return self._head_size <= MAX_HEAD_BYTES

    def _refuse(self, failure: Failure) -> None:
        """Answer a request that cannot be read on, in its turn, and parse nothing more."""
        self._stop_timer()
        if self._has_ended:
            return
        self._has_ended = True
        if self._is_in_body:
            self._arrival.refusal = failure
            self.cycle.message_event.set()
            if self.cycle.response_complete:
                self.transport.close()
        else:
            self._refusal = failure
            self.parser = httptools.HttpRequestParser(self)
            self.parser.feed_data(REFUSED)
            self._stop_timer()

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(REQUEST_SECONDS, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if self.flow.read_paused:  # the client waits for this server, not the other way round
            self._start_timer()
        elif not self.transport.is_closing():
            self._refuse(failures.too_slow(REQUEST_SECONDS))
