"""What the figures mean where the reference is silent. `docs/sandbox.md` lists these decisions."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from datetime import tzinfo

    from contacthub_orm.sandbox.service.calls import Call

__all__ = [
    "ECOMMERCE",
    "MONTH",
    "PAGE_VIEW",
    "RETURN",
    "WEB",
    "YEAR",
    "currency",
    "workspace_name",
    "zone",
]

RETURN: Final = "return"
"""The `type` of a completedOrder that gives goods back. Every other completedOrder is a purchase."""

PAGE_VIEW: Final = "viewedPage"
ECOMMERCE: Final = "ECOMMERCE"
WEB: Final = "WEB"

MONTH: Final = 1
YEAR: Final = 12
"""Lengths of a range, in months of the calendar."""


def zone(call: Call) -> tzinfo:
    """The time zone whose days, weeks and months are counted: the workspace's, as its configuration says.

    A computer without a database of time zones counts by UTC.
    """
    try:
        return ZoneInfo(call.rules.timezone)
    except ZoneInfoNotFoundError:
        return UTC


def currency(call: Call) -> str:
    """The currency of all amounts: the workspace's, as its configuration says."""
    return call.rules.currency


def workspace_name(call: Call) -> str:
    """The workspace's name, as its configuration says."""
    return call.rules.workspace_name
