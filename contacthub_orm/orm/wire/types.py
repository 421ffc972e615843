"""Declared types: which values they accept, and how messages name them."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin
from uuid import UUID

from contacthub_orm.orm.wire.coded import is_registered
from contacthub_orm.orm.wire.conversion import (
    dump,
    dump_datetime,
    is_union,
    loader,
    parse_datetime,
    without_none,
)
from contacthub_orm.orm.wire.documents import same

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "accepts",
    "class_fields",
    "describe",
    "element_type",
    "is_list",
    "is_object",
    "may_be_list",
    "names_keys",
    "shown",
    "takes_none",
]

_SHOWN_LENGTH: Final = 200
_ARRAYS: Final = (list, set, frozenset, tuple)


def takes_none(declared: Any) -> bool:
    """Whether a type names None as one of its values, as `str | None` does."""
    return declared in (Any, None, object) or (is_union(declared) and type(None) in get_args(declared))


def is_list(declared: Any) -> bool:
    """Whether a type is a list, a set or a tuple, which JSON shows as arrays, or one of them or None."""
    declared = without_none(declared)
    return (get_origin(declared) or declared) in _ARRAYS


def may_be_list(declared: Any) -> bool:
    """Whether a type leaves it open that a value is a list: it declares nothing, or is a union with a list."""
    declared = without_none(declared)
    return declared in (Any, object) or (is_union(declared) and any(map(is_list, get_args(declared))))


def is_object(declared: Any) -> bool:
    """Whether a type is a class with declared attributes."""
    return isinstance(declared, type) and hasattr(declared, "__attributes__")


def class_fields(declared: Any) -> dict[str, Any] | None:
    """The fields of an attrs class, a dataclass or a TypedDict, with their types; None for any other type."""
    cls = get_origin(declared) or declared
    if not isinstance(cls, type) or is_object(cls) or is_registered(cls):
        return None
    import attrs  # here, since types of JSON's own have no use for it

    if attrs.has(cls):
        names = [one.name for one in attrs.fields(cls) if one.init]
    elif is_dataclass(cls):
        names = [one.name for one in fields(cls) if one.init]
    elif typing.is_typeddict(cls):
        names = list(cls.__annotations__)
    else:
        return None
    try:
        hints = typing.get_type_hints(cls)
    except NameError:  # an annotation names what exists for type checkers only
        hints = {}
    return {name: hints.get(name, Any) for name in names}


def names_keys(declared: Any) -> bool:
    """Whether a type is a class that names its keys, or contains one."""
    declared = without_none(declared)
    return (
        is_object(declared) or class_fields(declared) is not None or any(map(names_keys, get_args(declared)))
    )


def element_type(declared: Any) -> Any:
    """The type of the elements of a list, set or tuple, or Any if it is not declared, or each has its own."""
    arguments = [one for one in get_args(without_none(declared)) if one is not ...]
    is_dict = get_origin(without_none(declared)) is dict
    return arguments[0] if arguments and (is_dict or len(arguments) == 1) else Any


def accepts(declared: Any, value: Any, *, in_list: bool = False) -> bool:
    """Whether a declared type accepts a value.

    A date accepts a date, a datetime or an ISO 8601 string; a number does not accept a boolean; an
    enumeration accepts its members and their values; a class with declared attributes also accepts a mapping,
    and an object that declares nothing.

    Args:
        declared: the type.
        value: the value.
        in_list: for a list, whether the value is one of its elements.
    """
    if in_list and is_list(declared):
        declared = element_type(declared)
    declared = without_none(declared)
    test = _TESTS.get(declared) if isinstance(declared, type) else None
    return test(value) if test is not None else _fits(declared, value)


def _fits(declared: Any, value: Any) -> bool:
    """Whether a value fits a type that is made of others, or is a class."""
    if is_union(declared):
        return any(accepts(one, value) for one in get_args(declared))
    if isinstance(declared, type) and issubclass(declared, Enum):
        known = isinstance(value, str | int | float)  # an array or an NA of others cannot be sought in a list
        return isinstance(value, declared) or (known and value in [member.value for member in declared])
    if is_object(declared):
        return isinstance(value, declared | Mapping) or getattr(type(value), "__open__", False)
    if get_origin(declared) is Literal:
        return any(same(dump(value), dump(one)) for one in get_args(declared)) if _is_scalar(value) else False
    kind = get_origin(declared) or declared
    if kind is tuple and len(types := [one for one in get_args(declared) if one is not ...]) > 1:
        is_fitting = isinstance(value, list | tuple) and len(value) == len(types)
        return is_fitting and all(map(accepts, types, value))
    test = _TESTS.get(kind)
    return test(value) if test is not None else _is_of(kind, declared, value)


def _is_of(kind: Any, declared: Any, value: Any) -> bool:
    """Whether a value is of a class, or reads as one of it."""
    if kind in (Any, object):
        return True
    if isinstance(kind, type) and not typing.is_typeddict(kind) and isinstance(value, kind):
        return True
    load = loader(declared)
    if load is None:
        return True
    try:
        load(value)
    except Exception:  # noqa: BLE001 - whatever a type's own hook raises: the value does not fit
        return False
    return True


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | Enum)


def _is_date(value: Any) -> bool:
    if isinstance(value, date | datetime):
        return True
    try:
        dump_datetime(parse_datetime(value))
    except (TypeError, ValueError, OverflowError):
        return False
    return True


_TESTS: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    float: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    date: _is_date,
    datetime: _is_date,
    Decimal: lambda value: isinstance(value, int | float | Decimal) and not isinstance(value, bool),
    list: lambda value: isinstance(value, list | tuple),
    set: lambda value: isinstance(value, set | frozenset),
    frozenset: lambda value: isinstance(value, set | frozenset),
    tuple: lambda value: isinstance(value, list | tuple),
    dict: lambda value: isinstance(value, dict),
}

_NAMES: dict[Any, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    date: "a date",
    datetime: "a date and time",
    time: "a time of day",
    Decimal: "a number",
    UUID: "a UUID",
    list: "a list",
    set: "a set",
    frozenset: "a set",
    tuple: "a tuple",
    dict: "an object",
}


def describe(declared: Any) -> str:
    """The type in words, such as `a string`, `a date`, `one of A, B`."""
    declared = without_none(declared)
    if is_union(declared):
        return " or ".join(map(describe, get_args(declared)))
    if isinstance(declared, type) and issubclass(declared, Enum):
        return "one of " + ", ".join(str(member.value) for member in declared)
    origin = get_origin(declared) or declared
    if get_origin(declared) is Literal:
        return "one of " + ", ".join(str(one) for one in get_args(declared))
    if (origin in _ARRAYS and element_type(declared) is not Any) or origin is list:
        return f"{_NAMES[origin]} (each {describe(element_type(declared))})"
    return _NAMES.get(origin) or str(getattr(declared, "__name__", declared))


def shown(value: Any) -> str:
    """A value as messages show it: its `repr()`, cut off if it is long, and its type if it has none."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an integer of too many digits, a list that is too deep, a class's own error
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}..."
