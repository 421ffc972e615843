"""What a value breaks of what its type says: read from the annotations of operations and of their bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Required,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import attrs

from contacthub_orm.contacthub.values.limits import FORMATS
from contacthub_orm.errors import Violation

__all__ = [
    "AtLeast",
    "AtMost",
    "Distinct",
    "Email",
    "Filled",
    "Form",
    "Length",
    "Matches",
    "OneOf",
    "SumLength",
    "Uri",
    "is_required",
    "violations",
]


@attrs.frozen
class AtLeast:
    """The smallest number."""

    limit: int

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        return f"must be {self.limit} or more" if value < self.limit else None


@attrs.frozen
class AtMost:
    """The largest number."""

    limit: int

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        return f"must be {self.limit} or less" if value > self.limit else None


@attrs.frozen
class Length:
    """How many characters a string has, or how many elements a list."""

    most: int | None = None
    least: int = 0

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        what = "characters" if isinstance(value, str) else "elements"
        if len(value) < self.least:
            return f"must have {self.least} {what} or more"
        if self.most is not None and len(value) > self.most:
            return f"must have at most {self.most} {what}, has {len(value)}"
        return None


@attrs.frozen
class OneOf:
    """A value of a long enumeration."""

    kind: str
    values: frozenset[str] = attrs.field(repr=False)

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        return None if value in self.values else f"must be {self.kind} that the service knows"


@attrs.frozen
class SumLength:
    """How many characters the strings of a list have together."""

    most: int

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        total = sum(len(one) for one in value if isinstance(one, str))
        return f"must have at most {self.most} characters in all, has {total}" if total > self.most else None


@attrs.frozen
class Distinct:
    """A list in which no value comes twice."""

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        repeated = any(one in value[:index] for index, one in enumerate(value))
        return "must not have a value twice" if repeated else None


@attrs.frozen
class Matches:
    """The form of a string."""

    pattern: str

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        return None if re.search(self.pattern, value) else f"must have the form {self.pattern}"


@attrs.frozen
class Form:
    """The format of a string, by its name in the facts."""

    name: str

    def objection(self, value: Any) -> str | None:
        """The rule, if a value breaks it."""
        try:
            FORMATS[self.name](value)
        except ValueError as error:
            return str(error)
        return None


Email: TypeAlias = Annotated[str, Form("email")]
Uri: TypeAlias = Annotated[str, Form("uri")]


@attrs.frozen
class Filled:
    """A key that must be sent, and that `node.api` fills in, so that a call may leave it out."""

    def objection(self, value: Any) -> str | None:  # noqa: ARG002 - any value will do
        """No rule."""
        return None


_KINDS: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a string"),
    int: ((int,), "an integer"),
    float: ((int, float), "a number"),
    bool: ((bool,), "True or False"),
    bytes: ((bytes,), "bytes"),
    datetime: ((datetime,), "a datetime"),
    date: ((date,), "a date"),
    list: ((list, tuple), "a list"),
    dict: ((Mapping,), "an object"),
}
"""The classes of Python whose values have a declared type, and what that is called."""


def violations(value: Any, declared: Any, path: str) -> Iterator[Violation]:
    """The rules that a value breaks, each with the path of its field."""
    declared, rules = _unwrapped(declared)
    if value is None and type(None) in get_args(declared):
        return
    choices = [one for one in _choices(declared) if one is not type(None)]
    if len(choices) == 1:
        declared, more = _unwrapped(choices[0])
        rules += more
    objection = _kind_objection(value, declared)
    if objection is not None:
        yield Violation(path, value, objection)
        return
    for rule in rules:
        broken = rule.objection(value)
        if broken is not None:
            yield Violation(path, value, broken)
    yield from _inside(value, declared, path)


def is_required(declared: Any) -> bool:
    """Whether a key of a body must be there."""
    return get_origin(declared) is Required or any(
        isinstance(rule, Filled) for rule in _unwrapped(declared)[1]
    )


def _unwrapped(declared: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without `Required` and `Annotated`, and what it was annotated with."""
    if get_origin(declared) is Required:
        (declared,) = get_args(declared)
    if get_origin(declared) is Annotated:
        inner, *rules = get_args(declared)
        return inner, tuple(rules)
    return declared, ()


def _choices(declared: Any) -> tuple[Any, ...]:
    return get_args(declared) if get_origin(declared) in (Union, UnionType) else (declared,)


def _kind_objection(value: Any, declared: Any) -> str | None:
    if declared is Any:
        return None
    origin = get_origin(declared)
    if origin is Literal:
        allowed = get_args(declared)
        known = isinstance(value, str | int) and value in allowed
        return None if known else f"must be one of {', '.join(map(str, allowed))}"
    classes, name = _KINDS[dict if is_typeddict(declared) else origin or declared]
    if not isinstance(value, classes) or (isinstance(value, bool) and bool not in classes):
        return f"must be {name}"
    return _time_objection(value, declared)


def _time_objection(value: Any, declared: Any) -> str | None:
    if declared is datetime and value.tzinfo is None:
        return "must be a datetime with a time zone"
    if declared is date and isinstance(value, datetime):
        return "must be a date without a time"
    return None


def _inside(value: Any, declared: Any, path: str) -> Iterator[Violation]:
    if is_typeddict(declared):
        for key, kind in _keys(declared).items():
            if key in value:
                yield from violations(value[key], kind, f"{path}.{key}" if path else key)
            elif is_required(kind):
                yield Violation(f"{path}.{key}" if path else key, None, "is required")
    elif get_origin(declared) is list:
        for index, item in enumerate(value):
            yield from violations(item, get_args(declared)[0], f"{path}[{index}]")
    elif get_origin(declared) is dict:
        for key, item in value.items():
            yield from violations(item, get_args(declared)[1], f"{path}.{key}" if path else str(key))


@cache
def _keys(body: Any) -> dict[str, Any]:
    return get_type_hints(body, include_extras=True)
