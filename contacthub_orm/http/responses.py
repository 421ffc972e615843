"""Responses: the decoded body of a success, and the exception for an error."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import APIError
from contacthub_orm.http.gc_pause import paused_gc
from contacthub_orm.http.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "api_error", "decoded"]

# Pausing the collector costs about two microseconds; decoding this many bytes costs some hundreds.
_LARGE: Final = 32_768
_QUOTED: Final = 200


@attrs.frozen
class Answer:
    """A success: its status, its headers (names are case-insensitive) and its decoded JSON, None without a body."""

    status: int
    headers: Mapping[str, str]
    body: Any


def decoded(content: bytes | str) -> Any:
    """The JSON document in a body, or None if the body is empty.

    Raises:
        ValueError: if the body is not JSON, or is nested too deeply.
    """
    if not content or content.isspace():
        return None
    try:
        if len(content) < _LARGE:
            return json.loads(content)
        with paused_gc():
            return json.loads(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def api_error(status: int, text: str, *, method: str, url: str, location: str | None = None) -> APIError:
    """The exception for an error answer.

    It has the values of the service's envelope, `{message, errors, data, logref}`, or of the web framework's
    `{status, error}`, which comes if no code of the service was reached. Any other body is the message, cut to 200
    characters. The message of a redirect says where to: `location`.
    """
    try:
        body = decoded(text)
    except ValueError:
        body = text.strip()[:_QUOTED]
    envelope: dict[str, Any] = body if isinstance(body, dict) else {"message": body}
    message = envelope.get("message") or envelope.get("error")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and location is not None:
        message = f"redirected to {without_credentials(location)}, which is not followed"
    errors = envelope.get("errors")
    logref = envelope.get("logref")
    error = APIError.for_status(status)(
        status=status,
        message=None if message is None else str(message),
        errors=errors if isinstance(errors, list) else [] if errors is None else [errors],
        data=envelope.get("data"),
        logref=None if logref is None else str(logref),
        method=method,
        url=url,
    )
    error.has_form = isinstance(body, dict) and message is not None
    error.is_of_framework = not isinstance(body, dict) or body.get("error") is not None
    error.has_envelope = isinstance(body, dict) and body.get("message") is not None
    return error
