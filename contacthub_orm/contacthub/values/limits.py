"""The limits of the API as attrs validators. The message of each states its rule."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm import attr
from contacthub_orm.reference import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

    import attrs

    from contacthub_orm.orm.mapping.attributes import Validator

__all__ = [
    "at_most",
    "in_total_at_most",
    "integer",
    "matching",
    "one_of",
    "payload_rule",
    "string",
]

_MOST_DIGITS: Final = 18


def at_most(length: int) -> Validator:
    """A string of at most `length` characters (reference 1.299.1)."""

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if len(value) > length:
            raise ValueError(f"must be at most {length} characters, got {len(value)}")

    return check


def in_total_at_most(length: int) -> Validator:
    """Strings of at most `length` characters in total (reference 1.299.1, on tags)."""

    def check(_: Any, __: attrs.Attribute[Any], value: list[str]) -> None:
        total = sum(len(one) for one in value if isinstance(one, str))  # the type's own check refuses others
        if total > length:
            raise ValueError(f"must be at most {length} characters in total, got {total}")

    return check


def matching(pattern: str, meaning: str) -> Validator:
    """A string that matches a pattern as a whole (customer schema); `meaning` says in the message what it must be."""
    compiled = re.compile(pattern)

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {meaning}, got {value!r}")

    return check


def one_of(values: type[Enum], meaning: str) -> Validator:
    """A member of an enumeration that is too long for a message; `meaning` says there what it must be."""
    allowed = frozenset(member.value for member in values)

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if value not in allowed:
            raise ValueError(f"must be {meaning}, got {value!r}")

    return check


def string(max_length: int = 255, *, form: Callable[[str], None] | None = None, repr: bool = True) -> Any:
    """Declare an optional string attribute.

    Args:
        max_length: the limit in characters; 255 is the general limit of the reference.
        form: a check that raises ValueError if the string does not have the format that the schema demands.
        repr: whether `repr()` of the object shows the value.
    """
    within = at_most(max_length)

    def check(instance: Any, attribute: attrs.Attribute[Any], value: str) -> None:
        within(instance, attribute, value)
        if form is not None:
            form(value)

    return attr(default=None, validator=check, repr=repr)


def integer(value: Any) -> Any:
    """The integer for a string of digits, as the SDK's manual writes years (`startYear="1994"`); else the value itself."""
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
    return int(value) if is_number else value


def payload_rule(body: dict[str, Any]) -> str | None:
    """The rule that a body breaks by its size, or None if it is small enough.

    The limit is one of bytes. A body is sent without spaces, as UTF-8.
    """
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str)
    size = len(text.encode(errors="backslashreplace"))
    if size <= MAX_PAYLOAD_BYTES:
        return None
    return f"must be at most 64 kB ({MAX_PAYLOAD_BYTES} bytes) as JSON, got {size}"
