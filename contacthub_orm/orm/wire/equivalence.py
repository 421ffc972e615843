"""Whether a stored document holds the values that were sent, in whatever form the service keeps them.

Dates are compared as instants, a null or empty value equals a missing one, and a list from which the service
removed duplicates equals the list that was sent.
"""

from __future__ import annotations

from typing import Any

from contacthub_orm.orm.wire.documents import is_empty
from contacthub_orm.orm.wire.ordering import compare

__all__ = ["holds_submitted"]


def holds_submitted(stored: Any, sent: Any) -> bool:
    """Whether every value of `sent` is in `stored`; `stored` may hold more keys."""
    if isinstance(sent, dict) and sent and isinstance(stored, dict):
        return all(holds_submitted(stored.get(key), value) for key, value in sent.items())
    if is_empty(sent):
        return is_empty(stored)
    if isinstance(sent, dict):
        return False
    if isinstance(sent, list):
        return isinstance(stored, list) and _same_elements(stored, sent)
    return stored is not None and not isinstance(stored, dict | list) and compare(stored, sent) == 0


def _same_elements(stored: list[Any], sent: list[Any]) -> bool:
    """Whether every element that was sent is stored, and no other."""
    return all(any(holds_submitted(one, other) for one in stored) for other in sent) and all(
        any(holds_submitted(one, other) for other in sent) for one in stored
    )
