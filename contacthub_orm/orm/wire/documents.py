"""JSON documents: equality that keeps types apart, the difference of two documents, and merging a patch.

`1` and `True` differ, `1` and `1.0` do not; a missing key and null are told apart only where it matters to a caller.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

__all__ = ["MISSING", "Document", "Missing", "apply_patch", "difference", "is_nothing", "same"]

Document = dict[str, Any]
"""A decoded JSON object. A document that the service sent is a baseline: nothing ever mutates it."""


class Missing(Enum):
    """What stands for "no such key", which null does not."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal, booleans apart from numbers at any depth."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def is_nothing(value: Any) -> bool:
    """Whether a value says no more than its absence: null, an empty list or an empty object."""
    return value is None or value == [] or value == {}


def difference(old: Any, new: Any) -> Any:
    """The patch that turns `old` into `new`, or MISSING where there is nothing to say.

    Objects are compared key by key, a key that `new` lacks becomes null; anything else is sent whole. A key that is
    null, empty or absent in `old` and absent in `new` says nothing, and an empty object or list in place of none likewise.
    """
    none_before = old is None or old is MISSING
    if none_before and is_nothing(new):
        return MISSING
    if isinstance(new, dict) and (none_before or isinstance(old, dict)):
        before: Document = old if isinstance(old, dict) else {}
        patch: Document = {}
        for key, value in new.items():
            found = difference(before.get(key, MISSING), value)
            if found is not MISSING:
                patch[key] = found
        patch.update({key: None for key, value in before.items() if key not in new and not is_nothing(value)})
        return patch or MISSING
    return MISSING if same(old, new) else new


def apply_patch(document: Document, patch: Document) -> Document:
    """A new document: `document` with `patch` merged in, as the service merges a PATCH (null removes the value)."""
    merged = document.__class__(document)  # what was loaded in part stays so
    for key, value in patch.items():
        held = merged.get(key)
        if isinstance(value, dict):
            merged[key] = apply_patch(held if isinstance(held, dict) else {}, value)
        else:
            merged[key] = value
    return merged
