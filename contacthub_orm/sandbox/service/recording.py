"""The requests that a sandbox received, for tests to count and inspect."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["ReceivedRequest", "RequestLog"]

CAPACITY: Final = 100_000
MAX_BYTES: Final = 64 * 1024 * 1024
ANSWERS: Final = 1_000
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
TOKEN: Final = '"token"'
TOKEN_VALUE: Final = re.compile(r'("token":\s*)"[^"]*"')


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
    """The last requests, oldest first: at most 100,000, and as many as fit into `MAX_BYTES` of memory.

    Each has a number, from 1 on, which no other request of the log ever has.
    """

    def __init__(self) -> None:
        self._received: deque[tuple[ReceivedRequest, int]] = deque()
        self._size = 0
        self._added = 0
        self._answers = _Answers()

    def add(self, request: ReceivedRequest, size: int, answer: str | None = None) -> None:
        """Record a request; a full log drops its oldest ones.

        Args:
            request: the request.
            size: about how much memory it takes, in bytes.
            answer: the text of the body that was answered, or None if none was.
        """
        self._received.append((request, size))
        self._added += 1
        self._size += size
        self._answers.add(self._added, answer)
        while self._size > MAX_BYTES or len(self._received) > CAPACITY:
            self._size -= self._received.popleft()[1]

    def numbered(self) -> list[tuple[int, ReceivedRequest]]:
        """The requests with their numbers, oldest first."""
        received = self.all()
        return list(enumerate(received, self._added - len(received) + 1))

    def get(self, number: int) -> ReceivedRequest | None:
        """The request with a number, None if it is not in the log."""
        place = number - (self._added - len(self._received)) - 1
        return self._received[place][0] if 0 <= place < len(self._received) else None

    def answer(self, number: int) -> str | None:
        """The text of the body that answered a request, without tokens.

        It is None if there was none, or if it is no longer kept: the log keeps the last 1,000 answers, 16 MiB at most.
        """
        return self._answers.get(number)

    def all(self) -> list[ReceivedRequest]:
        """A copy of the log, which later requests do not change."""
        return [request for request, _ in self._received.copy()]

    def clear(self) -> None:
        """Drop all requests. The numbers go on."""
        self._received.clear()
        self._size = 0
        self._answers = _Answers()


class _Answers:
    """The last answers by the numbers of their requests."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._size = 0

    def add(self, number: int, text: str | None) -> None:
        if not text:
            return
        if TOKEN in text:  # a source is shown with its token, which no log should hold
            text = TOKEN_VALUE.sub(r'\1"***"', text)
        self._texts[number] = text
        self._size += len(text)
        while self._size > MAX_ANSWER_BYTES or len(self._texts) > ANSWERS:
            self._size -= len(self._texts.pop(next(iter(self._texts))))

    def get(self, number: int) -> str | None:
        return self._texts.get(number)
