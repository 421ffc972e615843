"""Values at a path of keys in a JSON document."""

from __future__ import annotations

from typing import Any

__all__ = ["value_after", "value_at", "values_at"]


def value_at(document: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of keys, through objects only, or None if anything on the way is missing."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def values_at(document: Any, path: tuple[str, ...]) -> list[Any]:
    """All values at a path of keys: one value, or one for each element of the lists on the way.

    Null, an empty list, an empty object, and an object or a list that holds only these are no values.
    """
    values = _flattened(document)
    for key in path:
        values = [
            found for value in values if isinstance(value, dict) for found in _flattened(value.get(key))
        ]
    return [value for value in values if _has_value(value)]


def _flattened(value: Any) -> list[Any]:
    return [one for element in value for one in _flattened(element)] if isinstance(value, list) else [value]


def _has_value(value: Any) -> bool:
    """Whether there is anything but null in a value, at any depth; `is_empty` looks at one level only."""
    if isinstance(value, dict):
        return any(map(_has_value, value.values()))
    if isinstance(value, list):
        return any(map(_has_value, value))
    return value is not None


def value_after(document: Any, patch: Any, path: tuple[str, ...]) -> Any:
    """The value at a path as it would be once `patch` is merged into `document`; neither is changed."""
    for index, key in enumerate(path):
        if not isinstance(patch, dict) or key not in patch:
            return value_at(document, path[index:])
        patch = patch[key]
        document = document.get(key) if isinstance(document, dict) else None
    return patch
