"""The requests that a sandbox received, for tests to count and inspect."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["ReceivedRequest", "RequestLog"]

CAPACITY: Final = 100_000
MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request as it arrived. It has no headers, so that it never shows the token.

    Attributes:
        method: the HTTP method.
        path: the path as sent, of Contacthub from `/hub/v1` on, percent-decoded.
        query: the query parameters, with the last value of each name.
        body: the decoded JSON, or None if there was no body or it was malformed.
        status: the status of the answer, or None if the connection was cut without one.
        time: when the request arrived, by the sandbox's clock.
        applied: whether the request took effect: the API carried it out and found no error, whatever the
            client was told.
        fault: the name of the `Fault` that struck it, such as `cut_after`, or None if none did.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int | None
    time: datetime
    applied: bool = True
    fault: str | None = None


class RequestLog:
    """The last requests, oldest first: at most 100,000, and as many as fit into `MAX_BYTES` of memory."""

    def __init__(self) -> None:
        self._received: deque[tuple[ReceivedRequest, int]] = deque()
        self._size = 0

    def add(self, request: ReceivedRequest, size: int) -> None:
        """Record a request; a full log drops its oldest ones.

        Args:
            request: the request.
            size: about how much memory it takes, in bytes.
        """
        self._received.append((request, size))
        self._size += size
        while self._size > MAX_BYTES or len(self._received) > CAPACITY:
            self._size -= self._received.popleft()[1]

    def all(self) -> list[ReceivedRequest]:
        """A copy of the log, which later requests do not change."""
        return [request for request, _ in self._received.copy()]

    def clear(self) -> None:
        """Drop all requests."""
        self._received.clear()
        self._size = 0
