"""What a route's handler receives, and how it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.notihub.access import Tokens
from contacthub_orm.sandbox.notihub.settings import NotihubSettings
from contacthub_orm.sandbox.notihub.store import NotihubStore
from contacthub_orm.sandbox.service.calls import RunningService

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

__all__ = ["NotihubCall", "NotihubService", "Page", "invalid", "not_found"]

NUMBER: Final = re.compile(r"[0-9]{1,15}")
PAGE: Final = ("limit", "page")
FLAGS: Final = ("true", "false")


@dataclass
class NotihubService(RunningService[NotihubStore, NotihubSettings]):
    """A running Notihub as its handlers see it.

    Attributes:
        tokens: the access tokens.
    """

    tokens: Tokens = field(default_factory=Tokens)


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that a request asks for."""

    limit: int
    offset: int


@dataclass(slots=True)
class NotihubCall:
    """One authorized request inside its transaction.

    Attributes:
        service: the sandbox that serves it.
        connection: the database connection, with the request's transaction open.
        now: when it arrived, in milliseconds since 1970.
        path: the parameters of the route's path.
        query: the query parameters.
        body: the decoded JSON, or None if the request has no body.
    """

    service: NotihubService
    connection: Connection
    now: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    @property
    def settings(self) -> NotihubSettings:
        """The settings in force."""
        return self.service.settings

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Failure: 400 if the body is missing or anything else.
        """
        if not isinstance(self.body, dict):
            raise Failure(400, "the body must be a JSON object")
        return self.body

    def after(self, seconds: float) -> int:
        """The time after a delay, in milliseconds since 1970; 0, meaning always, if there is no delay."""
        return self.now + round(seconds * 1000) if seconds else 0

    def page(self, *others: str) -> Page:
        """The page that the query parameters ask for; it checks all of them.

        Args:
            *others: the other parameters that the route takes.

        Raises:
            Failure: 400 if a number is none or out of its range, or a parameter is unknown.
        """
        settings = self.settings
        violations = [
            f"unknown parameter {name}" for name in self.query if name not in PAGE and name not in others
        ]
        if self.query.get("actives", "") not in ("", *FLAGS):
            violations.append(f"actives is {' or '.join(FLAGS)}")
        limit = _number(self.query.get("limit") or str(settings.default_limit))
        number = _number(self.query.get("page") or str(settings.first_page))
        if limit is None or not 1 <= limit <= settings.max_limit:
            violations.append(f"limit is a number from 1 to {settings.max_limit}")
        if number is None or number < settings.first_page:
            violations.append(f"page is a number from {settings.first_page} on")
        if violations or limit is None or number is None:
            raise invalid(violations)
        return Page(limit, limit * (number - settings.first_page))


def invalid(violations: Sequence[str]) -> Failure:
    """400; its message has all violations, since the error body has no other place for them."""
    return Failure(400, "; ".join(violations))


def not_found(what: str) -> Failure:
    """404 with the documentation's message."""
    return Failure(404, f"{what} Not found")


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None
