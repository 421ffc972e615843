"""Dates and JSON as they stand on the wire.

Answers write every date-time as `2017-03-09T10:34:03.547+0000` (three decimals, numeric zone without a colon): the one
form that all published SDKs read. Requests may use any ISO 8601 form with a zone that those SDKs send.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import Any, Final, NoReturn

__all__ = ["canonical", "decode", "encode", "format_instant", "is_date", "parse_instant"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)")


def parse_instant(text: str, *, dates: bool = False) -> int | None:
    """Milliseconds since 1970 of a date-time with a zone; with `dates` also of a date, as its midnight in UTC.

    Returns:
        None if the text is neither, or names a day or hour that does not exist.
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
    """The service's own form of an instant, always in UTC."""
    return (EPOCH + milliseconds * MILLISECOND).isoformat(timespec="milliseconds")[:-6] + "+0000"


def is_date(text: str) -> bool:
    """Whether the text is a calendar date such as `1990-12-12`."""
    if not DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def encode(value: Any) -> str:
    """Compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> str:
    """A text that two values share only if they are the same JSON: `1` is not `true`, the order of keys is nothing."""
    return json.dumps(value, sort_keys=True)


def decode(text: str | bytes) -> Any:
    """JSON text to values.

    Raises:
        ValueError: it is not JSON, or JSON that no other reader would accept: NaN, an infinite number, half of a
            surrogate pair, nesting beyond Python's recursion limit.
    """
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_refuse)
        if (b"\\u" if isinstance(text, bytes) else "\\u") in text:  # type: ignore[operator]
            encode(value).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
