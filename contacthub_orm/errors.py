"""Every exception of the library.

ContacthubError
├── ConfigurationError             a missing or malformed setting (also ValueError)
├── InvalidRequestError            the session or an entity is used in a way it cannot be
│   ├── ArgumentError              a call's arguments cannot be (also ValueError)
│   ├── JournalError               a journal is in use, unsettled, of another node, or none at all
│   └── OperationNotPermitted      what is read-only, or not saved, does not allow it (also ValueError)
├── CompileError                   a criterion or query that the service's query language cannot say
│   └── UnknownAttributeError      a criterion names an attribute that is not declared (also AttributeError)
├── ValidationError                what would be sent breaks a rule of the API (also ValueError)
├── NoResultFound                  `one()` found nothing
├── MultipleResultsFound           `one()` or `one_or_none()` found several
├── TransportError                 no usable answer (also requests.exceptions.RequestException)
│   ├── NotSent                    the request did not reach the service
│   └── OutcomeUnknown             a write was sent and its answer was lost
├── APIError                       the service answered with an error (also requests.exceptions.HTTPError)
│   ├── BadRequestError            400, 413, 422
│   ├── AuthenticationError        401
│   ├── ForbiddenError             403
│   ├── NotFoundError              404
│   ├── ConflictError              409
│   ├── ThrottledError             429
│   └── ServerError                5xx
│       └── UnsettledServerError   5xx to a write: it is an OutcomeUnknown too
├── StaleDataError                 the service holds a newer version than the one that was read
└── CommitError                    a commit that did not fully succeed (an ExceptionGroup)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from requests.exceptions import HTTPError, RequestException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.unit_of_work.compensation import Compensation

__all__ = [
    "APIError",
    "ArgumentError",
    "AuthenticationError",
    "BadRequestError",
    "CommitError",
    "CompileError",
    "ConfigurationError",
    "ConflictError",
    "ContacthubError",
    "ForbiddenError",
    "InvalidRequestError",
    "JournalError",
    "MultipleResultsFound",
    "NoResultFound",
    "NotFoundError",
    "NotSent",
    "OperationNotPermitted",
    "OutcomeUnknown",
    "ServerError",
    "StaleDataError",
    "ThrottledError",
    "TransportError",
    "UnknownAttributeError",
    "UnsettledServerError",
    "ValidationError",
    "Violation",
]


class ContacthubError(Exception):
    """The root of all that this library raises on purpose.

    `flush_account` tells what became of every operation of a flush that raised this one error in place of a CommitError.
    It is None for all other errors.
    """

    flush_account: Account | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by its state, for process pools and task queues: not every class is made from its message."""
        return _unpickled, (type(self), self.args), self.__dict__


def _unpickled(cls: type[ContacthubError], args: tuple[Any, ...]) -> ContacthubError:
    error = cls.__new__(cls, *args)
    error.args = args  # requests' exceptions are OSErrors, which leave that to __init__
    return error


class ConfigurationError(ContacthubError, ValueError):
    """A setting is missing or malformed."""


class InvalidRequestError(ContacthubError):
    """The session or an entity is used in a way it cannot be, such as after `close()`."""


class JournalError(InvalidRequestError):
    """A journal cannot be used: it is in use, holds an unsettled commit, is of another node, or is none at all."""


class ArgumentError(InvalidRequestError, ValueError):
    """The arguments of a call cannot be; the message names the one and its rule."""


class OperationNotPermitted(InvalidRequestError, ValueError):  # noqa: N818 - the name the documented SDK gives it
    """What is asked of an object is not possible for it: a change of a read-only list, a save of what was never saved."""


class CompileError(ContacthubError):
    """A criterion or query cannot be said in the service's query language; names the expression and the field."""


class UnknownAttributeError(CompileError, AttributeError):
    """A criterion names an attribute that its class does not declare."""


class Violation:
    """One rule that one value breaks: the path of the field, the value and the rule."""

    __slots__ = ("path", "rule", "value")

    def __init__(self, path: str, value: object, rule: str) -> None:
        self.path = path
        self.value = value
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}"

    def __repr__(self) -> str:
        return f"Violation({self.path!r}, {self.value!r}, {self.rule!r})"


class ValidationError(ContacthubError, ValueError):
    """What would be sent breaks rules of the API; nothing was sent. `violations` lists all of them."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(str(violation) for violation in violations))


class NoResultFound(ContacthubError):  # noqa: N818 - SQLAlchemy's name
    """`one()` found no row."""


class MultipleResultsFound(ContacthubError):  # noqa: N818 - SQLAlchemy's name
    """`one()` or `one_or_none()` found more than one row."""


class TransportError(ContacthubError, RequestException):
    """No usable answer came. `method` and `url` name the request, never its credentials."""

    def __init__(self, message: str, *, method: str, url: str) -> None:
        self.method = method
        self.url = url
        super().__init__(f"{method} {url}: {message}")


class NotSent(TransportError):  # noqa: N818 - an outcome, like OutcomeUnknown
    """The request did not reach the service, so it had no effect."""


class OutcomeUnknown(TransportError):  # noqa: N818 - the design's name
    """A write was sent and its answer was lost: it may or may not have taken effect."""


class APIError(ContacthubError, HTTPError):
    """The service answered with an error.

    `status` is the HTTP status; `message`, `errors`, `data` and `logref` are the service's envelope (None or empty
    where it gave none); `method` and `url` name the request, never its credentials.
    """

    by_status: ClassVar[dict[int, type[APIError]]] = {}

    def __init__(
        self,
        *,
        status: int,
        message: str | None,
        method: str,
        url: str,
        errors: Sequence[Any] = (),
        data: Any = None,
        logref: str | None = None,
    ) -> None:
        self.status = status
        self.status_code = status
        self.message = message
        self.errors = list(errors)
        self.data = data
        self.logref = logref
        self.method = method
        self.url = url
        HTTPError.__init__(  # the next in line need not be it: see UnsettledServerError
            self,
            f"Status code: {status}. Message: {message}. Errors: {self.errors}. Data: {data}. "
            f"Logref: {logref}. Request: {method} {url}",
        )

    @classmethod
    def for_status(cls, status: int) -> type[APIError]:
        """The class that stands for a status."""
        if status >= 500:
            return ServerError
        return cls.by_status.get(status, APIError)


class BadRequestError(APIError):
    """400, 413 or 422: the service refused what was sent."""


class AuthenticationError(APIError):
    """401: the token is unknown."""


class ForbiddenError(APIError):
    """403: the token may not do this, or the workspace is unknown."""


class NotFoundError(APIError):
    """404."""


class ConflictError(APIError):
    """409: the values collide with another customer, whose id is `conflicting_id` (None where not told)."""

    @property
    def conflicting_id(self) -> str | None:
        """The id of the customer in the way, None where the service did not tell."""
        customer = self.data.get("customer") if isinstance(self.data, dict) else None
        found = customer.get("id") if isinstance(customer, dict) else None
        return found if isinstance(found, str) else None


class ThrottledError(APIError):
    """429: too many requests, still so after the retries."""


class ServerError(APIError):
    """5xx."""


class UnsettledServerError(ServerError, OutcomeUnknown):
    """A 5xx that a write was answered with: it may or may not have taken effect."""

    def __str__(self) -> str:
        return f"{super().__str__()}. It is not known whether this took effect"


APIError.by_status.update(
    {
        400: BadRequestError,
        401: AuthenticationError,
        403: ForbiddenError,
        404: NotFoundError,
        409: ConflictError,
        413: BadRequestError,
        422: BadRequestError,
        429: ThrottledError,
    }
)


class StaleDataError(ContacthubError):
    """The service holds a newer version than the one that was read; `current` is the service's document."""

    def __init__(self, message: str, *, current: dict[str, Any] | None = None) -> None:
        self.current = current
        super().__init__(message)


class CommitError(ContacthubError, ExceptionGroup[Exception]):
    """A commit that did not fully succeed.

    `account` holds what became of every operation: done, failed, unknown or not sent; `remaining` the entities whose
    changes were kept. The done are clean, and the next commit sends only what is left. After an atomic block `undone`
    says of every operation that had been done whether it could be undone.
    """

    account: Account
    remaining: list[Entity]
    undone: list[Compensation]

    def __new__(cls, message: str, exceptions: Sequence[Exception], *_: object) -> CommitError:
        return super().__new__(cls, message, exceptions)

    def __init__(self, message: str, exceptions: Sequence[Exception], account: Account) -> None:
        super().__init__(message, exceptions)
        self.account = account
        self.remaining = []
        self.undone = []

    def derive(self, excs: Sequence[Exception], /) -> CommitError:  # type: ignore[override]
        derived = CommitError(self.message, excs, self.account)
        derived.remaining = self.remaining
        derived.undone = self.undone
        return derived
