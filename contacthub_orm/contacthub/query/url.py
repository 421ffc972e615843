"""What the URL of a search can carry."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from contacthub_orm.errors import APIError, CompileError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_SEARCH_BYTES", "check_url", "query_text", "too_long"]

MAX_SEARCH_BYTES: Final = 64_000
"""How long the parameters of a search may be in its URL: what common HTTP parsers read, less some room for the path.

No source states the service's own limit; see `too_long`.
"""

_TOO_LONG: Final = (HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def query_text(query: Any) -> str:
    """The text of a query's JSON.

    Raises:
        CompileError: if a value of a raw query has no JSON form.
    """
    try:
        return json.dumps(query, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise CompileError(f"the query is not JSON: {error}") from None


def check_url(parameters: Mapping[str, str]) -> None:
    """Refuse parameters that a URL cannot carry.

    Raises:
        CompileError: if they are too long, or one of them is not Unicode text.
    """
    try:
        length = _length(parameters)
    except UnicodeEncodeError:
        raise CompileError(
            "a search can only ask for Unicode text, and this holds half of a surrogate pair"
        ) from None
    if length > MAX_SEARCH_BYTES:
        raise CompileError(
            f"the search takes {length} bytes of its URL, and at most {MAX_SEARCH_BYTES} are sent: "
            "ask for its values in several queries"
        )


def too_long(parameters: Mapping[str, str], error: APIError) -> CompileError | None:
    """The error for a search whose URL the service finds too long (414 or 431); None if it answered something else."""
    if error.status not in _TOO_LONG:
        return None
    return CompileError(
        f"the service refuses a search that takes {_length(parameters)} bytes of its URL ({error.status}): "
        "ask for its values in several queries"
    )


def _length(parameters: Mapping[str, str]) -> int:
    return len(urlencode(parameters))
