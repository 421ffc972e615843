"""Writes in doubt, whose answer was lost, and what a look-up finds of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from datetime import datetime

    from contacthub_orm.orm.service.plan import Operation, Request
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["InDoubtWrite", "Resolution", "Verdict"]


class Verdict(StrEnum):
    """What a look-up found of a write.

    APPLIED: it took effect. ABSENT: it certainly did not. CONFLICT: somebody else wrote there. OPEN: it cannot be told.
    """

    APPLIED = "applied"
    ABSENT = "absent"
    CONFLICT = "conflict"
    OPEN = "open"


@attrs.frozen(eq=False)
class InDoubtWrite:
    """A write whose answer was lost; `request` as it was sent, between `first_sent` and `last_sent`."""

    operation: Operation
    request: Request
    first_sent: datetime
    last_sent: datetime

    @property
    def body(self) -> Document:
        return self.request.body or {}


@attrs.frozen
class Resolution:
    """A verdict, with the service's document where there is one."""

    verdict: Verdict
    document: Document | None = None
