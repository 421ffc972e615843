"""Notihub's API: its routes, who may call them, and its error bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.notihub.calls import NotihubCall
from contacthub_orm.sandbox.notihub.routes import contacts, customers, messages, preferences, tokens
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.notihub.calls import NotihubService
    from contacthub_orm.sandbox.server.application import Request
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES", "NotihubApi"]

TOKEN: Final = "/token"
KEYS: Final = "keys"
BEARER: Final = "token"

_PATHS: Final[list[tuple[str, str, Handler]]] = [
    ("POST", TOKEN, tokens.exchange),
    ("GET", "/customers", customers.listing),
    ("POST", "/customers", customers.create),
    ("GET", "/customers/{customer}", customers.show),
    ("PUT", "/customers/{customer}", customers.put),
    ("DELETE", "/customers/{customer}", customers.remove),
    ("POST", "/customers/{customer}/contacts", contacts.create),
    ("PUT", "/customers/{customer}/contacts/{contact}", contacts.put),
    ("DELETE", "/customers/{customer}/contacts/{contact}", contacts.remove),
    ("GET", "/customers/{customer}/preferences", preferences.listing),
    ("POST", "/customers/{customer}/preferences", preferences.change),
    ("GET", "/messages", messages.listing),
    ("POST", "/messages", messages.send),
    ("GET", "/messages/{message}", messages.show),
]

ROUTES: Final[list[tuple[str, str, Handler]]] = [
    (method, path + end, handler) for method, path, handler in _PATHS for end in ("", "/")
]
"""The documentation writes the same path with and without its last slash."""


@dataclass(frozen=True)
class NotihubApi:
    """Notihub's API; see `Api`."""

    service: NotihubService
    routes = ROUTES
    budget_of = "environment"

    def open_answer(self, method: str, path: str) -> Answer | None:  # noqa: ARG002 - the protocol's
        """None: the exchange of keys for a token is a route."""
        return None

    def authenticate(self, authorization: bytes) -> str | None:
        """Whether the header carries the keys, or a token that has not expired."""
        if self.service.store.keys.are_in(authorization):
            return KEYS
        if self.service.tokens.is_valid(authorization, self.service.settings.now()):
            return BEARER
        return None

    def authorize(self, request: Request, parameters: Mapping[str, str]) -> None:  # noqa: ARG002 - see `Api`
        """Refuse all but the keys for the token's route, and all but a token for the others (401)."""
        if request.path.rstrip("/") == TOKEN:
            if request.caller != KEYS:
                raise Failure(401, "Invalid credentals")  # the documentation's spelling
        elif request.caller != BEARER:
            raise Failure(401, "Invalid or expired access token")

    def service_of(self, request: Request) -> NotihubService:  # noqa: ARG002 - the protocol's
        """The one service."""
        return self.service

    def only_reads(self, now: int, request: Request) -> bool:  # noqa: ARG002 - the protocol's
        """No: a GET works out what became of deliveries."""
        return False

    def catch_up(self, now: int, request: Request) -> None:
        """Nothing goes on by itself."""

    def call(
        self, connection: Connection, now: int, request: Request, parameters: Mapping[str, str]
    ) -> NotihubCall:
        """A call of this service."""
        return NotihubCall(self.service, connection, now, parameters, request.query, request.body)

    def refusal(self, failure: Failure) -> Answer:
        """The documentation's error body: `code` and `message`."""
        body = Answer.of(failure.status, {"code": failure.status, "message": failure.message})
        return Answer(body.status, body.text, tuple(failure.headers.items()))
