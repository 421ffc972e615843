"""What a route's handler is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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

    base_url: where it answers, for the links in error bodies.
    results: the results of searches that were worked out in Python, kept for their next page; see `search`.
    injector: strikes requests with the faults that are set; None while there are none.
    resets: how often all was forgotten; what began before is not finished after.
    """

    store: Store
    settings: Settings
    base_url: str = ""
    throttle: Throttle = field(default_factory=Throttle)
    results: dict[Any, list[int]] = field(default_factory=dict)
    injector: Injector | None = None
    resets: int = 0


@dataclass(slots=True)
class Call:
    """One authorized request inside its transaction.

    now: when it arrived, in milliseconds since 1970.
    path: the parameters of the route's path.
    query: the query parameters.
    body: the decoded JSON, None if there was none.
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
        return self.service.settings

    @property
    def store(self) -> Store:
        return self.service.store

    @property
    def visible_from(self) -> int:
        """When searches will see what this request writes."""
        return self.settings.visible_from(self.now)

    def json_object(self) -> dict[str, Any]:
        """The body, which must be a JSON object.

        Raises:
            Failure: 400 if it is anything else or missing.
        """
        if not isinstance(self.body, dict):
            raise malformed("the body must be a JSON object")
        return self.body

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """A query parameter with a closed set of values; None if it is missing or empty.

        Raises:
            Failure: 400 for any other value.
        """
        value = self.query.get(name) or None
        if value is not None and value not in choices:
            raise malformed(f"{name} is one of {', '.join(choices)}", name, "enum")
        return value

    def check_node(self, node_id: str) -> None:
        """Let pass only the sandbox's node.

        Raises:
            Failure: 404 for any other.
        """
        if node_id != self.store.credentials.node_id:
            raise not_found("node", node_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the JSON text of the body, and headers; an empty text is an empty body."""

    status: int
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, status: int, value: Any) -> Answer:
        """An answer with the value as JSON."""
        return cls(status, encode(value))

    @classmethod
    def of_failure(cls, failure: Failure) -> Answer:
        """The answer that says what went wrong."""
        return cls(failure.status, encode(failure.body()), tuple(failure.headers.items()))

    @property
    def is_success(self) -> bool:
        return self.status < 400


if TYPE_CHECKING:
    Handler = Callable[[Call], Answer]
