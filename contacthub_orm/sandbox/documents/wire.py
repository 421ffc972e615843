"""Dates and JSON as they stand on the wire.

Answers write every date-time as `2017-03-09T10:34:03.547+0000` (three decimals, numeric zone without a
colon), the one form that all published SDKs read. Requests may use every ISO 8601 form with a zone that those
SDKs send.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final, NoReturn

__all__ = [
    "canonical",
    "decode",
    "decode_received",
    "encode",
    "format_instant",
    "is_same_instant",
    "months_before",
    "parse_instant",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MAX_DEPTH: Final = 200
TOO_DEEP: Final = f"more than {MAX_DEPTH} levels"
MONTHS: Final = 12
LAST_COMMON_DAY: Final = 28
FIRST_INSTANT: Final = -(2**62)
MILLISECOND: Final = timedelta(milliseconds=1)
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)")


def parse_instant(text: str, *, dates: bool = False) -> int | None:
    """Parse a date-time with a zone.

    Args:
        text: the string to parse.
        dates: whether to accept a date too, as its midnight in UTC.

    Returns:
        Milliseconds since 1970, or None if the string has another form or names a day or hour that does not
        exist.
    """
    try:
        if DATE_TIME.fullmatch(text):
            return (datetime.fromisoformat(text).astimezone(UTC) - EPOCH) // MILLISECOND
        if dates and DATE.fullmatch(text):
            return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // MILLISECOND
    except (ValueError, OverflowError):
        pass
    return None


def format_instant(milliseconds: int) -> str:
    """Write an instant, in milliseconds since 1970, in the service's form, always in UTC."""
    return (EPOCH + milliseconds * MILLISECOND).isoformat(timespec="milliseconds")[:-6] + "+0000"


def months_before(now: int, months: int) -> int:
    """The instant that many months earlier, both in milliseconds since 1970; the 29th to 31st count as the 28th."""
    time = datetime.fromtimestamp(now / 1000, UTC)
    years, month = divmod(time.year * MONTHS + time.month - 1 - months, MONTHS)
    if years < 1:
        return FIRST_INSTANT
    earlier = time.replace(year=years, month=month + 1, day=min(time.day, LAST_COMMON_DAY))
    return int(earlier.timestamp() * 1000)


def is_same_instant(one: Any, other: Any) -> bool:
    """Whether both values are date-times with a zone, possibly written differently, of the same instant."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    instant = parse_instant(one)
    return instant is not None and instant == parse_instant(other)


def encode(value: Any) -> str:
    """Write a value as compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> str:
    """JSON text by which to compare values: `1` differs from `true`, the order of keys does not matter."""
    return json.dumps(value, sort_keys=True)


def decode(text: str) -> Any:
    """Parse JSON text of the sandbox's own."""
    return json.loads(text)


def decode_received(text: str | bytes) -> Any:
    """Parse JSON text that a client sent.

    Raises:
        ValueError: if it is not JSON in UTF-8, or JSON that other parsers refuse: a byte order mark, NaN, an
            infinite number, half of a surrogate pair, more than 200 levels.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")  # given bytes, `json` would also take UTF-16 and UTF-32
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_refuse)
        if "\\u" in text:
            encode(value).encode()
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            member
            for container in level
            if isinstance(container, (dict, list))
            for member in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
