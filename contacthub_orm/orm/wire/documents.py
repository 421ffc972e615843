"""JSON documents: strict equality, and JSON Merge Patches (RFC 7396) made and applied.

`1` and `True` differ, `1` and `1.0` do not.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

__all__ = [
    "CONTAINERS",
    "MISSING",
    "Document",
    "Missing",
    "apply_patch",
    "difference",
    "filled",
    "is_empty",
    "json_key",
    "replacement",
    "same",
]

CONTAINERS: Final = (list, dict, set)
"""What a program can change in place, so that it is compared with the baseline for as long as somebody refers to it."""

Document = dict[str, Any]
"""A decoded JSON object. A document that the service sent is a baseline: nothing ever mutates it."""


class Missing(Enum):
    """The type of `MISSING`, which stands for a key that is not there; null is a value."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; at any depth, a boolean never equals a number."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def json_key(key: Any) -> Any:
    """The JSON key: a whole number as every encoder writes it. What else is no string is refused at the flush."""
    return str(key) if type(key) is int else key


def is_empty(value: Any) -> bool:
    """Whether a value means the same as a missing one: null, an empty list or an object of such values.

    The service shows an unset object as null or as an object of nulls.
    """
    if isinstance(value, dict):
        return all(map(is_empty, value.values()))
    return value is None or (isinstance(value, list) and not value)


def filled(value: Any) -> Any:
    """A value without nulls and empty containers at any depth, or None if nothing is left."""
    if isinstance(value, dict):
        return {key: one for key, item in value.items() if (one := filled(item)) is not None} or None
    if isinstance(value, list):
        return [filled(one) for one in value] or None
    return value


def difference(old: Any, new: Any) -> Any:
    """Make the JSON Merge Patch (RFC 7396) that turns one value into another.

    Objects are compared key by key, and a key that `new` lacks becomes null; any other value is replaced as a
    whole. What is empty (see `is_empty`) means the same as a missing key, so a change between such values makes
    no patch.

    Returns:
        The patch, or MISSING if there is no difference.
    """
    none_before = old is None or old is MISSING
    if none_before and is_empty(new):
        return MISSING
    if isinstance(new, dict) and (none_before or isinstance(old, dict)):
        before: Document = old if isinstance(old, dict) else {}
        patch: Document = {}
        for key, value in new.items():
            found = difference(before.get(key, MISSING), value)
            if found is not MISSING:
                patch[key] = found
        patch.update({key: None for key, value in before.items() if key not in new and not is_empty(value)})
        return patch or MISSING
    return MISSING if same(old, new) else new


def replacement(old: Any, new: Any) -> Any:
    """Make the JSON Merge Patch (RFC 7396) that leaves the new value and nothing else, whatever others write meanwhile.

    It names every key of the new value, and as null every other key that is known.
    """
    if not isinstance(new, dict) or not isinstance(old, dict):
        return new
    return dict.fromkeys(old) | {key: replacement(old.get(key), value) for key, value in new.items()}


def apply_patch(document: Document, patch: Document) -> Document:
    """Apply a JSON Merge Patch (RFC 7396) as the service does: a key that the patch removes becomes null.

    Returns:
        A new document; a patch of a partial document gives a partial one.
    """
    merged = document.__class__(document)
    for key, value in patch.items():
        held = merged.get(key)
        if isinstance(value, dict):
            merged[key] = apply_patch(held if isinstance(held, dict) else {}, value)
        else:
            merged[key] = value
    return merged
