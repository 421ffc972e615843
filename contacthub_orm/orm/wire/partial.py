"""Documents of which only some paths were asked for: `load_only`.

A partial document knows that what it lacks was not loaded, which is not the same as null. Reading such a path loads the
rest of the entity by one GET; writing it sends the value whatever the service holds; what was not loaded is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contacthub_orm.orm.wire.documents import Document

__all__ = ["PartialDocument", "is_partial", "lacks", "lacks_path", "load_paths", "overlaid", "pruned"]


class PartialDocument(dict[str, Any]):
    """A document that holds only the keys that were asked for."""

    __slots__ = ()


def is_partial(document: Any) -> bool:
    return document.__class__ is PartialDocument


def lacks(document: Any, key: str) -> bool:
    """Whether a key was not loaded."""
    return document.__class__ is PartialDocument and key not in document


def lacks_path(document: Any, path: Iterable[str]) -> bool:
    """Whether a path, or something on the way to it, was not loaded."""
    for key in path:
        if lacks(document, key):
            return True
        document = document.get(key) if isinstance(document, dict) else None
    return is_partial(document)


def load_paths(entity: Any, paths: Iterable[Iterable[str]]) -> None:
    """Load the rest of a partially loaded entity where one of the paths was not loaded."""
    raw = entity._state.baseline
    if is_partial(raw) and any(lacks_path(raw, path) for path in paths):
        entity._state.load_rest(entity)


def pruned(document: Document, paths: Iterable[tuple[str, ...]]) -> PartialDocument:
    """The paths of a document; a path that the document lacks was asked for all the same, so it is there as null."""
    found = PartialDocument()
    for path in paths:
        _put(found, document, path)
    return found


def _put(target: Document, document: Any, path: tuple[str, ...]) -> None:
    """Put a path of a document there.

    An object that the service left out, or gave as null, may hold other paths than those asked for; a list on the way may
    have lost some of its elements' keys. So of the one no more is taken than the path, of the other nothing.
    """
    key, *rest = path
    value = document.get(key) if isinstance(document, dict) else None
    if not rest:
        target[key] = value
    elif value is None or isinstance(value, dict):
        below = target.setdefault(key, PartialDocument())
        if is_partial(below):
            _put(below, value, tuple(rest))
    elif not isinstance(value, list):
        target[key] = value


def overlaid(held: Document, partial: Document) -> Document:
    """A copy of a held document that takes the paths of a partial one and keeps all others."""
    merged: Document = PartialDocument(held) if is_partial(held) else dict(held)
    for key, value in partial.items():
        below = held.get(key)
        if is_partial(value) and not lacks(held, key):
            merged[key] = overlaid(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = value
    return merged
