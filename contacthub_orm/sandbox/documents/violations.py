"""Violations: the items of an error's `errors`, each for one broken rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Violation", "assigned_by_service", "immutable", "missing", "too_long"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One item of an error's `errors`.

    Attributes:
        message: what is wrong, in words.
        path: a JSON pointer into the body, or the name of a query parameter.
        data: the offending value, where the answer shows it.
        code: the rule that was broken, such as `required` or `maxLength`.
    """

    message: str
    path: str
    data: Any = None
    code: str | None = None


def missing(name: str) -> Violation:
    """The body lacks a property that it must have."""
    return Violation(f"{name} is required", f"/{name}", code="required")


def immutable(name: str, value: Any = None) -> Violation:
    """The body changes a property that must stay as it is stored."""
    return Violation(f"{name} cannot be changed", f"/{name}", value, "immutable")


def assigned_by_service(name: str, value: Any) -> Violation:
    """The body sets a property that only the service sets."""
    return Violation(f"{name} is given by the service", f"/{name}", value, "immutable")


def too_long(limit: int, path: str) -> Violation:
    """A string, or a list of strings taken together, exceeds its limit."""
    return Violation(f"longer than {limit} characters", path, code="maxLength")
