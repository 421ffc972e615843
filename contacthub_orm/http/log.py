"""The records of requests in the logger `contacthub_orm`.

INFO: method, path, status, milliseconds and the service's `logref`. WARNING: why a request is sent again. DEBUG: bodies,
with personal data masked. Query strings are never logged, because searches hold personal data.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import APIError
from contacthub_orm.http.redaction import masked

if TYPE_CHECKING:
    from contacthub_orm.errors import BudgetError, TransportError

__all__ = ["log_body", "log_broken_receiver", "log_lost", "log_lost_pause", "log_response", "log_retry"]

_log: Final = logging.getLogger("contacthub_orm")
_log.addHandler(logging.NullHandler())


def log_body(label: str, method: str, path: str, body: Any) -> None:
    """Log a masked body at the level DEBUG; `label` is "request" or "answer"."""
    if body is not None and _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s %s %s body: %s", method, path, label, masked(body))


def log_response(method: str, path: str, status: int, milliseconds: float, logref: str | None) -> None:
    """Log that a request was answered."""
    _log.info("%s %s %d %.0f ms%s", method, path, status, milliseconds, f" logref={logref}" if logref else "")


def log_lost(method: str, path: str, error: APIError | TransportError, milliseconds: float) -> None:
    """Log that a request got no answer."""
    _log.info("%s %s no answer (%s) %.0f ms", method, path, type(error).__name__, milliseconds)


def log_retry(error: APIError | TransportError, attempt: int, seconds: float) -> None:
    """Log that an attempt failed and the next one follows in some seconds."""
    _log.warning("attempt %d failed, the next in %.2f s: %s", attempt, seconds, _headline(error))


def log_lost_pause(error: BudgetError) -> None:
    """Log that the others who share a budget could not be told of a pause."""
    _log.warning("the pause that the service asked for is not shared: %s", error)


def log_broken_receiver(signal: str) -> None:
    """Log the exception of a signal's receiver; call this while it is being handled."""
    _log.exception("a receiver of the signal %s failed", signal)


def _headline(error: APIError | TransportError) -> str:
    # The message of an APIError quotes the service, which may quote the document that it refuses.
    return f"{error.method} {error.url}: {error.status}" if isinstance(error, APIError) else error.text
