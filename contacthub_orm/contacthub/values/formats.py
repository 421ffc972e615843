"""The formats of strings that the reference and the schemas state, read as leniently as the sources allow.

A typed attribute or argument of a date takes no string; the formats of dates are those of strings in open documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from contacthub_orm.errors import Violation
from contacthub_orm.orm.wire.conversion import parse_datetime
from contacthub_orm.reference import enum, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import attrs

    from contacthub_orm.orm.mapping.attributes import Validator

__all__ = ["FORMATS", "each", "email", "misformed_in_event", "of", "uri", "uuid"]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UUID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].*([Zz]|[+-]\d{2}:?\d{2})")


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


def uuid(value: str) -> None:
    """Check that a string is an id as the service makes them.

    Raises:
        ValueError: if it is not.
    """
    if not _UUID.fullmatch(value):
        raise ValueError(f"must be a UUID, as the service's ids are, got {value!r}")


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
    "uuid": uuid,
    "date-time": _instant,
}
"""What checks a string, by the name of its format; each raises a ValueError that says the rule."""


def of(form: Callable[[str], None]) -> Validator:
    """A string of a format."""

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        form(value)

    return check


def each(form: Callable[[str], None]) -> Validator:
    """A list of strings of a format."""

    def check(_: Any, __: attrs.Attribute[Any], value: list[Any]) -> None:
        for one in value:
            if isinstance(one, str):  # the type's own check refuses others
                form(one)

    return check


def misformed_in_event(body: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """The strings in the properties and the `contextInfo` of an event that do not have the format of their schema.

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
    if isinstance(value, str):
        check = FORMATS.get(rules.get("format", ""))
        if check is not None:
            try:
                check(value)
            except ValueError as error:
                yield Violation(path, value, str(error))
    elif isinstance(value, dict):
        properties = rules.get("properties", {})
        for key, one in value.items():
            if key in properties:
                yield from _misformed(properties[key], one, f"{path}.{key}")
    elif isinstance(value, list | tuple) and "items" in rules:
        for index, one in enumerate(value):
            yield from _misformed(rules["items"], one, f"{path}[{index}]")
