"""What a failed attempt means: whether the request may have had an effect, and whether to send it again.

A request that was never sent may always be repeated. So may one that the service says it did not serve: 429, and 503 with
`Retry-After`. A read may be repeated after any failure. After any other failure of a write it is unknown whether the write
took effect. Such a write is never repeated here, since only the caller can find out.
"""

from __future__ import annotations

import ssl
from http import HTTPStatus
from traceback import walk_tb
from typing import TYPE_CHECKING, Final

import attrs
from requests.exceptions import InvalidSchema, InvalidURL
from urllib3.connection import HTTPConnection, HTTPSConnection

from contacthub_orm.errors import APIError, NotSent, OutcomeUnknown, TransportError, UnsettledServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.errors import BudgetError

__all__ = ["Failure", "of_budget", "of_exchange", "of_garbage", "of_response"]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CONNECTING: Final = frozenset({HTTPConnection.connect.__code__, HTTPSConnection.connect.__code__})


@attrs.frozen
class Failure:
    """A failed attempt."""

    error: APIError | TransportError
    """The error to raise, unless a further attempt succeeds."""

    again: bool = False
    """Whether the request may be sent again."""

    wait: float | None = None
    """Seconds that the service asks its clients to wait, or None if it does not ask."""

    logref: str | None = None
    """The service's reference to the failure in its own log."""


def of_exchange(error: Exception, *, method: str, url: str) -> Failure:
    """The failure of an exchange without an answer.

    Args:
        error: the exception of requests or urllib3. Only its innermost error becomes the cause, because the outer ones
            hold the request with its headers and quote the query.
        method: the request's method.
        url: the request's URL, without the query.
    """
    layers = list(_layers(error))
    cause = layers[-1]
    failure = _judged(layers, f"{type(cause).__name__}: {cause}", method, url)
    failure.error.__cause__ = cause
    return failure


def _judged(layers: list[BaseException], reason: str, method: str, url: str) -> Failure:
    if any(map(_is_hopeless, layers)):
        return Failure(NotSent(reason, method=method, url=url))
    if any(map(_came_while_connecting, layers)):
        return Failure(NotSent(reason, method=method, url=url), again=True)
    if method in _READS:
        return Failure(TransportError(reason, method=method, url=url), again=True)
    # This includes a kept-alive connection that the service closed just before we wrote ("RemoteDisconnected"). The
    # request was most likely not served, but a service that dies while serving it looks the same to us.
    return Failure(OutcomeUnknown(f"sent, but the answer was lost: {reason}", method=method, url=url))


def of_budget(error: BudgetError, *, method: str, url: str) -> Failure:
    """The failure of a request of which nobody knows whether it may be sent."""
    failure = Failure(NotSent(error.text, method=method, url=url), again=True)
    failure.error.__cause__ = error
    return failure


def of_garbage(status: int, objection: str, *, method: str, url: str) -> Failure:
    """The failure of an exchange whose answer makes no sense; `objection` says why, in a clause."""
    reason = f"answered with {status}, but {objection}"
    if method in _READS:
        return Failure(TransportError(reason, method=method, url=url), again=True)
    return Failure(OutcomeUnknown(reason, method=method, url=url))


def of_response(error: APIError, *, retry_after: float | None, retry_after_max: float) -> Failure:
    """The failure of an exchange that was answered with an error.

    Args:
        error: the error of the answer.
        retry_after: the seconds that the answer asks to wait, if it does.
        retry_after_max: the longest wait, in seconds; an answer that asks for more is final.
    """
    throttled = error.status == HTTPStatus.TOO_MANY_REQUESTS
    if throttled or (error.status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None):
        if retry_after is not None and retry_after > retry_after_max:
            return Failure(error, logref=error.logref)
        return Failure(error, again=True, wait=retry_after, logref=error.logref)
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure(error, logref=error.logref)
    if error.method in _READS:
        return Failure(error, again=True, logref=error.logref)
    unsettled = UnsettledServerError(
        status=error.status,
        message=error.message,
        method=error.method,
        url=error.url,
        errors=error.errors,
        data=error.data,
        logref=error.logref,
    )
    return Failure(unsettled, logref=error.logref)


def _layers(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it wraps, innermost last."""
    layer: BaseException | None = (
        error  # requests and urllib3 keep the wrapped error in three different places
    )
    while layer is not None:
        yield layer
        places = (getattr(layer, "reason", None), getattr(layer, "original_error", None), *layer.args)
        layer = next((inner for inner in places if isinstance(inner, BaseException)), None)


def _came_while_connecting(error: BaseException) -> bool:
    """Whether an error happened before the first byte of the request was written.

    Its class does not tell. A timeout of the TLS handshake is a ReadTimeoutError, as is a timeout of the answer. A proxy
    that drops the connection after it received the request causes a ProxyError, as does one that cannot be reached. The
    frames of the traceback do tell: urllib3 writes nothing before it has returned from `connect()`.
    """
    # Not `__context__`: it also leads to the exception that the caller was handling when it made the request.
    origins = (error, error.__cause__) if error.__cause__ else (error,)
    return any(
        frame.f_code in _CONNECTING for origin in origins for frame, _ in walk_tb(origin.__traceback__)
    )


def _is_hopeless(error: BaseException) -> bool:
    """Whether another attempt would fail in the same way, because of an untrusted certificate or an unusable proxy."""
    return isinstance(error, (ssl.SSLCertVerificationError, InvalidURL, InvalidSchema))
