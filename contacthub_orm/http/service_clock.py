"""The service's time of day, as its answers tell it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.http.clock import Clock

__all__ = ["ServiceClock"]

_PRECISION: Final = timedelta(seconds=2)
"""A `Date` header has whole seconds and is some milliseconds old; a smaller difference than this is none."""

_HALF_A_SECOND: Final = timedelta(seconds=0.5)


class ServiceClock:
    """How far the service's clock is ahead of ours, by the `Date` header of its latest answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest = ""
        self._ahead = timedelta(0)

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take in an answer. A header that cannot be read tells nothing."""
        text = headers.get("Date")
        if text is None or text == self._latest:
            return
        self._latest = text
        try:
            ahead = parsedate_to_datetime(text) + _HALF_A_SECOND - self._clock.now()
        except (TypeError, ValueError):
            return
        self._ahead = ahead if abs(ahead) > _PRECISION else timedelta(0)

    @property
    def known(self) -> bool:
        """Whether an answer has told the time."""
        return bool(self._latest)

    def of(self, moment: datetime) -> datetime:
        """What the service's clock showed at a moment of ours; exact to two seconds."""
        return moment + self._ahead
