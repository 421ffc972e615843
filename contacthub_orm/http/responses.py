"""Answers, and the errors that the service puts into them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import APIError
from contacthub_orm.http.gc_pause import paused_gc

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "api_error", "decoded"]

# Pausing the collector costs about two microseconds, decoding this much some hundreds.
_LARGE: Final = 32_768
_QUOTED: Final = 200


@attrs.frozen
class Answer:
    """A success: the status, the headers (names without regard to case) and the decoded JSON, None for no body."""

    status: int
    headers: Mapping[str, str]
    body: Any


def decoded(content: bytes | str) -> Any:
    """The JSON document in a body, None in an empty one. Raises ValueError when it holds anything else."""
    if not content or content.isspace():
        return None
    try:
        if len(content) < _LARGE:
            return json.loads(content)
        with paused_gc():
            return json.loads(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def api_error(status: int, text: str, *, method: str, url: str) -> APIError:
    """The exception for an error answer.

    Read are the service's envelope, `{message, errors, data, logref}`, the web framework's `{status, error}`, which
    stands in for it where no code of the service was reached, and anything else as text, cut to 200 characters.
    """
    try:
        body = decoded(text)
    except ValueError:
        body = text.strip()[:_QUOTED]
    envelope: dict[str, Any] = body if isinstance(body, dict) else {"message": body}
    message = envelope.get("message") or envelope.get("error")
    errors = envelope.get("errors")
    logref = envelope.get("logref")
    return APIError.for_status(status)(
        status=status,
        message=None if message is None else str(message),
        errors=errors if isinstance(errors, list) else [] if errors is None else [errors],
        data=envelope.get("data"),
        logref=None if logref is None else str(logref),
        method=method,
        url=url,
    )
