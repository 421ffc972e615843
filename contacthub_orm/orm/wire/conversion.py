"""Typed values to and from wire JSON, on one cattrs converter.

Reading is lenient: a value that the declared type cannot take (an enum member of tomorrow, a malformed date) is
handed out as the service sent it. Writing is exact: what is not JSON is refused.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Protocol, Union, get_args, get_origin, runtime_checkable
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


def parse_datetime(text: str) -> datetime:
    """An aware datetime from any ISO 8601 form; a text without zone is UTC.

    The service writes `2017-03-09T11:31:31.842+0000` (recorded answers of the Python, Go and Node SDKs).
    """
    return _aware(datetime.fromisoformat(text))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def dump_datetime(moment: datetime) -> str:
    """The wire form, UTC with milliseconds and `Z`, which every published client of the service sends or accepts."""
    return _aware(moment).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_date(text: str) -> date:
    """A date from its ISO 8601 form, or from that of a moment, which stands for its day."""
    return date.fromisoformat(text) if len(text) == 10 else parse_datetime(text).date()


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
    """The type without its None: `str` for `str | None`."""
    if not is_union(declared):
        return declared
    others = tuple(one for one in get_args(declared) if one is not type(None))
    return Union[others]  # noqa: UP007 - of types known at run time only


def is_union(declared: Any) -> bool:
    return get_origin(declared) in (Union, types.UnionType)


_PLAIN = (Any, str, int, float, bool, object)


def _is_wire(declared: Any) -> bool:
    """Whether values of the type are what JSON holds; a union of several is taken as the service sends it."""
    declared = without_none(declared)
    if declared in _PLAIN or is_union(declared):
        return True
    container = get_origin(declared) or declared
    return container in (list, dict) and all(map(_is_wire, get_args(declared)))


def loader(declared: Any) -> Load | None:
    """What turns a wire value into one of the declared type; None where a copy of the wire value serves.

    The loader raises ValueError, TypeError or KeyError on a value it cannot take.
    """
    if _is_wire(declared):
        return None
    declared = without_none(declared)
    hook = converter.get_structure_hook(declared)
    return lambda value: hook(value, declared)


def dump(value: Any) -> Any:
    """The wire JSON of a value, of any depth. Raises TypeError for what JSON cannot say."""
    if value is None or type(value) in (str, bool, int, float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | bool | int | float):
        return value
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
