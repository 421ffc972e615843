"""The service's clock, as its answers tell it."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.http.clock import Clock

__all__ = ["ServiceClock"]

_PRECISION: Final = timedelta(seconds=2)
"""A `Date` header has whole seconds and is some milliseconds old, so smaller differences count as none."""

_HALF_A_SECOND: Final = timedelta(seconds=0.5)


class ServiceClock:
    """The difference between the service's clock and ours, by the `Date` header of its latest answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest = ""
        self._ahead = timedelta(0)

    def observe(self, headers: Mapping[str, str]) -> None:
        """Read the `Date` header of an answer; ignores a malformed one."""
        date = headers.get("Date")
        if date is None or date == self._latest:
            return
        self._latest = date
        try:
            ahead = parsedate_to_datetime(date) + _HALF_A_SECOND - self._clock.now()
        except (TypeError, ValueError):
            return
        self._ahead = ahead if abs(ahead) > _PRECISION else timedelta(0)

    @property
    def known(self) -> bool:
        """Whether an answer has told the time."""
        return bool(self._latest)

    @property
    def ahead(self) -> timedelta:
        """How far the service's clock is ahead of ours, to a precision of two seconds."""
        return self._ahead
