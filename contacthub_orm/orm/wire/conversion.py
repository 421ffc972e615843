"""Typed values to and from wire JSON, with one cattrs converter, which is made for the first type that needs it.

Reading is lenient: a value that the declared type cannot take (an unknown member of an enumeration, a
malformed date) is handed out as the service sent it. Writing is exact: a value that has no JSON form, or would
not arrive as it is, is refused.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, Union, get_args, get_origin, runtime_checkable

from contacthub_orm.errors import ValidationError, Violation, message_of

if TYPE_CHECKING:
    from cattrs import Converter

    from contacthub_orm.orm.wire.converter import converter

__all__ = [
    "MAX_DEPTH",
    "MOST_DIGITS",
    "PLAIN",
    "TOO_DEEP",
    "Load",
    "Rendered",
    "UnreadableError",
    "UnsendableError",
    "aware",
    "collection_of",
    "converter",
    "copied",
    "dump",
    "dump_datetime",
    "is_union",
    "loader",
    "parse_date",
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


if not TYPE_CHECKING:

    def __getattr__(name):
        """Find the converter for programs that register hooks on it here, as the manual says."""
        if name != "converter":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _converter()


@cache
def _converter() -> Converter:
    """The converter; it is not needed for JSON's own types, so a program that has no others does not load cattrs."""
    from contacthub_orm.orm.wire.converter import converter

    return converter


@runtime_checkable
class Rendered(Protocol):
    """An object that knows its own wire JSON."""

    def __json__(self) -> Any: ...


def parse_datetime(string: str) -> datetime:
    """Parse any ISO 8601 form of a date and time; without a zone it is UTC.

    The form is `2017-03-09T11:31:31.842+0000`, with milliseconds and without a colon in the offset.

    Returns:
        An aware datetime.

    Raises:
        ValueError: if the string has another form.
        TypeError: if it is not a string.
    """
    return aware(datetime.fromisoformat(string))


def aware(instant: datetime) -> datetime:
    """The instant, which is in UTC if it has no zone."""
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
    return aware(instant).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_DATE_LENGTH: Final = len("YYYY-MM-DD")


def parse_date(string: str) -> date:
    """Parse the ISO 8601 form of a date, or that of an instant, of which the day is taken.

    Raises:
        ValueError: if the string has another form.
    """
    if len(string) == _DATE_LENGTH:
        return date.fromisoformat(string)
    return parse_datetime(string).date()


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


PLAIN: Final = (Any, str, int, float, bool, object)
"""The types whose values are JSON's own."""


def _is_wire(declared: Any) -> bool:
    """Whether values of the type need no conversion from JSON."""
    declared = without_none(declared)
    if declared in PLAIN:
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
    hook = _converter().get_structure_hook(declared)
    if kind in (list, tuple):
        return lambda value: hook(collection_of(value), declared)
    return lambda value: hook(value, declared)


def _collection_loader(kind: Callable[[Any], Any], load: Load | None) -> Load:
    """The function that reads an array as a collection. As in a list, a number is not made a string of, nor the reverse."""
    return lambda value: kind(
        [one if one is None or load is None else load(one) for one in collection_of(value)]
    )


def collection_of(value: Any) -> Any:
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
        plain = _converter().unstructure(value)
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


MOST_DIGITS: Final = 4_300
"""The digits of an integer that Python reads and writes, by default."""

_LARGEST: Final = 10**MOST_DIGITS
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
        return f"must be a number of at most {MOST_DIGITS} digits"
    return None
