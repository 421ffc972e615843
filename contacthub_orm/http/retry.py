"""When a request is sent again, and after which wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from contacthub_orm.http.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tenacity import RetryCallState, Retrying

    from contacthub_orm.errors import APIError, TransportError
    from contacthub_orm.http.clock import Clock
    from contacthub_orm.http.settings import Settings

__all__ = ["retry_after", "retrying"]


def retrying(
    settings: Settings, clock: Clock, before_sleep: Callable[[APIError | TransportError, int, float], None]
) -> Retrying:
    """A tenacity controller for a function that returns an answer or a Failure. It returns the last result.

    It waits as long as the service asks, or else a random time below a bound that doubles with each attempt ("full
    jitter"). Before each wait it calls `before_sleep` with the error, the number of the attempt (from 1) and the seconds.
    """
    # Imported here, because tenacity imports asyncio, and importing this package should stay quick.
    from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

    backoff = wait_random_exponential(multiplier=settings.backoff_base, max=settings.backoff_max)

    def wait(state: RetryCallState) -> float:
        asked_for = _failure(state).wait
        return backoff(state) if asked_for is None else asked_for

    return Retrying(
        sleep=clock.sleep,
        stop=stop_after_attempt(settings.retries),
        wait=wait,
        retry=retry_if_result(lambda outcome: isinstance(outcome, Failure) and outcome.again),
        before_sleep=lambda state: before_sleep(
            _failure(state).error, state.attempt_number, state.upcoming_sleep
        ),
        retry_error_callback=_failure,
    )


def _failure(state: RetryCallState) -> Failure:
    assert state.outcome is not None
    failure = state.outcome.result()
    assert isinstance(failure, Failure)
    return failure


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that `Retry-After` asks to wait (RFC 9110, 10.2.3), or None if it is missing or malformed.

    A date is compared with the answer's own `Date`, since the service's clock may differ from ours; without one, with
    `now`.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _date(value)
    if until is None:
        return None
    since = _date(headers.get("Date", "")) or now
    return max(0.0, (until - since).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
