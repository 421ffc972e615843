"""Documents of which only some paths were asked for: `load_only`.

A partial document knows that what it lacks was not loaded, which is not the same as null. Reading such a path loads the
rest of the entity by one GET; writing it sends the value whatever the service holds; what was not loaded is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contacthub_orm.orm.documents import Document

__all__ = ["PartialDocument", "is_partial", "lacks", "overlaid", "pruned"]


class PartialDocument(dict[str, Any]):
    """A document that holds only the keys that were asked for."""

    __slots__ = ()


def is_partial(document: Any) -> bool:
    return document.__class__ is PartialDocument


def lacks(document: Any, key: str) -> bool:
    """Whether a key was not loaded."""
    return document.__class__ is PartialDocument and key not in document


def pruned(document: Document, paths: Iterable[tuple[str, ...]]) -> PartialDocument:
    """The paths of a document; a path that the document lacks was asked for all the same, so it is there as null."""
    found = PartialDocument()
    for path in paths:
        _put(found, document, path)
    return found


def _put(target: Document, document: Any, path: tuple[str, ...]) -> None:
    key, *rest = path
    value = document.get(key) if isinstance(document, dict) else None
    if not rest or not isinstance(value, dict):
        if not is_partial(target.get(key)):
            target[key] = value
        return
    below = target.get(key)
    if below is not None and not is_partial(below):
        return
    if below is None:
        below = target[key] = PartialDocument()
    _put(below, value, tuple(rest))


def overlaid(held: Document, partial: Document) -> Document:
    """A copy of a held document that takes the paths of a partial one and keeps all others."""
    merged: Document = PartialDocument(held) if is_partial(held) else dict(held)
    for key, value in partial.items():
        below = held.get(key)
        if is_partial(value) and isinstance(below, dict):
            merged[key] = overlaid(below, value)
        else:
            merged[key] = value
    return merged
