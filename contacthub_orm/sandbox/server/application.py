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
from contacthub_orm.sandbox.documents.forms import MAX_UPLOAD_BYTES, Form, decode_form, is_form
from contacthub_orm.sandbox.documents.wire import decode_received
from contacthub_orm.sandbox.server import cors
from contacthub_orm.sandbox.server.delivery import Connection, Disconnected
from contacthub_orm.sandbox.service.calls import Answer
from contacthub_orm.sandbox.service.recording import ReceivedRequest
from contacthub_orm.sandbox.service.turns import Turns
from contacthub_orm.sandbox.storage.errors import StorageFull

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection as DatabaseConnection
    from starlette.types import Receive, Scope, Send

    from contacthub_orm.sandbox.server.api import Api
    from contacthub_orm.sandbox.server.site import Site
    from contacthub_orm.sandbox.service.calls import Handler, RunningService
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
        caller: who sends it, as `Api.authenticate` said, or None if nobody knows.
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
    caller: Any
    content: bytes = b""
    is_large: bool = False
    body: Any = None

    @property
    def sender(self) -> tuple[str | None, str | None]:
        """The address and the user agent of the caller."""
        agent = self.headers.get(b"user-agent")
        return self.client, None if agent is None else agent.decode("latin-1")

    @property
    def announced(self) -> int:
        """The size of the body as its head says, in bytes."""
        return int(self.headers.get(b"content-length", b"0"))

    @property
    def is_form(self) -> bool:
        """Whether the head announces a form with files."""
        return is_form(self.headers.get(b"content-type", b""))

    @property
    def limit(self) -> int:
        """The largest size that the body may have, in bytes."""
        return MAX_UPLOAD_BYTES if self.is_form else MAX_PAYLOAD_BYTES

    @property
    def size(self) -> int:
        """About how much memory the logged request takes, in bytes; decoded JSON takes more than its text."""
        size = REQUEST_BYTES + len(self.path) + sum(map(len, self.query.values()))
        size += VALUE_BYTES * len(self.query)
        if isinstance(self.body, Form):
            size += len(self.content)
        elif self.body is not None:
            size += len(self.content) + VALUE_BYTES * sum(map(self.content.count, (b",", b"[", b"{")))
        return size

    def read_body(self) -> None:
        """Decode the content into `body`.

        Raises:
            Failure: 413 if the content is too large, 400 if it is not JSON.
        """
        if self.is_large:
            raise failures.too_large(self.limit)
        if not self.content:
            return
        if self.is_form:
            self._read_form()
            return
        try:
            self.body = decode_received(self.content)
        except ValueError as error:
            raise failures.malformed(f"malformed JSON: {error}") from None

    def _read_form(self) -> None:
        try:
            self.body = decode_form(self.content, self.headers[b"content-type"])
        except ValueError as error:
            raise failures.malformed(f"malformed form: {error}") from None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be carried out: its handler, and the parameters of the route's path."""

    handler: Handler
    parameters: dict[str, str]

    @property
    def is_collection(self) -> bool:
        """Whether the path names nothing in the workspace, such as a customer."""
        return self.parameters.keys() <= {"workspace"}


class Application:
    """Answers HTTP requests from a service and logs them.

    Args:
        service: the store, the settings and what else changes while it serves.
        log: where the requests are logged.
        api: what the service's API has of its own: routes, authorization, error bodies.

    Attributes:
        site: the pages that people look at, or None. They need no token, and no fault strikes them.
    """

    def __init__(self, service: RunningService[Any, Any], log: RequestLog, api: Api) -> None:
        self._service = service
        self._log = log
        self._api = api
        self.site: Site | None = None
        self._handlers: dict[str, dict[str, Handler]] = {}
        for method, path, handler in api.routes:
            self._handlers.setdefault(path, {})[method] = handler
        self._routes = _by_length([Route(path, _unused) for path in self._handlers])
        self._released = asyncio.Event()
        self._turns = Turns(service.store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI).

        The request takes effect as soon as it has arrived. The latency holds back its answer only, so that
        other requests are served meanwhile, as on a server that is far away.
        """
        connection = Connection(scope["state"]["arrival"], receive, send, MAX_PAYLOAD_BYTES)
        if connection.arrival.refusal is not None:  # its head was not read, so there is no request to log
            await connection.end(self._completed(self._api.refusal(connection.arrival.refusal)))
            return
        if self.site is not None and self.site.serves(scope["path"]):
            await self.site.serve(scope, connection, self._turns)
            return
        request = _request(scope, connection.arrival.caller, self._service.settings.clock)
        connection.limit = request.limit
        connection.is_large = request.announced > request.limit
        admitted = self._admit(scope, request)
        if isinstance(admitted, Admitted):
            try:
                request.content = await connection.body()
            except Disconnected:
                self._log_request(request, None, applied=False)
                return
            except Failure as failure:
                self._log_request(request, failure.status, applied=False)
                await connection.end(self._completed(self._api.refusal(failure)))
                return
            request.is_large = connection.is_large
        await self._serve(admitted, request, connection)

    def authenticate(self, authorization: bytes) -> Any:
        """Whom the value of an `Authorization` header proves to be calling; None if nobody."""
        return self._api.authenticate(authorization)

    def release(self) -> None:
        """Let all requests that a fault holds back continue at once. The server calls this when it stops."""
        self._released.set()

    def close(self) -> None:
        """Interrupt the requests that are still carried out, after the server has stopped."""
        self._turns.close()

    async def _serve(self, admitted: Admitted | Answer, request: Request, connection: Connection) -> None:
        """Serve a request that has arrived, or that is refused whatever its body."""
        injector = self._service.state.injector  # read once, because another thread may clear the faults
        effect = None if injector is None else injector.strike(request.method, request.path)
        if effect is not None:
            await self._serve_struck(effect, admitted, request, connection)
            return
        answer = await self._carry_out(admitted, request)
        self._log_request(request, answer.status, answer.is_success, text=answer.text)
        await self._wait_out_latency(request)
        await connection.answer(self._completed(answer))

    async def _serve_struck(
        self, effect: Effect, admitted: Admitted | Answer, request: Request, connection: Connection
    ) -> None:
        """Serve a request that a fault strikes."""
        resets = self._service.state.resets
        await self._hold(effect.before)
        if resets != self._service.state.resets:
            await connection.cut()
            return
        genuine = await self._carry_out(admitted, request) if effect.applied else None
        if genuine is None:
            with suppress(Failure):
                request.read_body()
        answer = self._delivered_answer(effect, genuine)
        applied = genuine is not None and genuine.is_success
        status, text = (None, None) if answer is None else (answer.status, answer.text)
        self._log_request(request, status, applied, effect.name, text)
        await self._wait_out_latency(request)
        await self._hold(effect.after)
        await connection.deliver(None if answer is None else self._completed(answer), effect.ending)

    def _delivered_answer(self, effect: Effect, genuine: Answer | None) -> Answer | None:
        """The answer for the client instead of the API's genuine one, or None if the client gets no answer."""
        if effect.ending in ("closed", "reset"):
            return None
        if effect.status is not None:
            return self._api.refusal(failures.injected(effect.status, effect.retry_after))
        return genuine

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
        self,
        request: Request,
        status: int | None,
        applied: bool,
        fault: str | None = None,
        text: str | None = None,
    ) -> None:
        self._log.add(
            ReceivedRequest(
                method=request.method,
                path=request.path,
                query=request.query,
                body=_without_token(request),
                status=status,
                time=request.time,
                applied=applied,
                fault=fault,
            ),
            request.size,
            text,
        )

    def _admit(self, scope: Scope, request: Request) -> Admitted | Answer:
        """Judge the request by its head: what the API is to carry out, or the answer."""
        if request.method == "OPTIONS":
            return cors.preflight(request.headers)
        found = self._api.open_answer(request.method, request.path)
        if found is not None:
            return found
        try:
            handler, parameters = self._route(scope, request)
            self._api.authorize(request, parameters)
        except Failure as failure:
            return self._api.refusal(failure)
        return Admitted(handler, parameters)

    async def _carry_out(self, admitted: Admitted | Answer, request: Request) -> Answer:
        """Let the API carry out the request; a failure becomes an answer too."""
        if isinstance(admitted, Answer):
            return admitted
        try:
            return await self._answer(admitted, request)
        except Failure as failure:
            return self._api.refusal(failure)
        except StorageFull as full:
            return self._api.refusal(FrameworkFailure(507, str(full)))
        except Exception:
            LOGGER.exception("the sandbox failed at %s %s", request.method, request.path)
            return self._api.refusal(FrameworkFailure(500, "the sandbox failed"))

    async def _answer(self, admitted: Admitted, request: Request) -> Answer:
        service = self._api.service_of(request)
        store, now = service.store, service.settings.now()
        wait = service.throttle.seconds_to_wait(now, service.max_requests_per_minute)
        if wait:
            raise failures.throttled(wait, self._api.budget_of)
        request.read_body()

        def carried_out(connection: DatabaseConnection) -> Answer:
            return admitted.handler(self._api.call(connection, now, request, admitted.parameters))

        def transact() -> Answer:
            self._api.catch_up(now, request)
            with service.transaction() as connection:
                return carried_out(connection)

        def read() -> Answer:
            with store.snapshot() as connection:
                return carried_out(connection)

        if not (store.reads_aside and self._api.only_reads(now, request)):
            return await self._turns.take(transact)
        return await self._turns.take(transact, read, is_long=store.is_large and admitted.is_collection)

    def _route(self, scope: Scope, request: Request) -> tuple[Handler, dict[str, str]]:
        length = min(scope["path"].count("/"), len(self._routes) - 1)
        for route in self._routes[length]:
            match, child = route.matches(scope)
            if match is not Match.NONE:
                handler = self._handlers[route.path].get(request.method)
                if handler is None:
                    raise failures.method_not_allowed(request.method)
                return handler, child["path_params"]
        raise failures.not_found_route(request.path)


def _by_length(routes: list[Route]) -> list[list[Route]]:
    """The routes that a path of so many segments can match; the last ones are for all that have more."""
    longest = max(route.path.count("/") for route in routes)
    return [
        [
            route
            for route in routes
            if route.path.count("/") == length or (":path" in route.path and route.path.count("/") < length)
        ]
        for length in range(longest + 2)
    ]


async def _unused(scope: Scope, receive: Receive, send: Send) -> None:
    """A placeholder: routes are only matched, because the handlers know nothing of ASGI."""


def _without_token(request: Request) -> Any:
    """The body for the log. A source is put back as it was read, with its token, which no log should hold."""
    if isinstance(request.body, dict) and "token" in request.body:
        return request.body | {"token": "***"}
    return request.body


def _request(scope: Scope, caller: Any, clock: Clock) -> Request:
    client = scope.get("client")
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)),
        headers=dict(scope["headers"]),
        client=client[0] if client else None,
        time=clock(),
        arrived=perf_counter(),
        caller=caller,
    )
