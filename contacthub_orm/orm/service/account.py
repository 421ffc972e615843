"""The account of a flush: the outcome of every operation."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import CommitError, ValidationError, message_of
from contacthub_orm.orm.service.field_changes import field_changes
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.service.tables import html_table, request_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.service.field_changes import FieldChange
    from contacthub_orm.orm.service.plan import Operation, Request
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Account", "Entry", "Evidence", "Outcome", "commit_error", "created_key", "kind_of_error"]


class Outcome(StrEnum):
    """The outcome of an operation.

    Attributes:
        DONE: the service confirmed it.
        FAILED: the service refused it, the request never reached the service, or it breaks a rule and was not sent.
        UNKNOWN: it was sent and the answer was lost.
        NOT_SENT: it was not sent, because an earlier operation did not succeed.
        SUPERSEDED: a deletion that was not sent, because the service merged an entity that the same flush creates into
            the one to be deleted. It stays, with the new values.
    """

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"
    SUPERSEDED = "superseded"


class Evidence(StrEnum):
    """How it is known that an operation which is done was done by us.

    A look-up proves the state of an entity and not who brought it about: another writer may have sent the same.

    Attributes:
        ANSWER: the service answered to our request and, if it was a creation, with an entity that is new.
        MERGED: the service answered to our creation, perhaps with an entity that existed before.
        LOOK_UP: the answer was lost, and a look-up found the entity as the operation would have left it.
    """

    ANSWER = "answer"
    MERGED = "merged"
    LOOK_UP = "look-up"


@attrs.frozen(eq=False)
class Entry:
    """One line of an account.

    Attributes:
        operation: the operation.
        request: the request as it was sent.
        outcome: the outcome.
        error: the error, or None if there was none.
        sent: when it was first sent, or None if it was not sent.
        document: the service's document after it, or None if it was not done or was a deletion.
        evidence: how it is known that a done operation is ours, None if it was not done.
    """

    operation: Operation
    request: Request
    outcome: Outcome
    error: Exception | None = None
    sent: SentAt | None = None
    document: Document | None = attrs.field(default=None, repr=False)
    evidence: Evidence | None = None

    def changes(self) -> list[FieldChange]:
        """Return what the operation changes, path by path, with the old and the new values."""
        one = self.operation
        return field_changes(one.verb, one.entity, one.baseline, self.request.body or {})

    @property
    def sent_at(self) -> datetime | None:
        """The time just before it was first sent, by our clock, or None if it was not sent."""
        return None if self.sent is None else self.sent.ours

    @property
    def entity(self) -> Entity:
        """The entity of the operation."""
        return self.operation.entity

    @property
    def status(self) -> int | None:
        """The HTTP status of an error answer, or None if there was none."""
        return getattr(self.error, "status", None)

    @property
    def message(self) -> str | None:
        """The message of the error, from the service or the transport, or None if there was no error."""
        return None if self.error is None else getattr(self.error, "message", None) or message_of(self.error)

    @property
    def logref(self) -> str | None:
        """The service's reference for an error answer, or None if it sent none."""
        return getattr(self.error, "logref", None)

    @property
    def summary(self) -> str:
        """One line without the values that were sent, which may be personal data: outcome, request, kind of error."""
        reason = f"  ({kind_of_error(self.error)})" if self.error is not None else ""
        return f"{self.outcome:<8} {self.request.target}{reason}"

    def __str__(self) -> str:
        reason = f"  ({message_of(self.error)})" if self.error is not None else ""
        return f"{self.outcome:<8} {self.request}{reason}"


def created_key(entry: Entry) -> Key | None:
    """Return the identity in the answer to a creation, None if it is another operation or was not done."""
    if entry.operation.verb is not Verb.CREATE or entry.outcome is not Outcome.DONE or not entry.document:
        return None
    return entry.entity._key_in(entry.document)


@attrs.frozen
class Account:
    """The outcome of every operation of a flush.

    Attributes:
        entries: one entry for each operation, in the order of the plan.
    """

    entries: Sequence[Entry] = ()

    def having(self, outcome: Outcome) -> list[Entry]:
        """Return the entries with an outcome."""
        return [entry for entry in self.entries if entry.outcome is outcome]

    def changes(self) -> list[FieldChange]:
        """Return what the done operations have changed, path by path, with the old and the new values."""
        return [change for entry in self.having(Outcome.DONE) for change in entry.changes()]

    @property
    def succeeded(self) -> bool:
        """Whether every operation was done, or needed no more."""
        return all(entry.outcome in (Outcome.DONE, Outcome.SUPERSEDED) for entry in self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries)) or "nothing was sent"

    def _repr_html_(self) -> str:
        """The table that a notebook shows."""
        return html_table(
            ("outcome", "method", "path", "body", "status", "message"),
            [
                (
                    one.outcome,
                    *request_cells(one.request.method, one.request.path, one.request.body),
                    one.status,
                    one.message,
                )
                for one in self.entries
            ],
        )


def commit_error(account: Account, cause: Exception | None = None) -> CommitError:
    """Make the exception for a commit that did not succeed.

    Its text has a line for each failure, without the values that were sent, which may be personal data; the account has them.

    Args:
        account: the account of its operations.
        cause: what failed besides the operations.
    """
    open_entries = [entry for entry in account if entry.outcome not in (Outcome.DONE, Outcome.SUPERSEDED)]
    failures = [entry.error for entry in open_entries if entry.error is not None]
    failures += [] if cause is None else [cause]
    counts = ", ".join(f"{len(found)} {one}" for one in Outcome if (found := account.having(one)))
    lines = [f"{len(account.having(Outcome.DONE))} of {len(account)} operations done ({counts})"]
    lines += [entry.summary for entry in open_entries if entry.error is not None]
    error = CommitError("\n".join(lines), failures, account)
    error.remaining = [entry.entity for entry in open_entries]
    return error


def kind_of_error(error: Exception) -> str:
    """Tell an error's class, status, logref and the paths of its violations, but no value and no message of the service."""
    facts = [type(error).__name__]
    facts += [f"status {status}" for status in [getattr(error, "status", None)] if status is not None]
    facts += [f"logref {logref}" for logref in [getattr(error, "logref", None)] if logref is not None]
    if isinstance(error, ValidationError):
        facts += [one.path for one in error.violations]
    return ", ".join(facts)
