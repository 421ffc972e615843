"""The limits of the API as attrs validators, each message the rule it states."""

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
    "email",
    "in_total_at_most",
    "matching",
    "one_of",
    "payload_rule",
    "text",
    "uri",
    "whole_number",
]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def at_most(length: int) -> Validator:
    """A text of at most so many characters (reference 1.299.1)."""

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if len(value) > length:
            raise ValueError(f"must be at most {length} characters, got {len(value)}")

    return check


def in_total_at_most(length: int) -> Validator:
    """Texts of at most so many characters together (reference 1.299.1, on tags)."""

    def check(_: Any, __: attrs.Attribute[Any], value: list[str]) -> None:
        total = sum(
            len(one) for one in value if isinstance(one, str)
        )  # what else is wrong is the type's to say
        if total > length:
            raise ValueError(f"must be at most {length} characters in total, got {total}")

    return check


def matching(pattern: str, meaning: str) -> Validator:
    """A text of a form (customer schema)."""
    compiled = re.compile(pattern)

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {meaning}, got {value!r}")

    return check


def email(value: str) -> None:
    """The form of an e-mail address, as leniently as the service's schema checks it."""
    if "@" not in value:
        raise ValueError(f"must be an e-mail address, got {value!r}")


def uri(value: str) -> None:
    """The form of an absolute URI."""
    if not _SCHEME.match(value):
        raise ValueError(f"must be an absolute URI such as https://example.com/me.png, got {value!r}")


def one_of(values: type[Enum], meaning: str) -> Validator:
    """A member of an enumeration too long to be listed in a message."""
    allowed = frozenset(member.value for member in values)

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if value not in allowed:
            raise ValueError(f"must be {meaning}, got {value!r}")

    return check


def text(max_length: int = 255, *, form: Callable[[str], None] | None = None, repr: bool = True) -> Any:
    """Declare an optional text; 255 characters is the reference's limit where it states no other.

    `form` raises ValueError for a text that has not the form the schema asks for.
    """
    within = at_most(max_length)

    def check(instance: Any, attribute: attrs.Attribute[Any], value: str) -> None:
        within(instance, attribute, value)
        if form is not None:
            form(value)

    return attr(default=None, validator=check, repr=repr)


def whole_number(value: Any) -> Any:
    """A number for its digits, as the SDK's manual gives years (`startYear="1994"`); anything else as it is."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def payload_rule(document: dict[str, Any]) -> str | None:
    """The rule that a document breaks by its size, None where it breaks none."""
    size = len(json.dumps(document, ensure_ascii=False, default=str).encode())
    if size <= MAX_PAYLOAD_BYTES:
        return None
    return f"must be at most 64 kB ({MAX_PAYLOAD_BYTES} bytes) as JSON, got {size}"
