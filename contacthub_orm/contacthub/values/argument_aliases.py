"""Arguments that the SDK's documents spell in two ways, and ids."""

from __future__ import annotations

from typing import TypeVar

from contacthub_orm.errors import ArgumentError

__all__ = ["flag", "identity", "one_of_spellings"]

T = TypeVar("T")


def one_of_spellings(name: str, value: T | None, other: str, spelt_so: T | None) -> T | None:
    """The value that was given by either spelling. Raises ArgumentError where both were, with different values."""
    if value is not None and spelt_so is not None and value != spelt_so:
        raise ArgumentError(f"{name} and {other} are one argument, got {value!r} and {spelt_so!r}")
    return spelt_so if value is None else value


def flag(name: str, value: object) -> bool:
    """A choice between yes and no. Raises ArgumentError for anything else, such as attributes that were given by place."""
    if not isinstance(value, bool):
        raise ArgumentError(
            f"{name} is True or False, got {value!r}; attributes are given by name, as in **attributes"
        )
    return value


def identity(name: str, value: object) -> str:
    """An id that a route can be made of. Raises ArgumentError for what is no text, or an empty one."""
    if not isinstance(value, str) or not value:
        raise ArgumentError(f"{name} must be a text that is not empty, got {value!r}")
    return value
