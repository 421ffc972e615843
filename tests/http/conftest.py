"""A service on a loopback socket that does to each request what the test tells it to."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from contacthub_orm.http import ManualClock, Settings, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "top-secret-token"


@dataclass
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Scene:
    data: bytes = b""
    reads: bool = True
    close: bool = False
    reset: bool = False
    silent: bool = False


@dataclass
class Service:
    """Plays the scenes it was given, one a request, and `{}` with status 200 when none is left."""

    received: list[Received] = field(default_factory=list)
    scenes: deque[Scene] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._closing = threading.Event()
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def answers(
        self, status: int = 200, body: Any = None, headers: dict[str, str] | None = None, times: int = 1
    ) -> None:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        scene = Scene("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)
        self.scenes.extend([scene] * times)

    def sends(self, data: bytes, times: int = 1) -> None:
        """These bytes, then the connection is closed."""
        self.scenes.extend([Scene(data, close=True)] * times)

    def truncates(self, times: int = 1) -> None:
        self.sends(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": ', times)

    def cuts(self, times: int = 1) -> None:
        """The request is read, the connection closed."""
        self.sends(b"", times)

    def resets(self, times: int = 1) -> None:
        """The request is read, the connection reset."""
        self.scenes.extend([Scene(close=True, reset=True)] * times)

    def greets(self, data: bytes, times: int = 1) -> None:
        """These bytes before anything is read, then the connection is closed."""
        self.scenes.extend([Scene(data, reads=False, close=True)] * times)

    def hangs_up(self, times: int = 1) -> None:
        """The connection is closed before anything is read."""
        self.greets(b"", times)

    def says_nothing(self, times: int = 1) -> None:
        self.scenes.extend([Scene(silent=True)] * times)

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, len(self._connections)))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while self._play(connection, stream, number):
                pass

    def _play(self, connection: socket.socket, stream: BinaryIO, number: int) -> bool:
        """Play the next scene; whether the connection stays open."""
        if not self.scenes or self.scenes[0].reads:
            received = self._read(stream, number)
            if received is None:
                return False
            self.received.append(received)
        scene = (
            self.scenes.popleft() if self.scenes else Scene(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        )
        if scene.silent:
            self._closing.wait()
        if scene.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(scene.data)
        return not scene.close

    def _read(self, stream: BinaryIO, number: int) -> Received | None:
        request_line = stream.readline().decode()
        if not request_line:
            return None
        headers = {}
        while line := stream.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name] = value
        method, target, _ = request_line.split()
        return Received(method, target, headers, stream.read(int(headers.get("Content-Length", 0))), number)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "requests_ca_bundle",
        "curl_ca_bundle",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def connect(service: Service, clock: ManualClock) -> Iterator[Callable[..., Transport]]:
    """Make a transport to the service, or to `url`, closed when the test ends."""
    made: list[Transport] = []

    def connect(url: str | None = None, **settings: Any) -> Transport:
        transport = Transport(
            f"{url or service.url}/hub/v1", TOKEN, Settings(**{"allow_http": True, **settings}), clock
        )
        made.append(transport)
        return transport

    yield connect
    for transport in made:
        transport.close()


@pytest.fixture
def transport(connect: Callable[..., Transport]) -> Transport:
    return connect()


@pytest.fixture
def closed_port() -> int:
    """A port of the loopback address on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
