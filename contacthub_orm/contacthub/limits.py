"""The limits of the API as attrs validators, each message the rule it states."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from contacthub_orm.orm import attr
from contacthub_orm.reference import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    import attrs

    from contacthub_orm.orm.attributes import Validator

__all__ = ["at_most", "in_total_at_most", "matching", "one_of", "payload_rule", "text"]


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


def one_of(values: type[Enum], meaning: str) -> Validator:
    """A member of an enumeration too long to be listed in a message."""
    allowed = frozenset(member.value for member in values)

    def check(_: Any, __: attrs.Attribute[Any], value: str) -> None:
        if value not in allowed:
            raise ValueError(f"must be {meaning}, got {value!r}")

    return check


def text(max_length: int = 255, *, repr: bool = True) -> Any:
    """Declare an optional text; 255 characters is the reference's limit where it states no other."""
    return attr(default=None, validator=at_most(max_length), repr=repr)


def payload_rule(document: dict[str, Any]) -> str | None:
    """The rule that a document breaks by its size, None where it breaks none."""
    size = len(json.dumps(document, ensure_ascii=False, default=str).encode())
    if size <= MAX_PAYLOAD_BYTES:
        return None
    return f"must be at most 64 kB ({MAX_PAYLOAD_BYTES} bytes) as JSON, got {size}"
