"""Paths of URLs, made of arbitrary values."""

from __future__ import annotations

from urllib.parse import quote

from contacthub_orm.errors import InvalidRequestError

__all__ = ["quote_path"]

# HTTP clients remove these from a path, quoted or not, so that the request would go to another resource.
_INVALID = frozenset({"", ".", ".."})


def quote_path(*segments: str) -> str:
    """The relative path of these segments, each fully percent-encoded: the segment `a/b` becomes `a%2Fb`.

    Raises:
        InvalidRequestError: if a segment is not a string, is empty, is `.` or `..`, or is no Unicode text.
    """
    for segment in segments:
        if not isinstance(segment, str) or segment in _INVALID:
            raise InvalidRequestError(f"{segment!r} cannot be a segment of a path")
    try:
        return "/".join(quote(segment, safe="") for segment in segments)
    except UnicodeEncodeError:
        raise InvalidRequestError(
            f"{'/'.join(segments)!r} is no path: it holds half of a surrogate pair"
        ) from None
