"""URLs: base URLs that can be, and paths made of arbitrary values."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from requests import PreparedRequest
from requests.exceptions import RequestException

from contacthub_orm.errors import ConfigurationError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["checked_base_url", "quote_path", "request_url"]

# A user and password in the URL would replace our Authorization header and appear in errors.
_BASE_URL: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?", re.IGNORECASE)

_PLAIN_URL: Final = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:[1-9][0-9]*)?(/[A-Za-z0-9_~-]+)+")

_PLAIN_SEGMENT: Final = re.compile(r"[A-Za-z0-9_~-]+")

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
    if all(map(_PLAIN_SEGMENT.fullmatch, segments)):  # FASTPATH: as most ids are
        return "/".join(segments)
    try:
        return "/".join(quote(segment, safe="") for segment in segments)
    except UnicodeEncodeError:
        raise InvalidRequestError(
            f"{'/'.join(segments)!r} is no path: it holds half of a surrogate pair"
        ) from None


def request_url(url: str, params: Mapping[str, Any] | None) -> str:
    """The URL of a request, in the form in which requests would send it.

    Args:
        url: the URL without a query.
        params: the query, None for none; a list repeats its name.

    Raises:
        requests.exceptions.InvalidURL: if it cannot be sent.
    """
    # FASTPATH: nothing has to be quoted anew in a plain URL; to take one apart and join it again costs more than the rest.
    if _PLAIN_URL.fullmatch(url) and all(isinstance(value, str) for value in (params or {}).values()):
        return f"{url}?{urlencode(params)}" if params else url
    prepared = PreparedRequest()
    prepared.prepare_url(url, params)
    return str(prepared.url)


def checked_base_url(base_url: str, *, allow_http: bool) -> str:
    """A base URL without its trailing slash, if a request can be made of it.

    Args:
        base_url: the URL.
        allow_http: whether it may be `http://` on another machine than this one.

    Raises:
        ConfigurationError: if it is no URL of a scheme, a host and a path, no such host or port can be, or it is
            `http://` where that is not allowed.
    """
    if not isinstance(base_url, str) or not _BASE_URL.fullmatch(base_url):
        raise ConfigurationError("base_url must be http:// or https://, a host and a path, and nothing else")
    parts, reason = _parsed(base_url)
    if parts is None:
        raise ConfigurationError(f"base_url {base_url!r}: {reason}")
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            f"base_url {base_url!r} is http:// on another machine, so that the token would travel in the open: "
            "use https://, or allow it by the setting allow_http=True"
        )
    return base_url.rstrip("/")


def _parsed(base_url: str) -> tuple[SplitResult | None, str]:
    """The parts of a URL, as requests sends it; or None and the reason why it cannot be one."""
    prepared = PreparedRequest()
    try:
        prepared.prepare_url(base_url, None)
        parts = urlsplit(prepared.url or "")
        host = str(parts.hostname or "")
        if not host or parts.port == 0:
            return None, "the host or the port cannot be"
        host.removesuffix(".").encode("idna")  # as the resolver does; it refuses empty and long labels
    except (RequestException, ValueError) as error:
        return None, str(error)
    return parts, ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
