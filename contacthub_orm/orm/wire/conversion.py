"""Typed values to and from wire JSON, with one cattrs converter.

Reading is lenient: a value that the declared type cannot take (an unknown member of an enumeration, a
malformed date) is handed out as the service sent it. Writing is exact: a value that has no JSON form, or would
not arrive as it is, is refused.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from math import isfinite
from typing import (
    Any,
    Final,
    Protocol,
    Self,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
    runtime_checkable,
)
from uuid import UUID

from cattrs import Converter

from contacthub_orm.errors import ValidationError, Violation, message_of
from contacthub_orm.orm.wire.documents import same

__all__ = [
    "MAX_DEPTH",
    "TOO_DEEP",
    "Load",
    "Rendered",
    "UnreadableError",
    "UnsendableError",
    "converter",
    "copied",
    "dump",
    "dump_datetime",
    "is_union",
    "loader",
    "parse_datetime",
    "taken",
    "text_of",
    "unsendable",
    "without_none",
]

MAX_DEPTH: Final = 100
"""How many levels deep a value may be nested: a choice of this library, well below what any JSON reader bears."""

TOO_DEEP: Final = f"is nested more than {MAX_DEPTH} levels deep, or contains itself"

Load = Callable[[Any], Any]


@runtime_checkable
class Rendered(Protocol):
    """An object that knows its own wire JSON."""

    def __json__(self) -> Any: ...


converter = Converter(detailed_validation=False)
"""The converter of all declared types. Register hooks on it to map types of your own."""


def parse_datetime(string: str) -> datetime:
    """Parse any ISO 8601 form of a date and time; without a zone it is UTC.

    The form is `2017-03-09T11:31:31.842+0000`, with milliseconds and without a colon in the offset.

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

    Raises:
        OverflowError: if the instant lies outside the years 1 to 9999 in UTC.
        ValueError: if it is the missing date of pandas, NaT.
    """
    if instant != instant:  # noqa: PLR0124 - NaT, the missing date of pandas
        raise ValueError("it is no instant")
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
    if number == number.to_integral_value() and number.adjusted() < _MOST_DIGITS:
        return int(number)
    raise ValueError(f"{number} has more digits than a number keeps: round it, or write it as a string")


def _structure_time(value: Any, _: type) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _structure_uuid(value: Any, _: type) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


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
    """Whether values of the type need no conversion from JSON."""
    declared = without_none(declared)
    if declared in _PLAIN:
        return True
    if is_union(declared):
        return all(map(_is_wire, get_args(declared)))
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
    kind, arguments = get_origin(declared) or declared, get_args(declared)
    if kind in (set, frozenset) or (kind is tuple and arguments[1:] in ((), (...,))):
        return _collection_loader(kind, loader(arguments[0]) if arguments else None)
    hook = converter.get_structure_hook(declared)
    if kind in (list, tuple):
        return lambda value: hook(_collection(value), declared)
    return lambda value: hook(value, declared)


def _collection_loader(kind: Callable[[Any], Any], load: Load | None) -> Load:
    """The function that reads an array as a collection. As in a list, a number is not made a string of, nor the reverse."""
    return lambda value: kind(
        [one if one is None or load is None else load(one) for one in _collection(value)]
    )


def _collection(value: Any) -> Any:
    """The values of a collection; the characters of a string and the keys of a dict are none."""
    if isinstance(value, str | bytes | Mapping):
        raise TypeError(f"a collection was expected, got {value!r}")
    return value


def taken(load: Load, value: Any, *, strict: bool = False) -> Any:
    """The converted value, or the value itself if it does not fit; one of the user's is then refused before it is sent.

    Raises:
        UnreadableError: if a codec cannot read it, and `strict` is set.
    """
    if value is None:
        return None
    try:
        return load(value)
    except Exception as error:  # whatever a type's own hook raises: the value does not fit
        if strict and isinstance(error, UnreadableError):
            raise
        return value


def _is_named_tuple(declared: Any) -> bool:
    return isinstance(declared, type) and issubclass(declared, tuple) and hasattr(declared, "_fields")


def _named_tuple_hook(declared: Any) -> Callable[[Any, Any], Any]:
    """The hook of a NamedTuple. That of cattrs needs annotations that are no strings."""
    loads = [loader(one) for one in get_type_hints(declared).values()]

    def structure(value: Any, _: Any) -> Any:
        items = zip(_collection(value), loads, strict=True)
        return declared(*(one if one is None or load is None else load(one) for one, load in items))

    return structure


def _union_hook(declared: Any) -> Callable[[Any, Any], Any]:
    """The hook of a union: a value becomes of the member that would write it back as it is.

    JSON's own types come last, so that a string that reads as a date is one in `date | str`; a datetime comes before a
    date, which would forget the hour.
    """
    members = sorted(get_args(declared), key=lambda one: (one in _PLAIN, one is date))
    typed = [one for one in members if not (one in _PLAIN or one is type(None))]
    plain = [one for one in members if one in _PLAIN]
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


converter.register_structure_hook_factory(_is_named_tuple, _named_tuple_hook)
converter.register_structure_hook_factory(
    lambda declared: is_union(without_none(declared)),  # cattrs itself reads a type or None
    _union_hook,
)


class UnreadableError(ValueError):
    """A codec cannot read what the service sent. Unlike what the library's own types cannot read, it is not handed out."""

    def __init__(self, kind: type, error: Exception) -> None:
        super().__init__(f"is not read as {kind.__name__}: {error or type(error).__name__}")


class UnsendableError(ValidationError, TypeError):
    """A value has no JSON form. The path of the one violation grows as the error leaves the containers."""

    def __init__(self, value: Any, rule: str) -> None:
        super().__init__([Violation("", value, rule)])
        self.args = (rule,)

    def inside(self, step: str) -> Self:
        """The error with a step before its path: `.key` or `[index]`."""
        (found,) = self.violations
        path = f"{step}{found.path}"
        found.path = path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}..."
        self.args = (str(found).removeprefix("."),)
        return self


_LONGEST_PATH: Final = 60


def dump(value: Any, depth: int = 0) -> Any:
    """The wire JSON of a value, at any depth. All of it is of JSON's own types, not of subclasses of them.

    A set has no order, so its elements are sorted: equal sets have equal JSON.

    Args:
        value: the value.
        depth: how many lists and objects it is in.

    Raises:
        UnsendableError: if the value, or one inside it, has no JSON form, or it is nested more than `MAX_DEPTH` levels
            deep, as one that contains itself is.
    """
    if value is None or type(value) in _SCALARS:
        return value
    if isinstance(value, str | int | float | Enum):
        return dump(value.value, depth) if isinstance(value, Enum) else _plain(value)
    if depth > MAX_DEPTH:
        raise UnsendableError(value, TOO_DEEP)
    if isinstance(value, Mapping):
        return _dump_object(value, depth)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(
        value, bytes | bytearray | memoryview
    ):
        return _dump_list(value, depth)
    if isinstance(value, Rendered):
        try:
            return value.__json__()
        except RecursionError:  # an object inside a list that contains the object
            raise UnsendableError(value, TOO_DEEP) from None
    try:
        plain = converter.unstructure(value)
    except Exception as error:  # of a hook of the converter, or of a class that only looks like a date
        raise UnsendableError(
            value, f"{type(value).__name__} has no JSON form: {message_of(error)}"
        ) from error
    if plain is value:
        raise UnsendableError(value, f"{type(value).__name__} has no JSON form")
    return dump(plain, depth + 1)


def copied(wire: Any, depth: int = 0) -> Any:
    """Copy a JSON value: lists and dicts are new at every depth.

    Raises:
        UnsendableError: if it is nested more than `MAX_DEPTH` levels deep, as a value that contains itself is.
    """
    if depth > MAX_DEPTH:
        raise UnsendableError(wire, TOO_DEEP)
    if isinstance(wire, list):
        return [copied(element, depth + 1) for element in wire]
    if isinstance(wire, dict):
        return {key: copied(value, depth + 1) for key, value in wire.items()}
    return wire


def text_of(wire: Any) -> str:
    """A text that is equal for equal wire values.

    Raises:
        UnsendableError: if JSON cannot carry the value.
    """
    try:
        return json.dumps(wire, sort_keys=True)
    except ValueError as error:  # an integer of too many digits
        raise UnsendableError(wire, str(error)) from None


def _dump_object(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise UnsendableError(value, f"a JSON key is a string, got {key!r}")
        try:
            found[str.__str__(key)] = dump(item, depth + 1)
        except UnsendableError as error:
            raise error.inside(f".{key}") from None
    return found


def _dump_list(value: Collection[Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for item in value:
        try:
            found.append(dump(item, depth + 1))
        except UnsendableError as error:
            raise error.inside(f"[{len(found)}]") from None
    return sorted(found, key=repr) if isinstance(value, set | frozenset) else found


_SCALARS: Final = frozenset((str, bool, int, float))


def _plain(value: str | float) -> Any:
    """A value of JSON's own type for one of a subclass, such as numpy's, whose comparisons may differ."""
    if isinstance(value, str):
        return str.__str__(value)
    return int.__int__(value) if isinstance(value, int) else float.__float__(value)


_MOST_DIGITS: Final = 4_300
"""The digits of an integer that Python reads and writes, by default."""

_LARGEST: Final = 10**_MOST_DIGITS
_WORD: Final = 64
"""The bits of an integer that needs no comparison with the largest one."""


def unsendable(wire: Any) -> str | None:
    """The rule that a scalar of the wire breaks, since JSON cannot carry it; None if it can.

    A string must be Unicode: half of a character beyond U+FFFF has no UTF-8. Objects and lists break no rule.
    """
    if isinstance(wire, str):
        if not wire.isascii():
            try:
                wire.encode()
            except UnicodeEncodeError:
                return "must be Unicode text, and holds half of a surrogate pair"
    elif isinstance(wire, float) and not isfinite(wire):
        return "must be a finite number"
    elif isinstance(wire, int) and wire.bit_length() > _WORD and not -_LARGEST < wire < _LARGEST:
        return f"must be a number of at most {_MOST_DIGITS} digits"
    return None
