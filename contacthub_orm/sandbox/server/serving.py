"""The server thread: uvicorn with an event loop of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import uvicorn

from contacthub_orm.sandbox.server.protocol import Protocol

if TYPE_CHECKING:
    from contacthub_orm.sandbox.server.application import Application

__all__ = ["ServerThread"]

SHORT: Final = 0.002


class _Server(uvicorn.Server):
    """Signals when it is ready, so that nobody has to poll, and releases held requests when it shuts down."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._application = application
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Wait for `stop`. The loop of uvicorn looks ten times a second whether there is something to do."""
        await self._is_stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the requests in progress. The method of uvicorn sleeps for a tenth of a second even without any."""
        self._application.release()
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled(), self.config.timeout_graceful_shutdown)
        for task in self.server_state.tasks:
            task.cancel()

    async def _settled(self) -> None:
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(SHORT)

    def stop(self) -> None:
        """Shut down, as soon as may be; from any thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._is_stopped.set)


class ServerThread:
    """A server that accepts requests from its construction until `stop`.

    Args:
        application: what answers them.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        name: the name of the thread.

    Attributes:
        port: the port that it listens on, even if port 0 was requested.

    Raises:
        OSError: if it cannot listen on the address.
    """

    def __init__(self, application: Application, host: str, port: int, name: str) -> None:
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                application,
                access_log=False,
                date_header=False,
                http=Protocol,
                lifespan="off",
                log_config=None,
                log_level="warning",
                loop="asyncio",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=5,
                timeout_keep_alive=60,
                ws="none",
            ),
            application,
        )
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()
        self._server.ready.wait()

    def stop(self) -> None:
        """Finish the requests in progress, close all connections and wait for the thread to end."""
        self._server.stop()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.ready.set()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the protocol is named; otherwise answers wait for 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening
