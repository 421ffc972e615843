"""A forwarder on loopback that counts the connections, requests and bytes that go through it.

It stands between a client and a server that use HTTP/1.1 without pipelining. So a request begins when the client sends
something first, or again after an answer, and the forwarder need not parse messages. It counts everything before it passes
it on: once a client has its whole answer, all of it is counted. It runs in a thread that ends with the block, or by itself
after 15 minutes.
"""

from __future__ import annotations

import asyncio
import operator
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Forwarder", "Traffic", "forwarding"]

_LOOPBACK: Final = "127.0.0.1"
_CONNECTIONS: Final = 64
_CHUNK: Final = 64 * 1_024
_LIFETIME: Final = 15 * 60


@dataclass(slots=True)
class Traffic:
    """New connections, requests, bytes from the client and bytes from the server."""

    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(*map(operator.add, astuple(self), astuple(other)))

    def __sub__(self, other: Traffic) -> Traffic:
        return Traffic(*map(operator.sub, astuple(self), astuple(other)))


class _Spoken:
    """Adds what one connection sends to the traffic."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._answered = True

    def by_client(self, length: int) -> None:
        """Count bytes from the client."""
        self._traffic.requests += self._answered
        self._traffic.sent += length
        self._answered = False

    def by_server(self, length: int) -> None:
        """Count bytes from the server."""
        self._traffic.received += length
        self._answered = True


class Forwarder:
    """Listens on `port` and forwards to another port, both on loopback."""

    def __init__(self, listening: socket.socket, target: int) -> None:
        self.port: int = listening.getsockname()[1]
        self._listening = listening
        self._target = target
        self._traffic = Traffic()
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()

    @property
    def traffic(self) -> Traffic:
        """The traffic up to now."""
        return replace(self._traffic)

    def run(self) -> None:
        """Forward until `stop` is called or the lifetime is over."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._forward())  # cancels what is under way at the end

    def stop(self) -> None:
        """Make `run` return; call it from another thread."""
        with suppress(RuntimeError):  # it is over already
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def _forward(self) -> None:
        with self._listening:  # closed at the end, so that nobody waits for it
            ends = [asyncio.create_task(self._accept()), asyncio.create_task(self._stopped.wait())]
            await asyncio.wait(ends, timeout=_LIFETIME, return_when=asyncio.FIRST_COMPLETED)

    async def _accept(self) -> None:
        room = asyncio.Semaphore(_CONNECTIONS)
        under_way: set[asyncio.Task[None]] = set()
        while True:
            await room.acquire()
            client, _ = await self._loop.sock_accept(self._listening)
            task = asyncio.create_task(self._join(client))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            task.add_done_callback(lambda _: room.release())

    async def _join(self, client: socket.socket) -> None:
        """One connection, until either side ends it."""
        self._traffic.connections += 1
        with client, socket.socket() as server:
            for end in (client, server):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.sock_connect(server, (_LOOPBACK, self._target))
            spoken = _Spoken(self._traffic)
            ways = [
                asyncio.create_task(self._pass(client, server, spoken.by_client)),
                asyncio.create_task(self._pass(server, client, spoken.by_server)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, source: socket.socket, target: socket.socket, count: Callable[[int], None]) -> None:
        with suppress(ConnectionError):
            while chunk := await self._loop.sock_recv(source, _CHUNK):
                count(len(chunk))
                await self._loop.sock_sendall(target, chunk)


@contextmanager
def forwarding(port: int) -> Iterator[Forwarder]:
    """A forwarder to a port on loopback, for a block."""
    with socket.create_server((_LOOPBACK, 0)) as listening:
        listening.setblocking(False)
        forwarder = Forwarder(listening, port)
        thread = threading.Thread(target=forwarder.run, name="forwarder", daemon=True)
        thread.start()
        try:
            yield forwarder
        finally:
            forwarder.stop()
            thread.join()
