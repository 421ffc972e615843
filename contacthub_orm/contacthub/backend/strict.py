"""When a write needs `mode=STRICT`.

By default the service merges `base.subscriptions` by id and keeps subscriptions that a body does not list. In the mode
STRICT, the list of the body replaces the stored one (reference 1.299.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.documents import is_empty
from contacthub_orm.orm.wire.partial import lacks_path

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["needs_strict"]


def needs_strict(baseline: Document | None, body: Document, *, replaces: bool = False) -> bool:
    """Whether a merge by id would not result in the list of the body.

    This is so if a subscription, or a value in one, was removed; if an id is missing, changed or doubled; or if the order
    differs from that of a merge, which keeps stored subscriptions in place and appends new ones.

    Args:
        baseline: the document that the service last returned. If a partial load left the list out, it may hold anything.
        body: the document to send.
        replaces: whether the body is the whole document, so that a list that it leaves out is removed.
    """
    base = body.get("base") or {}
    if "subscriptions" not in base and not replaces:
        return False
    if lacks_path(baseline, ("base", "subscriptions")):
        return True
    wanted = base.get("subscriptions") or []
    held = ((baseline or {}).get("base") or {}).get("subscriptions") or []
    ids = [_id(element) for element in wanted]
    if None in ids or len(set(ids)) != len(ids):
        return True
    if [_id(element) for element in held] != ids[: len(held)]:
        return True
    by_id = dict(zip(ids, wanted, strict=True))
    return any(_id(element) not in by_id or _loses(element, by_id[_id(element)]) for element in held)


def _id(element: Any) -> Any:
    return element.get("id") if isinstance(element, dict) else None


def _loses(held: Any, wanted: Any) -> bool:
    """Whether a stored value, at any depth, is missing from the wanted one."""
    if isinstance(held, dict) and isinstance(wanted, dict):
        return any(
            not is_empty(value) and (key not in wanted or _loses(value, wanted[key]))
            for key, value in held.items()
        )
    if isinstance(held, list) and isinstance(wanted, list):
        return any(element not in wanted for element in held)
    return False
