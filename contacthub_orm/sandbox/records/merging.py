"""The ways in which a body changes a stored customer: POST of a known one, PATCH and PUT.

All three take the complete form of the stored document (see `shapes`). The caller completes the result, which
also removes duplicates. `base.subscriptions` have a rule of their own: by default they are merged by `id`,
and the ones that the body leaves out stay (reference 1.299.1 promises to keep "missing properties"; keeping
too much loses nothing). `strict` is the reference's `mode=STRICT`: the body's list replaces the stored one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WRITABLE", "merged", "patched", "replaced"]

WRITABLE: Final = ("externalId", "base", "consents", "extended", "extra", "tags", "enabled")


def merged(stored: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The stored customer after a POST of the same one; a new customer is merged into an empty one.

    Properties are added or replaced, and elements of collections are appended. A null means "unset" and
    removes nothing.
    """
    change: dict[str, Any] = {key: body[key] for key in WRITABLE if body.get(key) is not None}
    extended = change.pop("extended", None)
    result = _append(stored, change)
    if extended is not None:
        # A list in `extended` is the value of one property, not a collection, so it is replaced.
        result["extended"] = _overlay(stored["extended"] or {}, _without_nulls(extended))
    return result


def patched(stored: dict[str, Any], body: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    """The stored customer after a PATCH: objects are merged, other values replaced, null removes."""
    change: dict[str, Any] = {key: body[key] for key in WRITABLE if key in body}
    result = _overlay(stored, change)
    if isinstance(result["extended"], dict):
        result["extended"] = _without_nulls(result["extended"])
    sent = (body.get("base") or {}).get("subscriptions")
    if sent is not None and not strict:
        result["base"]["subscriptions"] = _merge_by_id(_subscriptions(stored), sent)
    return result


def replaced(stored: dict[str, Any], body: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    """The stored customer after a PUT: the body replaces everything.

    Unless `strict`, the subscriptions that it leaves out stay.
    """
    result = stored | {key: body.get(key) for key in WRITABLE}
    if isinstance(result["extended"], dict):
        result["extended"] = _without_nulls(result["extended"])
    subscriptions = _merge_by_id(_subscriptions(stored), _subscriptions(result))
    if subscriptions and not strict:
        result["base"] = (result["base"] or {}) | {"subscriptions": subscriptions}
    return result


def _append(stored: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = dict(stored)
    for name, value in change.items():
        present = stored.get(name)
        if value is None:
            continue
        if name == "subscriptions":
            result[name] = _merge_by_id(present or [], [_without_nulls(element) for element in value])
        elif isinstance(value, dict):
            result[name] = _append(present or {}, value)
        elif isinstance(value, list) and isinstance(present, list):
            result[name] = present + value
        else:
            result[name] = value
    return result


def _overlay(stored: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = dict(stored)
    for name, value in change.items():
        present = stored.get(name)
        if isinstance(value, dict) and isinstance(present, dict):
            result[name] = _overlay(present, value)
        else:
            result[name] = value
    return result


def _merge_by_id(stored: list[dict[str, Any]], sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result = list(stored)
    positions = {element["id"]: position for position, element in reversed(list(enumerate(stored)))}
    for element in sent:
        position = positions.get(element["id"])
        if position is None:
            positions[element["id"]] = len(result)
            result.append(element)
        else:
            result[position] = _overlay(result[position], element)
    return result


def _subscriptions(customer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (customer["base"] or {}).get("subscriptions") or []
    return found


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value is not None
    }
