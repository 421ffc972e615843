"""Paths made of values that are not ours."""

from __future__ import annotations

from urllib.parse import quote

from contacthub_orm.errors import InvalidRequestError

__all__ = ["quote_path"]

# Normalised away by every HTTP client, quoted or not, so that the request would go to another resource.
_UNSAYABLE = frozenset({"", ".", ".."})


def quote_path(*segments: str) -> str:
    """The relative path of these segments, each percent-encoded in full: `a/b` is one segment, `a%2Fb`.

    Raises InvalidRequestError for a segment that is no string or that no path can hold (empty, `.` and `..`).
    """
    for segment in segments:
        if not isinstance(segment, str) or segment in _UNSAYABLE:
            raise InvalidRequestError(f"{segment!r} cannot be a segment of a path")
    return "/".join(quote(segment, safe="") for segment in segments)
