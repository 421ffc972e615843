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


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request as it arrived. It has no headers, so that it never shows the token.

    Attributes:
        method: the HTTP method.
        path: the path as sent, from `/hub/v1` on, percent-decoded.
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
    """The last 100,000 requests, oldest first."""

    def __init__(self) -> None:
        self._received: deque[ReceivedRequest] = deque(maxlen=CAPACITY)

    def add(self, request: ReceivedRequest) -> None:
        """Record a request; a full log drops its oldest one."""
        self._received.append(request)

    def all(self) -> list[ReceivedRequest]:
        """A copy of the log, which later requests do not change."""
        return list(self._received)

    def clear(self) -> None:
        """Drop all requests."""
        self._received.clear()
