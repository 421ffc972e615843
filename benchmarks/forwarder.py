"""A forwarder on loopback that counts what goes through it: connections, requests and bytes.

It stands between a client and a server that speak HTTP/1.1 and pipeline nothing, so that a request begins where the client
speaks first, or again after an answer; no message is parsed. Everything is counted before it is handed on: a client that
has its whole answer finds all of it counted. It is a thread that ends with the block, or by itself after a quarter of an hour.
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
    """What went through: new connections, requests, bytes of the client and bytes of the server."""

    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(*map(operator.add, astuple(self), astuple(other)))

    def __sub__(self, other: Traffic) -> Traffic:
        return Traffic(*map(operator.sub, astuple(self), astuple(other)))


class _Spoken:
    """What one connection has said, added to the traffic."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._answered = True

    def by_client(self, length: int) -> None:
        self._traffic.requests += self._answered
        self._traffic.sent += length
        self._answered = False

    def by_server(self, length: int) -> None:
        self._traffic.received += length
        self._answered = True


class Forwarder:
    """Listens on `port` and hands on to another port, both of loopback."""

    def __init__(self, listening: socket.socket, target: int) -> None:
        self.port: int = listening.getsockname()[1]
        self._listening = listening
        self._target = target
        self._traffic = Traffic()
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()

    @property
    def traffic(self) -> Traffic:
        """All that went through up to now."""
        return replace(self._traffic)

    def run(self) -> None:
        """Forward until `stop`, or until the lifetime is over."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._forward())  # what is under way at its end is cancelled

    def stop(self) -> None:
        """Have `run` return; for other threads."""
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
    """A forwarder to a port of loopback, until the block ends."""
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
