"""Typed values to and from wire JSON, with one cattrs converter.

Reading is lenient: a value that the declared type cannot take (an unknown member of an enumeration, a
malformed date) is handed out as the service sent it. Writing is exact: a value that has no JSON form is
refused.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Protocol, Union, get_args, get_origin, runtime_checkable
from uuid import UUID

from cattrs import Converter

__all__ = [
    "Rendered",
    "converter",
    "dump",
    "dump_datetime",
    "is_union",
    "loader",
    "parse_datetime",
    "without_none",
]

Load = Callable[[Any], Any]


@runtime_checkable
class Rendered(Protocol):
    """An object that knows its own wire JSON."""

    def __json__(self) -> Any: ...


converter = Converter(detailed_validation=False)
"""The converter of all declared types. Register hooks on it to map types of your own."""


def parse_datetime(string: str) -> datetime:
    """Parse any ISO 8601 form of a date and time; without a zone it is UTC.

    The service writes `2017-03-09T11:31:31.842+0000` (recorded answers of the Python, Go and Node SDKs).

    Returns:
        An aware datetime.

    Raises:
        ValueError: if the string has another form.
        TypeError: if it is not a string.
    """
    return _aware(datetime.fromisoformat(string))


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def dump_datetime(instant: datetime) -> str:
    """The wire form of an instant: UTC with milliseconds and `Z`.

    Every published client of the service sends or accepts this form.
    """
    return _aware(instant).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_DATE_LENGTH: Final = len("YYYY-MM-DD")


def parse_date(string: str) -> date:
    """Parse the ISO 8601 form of a date, or that of an instant, of which the day is taken.

    Raises:
        ValueError: if the string has another form.
    """
    if len(string) == _DATE_LENGTH:
        return date.fromisoformat(string)
    return parse_datetime(string).date()


def _structure_datetime(value: Any, _: type) -> datetime:
    if isinstance(value, datetime):
        return _aware(value)
    return datetime.combine(value, time.min, UTC) if isinstance(value, date) else parse_datetime(value)


def _structure_date(value: Any, _: type) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else parse_date(value)


converter.register_structure_hook(datetime, _structure_datetime)
converter.register_structure_hook(date, _structure_date)
converter.register_unstructure_hook(datetime, dump_datetime)
converter.register_unstructure_hook(date, date.isoformat)
converter.register_unstructure_hook(UUID, str)
converter.register_unstructure_hook(Decimal, float)


@cache
def without_none(declared: Any) -> Any:
    """The type without None: `str` for `str | None`."""
    if not is_union(declared):
        return declared
    others = tuple(one for one in get_args(declared) if one is not type(None))
    return Union[others]  # noqa: UP007 - of types known at run time only


def is_union(declared: Any) -> bool:
    """Whether a type is a union, such as `str | None`."""
    return get_origin(declared) in (Union, types.UnionType)


_PLAIN = (Any, str, int, float, bool, object)


def _is_wire(declared: Any) -> bool:
    """Whether values of the type need no conversion from JSON; values of a union are taken as sent."""
    declared = without_none(declared)
    if declared in _PLAIN or is_union(declared):
        return True
    container = get_origin(declared) or declared
    return container in (list, dict) and all(map(_is_wire, get_args(declared)))


def loader(declared: Any) -> Load | None:
    """The function that turns a wire value into one of the declared type.

    Returns:
        The function, which raises ValueError, TypeError or KeyError for a value that it cannot take; or None
        if a copy of the wire value serves.
    """
    if _is_wire(declared):
        return None
    declared = without_none(declared)
    hook = converter.get_structure_hook(declared)
    return lambda value: hook(value, declared)


def dump(value: Any) -> Any:
    """The wire JSON of a value, at any depth.

    Raises:
        TypeError: if the value, or one inside it, has no JSON form.
    """
    if value is None or type(value) in (str, bool, int, float):
        return value
    if isinstance(value, str | bool | int | float | Enum):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        return {_key(key): dump(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [dump(item) for item in value]
    if isinstance(value, Rendered):
        return value.__json__()
    plain = converter.unstructure(value)
    if plain is value:
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return dump(plain)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON key is a string, got {key!r}")
    return key
