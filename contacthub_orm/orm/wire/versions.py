"""Which of two documents of one entity is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.conversion import parse_datetime

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["is_newer", "is_older"]


def is_older(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether `document` is from before the baseline, since the search lags behind.

    The first key that both hold decides: a number as it is, a text as a moment.
    """
    return _order(document, baseline, keys) < 0


def is_newer(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether somebody has written the entity since the baseline was read."""
    return _order(document, baseline, keys) > 0


def _order(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> int:
    for key in keys:
        left, right = document.get(key), (baseline or {}).get(key)
        if left is not None and right is not None:
            one, other = _comparable(left), _comparable(right)
            return int(one > other) - int(one < other)
    return 0


def _comparable(value: Any) -> Any:
    return parse_datetime(value) if isinstance(value, str) else value
