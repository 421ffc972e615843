"""When a request was sent, by both clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = ["SentAt"]


@attrs.frozen
class SentAt:
    """When a request was sent.

    The service stamps what it stores by its own clock. What that clock showed is fixed at the send: later, or in another
    process, ours may be set differently.

    Attributes:
        ours: the time by our clock.
        ahead: how far the service's clock was ahead of ours, None if no answer had told it by then.
    """

    ours: datetime
    ahead: timedelta | None = None

    @property
    def by_service(self) -> datetime | None:
        """The time by the service's clock, None if it was not known."""
        return None if self.ahead is None else self.ours + self.ahead
