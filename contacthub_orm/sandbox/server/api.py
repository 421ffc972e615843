"""What an API has of its own, so that one server serves several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.documents.failures import Failure
    from contacthub_orm.sandbox.server.application import Request
    from contacthub_orm.sandbox.service.calls import Answer, Handler, RunningService

__all__ = ["Api"]


class Api(Protocol):
    """An API, as the server serves it."""

    @property
    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler; of two paths that match, the first wins."""
        ...

    @property
    def budget_of(self) -> str:
        """Who has the budget of requests: a word for the message of a 429."""
        ...

    def open_answer(self, method: str, path: str) -> Answer | None:
        """The answer to a request that needs no token, or None if this one does."""
        ...

    def authenticate(self, authorization: bytes) -> Any:
        """Whom the value of an `Authorization` header proves to be calling; None if nobody."""
        ...

    def authorize(self, request: Request, parameters: Mapping[str, str]) -> None:
        """Refuse a request that its caller may not make.

        Args:
            request: the request, without its body.
            parameters: the parameters of the route's path.

        Raises:
            Failure: if it is refused.
        """
        ...

    def service_of(self, request: Request) -> RunningService[Any, Any]:
        """Who carries out a request that was authorized, within its budget and in its transaction.

        Raises:
            Failure: if it has gone since then.
        """
        ...

    def only_reads(self, now: int, request: Request) -> bool:
        """Whether a request changes nothing, and nothing is due before it, so that a snapshot does for it.

        Args:
            now: when it arrived, in milliseconds since 1970.
            request: the request.
        """
        ...

    def catch_up(self, now: int, request: Request) -> None:
        """Carry out what was due by itself before a request arrived.

        Args:
            now: when it arrived, in milliseconds since 1970.
            request: the request, with its body decoded.
        """
        ...

    def call(self, connection: Connection, now: int, request: Request, parameters: Mapping[str, str]) -> Any:
        """What the handlers of the routes take.

        Args:
            connection: the database connection, with the request's transaction open.
            now: when the request arrived, in milliseconds since 1970.
            request: the request, with its body decoded.
            parameters: the parameters of the route's path.
        """
        ...

    def refusal(self, failure: Failure) -> Answer:
        """The error answer of a failure."""
        ...
