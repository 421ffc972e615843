"""`Transport`: requests to one service, pooled, throttled and repeated where that is safe. It discloses no secrets."""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, Final, Self

import attrs
from urllib3.exceptions import HTTPError

from contacthub_orm.errors import BudgetError, ConfigurationError, InvalidRequestError
from contacthub_orm.http import failures
from contacthub_orm.http.budgets.budget import Budget
from contacthub_orm.http.channel import BearerToken, Channel, Credentials, Outgoing, Reply, open_channel
from contacthub_orm.http.clock import Clock, ServiceClock
from contacthub_orm.http.failures import Failure
from contacthub_orm.http.log import (
    log_body,
    log_broken_receiver,
    log_lost,
    log_lost_pause,
    log_response,
    log_retry,
)
from contacthub_orm.http.paths import checked_base_url, request_url
from contacthub_orm.http.redaction import hidden
from contacthub_orm.http.responses import Answer, api_error, decoded
from contacthub_orm.http.retry import retry_after, retrying
from contacthub_orm.http.settings import Settings
from contacthub_orm.signals import after_response, before_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

__all__ = ["Transport"]

_encoded: Final = JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode
_TOKEN: Final = re.compile(r"[!-~]+")

_WITHOUT_LENGTH: Final = frozenset({"GET", "HEAD"})
"""Methods whose requests say no length if they have no body."""


@attrs.define
class _Exchange:
    """One request with all its attempts. `url` is without the query, for errors and logs."""

    method: str
    path: str
    url: str
    params: Mapping[str, Any] | None
    json: Any
    outgoing: Outgoing
    objection: Callable[[Any], str | None] | None
    decode: Callable[[bytes], Any]
    attempts: int = 0


class Transport:
    """Sends requests to one service. A context manager that closes itself.

    Threads may share a transport, and both sides of a fork may use it: each process has its own connections and budget.

    Args:
        base_url: the service's URL: a scheme, a host and optionally a path.
        token: the bearer token, or credentials that fetch one.
        settings: how to connect, wait and retry.
        clock: the clock that tells the time and waits; for tests.
        hints: for a status, what its errors say beside the service's message, such as the setting that may be wrong.
        budget: a budget that others share; without one, this process counts its own, by `requests_per_minute`.

    Raises:
        ConfigurationError: if the base URL or the token is malformed, the URL is `http://` on another machine and the
            settings do not allow that, the proxy is not a URL, the environment's CA bundle does not exist, or there are two
            budgets.
    """

    def __init__(  # noqa: PLR0913 - each is named where it is passed
        self,
        base_url: str,
        token: str | Credentials,
        settings: Settings | None = None,
        clock: Clock | None = None,
        *,
        hints: Mapping[int, str] | None = None,
        budget: Budget | None = None,
    ) -> None:
        credentials = token if isinstance(token, Credentials) else BearerToken(hidden(token))
        del token  # no traceback of what follows shows it
        self.base_url = base_url  # what a traceback of a refused one shows
        self.settings = settings or Settings()
        self.base_url = checked_base_url(base_url, allow_http=self.settings.allow_http)
        if isinstance(credentials, BearerToken):
            _check_token(credentials.secrets)
        self._credentials = credentials
        _check_budget(budget, self.settings)
        self._hints = hints or {}
        self.clock = clock or Clock()
        self.service_clock = ServiceClock(self.clock)
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": self.settings.user_agent,
        }
        # Unlike a partial, a closure keeps the token out of `vars()`.
        self._open: Callable[[], Channel] = lambda: open_channel(
            self.base_url, credentials, self.settings, self.clock, budget
        )
        self._channels: dict[int, Channel] = {os.getpid(): self._open()}
        self._retrying = retrying(self.settings, self.clock, log_retry)
        self._closed = False

    def send(  # noqa: PLR0913 - the parts of a request, each by its name
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: tuple[str, bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        decode: Callable[[bytes], Any] = decoded,
        objection: Callable[[Any], str | None] | None = None,
    ) -> Answer:
        """Send a request until it succeeds (2xx), cannot be repeated, or the settings allow no further attempt.

        A request is repeated if it was not sent, after 429, after 503 with `Retry-After`, and, if it is a read, after any
        failure. After 401 it is repeated once if the credentials can fetch another token.

        Args:
            method: the HTTP method.
            path: the path relative to the base URL, already quoted (see `quote_path`).
            params: the query; a list repeats its name.
            json: the document to send, None for no body.
            content: the media type and the bytes of a body that is no JSON.
            headers: further headers, such as a precondition.
            decode: makes the answer's body of its bytes; raises ValueError for bytes that it cannot take.
            objection: says of the decoded body of a success why it makes no sense as the answer, in a clause, or gives
                None. Such an answer is treated as one that is not JSON, and its connection is closed.

        Returns:
            The answer, a success.

        Raises:
            NotSent: if the request did not reach the service.
            OutcomeUnknown: if a write was sent, and may or may not have taken effect.
            TransportError: if a read got no usable answer.
            APIError: if the service answered with an error or a redirect; its class depends on the status. For a 5xx
                to a write it is UnsettledServerError, which is also an OutcomeUnknown.
            InvalidRequestError: after `close()`.
            TypeError: if `json` holds a value that JSON cannot represent.
            ValueError: if `json` holds a number that JSON cannot represent.
        """
        if self._closed:
            raise InvalidRequestError("the transport is closed")
        exchange = self._exchange(method.upper(), path, params, json, content, headers, decode, objection)
        number = self._credentials.ready()
        outcome = self._outcome(exchange)
        if _is_unknown_token(outcome) and self._credentials.renew(number):
            self._credentials.ready()
            outcome = self._outcome(exchange)
        if isinstance(outcome, Answer):
            return outcome
        raise outcome.error

    def close(self) -> None:
        """Close the connections of this process. Closing twice has no effect."""
        self._closed = True
        channel = self._channels.pop(os.getpid(), None)
        if channel is not None:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    def _channel(self) -> Channel:
        """The channel of this process. It uses no lock: one that another thread held during a fork would stay locked."""
        pid = os.getpid()
        # The parent's channel is left alone: the parent uses its sockets, and its locks may be taken.
        return self._channels.get(pid) or self._channels.setdefault(pid, self._open())

    def _exchange(  # noqa: PLR0913, PLR0917 - what `send` was given
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        json: Any,
        content: tuple[str, bytes] | None,
        headers: Mapping[str, str] | None,
        decode: Callable[[bytes], Any],
        objection: Callable[[Any], str | None] | None,
    ) -> _Exchange:
        url = f"{self.base_url}/{path.lstrip('/')}"
        sent = {**self._headers, **(headers or {})}
        body = None
        if content is not None:
            sent["Content-Type"], body = content
        elif json is not None:
            sent["Content-Type"] = "application/json"
            text = _encoded(json)
            # Half of a surrogate pair has no UTF-8. Its escape, which is JSON's too, returns what a service once sent.
            body = text.encode(errors="backslashreplace")
        if body or method not in _WITHOUT_LENGTH:
            sent["Content-Length"] = str(len(body or b""))
        outgoing = Outgoing(method, request_url(url, params), sent, body or None)
        return _Exchange(method, path, url, params, json, outgoing, objection, decode)

    def _outcome(self, exchange: _Exchange) -> Answer | Failure:
        """The outcome of the last attempt. FASTPATH: the machinery of repetitions begins with a failure."""
        outcome = self._attempt(exchange)
        if isinstance(outcome, Answer) or not outcome.again:
            return outcome
        first = [outcome]
        return self._retrying(lambda: first.pop() if first else self._attempt(exchange))

    def _attempt(self, exchange: _Exchange) -> Answer | Failure:
        """Send the request once."""
        channel = self._channel()
        try:
            channel.budget.acquire()
        except BudgetError as error:
            return failures.of_budget(error, method=exchange.method, url=exchange.url)
        exchange.attempts += 1
        self._announce_request(exchange)
        started = self.clock.monotonic()
        try:
            reply = channel.send(exchange.outgoing)
        except (OSError, HTTPError) as error:
            failure = failures.of_exchange(error, method=exchange.method, url=exchange.url)
            channel.redactor.exception(failure.error)
            log_lost(exchange.method, exchange.path, failure.error, self._milliseconds(started))
            return failure
        except BaseException as error:  # an interrupt: the frames below hold the token
            channel.redactor.exception(error)
            raise
        self.service_clock.observe(reply.headers)
        milliseconds = self._milliseconds(started)
        outcome = self._read(reply, exchange, channel)
        self._announce_response(exchange, reply.status, outcome, milliseconds)
        return outcome

    def _read(self, reply: Reply, exchange: _Exchange, channel: Channel) -> Answer | Failure:
        """The result of a complete answer."""
        request = {"method": exchange.method, "url": exchange.url}
        if reply.status < HTTPStatus.MULTIPLE_CHOICES:
            return self._believed(reply, exchange)
        content = channel.redactor.text(reply.content.decode("utf-8", "replace"))
        error = api_error(reply.status, content, **request, location=reply.headers.get("Location"))
        error.hint = self._hints.get(reply.status)
        if reply.status == HTTPStatus.NOT_FOUND and not error.has_form:
            reply.distrust()
            return failures.of_garbage(reply.status, "not in the service's form", **request)
        failure = failures.of_response(
            error,
            retry_after=retry_after(reply.headers, self.clock.now()),
            retry_after_max=self.settings.retry_after_max,
        )
        if failure.wait is not None:
            self._pause(channel, failure.wait)
        return failure

    def _pause(self, channel: Channel, seconds: float) -> None:
        try:
            channel.budget.pause(seconds)
        except BudgetError as error:  # what the service has answered counts
            log_lost_pause(error)

    def _believed(self, reply: Reply, exchange: _Exchange) -> Answer | Failure:
        """The answer of a success, unless it makes no sense. Then the exchange may be out of step with its connection."""
        body = None
        try:
            body = exchange.decode(reply.content)
            objection = None if reply.status >= HTTPStatus.OK else "that is no answer to it"
        except ValueError:
            objection = "the body is not JSON" if exchange.decode is decoded else "the body cannot be read"
        if objection is None and exchange.objection is not None:
            objection = exchange.objection(body)
        if objection is None:
            return Answer(reply.status, reply.headers, body)
        reply.distrust()
        return failures.of_garbage(reply.status, objection, method=exchange.method, url=exchange.url)

    def _announce_request(self, exchange: _Exchange) -> None:
        log_body("request", exchange.method, exchange.path, exchange.json)
        if before_request.receivers:
            before_request.send(
                self, method=exchange.method, path=exchange.path, params=exchange.params, json=exchange.json
            )

    def _announce_response(
        self, exchange: _Exchange, status: int, outcome: Answer | Failure, milliseconds: float
    ) -> None:
        logref = outcome.logref if isinstance(outcome, Failure) else None
        log_response(exchange.method, exchange.path, status, milliseconds, logref)
        if isinstance(outcome, Answer):
            log_body("answer", exchange.method, exchange.path, outcome.body)
        if after_response.receivers:
            try:
                after_response.send(
                    self,
                    method=exchange.method,
                    path=exchange.path,
                    status=status,
                    milliseconds=milliseconds,
                    attempt=exchange.attempts,
                )
            except Exception:  # noqa: BLE001 - the request has had its effect, whatever a receiver raises
                log_broken_receiver("after_response")

    def _milliseconds(self, started: float) -> float:
        return (self.clock.monotonic() - started) * 1_000


def _is_unknown_token(outcome: Answer | Failure) -> bool:
    return isinstance(outcome, Failure) and getattr(outcome.error, "status", None) == HTTPStatus.UNAUTHORIZED


def _check_token(reveal: Callable[[], Iterable[str]]) -> None:
    if not all(isinstance(secret, str) and _TOKEN.fullmatch(secret) for secret in reveal()):
        raise ConfigurationError("token must be printable ASCII without spaces")


def _check_budget(budget: Any, settings: Settings) -> None:
    if budget is None:
        return
    if not isinstance(budget, Budget):
        raise ConfigurationError(f"budget must have acquire() and pause(seconds), got {budget!r}")
    if settings.requests_per_minute:
        raise ConfigurationError("budget takes the place of requests_per_minute: give one of the two")
