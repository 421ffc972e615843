"""Which types an attribute may declare: those that JSON carries there and back, and whose changes are noticed."""

from __future__ import annotations

import types
import typing
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, MutableMapping
from enum import Enum
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from contacthub_orm.orm.wire.conversion import is_union, loader, without_none
from contacthub_orm.orm.wire.types import class_fields, is_object

__all__ = ["MAY_BE_DECLARED", "refusal"]

MAY_BE_DECLARED: Final = (
    "str, int, float, bool, Decimal, date, datetime, time, UUID, an enumeration or a Literal; a frozen attrs class or "
    "dataclass, a NamedTuple or a TypedDict of these; list, set, frozenset, tuple and dict (with str as keys) of these; "
    "list and dict of Properties; a union of these, and of one and None; or a type with hooks on "
    "contacthub_orm.orm.wire.conversion.converter"
)
"""The types, for messages."""

_JSON: Final = (str, int, float, bool, Any, object)


def refusal(declared: Any) -> str | None:
    """Why a type cannot be declared as that of a value, or None if it can.

    Raises:
        NameError: if a class of the type has an annotation with a name that does not exist yet.
    """
    for reason in _Inspection().refusals(without_none(declared), compared=False):
        return reason
    try:
        loader(declared)
    except NameError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever cattrs or a hook says to a type
        return f"nothing reads {_name(declared)} from JSON: {error}"
    return None


class _Inspection:
    """The inspection of one type. A class that contains itself is looked at once.

    The flag `compared` says whether a value is in a list or dict, whose content is compared when it may have changed.
    What stands elsewhere must not change in place, since nobody would notice.
    """

    def __init__(self) -> None:
        self._seen: list[Any] = []

    def refusals(self, declared: Any, *, compared: bool) -> Iterator[str]:
        """The reasons against a type."""
        declared = _unwrapped(declared)
        arguments = [one for one in get_args(declared) if one not in (type(None), ...)]
        if declared in _JSON:
            return
        if isinstance(declared, TypeVar):
            yield f"{declared} stands for no type: declare the attribute again in the subclass"
        elif is_union(declared):
            for one in arguments:
                yield from self._of_alternative(one, compared=compared)
        elif is_object(declared):
            if not compared:
                yield f"{_name(declared)} is an object of its own: declare Embedded[{_name(declared)}]"
        elif (fields := class_fields(declared)) is not None:
            yield from self._of_fields(declared, fields, compared=compared)
        else:
            yield from self._of_container(declared, arguments)

    def _of_container(self, declared: Any, arguments: list[Any]) -> Iterator[str]:
        if issubclass(_class(declared), Mapping):
            yield from self._of_mapping(declared, arguments)
        elif issubclass(_class(declared), list):
            for one in arguments:
                yield from self.refusals(one, compared=True)
        elif issubclass(_class(declared), tuple | frozenset | set):
            for one in arguments or _fields_of_tuple(declared):
                yield from self._of_unchangeable(one, f"in a {_class(declared).__name__}")
        else:
            yield from _of_leaf(declared)

    def _of_alternative(self, declared: Any, *, compared: bool) -> Iterator[str]:
        if is_object(_unwrapped(declared)):
            yield f"{_name(declared)} cannot be one of several types: declare Embedded[{_name(declared)}]"
        else:
            yield from self.refusals(declared, compared=compared)

    def _of_fields(self, declared: Any, fields: Mapping[str, Any], *, compared: bool) -> Iterator[str]:
        if declared in self._seen:
            return
        self._seen.append(declared)
        cls = get_origin(declared) or declared
        compared = compared or typing.is_typeddict(cls)
        if not compared and not _is_frozen(cls):
            yield f"{_name(declared)} is not frozen, so a change of its fields would not be noticed"
        given = dict(zip(getattr(cls, "__parameters__", ()), get_args(declared), strict=False))
        for name, kind in fields.items():
            of_field = _specialised(kind, given)
            reasons = (
                self.refusals(of_field, compared=True)
                if compared
                else self._of_unchangeable(of_field, f"in a {_name(declared)}")
            )
            for reason in reasons:
                yield f"{_name(declared)}.{name}: {reason}"

    def _of_mapping(self, declared: Any, arguments: list[Any]) -> Iterator[str]:
        if _class(declared) not in (dict, Mapping, MutableMapping):
            yield from _of_leaf(declared)
        if arguments:
            if not _is_text(_unwrapped(arguments[0])):
                yield f"the keys of an object are str, not {_name(arguments[0])}"
            yield from self.refusals(arguments[-1], compared=True)

    def _of_unchangeable(self, declared: Any, place: str) -> Iterator[str]:
        if is_object(_unwrapped(declared)):
            yield f"{_name(declared)} cannot be {place}: declare list[{_name(declared)}]"
        elif changeable := _changeable(declared):
            yield f"a change of a {changeable} {place} would not be noticed: declare a tuple or frozenset there"
        else:
            yield from self.refusals(declared, compared=False)


def _of_leaf(declared: Any) -> Iterator[str]:
    if isinstance(declared, type) and issubclass(declared, Enum):
        if not all(isinstance(one.value, str | int | float) for one in declared):
            yield f"the values of {_name(declared)} are not all strings or numbers"
        return
    if get_origin(declared) is Literal:
        if not all(isinstance(one, str | int | Enum | None) for one in get_args(declared)):
            yield f"{_name(declared)} is no value of JSON"
        return
    if issubclass(_class(declared), deque | array):
        yield f"a change of a {_class(declared).__name__} would not be noticed: declare a list"
    yield from _without_hooks(declared)


def _without_hooks(declared: Any) -> Iterator[str]:
    # Here, since JSON's own types need no hooks: a program with no others does not load cattrs.
    from cattrs.errors import StructureHandlerNotFoundError
    from cattrs.fns import identity

    from contacthub_orm.orm.wire.converter import converter

    try:
        converter.get_structure_hook(declared)
    except StructureHandlerNotFoundError:
        yield f"nothing reads {_name(declared)} from JSON"
        return
    is_json = issubclass(_class(declared), str | int | float)
    if converter.get_unstructure_hook(declared) is identity and not is_json:
        yield f"nothing writes {_name(declared)} as JSON"


def _changeable(declared: Any) -> str | None:
    """The name of the list, set or dict that a type is, or may be."""
    declared = _unwrapped(declared)
    if is_union(declared):
        return next(filter(None, map(_changeable, get_args(declared))), None)
    kind = dict if typing.is_typeddict(_class(declared)) else _class(declared)
    return kind.__name__ if kind in (list, set, dict) else None


def _fields_of_tuple(declared: Any) -> list[Any]:
    """The types of the fields of a NamedTuple."""
    try:
        return list(typing.get_type_hints(declared).values())
    except (NameError, TypeError):  # the annotations exist for type checkers only, or there are none
        return []


def _specialised(declared: Any, given: Mapping[Any, Any]) -> Any:
    """The type of a field of a generic class, such as `list[T]`, where its parameters are given."""
    if declared in given:
        return given[declared]
    parameters = getattr(declared, "__parameters__", ())
    return declared[tuple(given.get(one, one) for one in parameters)] if parameters and given else declared


def _unwrapped(declared: Any) -> Any:
    """The type behind a NewType, an Annotated, an alias, or a union with None."""
    declared = without_none(declared)
    if isinstance(declared, typing.NewType):
        return _unwrapped(declared.__supertype__)
    if get_origin(declared) is typing.Annotated:
        return _unwrapped(declared.__origin__)
    is_alias = type(declared).__name__ == "TypeAliasType"  # of Python 3.12
    return _unwrapped(declared.__value__) if is_alias else declared


def _class(declared: Any) -> type:
    """The class of a type, such as `list` of `list[str]`; `object` for what is none."""
    found = get_origin(declared) or declared
    return found if isinstance(found, type) and found is not types.UnionType else object


def _is_frozen(cls: Any) -> bool:
    import attrs  # as above

    if attrs.has(cls):
        return cls.__setattr__.__name__ == "_frozen_setattrs"
    of_dataclass = getattr(cls, "__dataclass_params__", None)
    return of_dataclass is not None and bool(of_dataclass.frozen)


def _is_text(key: Any) -> bool:
    if get_origin(key) is Literal:
        return all(isinstance(one, str) for one in get_args(key))
    return key is Any or issubclass(_class(key), str)


def _name(declared: Any) -> str:
    is_plain = isinstance(declared, type) and not get_args(declared)
    return declared.__name__ if is_plain else str(declared).replace("typing.", "")
