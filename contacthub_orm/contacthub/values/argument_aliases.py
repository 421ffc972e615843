"""Arguments that have an alias in the SDK's documents, and checks of arguments."""

from __future__ import annotations

from typing import TypeVar

from contacthub_orm.errors import ArgumentError

__all__ = ["flag", "identity", "resolve_alias"]

T = TypeVar("T")


def resolve_alias(name: str, value: T | None, alias: str, alias_value: T | None) -> T | None:
    """The value of an argument that has an alias.

    Raises:
        ArgumentError: if the argument and its alias have different values.
    """
    if value is not None and alias_value is not None and value != alias_value:
        raise ArgumentError(f"{name} and {alias} are one argument, got {value!r} and {alias_value!r}")
    return alias_value if value is None else value


def flag(name: str, value: object) -> bool:
    """A flag.

    Raises:
        ArgumentError: if it is not a bool, such as attributes that were passed as a positional argument.
    """
    if not isinstance(value, bool):
        raise ArgumentError(
            f"{name} must be True or False, got {value!r}; pass attributes by name, as in **attributes"
        )
    return value


def identity(name: str, value: object) -> str:
    """An id that can be part of a route.

    Raises:
        ArgumentError: if it is not a string, or is empty.
    """
    if not isinstance(value, str) or not value:
        raise ArgumentError(f"{name} must be a string that is not empty, got {value!r}")
    return value
