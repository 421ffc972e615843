"""Dotted paths into JSON documents, such as `base.contacts.email`."""

from __future__ import annotations

from typing import Any

__all__ = ["pointer", "read", "values_at"]


def read(document: Any, path: str) -> Any:
    """The value at a path that leads through objects only, or None if there is none."""
    for name in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def values_at(document: Any, names: tuple[str, ...]) -> list[Any]:
    """All values at the path except null; of each element, where it leads through or to a list."""
    values = [document]
    for name in names:
        values = [value.get(name) for value in _spread(values) if isinstance(value, dict)]
    return [value for value in _spread(values) if value is not None]


def pointer(path: str) -> str:
    """The JSON pointer of a dotted path, which is the form of `path` in error answers."""
    return "/" + path.replace(".", "/")


def _spread(values: list[Any]) -> list[Any]:
    if not any(isinstance(value, list) for value in values):
        return values
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list):
            flat.extend(value)
        else:
            flat.append(value)
    return flat
