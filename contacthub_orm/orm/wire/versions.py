"""Versions: which of two documents of one entity is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.conversion import parse_datetime

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["have_versions", "is_newer", "is_older"]


def is_older(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether a document is older than the baseline; a search may give such a one, as it lags behind writes.

    Args:
        document: the document.
        baseline: what the service gave last, or None.
        keys: the keys that hold a version. The first one that both documents have decides; numbers are
            compared as they are, strings as instants. Strings that are no instants, such as ETags, have no order:
            another one counts as newer, since it was given later.
    """
    return _order(document, baseline, keys) < 0


def is_newer(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether a document is newer than the baseline, written by somebody since; see `is_older`."""
    return _order(document, baseline, keys) > 0


def have_versions(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether two documents have versions that can be compared."""
    return any(document.get(key) is not None and (baseline or {}).get(key) is not None for key in keys)


def _order(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> int:
    for key in keys:
        left, right = document.get(key), (baseline or {}).get(key)
        if left is not None and right is not None:
            try:
                one, other = _comparable(left), _comparable(right)
            except ValueError:
                return int(left != right)
            return int(one > other) - int(one < other)
    return 0


def _comparable(value: Any) -> Any:
    return parse_datetime(value) if isinstance(value, str) else value
