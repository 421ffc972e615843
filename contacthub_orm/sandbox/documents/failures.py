"""Error answers: the envelope `{message, logref, data, errors}` that every published SDK reads.

The messages for 401, 403, 409 and the 404 of a node are those that the SDKs recorded. No source gives the
others; they are this server's own.
"""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from contacthub_orm.sandbox.documents.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Failure",
    "FrameworkFailure",
    "conflict",
    "forbidden",
    "head_too_large",
    "injected",
    "invalid",
    "malformed",
    "method_not_allowed",
    "not_found",
    "not_found_route",
    "throttled",
    "too_large",
    "too_slow",
    "unauthorized",
    "unknown_version",
    "unknown_workspace",
]


class Failure(Exception):  # noqa: N818 - it is an answer, not an error of this program
    """Ends the handling of a request with an error answer; whatever the request has written is rolled back.

    Args:
        status: the HTTP status.
        message: the envelope's `message`.
        violations: the envelope's `errors`.
        data: the envelope's `data`.
        headers: headers that the answer has besides the usual ones.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        data: Any = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violations = violations
        self.data = data
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The envelope, under a new `logref`."""
        return {
            "message": self.message,
            "logref": str(uuid4()),
            "data": self.data,
            "errors": [asdict(violation) for violation in self.violations],
        }


class FrameworkFailure(Failure):
    """An error of the service's web framework: its envelope holds `status` and `error` too (PHP SDK)."""

    def body(self) -> dict[str, Any]:
        """The envelope, with the status and its reason phrase first."""
        return {"status": self.status, "error": HTTPStatus(self.status).phrase} | super().body()


def invalid(subject: str, violations: Sequence[Violation]) -> Failure:
    """400 for a customer, one of its sub-resources, or an event that breaks a rule."""
    return Failure(400, f"source {subject} is not valid", violations=violations)


def malformed(message: str, path: str = "", code: str = "malformed") -> Failure:
    """400 for a body or a query parameter that cannot be parsed."""
    return Failure(400, message, violations=[Violation(message, path, code=code)])


def not_found(what: str, identifier: str) -> Failure:
    """404 for a resource that does not exist; the Node SDK's tests saw this message for a node."""
    return Failure(404, f"{what} not found {identifier}")


def not_found_route(path: str) -> Failure:
    """404 for a path that the API does not have."""
    return FrameworkFailure(404, f"No handler for {path}")


def method_not_allowed(method: str) -> Failure:
    """405 with the message that the PHP SDK's tests saw."""
    return Failure(405, f"Request method '{method}' not supported")


def unauthorized() -> Failure:
    """401 for a missing or wrong token."""
    return Failure(401, "The client is not authorized to access the API")


def forbidden(message: str) -> Failure:
    """403 for what the token has no permission for; swagger 1.51 documents the status, nobody the message."""
    return Failure(403, message)


def unknown_workspace(workspace_id: str) -> Failure:
    """403 for another workspace's id; the Node SDK's tests saw this status, not 404."""
    return Failure(403, f"workspace not found: {workspace_id}")


def too_large(limit: int) -> Failure:
    """413 for a body above the limit, in bytes; the reference documents the limit but not the status."""
    return Failure(413, f"the payload is larger than {limit} bytes")


def head_too_large(limit: int) -> Failure:
    """431 for a request line and headers that are larger than the limit, in bytes."""
    return Failure(431, f"the request line and the headers are larger than {limit} bytes")


def too_slow(seconds: float) -> Failure:
    """408 for a request that has not arrived after these seconds."""
    return Failure(408, f"the request took longer than {seconds:g} seconds to arrive")


def unknown_version(version: str) -> Failure:
    """505 for a version of HTTP other than 1.0 and 1.1."""
    return Failure(505, f"HTTP {version} is not supported")


def throttled(retry_after: int, whose: str) -> Failure:
    """429 with the seconds to wait, in `Retry-After`; `whose` names the one that has the budget."""
    message = f"the {whose} has spent its requests per minute"
    return Failure(429, message, headers={"retry-after": str(retry_after)})


def injected(status: int, retry_after: int | None) -> Failure:
    """The error answer that a fault gives instead of the API's own answer; `retry_after` is in seconds."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Failure(status, f"injected fault: {status}", headers=headers)


def conflict(customer_id: str, href: str) -> Failure:
    """409 for a customer whose matching properties are another one's; the service misspells `existing`."""
    data = {"customer": {"id": customer_id, "href": href}}
    return Failure(409, f"Conflict with exiting customer {customer_id}", data=data)
