"""The ASGI application: it routes and authorizes requests, calls the handlers and sends their answers."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import format_datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.routing import Match, Route

from contacthub_orm.reference import MAX_PAYLOAD_BYTES
from contacthub_orm.sandbox.documents import failures
from contacthub_orm.sandbox.documents.failures import Failure, FrameworkFailure
from contacthub_orm.sandbox.documents.wire import decode_received
from contacthub_orm.sandbox.server import cors
from contacthub_orm.sandbox.server.delivery import Connection, Disconnected
from contacthub_orm.sandbox.server.table import ROUTES
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.service.recording import ReceivedRequest
from contacthub_orm.sandbox.storage.errors import StorageFull

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from contacthub_orm.sandbox.service.calls import Handler, Service
    from contacthub_orm.sandbox.service.faults import Effect
    from contacthub_orm.sandbox.service.recording import RequestLog
    from contacthub_orm.sandbox.service.settings import Clock

__all__ = ["Application", "Request"]

LOGGER: Final = logging.getLogger("contacthub_orm.sandbox")
if logging.lastResort is not None:
    # The library silences its loggers; a mistake of the sandbox shows on stderr all the same.
    LOGGER.addHandler(logging.lastResort)
REQUEST_BYTES: Final = 500
VALUE_BYTES: Final = 100


@dataclass(slots=True)
class Request:
    """A request before any checks.

    Attributes:
        method: the HTTP method.
        path: the path, percent-decoded.
        query: the query parameters, with the last value of each name.
        headers: the headers but `Authorization`, with names in lower case.
        client: the address of the caller.
        time: when the request arrived, by the sandbox's clock.
        arrived: the same by the machine's performance counter, in seconds; latency counts from it.
        is_authorized: whether it carries the token.
        content: the body as received.
        is_large: whether the body exceeds the limit, so that `content` is not all of it.
        body: the decoded body, after `read_body`.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[bytes, bytes]
    client: str | None
    time: datetime
    arrived: float
    is_authorized: bool
    content: bytes = b""
    is_large: bool = False
    body: Any = None

    @property
    def announced(self) -> int:
        """The size of the body as its head says, in bytes."""
        return int(self.headers.get(b"content-length", b"0"))

    @property
    def size(self) -> int:
        """About how much memory the logged request takes, in bytes; decoded JSON takes more than its text."""
        size = REQUEST_BYTES + len(self.path) + sum(map(len, self.query.values()))
        size += VALUE_BYTES * len(self.query)
        if self.body is not None:
            size += len(self.content) + VALUE_BYTES * sum(map(self.content.count, (b",", b"[", b"{")))
        return size

    def read_body(self) -> None:
        """Decode the content into `body`.

        Raises:
            Failure: 413 if the content is too large, 400 if it is not JSON.
        """
        if self.is_large:
            raise failures.too_large(MAX_PAYLOAD_BYTES)
        if not self.content:
            return
        try:
            self.body = decode_received(self.content)
        except ValueError as error:
            raise failures.malformed(f"malformed JSON: {error}") from None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be carried out: its handler, and the parameters of the route's path."""

    handler: Handler
    parameters: dict[str, str]


class Application:
    """Answers HTTP requests from a service and logs them."""

    def __init__(self, service: Service, log: RequestLog) -> None:
        self._service = service
        self._log = log
        self._handlers: dict[str, dict[str, Handler]] = {}
        for method, path, handler in ROUTES:
            self._handlers.setdefault(path, {})[method] = handler
        self._routes = [Route(path, _unused) for path in self._handlers]
        self._released = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI).

        The request takes effect as soon as it has arrived. The latency holds back its answer only, so that
        other requests are served meanwhile, as on a server that is far away.
        """
        connection = Connection(scope["state"]["arrival"], receive, send, MAX_PAYLOAD_BYTES)
        if connection.arrival.refusal is not None:  # its head was not read, so there is no request to log
            await connection.end(self._completed(Answer.of_failure(connection.arrival.refusal)))
            return
        request = _request(scope, connection.arrival.is_authorized, self._service.settings.clock)
        connection.is_large = request.announced > MAX_PAYLOAD_BYTES
        admitted = self._admit(scope, request)
        if isinstance(admitted, Admitted):
            try:
                request.content = await connection.body()
            except Disconnected:
                self._log_request(request, None, applied=False)
                return
            except Failure as failure:
                self._log_request(request, failure.status, applied=False)
                await connection.end(self._completed(Answer.of_failure(failure)))
                return
            request.is_large = connection.is_large
        await self._serve(admitted, request, connection)

    def authorizes(self, authorization: bytes) -> bool:
        """Whether the value of an `Authorization` header carries the token."""
        return self._service.store.credentials.token.is_in(authorization)

    def release(self) -> None:
        """Let all requests that a fault holds back continue at once. The server calls this when it stops."""
        self._released.set()

    async def _serve(self, admitted: Admitted | Answer, request: Request, connection: Connection) -> None:
        """Serve a request that has arrived, or that is refused whatever its body."""
        injector = self._service.injector  # read once, because another thread may clear the faults
        effect = None if injector is None else injector.strike(request.method, request.path)
        if effect is not None:
            await self._serve_struck(effect, admitted, request, connection)
            return
        answer = self._carry_out(admitted, request)
        self._log_request(request, answer.status, answer.is_success)
        await self._wait_out_latency(request)
        await connection.answer(self._completed(answer))

    async def _serve_struck(
        self, effect: Effect, admitted: Admitted | Answer, request: Request, connection: Connection
    ) -> None:
        """Serve a request that a fault strikes."""
        resets = self._service.resets
        await self._hold(effect.before)
        if resets != self._service.resets:
            await connection.cut()
            return
        genuine = self._carry_out(admitted, request) if effect.applied else None
        if genuine is None:
            with suppress(Failure):
                request.read_body()
        answer = _delivered_answer(effect, genuine)
        applied = genuine is not None and genuine.is_success
        self._log_request(request, None if answer is None else answer.status, applied, effect.name)
        await self._wait_out_latency(request)
        await self._hold(effect.after)
        await connection.deliver(None if answer is None else self._completed(answer), effect.ending)

    def _completed(self, answer: Answer) -> Answer:
        """The answer with what every answer has.

        That is a `Date` by the sandbox's clock, against which clients check their own clock, and the leave for
        pages of any origin to read it.
        """
        date = format_datetime(self._service.settings.clock().astimezone(UTC), usegmt=True)
        return replace(answer, headers=(*answer.headers, *cors.HEADERS, ("date", date)))

    async def _hold(self, seconds: float) -> None:
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), seconds)

    async def _wait_out_latency(self, request: Request) -> None:
        latency = self._service.settings.latency
        if latency:
            await asyncio.sleep(request.arrived + latency - perf_counter())

    def _log_request(
        self, request: Request, status: int | None, applied: bool, fault: str | None = None
    ) -> None:
        self._log.add(
            ReceivedRequest(
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body,
                status=status,
                time=request.time,
                applied=applied,
                fault=fault,
            ),
            request.size,
        )

    def _admit(self, scope: Scope, request: Request) -> Admitted | Answer:
        """Judge the request by its head: what the API is to carry out, or the answer."""
        if request.method == "OPTIONS":
            return cors.preflight(request.headers)
        try:
            handler, parameters = self._route(scope, request)
            self._authorize(request, parameters["workspace"])
        except Failure as failure:
            return Answer.of_failure(failure)
        return Admitted(handler, parameters)

    def _carry_out(self, admitted: Admitted | Answer, request: Request) -> Answer:
        """Let the API carry out the request; a failure becomes an answer too."""
        if isinstance(admitted, Answer):
            return admitted
        try:
            return self._answer(admitted, request)
        except Failure as failure:
            return Answer.of_failure(failure)
        except StorageFull as full:
            return Answer.of_failure(FrameworkFailure(507, str(full)))
        except Exception:
            LOGGER.exception("the sandbox failed at %s %s", request.method, request.path)
            return Answer.of_failure(FrameworkFailure(500, "the sandbox failed"))

    def _answer(self, admitted: Admitted, request: Request) -> Answer:
        service = self._service
        now = service.settings.now()
        wait = service.throttle.seconds_to_wait(now, service.settings.max_requests_per_minute)
        if wait:
            raise failures.throttled(wait)
        request.read_body()
        agent = request.headers.get(b"user-agent")
        client = (request.client, None if agent is None else agent.decode("latin-1"))
        with service.store.transaction() as connection:
            call = Call(service, connection, now, admitted.parameters, request.query, request.body, client)
            return admitted.handler(call)

    def _route(self, scope: Scope, request: Request) -> tuple[Handler, dict[str, str]]:
        for route in self._routes:
            match, child = route.matches(scope)
            if match is not Match.NONE:
                handler = self._handlers[route.path].get(request.method)
                if handler is None:
                    raise failures.method_not_allowed(request.method)
                return handler, child["path_params"]
        raise failures.not_found_route(request.path)

    def _authorize(self, request: Request, workspace_id: str) -> None:
        if not request.is_authorized:
            raise failures.unauthorized()
        if workspace_id != self._service.store.credentials.workspace_id:
            raise failures.unknown_workspace(workspace_id)


async def _unused(scope: Scope, receive: Receive, send: Send) -> None:
    """A placeholder: routes are only matched, because the handlers know nothing of ASGI."""


def _delivered_answer(effect: Effect, genuine: Answer | None) -> Answer | None:
    """The answer for the client instead of the API's genuine one, or None if the client gets no answer."""
    if effect.ending in ("closed", "reset"):
        return None
    if effect.status is not None:
        return Answer.of_failure(failures.injected(effect.status, effect.retry_after))
    return genuine


def _request(scope: Scope, is_authorized: bool, clock: Clock) -> Request:
    client = scope.get("client")
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)),
        headers=dict(scope["headers"]),
        client=client[0] if client else None,
        time=clock(),
        arrived=perf_counter(),
        is_authorized=is_authorized,
    )
