"""Partial documents: `load_only` asks for some paths of a document only.

A path that a partial document lacks was not loaded, which is not the same as null. Reading such a path loads
the rest of the entity by one GET; writing it sends the value, whatever the service holds; a path that was not
loaded is never sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["PartialDocument", "is_partial", "lacks", "lacks_path", "overlaid", "pruned"]


class PartialDocument(dict[str, Any]):
    """A document that holds only the keys that were asked for."""

    __slots__ = ()


def is_partial(document: Any) -> bool:
    """Whether a value is a partial document."""
    return document.__class__ is PartialDocument


def lacks(document: Any, key: str) -> bool:
    """Whether a key of a document was not loaded."""
    return document.__class__ is PartialDocument and key not in document


def lacks_path(document: Any, path: Iterable[str]) -> bool:
    """Whether a path of a document, a part of it, or something on the way to it was not loaded."""
    for key in path:
        if lacks(document, key):
            return True
        document = document.get(key) if isinstance(document, dict) else None
    return is_partial(document)


def pruned(document: Document, paths: Iterable[tuple[str, ...]]) -> PartialDocument:
    """Copy some paths of a document; a path that the document lacks is null in the copy."""
    found = PartialDocument()
    for path in paths:
        _put(found, document, path)
    return found


def _put(target: Document, document: Any, path: tuple[str, ...]) -> None:
    """Copy one path of a document.

    The service may leave out an object, or give null for it, that does hold other paths than those asked for;
    and the elements of a list on the way may lack some of their keys. So only the path is copied from an
    object, and nothing from a list.
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
    """A copy of `held` that takes the paths of `partial` and keeps all others."""
    merged: Document = PartialDocument(held) if is_partial(held) else dict(held)
    for key, value in partial.items():
        below = held.get(key)
        if is_partial(value) and not lacks(held, key):
            merged[key] = overlaid(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = value
    return merged
