"""Revisions: when a write makes a new version of a document, and what a new version sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.documents.wire import canonical, format_instant, parse_instant

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["is_unchanged", "revision"]


def is_unchanged(stored: dict[str, Any], changed: dict[str, Any]) -> bool:
    """Whether both documents are the same JSON; Python's equality alone takes `1` for `true`."""
    return changed == stored and canonical(changed) == canonical(stored)


def revision(call: Call, stored: dict[str, Any]) -> dict[str, Any]:
    """The `updatedAt` and the `version` of the version that follows the stored one.

    A version is always later than the one before, even within the same millisecond.
    """
    updated = max(call.now, (parse_instant(stored["updatedAt"]) or 0) + 1)
    return {"updatedAt": format_instant(updated), "version": stored["version"] + 1}
