"""The delivery of answers to the client: complete, or broken by a fault."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Receive, Scope, Send

    from contacthub_orm.sandbox.service.calls import Answer
    from contacthub_orm.sandbox.service.faults import Ending

__all__ = ["Connection", "send_answer"]

GARBAGE: Final = "<html><body>It works!</body></html>"
ABORTIVE: Final = struct.pack("ii", 1, 0)  # SO_LINGER with a timeout of zero: closing sends a reset


async def send_answer(send: Send, answer: Answer, length: int | None = None, more: bool = False) -> None:
    """Send an answer (ASGI).

    Args:
        send: the channel of the request.
        answer: the answer.
        length: the `Content-Length` to announce instead of the true one, in bytes.
        more: whether to leave the body unfinished.
    """
    content = answer.text.encode()
    lines = [(name.encode(), value.encode()) for name, value in answer.headers]
    if content:
        lines.append((b"content-type", b"application/json;charset=UTF-8"))
    if answer.status != HTTPStatus.NO_CONTENT:
        lines.append((b"content-length", str(len(content) if length is None else length).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    await send({"type": "http.response.body", "body": content, "more_body": more})


@dataclass(slots=True)
class Connection:
    """The connection of one request. The server has put its transport into the state of the ASGI scope."""

    scope: Scope
    receive: Receive
    send: Send

    async def deliver(self, answer: Answer | None, ending: Ending) -> None:
        """Send the answer as the ending has it; cut the connection if there is no answer."""
        if answer is None:
            await self.cut(reset=ending == "reset")
        elif ending == "garbage":
            await send_answer(self.send, replace(answer, text=GARBAGE))
        elif ending == "truncated":
            await self._truncate(answer)
        else:
            await send_answer(self.send, answer)

    async def cut(self, *, reset: bool = False) -> None:
        """Close the connection without an answer: in order (FIN), or with `reset` by a reset (RST)."""
        if not self._transport.is_closing():
            if reset:
                linger = (socket.SOL_SOCKET, socket.SO_LINGER, ABORTIVE)
                self._transport.get_extra_info("socket").setsockopt(*linger)
            self._transport.abort()
        await self._closed()

    async def _truncate(self, answer: Answer) -> None:
        half = replace(answer, text=answer.text[: len(answer.text) // 2])
        await send_answer(self.send, half, length=len(answer.text.encode()) + 1, more=True)
        self._transport.close()
        await self._closed()

    async def _closed(self) -> None:
        """Wait until the server notices; it reports an application that returns earlier without an answer."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    @property
    def _transport(self) -> asyncio.Transport:
        transport: asyncio.Transport = self.scope["state"]["transport"]
        return transport
