"""What a route's handler receives and returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from contacthub_orm.sandbox.documents.failures import Failure, malformed, not_found
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.service.throttling import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.service.injection import Injector
    from contacthub_orm.sandbox.service.settings import Settings
    from contacthub_orm.sandbox.storage.store import Store

__all__ = ["Answer", "Call", "Handler", "Service"]


@dataclass
class Service:
    """A running sandbox as its handlers see it.

    Attributes:
        store: the database.
        settings: the settings in force.
        base_url: where the API answers, for the links in error bodies.
        throttle: the workspace's budget of requests.
        search_results: results of searches that were evaluated in Python, kept for the next page; see
            `scanning`.
        injector: applies the faults that are set, or None if there are none.
        resets: how often the sandbox was reset. A request that a reset interrupts is not carried out.
    """

    store: Store
    settings: Settings
    base_url: str = ""
    throttle: Throttle = field(default_factory=Throttle)
    search_results: dict[Any, list[int]] = field(default_factory=dict)
    injector: Injector | None = None
    resets: int = 0


@dataclass(slots=True)
class Call:
    """One authorized request inside its transaction.

    Attributes:
        service: the sandbox that serves it.
        connection: the database connection, with the request's transaction open.
        now: when it arrived, in milliseconds since 1970.
        path: the parameters of the route's path.
        query: the query parameters.
        body: the decoded JSON, or None if the request has no body.
        client: the address and the user agent of the caller.
    """

    service: Service
    connection: Connection
    now: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    client: tuple[str | None, str | None]

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.service.settings

    @property
    def store(self) -> Store:
        """The database."""
        return self.service.store

    @property
    def node_id(self) -> str:
        """The id of the sandbox's one node."""
        return self.store.credentials.node_id

    @property
    def visible_from(self) -> int:
        """When searches start to see what this request writes, in milliseconds since 1970."""
        return self.settings.visible_from(self.now)

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Failure: 400 if the body is missing or anything else.
        """
        if not isinstance(self.body, dict):
            raise malformed("the body must be a JSON object")
        return self.body

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """A query parameter with a closed set of values, or None if it is missing or empty.

        Raises:
            Failure: 400 if the value is not among the choices.
        """
        value = self.query.get(name) or None
        if value is not None and value not in choices:
            raise malformed(f"{name} is one of {', '.join(choices)}", name, "enum")
        return value

    def check_node(self, node_id: str) -> None:
        """Refuse every node but the sandbox's own.

        Raises:
            Failure: 404 if it is another node.
        """
        if node_id != self.node_id:
            raise not_found("node", node_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the JSON text of the body, which may be empty, and headers."""

    status: int
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, status: int, value: Any) -> Answer:
        """An answer whose body is the value as JSON."""
        return cls(status, encode(value))

    @classmethod
    def of_failure(cls, failure: Failure) -> Answer:
        """The error answer of a failure."""
        return cls(failure.status, encode(failure.body()), tuple(failure.headers.items()))

    @property
    def is_success(self) -> bool:
        """Whether the status is not that of an error."""
        return self.status < HTTPStatus.BAD_REQUEST


Handler: TypeAlias = "Callable[[Call], Answer]"
