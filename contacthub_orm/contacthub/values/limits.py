"""The limits and formats of the API, most as attrs validators. The message of each states its rule.

Formats are read as leniently as the sources allow. A typed attribute or argument of a date takes no string; the format of
instants is that of strings in open documents.
"""

from __future__ import annotations

import re
from functools import cache
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, Final, Literal

from contacthub_orm.errors import Violation
from contacthub_orm.orm import attr
from contacthub_orm.orm.wire.conversion import parse_datetime
from contacthub_orm.reference import MAX_PAYLOAD_BYTES, enum, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from enum import Enum

    import attrs

    from contacthub_orm.orm.mapping.attributes import Validator

__all__ = [
    "FORMATS",
    "at_most",
    "email",
    "in_total_at_most",
    "integer",
    "matching",
    "misformed_in_event",
    "one_of",
    "payload_rule",
    "string",
    "uri",
]

_MOST_DIGITS: Final = 18
_encoded: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].*([Zz]|[+-]\d{2}:?\d{2})")


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


def email(value: str) -> None:
    """Check that a string is an e-mail address, as leniently as the service's schema does.

    Raises:
        ValueError: if it is not.
    """
    if "@" not in value:
        raise ValueError(f"must be an e-mail address, got {value!r}")


def uri(value: str) -> None:
    """Check that a string is an absolute URI.

    Raises:
        ValueError: if it is not.
    """
    if not _SCHEME.match(value):
        raise ValueError(f"must be an absolute URI such as https://example.com/me.png, got {value!r}")


def _instant(value: str) -> None:
    """Check that a string is a date and time with a zone, in a form in which live clients send one."""
    try:
        if _INSTANT.fullmatch(value):
            parse_datetime(value)
            return
    except ValueError:
        pass
    raise ValueError(f"must be a date and time with a zone such as 2026-01-31T10:00:00Z, got {value!r}")


FORMATS: Final[Mapping[str, Callable[[str], None]]] = {
    "email": email,
    "uri": uri,
    "date-time": _instant,
}
"""What checks a string, by the name of its format; each raises a ValueError that says the rule."""


def misformed_in_event(body: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """The values in the properties and the `contextInfo` of an event that do not have the format of their schema.

    Args:
        body: the event, whole or in part; another document has none.
        path: where it is.
    """
    kinds: list[tuple[Literal["event", "context"], str, str, str]] = [
        ("event", "event_types", "type", "properties"),
        ("context", "event_contexts", "context", "contextInfo"),
    ]
    for kind, enumeration, key, inner in kinds:
        name = body.get(key)
        if isinstance(name, str) and name in enum(enumeration):
            yield from _misformed(schema(kind, name), body.get(inner), f"{path}{inner}")


def _misformed(rules: Mapping[str, Any], value: Any, path: str) -> Iterator[Violation]:
    check = FORMATS.get(rules.get("format", ""))
    if check is not None:
        if isinstance(value, str):
            try:
                check(value)
            except ValueError as error:
                yield Violation(path, value, str(error))
        elif value is not None:
            yield Violation(path, value, f"must be a string, got {value!r}")
    elif isinstance(value, dict):
        properties = rules.get("properties", {})
        for key, one in value.items():
            if key in properties:
                yield from _misformed(properties[key], one, f"{path}.{key}")
    elif isinstance(value, list | tuple) and "items" in rules:
        for index, one in enumerate(value):
            yield from _misformed(rules["items"], one, f"{path}[{index}]")


def one_of(values: Callable[[], type[Enum]], meaning: str) -> Validator:
    """A member of an enumeration that is too long for a message, and is loaded for the first value.

    Args:
        values: gives the enumeration.
        meaning: says in the message what the value must be.
    """

    @cache
    def allowed() -> frozenset[Any]:
        return frozenset(member.value for member in values())

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if value not in allowed():
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
    text = _encoded(body)
    size = len(text.encode(errors="backslashreplace"))
    if size <= MAX_PAYLOAD_BYTES:
        return None
    return f"must be at most 64 kB ({MAX_PAYLOAD_BYTES} bytes) as JSON, got {size}"
