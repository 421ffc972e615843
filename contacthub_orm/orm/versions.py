"""Which of two documents of one entity is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.conversion import parse_datetime

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document

__all__ = ["is_older"]


def is_older(document: Document, baseline: Document | None, keys: tuple[str, ...]) -> bool:
    """Whether `document` says less than the baseline does, since the search lags behind.

    The first key that both hold decides: a number as it is, a text as a moment.
    """
    if baseline is None:
        return False
    for key in keys:
        left, right = document.get(key), baseline.get(key)
        if left is not None and right is not None:
            return bool(_comparable(left) < _comparable(right))
    return False


def _comparable(value: Any) -> Any:
    return parse_datetime(value) if isinstance(value, str) else value
