"""The settings of a transport."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any, Final, TypeAlias

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.suggestions import suggests_arguments

__all__ = ["Settings"]

_Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_DISTRIBUTION: Final = "contacthub_orm"


def _rule(rule: str, holds: Callable[[Any], bool], *, show: bool = True) -> _Validator:
    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not holds(value):
            raise ConfigurationError(
                f"{attribute.name} must be {rule}" + (f", not {value!r}" if show else "")
            )

    return check


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_proxies(value: Any) -> bool:
    return value is None or (
        isinstance(value, Mapping) and all(isinstance(part, str) for item in value.items() for part in item)
    )


_above_zero = _rule("a finite number above 0", lambda value: _is_number(value) and value > 0)
_not_negative = _rule("a finite number, 0 or more", lambda value: _is_number(value) and value >= 0)
_at_least_one = _rule("an integer, 1 or more", lambda value: _is_count(value) and value >= 1)


def _ten_times(value: Any) -> Any:
    """Ten times a number; anything else as it is, for its own rule to refuse."""
    return 10 * value if _is_number(value) else value


def _host(url: str) -> str:
    return url.rpartition("@")[2]


def _user_agent() -> str:
    try:
        return f"{_DISTRIBUTION}/{metadata.version(_DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        return _DISTRIBUTION


@suggests_arguments
@attrs.frozen(kw_only=True)
class Settings:
    """How a transport connects, waits and retries.

    Raises:
        ConfigurationError: if a value is invalid; the message names the field and its rule.
        TypeError: if there is no such field; the message suggests the nearest.
    """

    connect_timeout: float = attrs.field(default=5.0, validator=_above_zero)
    """Seconds to wait for a connection."""

    read_timeout: float = attrs.field(default=30.0, validator=_above_zero)
    """Seconds without a byte of the answer after which the answer counts as lost."""

    total_timeout: float = attrs.field(
        default=attrs.Factory(lambda settings: _ten_times(settings.read_timeout), takes_self=True),
        validator=_above_zero,
    )
    """Seconds after which an answer that is still being read counts as lost; by default ten times `read_timeout`."""

    max_answer_bytes: int = attrs.field(default=64 * 1024 * 1024, validator=_at_least_one)
    """The largest body of an answer, in bytes, decompressed; a larger one is not read to its end and counts as lost."""

    retries: int = attrs.field(default=4, validator=_at_least_one)
    """The largest number of attempts for a request, the first included; 1 never repeats a request."""

    backoff_base: float = attrs.field(default=0.5, validator=_not_negative)
    """The longest first wait, in seconds. Each further wait may take twice as long as the one before."""

    backoff_max: float = attrs.field(default=30.0, validator=_not_negative)
    """The longest wait between two attempts, in seconds, unless the service asks for a longer one."""

    retry_after_max: float = attrs.field(default=120.0, validator=_not_negative)
    """The longest `Retry-After` to wait for, in seconds; if the service asks for more, the request is not repeated."""

    max_in_flight: int = attrs.field(default=16, validator=_at_least_one)
    """The number of requests that a caller should have under way at a time."""

    pool_size: int = attrs.field(
        default=attrs.Factory(lambda settings: settings.max_in_flight, takes_self=True),
        validator=_at_least_one,
    )
    """The number of connections kept open; by default `max_in_flight`."""

    requests_per_minute: int | None = attrs.field(
        default=None,
        validator=_rule(
            "an integer, 0 or more, or None", lambda value: value is None or (_is_count(value) and value >= 0)
        ),
    )
    """The budget of this process; None and 0 mean no limit."""

    proxies: Mapping[str, str] | None = attrs.field(
        default=None,
        validator=_rule("a mapping of schemes to URLs, or None", _is_proxies, show=False),
        repr=lambda proxies: repr(proxies and {scheme: _host(url) for scheme, url in proxies.items()}),
    )
    """Proxy URLs by scheme, in the form of requests, in place of those of the environment; `{}` for no proxy."""

    allow_http: bool = attrs.field(
        default=False, validator=_rule("True or False", lambda value: isinstance(value, bool))
    )
    """Whether the base URL may be `http://` on another machine. The token then travels in the open."""

    ca_bundle: str | None = attrs.field(
        default=None,
        validator=_rule(
            "the path of a file or directory that exists, or None",
            lambda value: value is None or os.path.exists(value),
        ),
    )
    """The certificates to trust, in place of those of the environment (`REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`)."""

    user_agent: str = attrs.field(
        factory=_user_agent,
        validator=_rule(
            "printable ASCII",
            lambda value: isinstance(value, str) and value.isascii() and value.isprintable(),
        ),
    )
    """The `User-Agent` header."""
