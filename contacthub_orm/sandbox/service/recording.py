"""The requests that a sandbox received, for tests to count and look into."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["ReceivedRequest", "RequestLog"]

REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request as it arrived, without its headers, so that the token is nowhere in it.

    path: as sent, from `/hub/v1` on, percent-decoded.
    query: the query parameters, the last value of each name.
    body: the decoded JSON, or None if there was none or it was malformed.
    status: the status of the answer, None if the connection was cut without one.
    time: when it arrived, by the sandbox's clock.
    applied: whether it took effect: the API carried it out and found no error, whatever the client was told.
    fault: the kind of the `Fault` that struck it, such as `cut_after`; None if none did.
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
        self._received: deque[ReceivedRequest] = deque(maxlen=REMEMBERED)

    def add(self, request: ReceivedRequest) -> None:
        """Remember a request; the oldest is forgotten when the log is full."""
        self._received.append(request)

    def all(self) -> list[ReceivedRequest]:
        """A copy that later requests do not change."""
        return list(self._received)

    def clear(self) -> None:
        """Forget all."""
        self._received.clear()
