"""When a write needs `mode=STRICT`.

Without it the service merges `base.subscriptions` by id and keeps what a body does not list (reference 1.299.1); with it
the list replaces the stored one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.partial import lacks_path

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["needs_strict"]


def needs_strict(baseline: Document | None, body: Document, *, replaces: bool = False) -> bool:
    """Whether merging by id would not give the list that the body holds.

    So it is when an element or something in one was removed, or when an id is missing, changed or doubled, or when
    the order is another than merging leaves: those held in their places, new ones last. With
    `replaces` the body is a whole document, so that a list it leaves out was removed too. What a partial load did not ask
    for may hold anything.
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
    """Whether something that is held, at any depth, is left out of what is wanted."""
    if isinstance(held, dict) and isinstance(wanted, dict):
        return any(
            value not in (None, [], {}) and (key not in wanted or _loses(value, wanted[key]))
            for key, value in held.items()
        )
    if isinstance(held, list) and isinstance(wanted, list):
        return any(element not in wanted for element in held)
    return False
