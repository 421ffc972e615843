"""The cattrs converter of declared types: how values that JSON has not are made of it and written as it.

Plain values need none of it. So `conversion` imports this module for the first type or value that does.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, get_args, get_type_hints, is_typeddict
from uuid import UUID

from cattrs import Converter

from contacthub_orm.orm.wire.conversion import (
    MOST_DIGITS,
    PLAIN,
    UnsendableError,
    aware,
    collection_of,
    dump,
    dump_datetime,
    is_union,
    loader,
    parse_date,
    parse_datetime,
    without_none,
)
from contacthub_orm.orm.wire.documents import same
from contacthub_orm.orm.wire.types import is_object

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["converter"]

converter = Converter(detailed_validation=False)
"""The converter of all declared types. Register hooks on it to map types of your own."""


def _structure_datetime(value: Any, _: type) -> datetime:
    if isinstance(value, datetime):
        return aware(value)
    if isinstance(value, date):
        return datetime.combine(value, time.min, UTC)
    instant = parse_datetime(value)
    if not MINYEAR < instant.year < MAXYEAR:
        instant.astimezone(UTC)  # raises for one that could not be written back, which then stays a string
    return instant


def _structure_date(value: Any, _: type) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else parse_date(value)


def _dump_decimal(number: Decimal) -> int | float:
    """The JSON number of a decimal, with all its digits.

    Raises:
        ValueError: if it has more digits than a JSON number keeps on its way.
    """
    close = float(number)
    if not isfinite(number) or Decimal(repr(close)) == number:
        return close
    if number == number.to_integral_value() and number.adjusted() < MOST_DIGITS:
        return int(number)
    raise ValueError(f"{number} has more digits than a number keeps: round it, or write it as a string")


def _structure_time(value: Any, _: type) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _structure_uuid(value: Any, _: type) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _is_named_tuple(declared: Any) -> bool:
    return isinstance(declared, type) and issubclass(declared, tuple) and hasattr(declared, "_fields")


def _named_tuple_hook(declared: Any) -> Callable[[Any, Any], Any]:
    """The hook of a NamedTuple. That of cattrs needs annotations that are no strings."""
    loads = [loader(one) for one in get_type_hints(declared).values()]

    def structure(value: Any, _: Any) -> Any:
        items = zip(collection_of(value), loads, strict=True)
        return declared(*(one if one is None or load is None else load(one) for one, load in items))

    return structure


def _union_hook(declared: Any) -> Callable[[Any, Any], Any]:
    """The hook of a union: a value becomes of the member that would write it back as it is.

    JSON's own types come last, so that a string that reads as a date is one in `date | str`; a datetime comes before a
    date, which would forget the hour.
    """
    members = sorted(get_args(declared), key=lambda one: (one in PLAIN, one is date))
    typed = [one for one in members if not (one in PLAIN or one is type(None))]
    plain = [one for one in members if one in PLAIN]
    classes = tuple(one for one in typed if isinstance(one, type) and not is_typeddict(one))

    def structure(value: Any, _: Any) -> Any:
        if value is None or isinstance(value, classes):
            return value
        readings = [made for one in typed for made in _readings(one, value)]
        for made in readings:
            if _writes(made, value):
                return made
        if any(_is_plain(value, one) for one in plain):
            return value
        if readings:
            return readings[0]
        raise ValueError(f"{value!r} is of no member of {declared}")

    return structure


def _readings(declared: Any, value: Any) -> list[Any]:
    """The value as one of a type, if the type takes it."""
    load = loader(declared)
    try:
        return [value if load is None else load(value)]
    except Exception:  # noqa: BLE001 - whatever a type's own hook raises: the value does not fit
        return []


def _writes(made: Any, value: Any) -> bool:
    try:
        return same(dump(made), value)
    except UnsendableError:
        return False


def _is_plain(value: Any, declared: Any) -> bool:
    if isinstance(value, bool) or declared is bool:
        return isinstance(value, bool) and declared in (bool, Any, object)
    return declared in (Any, object) or isinstance(value, (int, float) if declared is float else declared)


converter.register_structure_hook(datetime, _structure_datetime)
converter.register_structure_hook(date, _structure_date)
converter.register_structure_hook(time, _structure_time)
converter.register_structure_hook(UUID, _structure_uuid)
converter.register_structure_hook(Decimal, lambda value, _: Decimal(str(value)))
converter.register_unstructure_hook(datetime, dump_datetime)
converter.register_unstructure_hook(date, date.isoformat)
converter.register_unstructure_hook(time, time.isoformat)
converter.register_unstructure_hook(UUID, str)
converter.register_unstructure_hook(Decimal, _dump_decimal)
converter.register_structure_hook_factory(_is_named_tuple, _named_tuple_hook)
converter.register_structure_hook_factory(
    lambda declared: is_union(without_none(declared)),  # cattrs itself reads a type or None
    _union_hook,
)


def _structure_object(value: Any, cls: Any) -> Any:
    """Make a list element over its wire document."""
    if not isinstance(value, dict):
        raise TypeError(f"{cls.__name__} is made of an object, got {value!r}")
    return cls._bound(value)


converter.register_structure_hook_func(is_object, _structure_object)
