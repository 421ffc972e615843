"""The lines that requests leave in the logger `contacthub_orm`.

INFO: method, path, status, milliseconds and the service's `logref`. WARNING: why a request is sent again. DEBUG: bodies,
personal data masked. Query strings are never logged: searches hold personal data.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import APIError
from contacthub_orm.http.redaction import masked

if TYPE_CHECKING:
    from contacthub_orm.errors import TransportError

__all__ = ["log_again", "log_answer", "log_body", "log_broken_receiver", "log_lost"]

_log: Final = logging.getLogger("contacthub_orm")
_log.addHandler(logging.NullHandler())


def log_body(label: str, method: str, path: str, body: Any) -> None:
    """`label` is "request" or "answer"; nothing is masked unless DEBUG is on."""
    if body is not None and _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s %s %s body: %s", method, path, label, masked(body))


def log_answer(method: str, path: str, status: int, milliseconds: float, logref: str | None) -> None:
    _log.info("%s %s %d %.0f ms%s", method, path, status, milliseconds, f" logref={logref}" if logref else "")


def log_lost(method: str, path: str, error: APIError | TransportError, milliseconds: float) -> None:
    _log.info("%s %s no answer (%s) %.0f ms", method, path, type(error).__name__, milliseconds)


def log_again(error: APIError | TransportError, attempt: int, seconds: float) -> None:
    _log.warning("attempt %d failed, the next in %.2f s: %s", attempt, seconds, _headline(error))


def log_broken_receiver(signal: str) -> None:
    """To be called while the receiver's exception is handled."""
    _log.exception("a receiver of the signal %s failed", signal)


def _headline(error: APIError | TransportError) -> str:
    # The text of an APIError quotes the service, and that may quote the document it refuses.
    return f"{error.method} {error.url}: {error.status}" if isinstance(error, APIError) else str(error)
