"""Error answers: the envelope `{message, logref, data, errors}` that every published SDK reads.

The messages are those recorded by the SDKs where one is known (401, 403, 404 of a node, 409); the others are this
server's own, as no source gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

__all__ = [
    "Failure",
    "Violation",
    "conflict",
    "injected",
    "invalid",
    "malformed",
    "method_not_allowed",
    "not_found",
    "not_found_route",
    "throttled",
    "too_large",
    "unauthorized",
    "unknown_workspace",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """One item of an error's `errors`.

    path: JSON pointer into the body, or the name of a query parameter.
    code: what was broken, such as `required` or `maxLength`.
    """

    message: str
    path: str
    data: Any = None
    code: str | None = None


class Failure(Exception):  # noqa: N818 - it is an answer, not an error of this program
    """Ends the handling of a request with an error answer; what it wrote so far is rolled back."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        data: Any = None,
        headers: dict[str, str] | None = None,
        framework: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violations = violations
        self.data = data
        self.headers = headers or {}
        self.framework = framework

    def body(self) -> dict[str, Any]:
        """The envelope; errors of the web framework hold `status` and `error` too (PHP SDK)."""
        body: dict[str, Any] = {}
        if self.framework:
            body = {"status": self.status, "error": HTTPStatus(self.status).phrase}
        return body | {
            "message": self.message,
            "logref": str(uuid4()),
            "data": self.data,
            "errors": [asdict(violation) for violation in self.violations],
        }


def invalid(subject: str, violations: Sequence[Violation]) -> Failure:
    """400 for a customer, event or session whose content breaks a rule."""
    return Failure(400, f"source {subject} is not valid", violations=violations)


def malformed(message: str, path: str = "", code: str = "malformed") -> Failure:
    """400 for a body or query parameter that cannot be read at all."""
    return Failure(400, message, violations=[Violation(message, path, code=code)])


def not_found(what: str, identifier: str) -> Failure:
    """404 for something that is not there; the text for a node is the one the Node SDK's tests saw."""
    return Failure(404, f"{what} not found {identifier}")


def not_found_route(path: str) -> Failure:
    """404 for a path that the API does not have."""
    return Failure(404, f"No handler for {path}", framework=True)


def method_not_allowed(method: str) -> Failure:
    """405, with the text that the PHP SDK's tests saw."""
    return Failure(405, f"Request method '{method}' not supported")


def unauthorized() -> Failure:
    """401 for a missing or unknown token."""
    return Failure(401, "The client is not authorized to access the API")


def unknown_workspace(workspace_id: str) -> Failure:
    """403, not 404: that is what the Node SDK's tests saw."""
    return Failure(403, f"workspace not found: {workspace_id}")


def too_large(limit: int) -> Failure:
    """413; the limit is documented, the status is not."""
    return Failure(413, f"the payload is larger than {limit} bytes")


def throttled(retry_after: int) -> Failure:
    """429 with the seconds to wait."""
    message = "the workspace has spent its requests per minute"
    return Failure(429, message, headers={"retry-after": str(retry_after)})


def injected(status: int, retry_after: int | None) -> Failure:
    """The answer that a fault gives in place of the API's own."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Failure(status, f"injected fault: {status}", headers=headers)


def conflict(customer_id: str, href: str) -> Failure:
    """409 for a customer whose matching properties belong to another one; the misspelling is the service's."""
    data = {"customer": {"id": customer_id, "href": href}}
    return Failure(409, f"Conflict with exiting customer {customer_id}", data=data)
