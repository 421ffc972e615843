"""Every exception of the library.

ContacthubError
├── ConfigurationError             a missing or malformed setting (also ValueError)
├── BudgetError                    a shared budget cannot be asked, so that nothing may be sent
├── InvalidRequestError            a session or an entity is used in an invalid way
│   ├── ArgumentError              invalid arguments of a call (also ValueError)
│   ├── JournalError               a journal is in use, unsettled, of another node, or not a journal
│   ├── MirrorError                a mirror is of another node or layout, or not a mirror
│   ├── OffsetExpired              updates after an offset may be lost: the service keeps them no longer
│   └── OperationNotPermitted      a change of something read-only, or a save of something never saved (also ValueError)
├── CompileError                   a criterion or query that the service's query language cannot express
│   └── UnknownAttributeError      a criterion names an attribute that is not declared (also AttributeError)
├── ValidationError                a value to be sent breaks a rule of the API (also ValueError)
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
│       └── UnsettledServerError   5xx to a write (also OutcomeUnknown)
├── StaleDataError                 the service holds a newer version than the one that was read
├── BulkSaveError                  a bulk save that did not save every row
└── CommitError                    a commit that did not fully succeed (an ExceptionGroup)
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast

from requests.exceptions import HTTPError, RequestException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.service.bulk_load import BulkAccount
    from contacthub_orm.orm.unit_of_work.compensation import Compensation

__all__ = [
    "APIError",
    "ArgumentError",
    "AuthenticationError",
    "BadRequestError",
    "BudgetError",
    "BulkSaveError",
    "CommitError",
    "CompileError",
    "ConfigurationError",
    "ConflictError",
    "ContacthubError",
    "ForbiddenError",
    "ImplicitLoadError",
    "InvalidRequestError",
    "JournalError",
    "MirrorError",
    "MissingExtra",
    "MultipleResultsFound",
    "NoResultFound",
    "NotFoundError",
    "NotSent",
    "OffsetExpired",
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
    "message_of",
]


class ContacthubError(Exception):
    """The base class of all exceptions that this library raises itself.

    `flush_account` tells what became of every operation of a flush that raised this one error in place of a CommitError.
    It is None for all other errors. The message ends with the section of the manual that says what to do.
    """

    flush_account: Account | None = None

    def __str__(self) -> str:
        return f"{self.text} (see {self.section})".lstrip()

    @property
    def text(self) -> str:
        """The message without the section of the manual."""
        return super().__str__()

    @property
    def section(self) -> str:
        """The section of the manual on this kind of error: that of its class, or of the nearest one that has a section."""
        kind = next(cls.__name__ for cls in type(self).__mro__ if cls.__module__ == __name__)
        return f"docs/errors.md#{kind.lower()}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error by its state, for process pools and task queues: not every class is made from its message."""
        return _unpickled, (type(self), self.args), self.__dict__


def _unpickled(cls: type[ContacthubError], args: tuple[Any, ...]) -> ContacthubError:
    error = cls.__new__(cls, *args)
    error.args = args  # the exceptions of requests are OSErrors, which set `args` in `__init__`
    return error


def message_of(error: BaseException) -> str:
    """The message of an exception, to be quoted in another: without the section of the manual."""
    return error.text if isinstance(error, ContacthubError) else str(error)


class ConfigurationError(ContacthubError, ValueError):
    """A setting is missing or malformed."""


class BudgetError(ContacthubError):
    """A budget that several processes share cannot be asked. A transport raises NotSent in its place."""


class InvalidRequestError(ContacthubError):
    """A session or an entity is used in an invalid way, such as after `close()`."""


class ImplicitLoadError(InvalidRequestError):
    """A request would block the event loop: the message names the call to await instead (see `contacthub_orm.asyncio`)."""


class JournalError(InvalidRequestError):
    """A journal cannot be used: it is in use, holds an unsettled commit, is another node's, or is not a journal."""


class MirrorError(InvalidRequestError):
    """A mirror cannot be used: it is another node's, has another layout, is damaged or locked, or is not a mirror."""


class OffsetExpired(InvalidRequestError):  # noqa: N818 - what became of the offset
    """Updates after an offset may be lost: the service keeps them no longer, or its stream began anew. Read everything."""


class ArgumentError(InvalidRequestError, ValueError):
    """Invalid arguments; the message names the argument and the rule."""


class MissingExtra(ContacthubError, ImportError):  # noqa: N818 - named for what it says
    """A library that an extra installs is not there; the message says what to install."""


class OperationNotPermitted(InvalidRequestError, ValueError):  # noqa: N818 - the name the documented SDK gives it
    """The object does not permit the operation: a change of a read-only list, or a save of an entity that was never saved."""


class CompileError(ContacthubError):
    """The service's query language cannot express a criterion or query; the message names the expression and the field."""


class UnknownAttributeError(CompileError, AttributeError):
    """A criterion names an attribute that its class does not declare."""


class Violation:
    """A rule that a value breaks: the path of the field, the value and the rule; `entity` is the row, if a flush found it."""

    __slots__ = ("entity", "path", "rule", "value")

    def __init__(self, path: str, value: object, rule: str) -> None:
        self.path = path
        self.value = value
        self.rule = rule
        self.entity: Entity | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}"

    def __repr__(self) -> str:
        return f"Violation({self.path!r}, {self.value!r}, {self.rule!r})"


class ValidationError(ContacthubError, ValueError):
    """Values to be sent break rules of the API, so they were not sent.

    Attributes:
        violations: all the rules that are broken.
    """

    def __init__(self, violations: Sequence[Violation], message: str | None = None) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(map(str, violations)) if message is None else message)


class ContentError(ContacthubError, ValueError):
    """The service holds a value that a codec cannot read. It was read alone: other values and rows are not affected.

    Attributes:
        path: where the value is.
        value: what the service sent.
    """

    def __init__(self, path: str, value: object, rule: object) -> None:
        self.path = path
        self.value = value
        super().__init__(f"{path}: {value!r} {rule}")


class NoResultFound(ContacthubError):  # noqa: N818 - SQLAlchemy's name
    """`one()` found no row."""


class MultipleResultsFound(ContacthubError):  # noqa: N818 - SQLAlchemy's name
    """`one()` or `one_or_none()` found more than one row."""


class TransportError(ContacthubError, RequestException):
    """A request got no usable answer. `method` and `url` name the request, without its credentials."""

    def __init__(self, message: str, *, method: str, url: str) -> None:
        self.method = method
        self.url = url
        super().__init__(f"{method} {url}: {message}")


class NotSent(TransportError):  # noqa: N818 - an outcome, like OutcomeUnknown
    """The request did not reach the service, so it had no effect."""


class OutcomeUnknown(TransportError):  # noqa: N818 - an outcome, like NotSent
    """A write was sent and its answer was lost. It may or may not have taken effect."""


class APIError(ContacthubError, HTTPError):
    """The service answered with an error.

    `status` is the HTTP status. `message`, `errors`, `data` and `logref` are the values of the service's envelope, None or
    empty if it has none. `method` and `url` name the request, without its credentials. `has_envelope` says whether the
    answer has that envelope; `has_form` whether it has it or the web framework's form. A proxy's page has neither.
    `is_of_framework` says whether no code of the service made the answer, so that a 404 means that there is no such route.
    `hint` says which setting to look at, if one is likely to be the cause.
    """

    hint: str | None = None
    has_envelope: bool = True
    has_form: bool = True
    is_of_framework: bool = False
    by_status: ClassVar[dict[int, type[APIError]]] = {}

    def __init__(  # noqa: PLR0913 - the parts of an answer, each by its name
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
        HTTPError.__init__(  # not super(): for UnsettledServerError, the next class is another
            self,
            f"Status code: {status}. Message: {message}. Errors: {self.errors}. Data: {data}. "
            f"Logref: {logref}. Request: {method} {url}",
        )

    @property
    def text(self) -> str:
        """The status and what the service said, and the hint if there is one."""
        told = super().text
        return told if self.hint is None else f"{told}. {self.hint}"

    @classmethod
    def for_status(cls, status: int) -> type[APIError]:
        """The class for an HTTP status."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ServerError
        return cls.by_status.get(status, APIError)


class BadRequestError(APIError):
    """400, 413 or 422: the service refused what was sent."""


class AuthenticationError(APIError):
    """401: the service does not know the token."""


class ForbiddenError(APIError):
    """403: the token does not permit the request, or the workspace is unknown."""


class NotFoundError(APIError):
    """404: what the request names does not exist."""


class ConflictError(APIError):
    """409: the values conflict with those of another customer."""

    @property
    def conflicting_id(self) -> str | None:
        """The id of the other customer, or None if the service does not name it."""
        customer = self.data.get("customer") if isinstance(self.data, dict) else None
        found = customer.get("id") if isinstance(customer, dict) else None
        return found if isinstance(found, str) else None


class ThrottledError(APIError):
    """429: too many requests, even after the retries."""


class ServerError(APIError):
    """5xx: the service failed."""


class UnsettledServerError(ServerError, OutcomeUnknown):
    """5xx in answer to a write, which may or may not have taken effect."""

    @property
    def text(self) -> str:
        """The status and what the service said, and what is not known."""
        return f"{super().text}. It is not known whether this took effect"


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
    """The service holds a newer version than the one that was read. `current` is its document, if it was read."""

    def __init__(self, message: str, *, current: dict[str, Any] | None = None) -> None:
        self.current = current
        super().__init__(message)


class BulkSaveError(ContacthubError):
    """A bulk save that did not save every row. `account` says what became of the rows, and has the rejected ones."""

    def __init__(self, message: str, account: BulkAccount) -> None:
        self.account = account
        super().__init__(message, account)

    @property
    def text(self) -> str:
        """The message alone, without the account that is an argument too."""
        return str(self.args[0])


class CommitError(ContacthubError, ExceptionGroup[Exception]):
    """A commit that did not fully succeed.

    Entities whose operations are done are clean, and the next commit sends only what is left.

    Attributes:
        account: what became of every operation: done, failed, unknown or not sent.
        remaining: the entities that keep their changes.
        undone: after an atomic block, for every operation that was done, whether it could be undone.
    """

    account: Account
    remaining: list[Entity]
    undone: list[Compensation]

    def __new__(cls, message: str, exceptions: Sequence[Exception], *_: object) -> CommitError:
        """Make the group, whose own arguments are the message and the exceptions."""
        return super().__new__(cls, message, exceptions)

    def __init__(self, message: str, exceptions: Sequence[Exception], account: Account | None = None) -> None:
        super().__init__(message, exceptions)
        self.account = cast("Account", account)  # a CommitError of this library always has one
        self.remaining = []
        self.undone = []

    def derive(self, excs: Sequence[Exception], /) -> CommitError:  # type: ignore[override]
        """A CommitError with other exceptions and the same account, as `split()` and `subgroup()` need it."""
        derived = CommitError(self.message, excs, self.account)
        derived.remaining = self.remaining
        derived.undone = self.undone
        return derived
