"""What a failed attempt means: whether the request may have had an effect, and whether to send it again.

A request that never left may always be sent again, and so may one that the service declared not to have served: 429,
and 503 with `Retry-After`. A read may be repeated after anything. Every other broken answer to a write leaves open
whether it took effect: it is never repeated here, since only the caller can find out.
"""

from __future__ import annotations

import ssl
from traceback import walk_tb
from typing import TYPE_CHECKING, Final

import attrs
from requests.exceptions import InvalidSchema, InvalidURL
from urllib3.connection import HTTPConnection, HTTPSConnection

from contacthub_orm.errors import APIError, NotSent, OutcomeUnknown, TransportError, UnsettledServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Failure", "of_answer", "of_exchange", "of_garbage"]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CONNECTING: Final = frozenset({HTTPConnection.connect.__code__, HTTPSConnection.connect.__code__})


@attrs.frozen
class Failure:
    """An attempt that brought no success."""

    error: APIError | TransportError
    """What to raise, unless a further attempt succeeds."""

    again: bool = False
    """Whether the request may be sent again."""

    wait: float | None = None
    """Seconds that the service asks everyone to wait; None where it does not say."""

    logref: str | None = None
    """The service's name for the failure in its own log."""


def of_exchange(error: Exception, *, method: str, url: str) -> Failure:
    """No answer came: `error` is what requests or urllib3 raised.

    The innermost error becomes the cause. The outer ones hold the request with its headers and quote the query.
    """
    layers = list(_layers(error))
    cause = layers[-1]
    failure = _judged(layers, f"{type(cause).__name__}: {cause}", method, url)
    failure.error.__cause__ = cause
    return failure


def _judged(layers: list[BaseException], text: str, method: str, url: str) -> Failure:
    if any(map(_is_hopeless, layers)):
        return Failure(NotSent(text, method=method, url=url))
    if any(map(_came_while_connecting, layers)):
        return Failure(NotSent(text, method=method, url=url), again=True)
    if method in _READS:
        return Failure(TransportError(text, method=method, url=url), again=True)
    # Also a kept-alive connection which the service closed just before we wrote ("RemoteDisconnected"): most likely
    # the request was not served, but a service that dies while serving it looks the same from here.
    return Failure(OutcomeUnknown(f"sent, but the answer was lost: {text}", method=method, url=url))


def of_garbage(status: int, *, method: str, url: str) -> Failure:
    """A success came whose body is not the JSON it should be."""
    text = f"answered with {status}, but the body is not JSON"
    if method in _READS:
        return Failure(TransportError(text, method=method, url=url), again=True)
    return Failure(OutcomeUnknown(text, method=method, url=url))


def of_answer(error: APIError, *, retry_after: float | None, retry_after_max: float) -> Failure:
    """An error answer came. `retry_after`: the seconds it asks for; above `retry_after_max` it is taken as final."""
    if error.status == 429 or (error.status == 503 and retry_after is not None):
        if retry_after is not None and retry_after > retry_after_max:
            return Failure(error, logref=error.logref)
        return Failure(error, again=True, wait=retry_after, logref=error.logref)
    if error.status < 500:
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
    """The error and those it wraps, innermost last; requests and urllib3 keep them in three different places."""
    layer: BaseException | None = error
    while layer is not None:
        yield layer
        places = (getattr(layer, "reason", None), getattr(layer, "original_error", None), *layer.args)
        layer = next((inner for inner in places if isinstance(inner, BaseException)), None)


def _came_while_connecting(error: BaseException) -> bool:
    """Whether this happened before the first byte of the request was written.

    The classes do not tell. A TLS handshake that times out is a ReadTimeoutError, like an answer that does; a proxy that
    drops the connection after it was given the request is a ProxyError, like one that cannot be reached. So the frames
    are asked: urllib3 has either returned from `connect()` or written nothing.
    """
    # Not `__context__`: it also leads to what the caller was handling when it made the request.
    origins = (error, error.__cause__) if error.__cause__ else (error,)
    return any(
        frame.f_code in _CONNECTING for origin in origins for frame, _ in walk_tb(origin.__traceback__)
    )


def _is_hopeless(error: BaseException) -> bool:
    """Whether connecting would fail again in the same way: a certificate that is not trusted, an unusable proxy."""
    return isinstance(error, (ssl.SSLCertVerificationError, InvalidURL, InvalidSchema))
