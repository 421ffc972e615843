"""Writes in doubt, whose answer was lost, and their resolutions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from datetime import datetime

    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.service.plan import Operation, Request
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["InDoubtWrite", "Resolution", "Verdict"]


class Verdict(StrEnum):
    """What the resolution of a write in doubt has found.

    Attributes:
        APPLIED: the write took effect.
        ABSENT: the write certainly did not take effect.
        CONFLICT: another writer has changed the entity.
        OPEN: it cannot be found out.
    """

    APPLIED = "applied"
    ABSENT = "absent"
    CONFLICT = "conflict"
    OPEN = "open"


@attrs.frozen(eq=False)
class InDoubtWrite:
    """A write whose answer was lost.

    Attributes:
        operation: the operation.
        request: the request as it was sent.
        first_sent: when it was first sent.
        last_sent: when it was last sent, or a later time.
    """

    operation: Operation
    request: Request
    first_sent: SentAt
    last_sent: datetime

    @property
    def body(self) -> Document:
        """The body that was sent, empty for a deletion."""
        return self.request.body or {}


@attrs.frozen
class Resolution:
    """The resolution of a write in doubt.

    Attributes:
        verdict: what was found.
        document: the service's current document, or None if there is none.
    """

    verdict: Verdict
    document: Document | None = None
