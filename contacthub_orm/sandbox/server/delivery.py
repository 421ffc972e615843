"""What is received of a request, and the delivery of its answer: complete, or broken by a fault."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import Failure

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

    from contacthub_orm.sandbox.service.calls import Answer
    from contacthub_orm.sandbox.service.faults import Ending

__all__ = ["Arrival", "Connection", "Disconnected", "send_answer"]

GARBAGE: Final = "<html><body>It works!</body></html>"
ABORTIVE: Final = struct.pack("ii", 1, 0)  # SO_LINGER with a timeout of zero: closing sends a reset
LINGER_SECONDS: Final = 2.0


class Disconnected(Exception):  # noqa: N818 - it ends the handling of a request, as `Failure` does
    """The client has gone before its request had arrived."""


@dataclass(slots=True)
class Arrival:
    """A request as the server's protocol sees it arrive.

    Attributes:
        transport: the connection.
        refusal: the answer to what cannot be read or is not read on, or None.
        caller: whom the `Authorization` header proves to be calling, or None; see `Api.authenticate`.
        expects_continue: whether the client waits for a 100 before it sends the body.
        is_complete: whether the request has arrived as a whole.
        is_answered: whether the answer is sent, though the client may still be sending.
    """

    transport: asyncio.Transport
    refusal: Failure | None = None
    caller: Any = None
    expects_continue: bool = False
    is_complete: bool = False
    is_answered: bool = False


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
    if content and not any(name == b"content-type" for name, _ in lines):
        lines.append((b"content-type", b"application/json;charset=UTF-8"))
    if answer.status != HTTPStatus.NO_CONTENT:
        lines.append((b"content-length", str(len(content) if length is None else length).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    await send({"type": "http.response.body", "body": content, "more_body": more})


@dataclass(slots=True)
class Connection:
    """The connection of one request.

    Attributes:
        arrival: the request as the server sees it arrive.
        receive: the ASGI channel of the request.
        send: the ASGI channel of the answer.
        limit: how much of a body is read, in bytes.
        is_large: whether the body is known to be larger.
    """

    arrival: Arrival
    receive: Receive
    send: Send
    limit: int
    is_large: bool = False

    async def body(self) -> bytes:
        """The body, or what has arrived of a body that is too large.

        Raises:
            Disconnected: if the client goes before all of it has arrived.
            Failure: if the rest cannot be read or does not arrive in time.
        """
        content = bytearray()
        more = not self.is_large
        while more:
            message = await self._message()
            if message["type"] == "http.disconnect":
                raise Disconnected
            content += message.get("body", b"")
            self.is_large = len(content) > self.limit
            more = message.get("more_body", False) and not self.is_large
        return bytes(content)

    async def deliver(self, answer: Answer | None, ending: Ending) -> None:
        """Send the answer as the ending has it; cut the connection if there is no answer."""
        if answer is None:
            await self.cut(reset=ending == "reset")
        elif ending == "garbage":
            await self.answer(replace(answer, text=GARBAGE))
        elif ending == "truncated":
            await self._truncate(answer)
        else:
            await self.answer(answer)

    async def answer(self, answer: Answer) -> None:
        """Send the answer. If the client is still sending, discard a body of ordinary size."""
        if self.arrival.is_complete:
            await send_answer(self.send, answer)
        elif self.is_large or self.arrival.expects_continue:
            await self.end(answer)
        else:
            await send_answer(self.send, answer, more=True)
            self.arrival.is_answered = True
            if await self._discard_body():
                await self.send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await self._linger()

    async def end(self, answer: Answer) -> None:
        """Send the last answer of the connection."""
        await send_answer(
            self.send, replace(answer, headers=(*answer.headers, ("connection", "close"))), more=True
        )
        self.arrival.is_answered = True
        await self._linger()

    async def cut(self, *, reset: bool = False) -> None:
        """Close the connection without an answer: in order (FIN), or with `reset` by a reset (RST)."""
        transport = self.arrival.transport
        if not transport.is_closing():
            if reset:
                linger = (socket.SOL_SOCKET, socket.SO_LINGER, ABORTIVE)
                transport.get_extra_info("socket").setsockopt(*linger)
            transport.abort()
        await self._closed()

    async def _message(self) -> Message:
        """The next message of the client.

        Raises:
            Failure: if the server refuses the rest of the request.
        """
        refusal = self.arrival.refusal
        if refusal is None:
            message = await self.receive()
            refusal = self.arrival.refusal
            if refusal is None:
                return message
        raise refusal

    async def _discard_body(self) -> bool:
        """Read and drop the rest of the body; whether it ended before the limit."""
        size = 0
        with suppress(Failure):
            while not self.arrival.is_complete and size <= self.limit:
                message = await self._message()
                if message["type"] == "http.disconnect":
                    break
                size += len(message.get("body", b""))
        return self.arrival.is_complete

    async def _linger(self) -> None:
        """Close the connection, but read for a moment what the client still sends.

        If the server closed at once, the system would reset the connection, and the answer might be lost.
        """
        transport = self.arrival.transport
        with suppress(OSError):
            transport.write_eof()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed(), LINGER_SECONDS)
        transport.abort()
        await self._closed()

    async def _truncate(self, answer: Answer) -> None:
        half = replace(answer, text=answer.text[: len(answer.text) // 2])
        await send_answer(self.send, half, length=len(answer.text.encode()) + 1, more=True)
        self.arrival.transport.close()
        await self._closed()

    async def _closed(self) -> None:
        """Wait until the server notices; it reports an application that returns earlier without an answer."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
