"""The account of a flush: the outcome of every operation."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import CommitError
from contacthub_orm.orm.service.tables import html_table, request_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.plan import Operation, Request
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Account", "Entry", "Outcome", "commit_error"]


class Outcome(StrEnum):
    """The outcome of an operation.

    Attributes:
        DONE: the service confirmed it.
        FAILED: the service refused it, or the request never reached the service.
        UNKNOWN: it was sent and the answer was lost.
        NOT_SENT: it was not sent, because an earlier operation did not succeed.
    """

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"


@attrs.frozen(eq=False)
class Entry:
    """One line of an account.

    Attributes:
        operation: the operation.
        request: the request as it was sent.
        outcome: the outcome.
        error: the error, or None if there was none.
        sent_at: the time just before it was first sent, or None if it was not sent.
        document: the service's document after it, or None if it was not done or was a deletion.
    """

    operation: Operation
    request: Request
    outcome: Outcome
    error: Exception | None = None
    sent_at: datetime | None = None
    document: Document | None = attrs.field(default=None, repr=False)

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
        return None if self.error is None else getattr(self.error, "message", None) or str(self.error)

    @property
    def logref(self) -> str | None:
        """The service's reference for an error answer, or None if it sent none."""
        return getattr(self.error, "logref", None)

    def __str__(self) -> str:
        reason = f"  ({self.error})" if self.error is not None else ""
        return f"{self.outcome:<8} {self.request}{reason}"


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

    @property
    def succeeded(self) -> bool:
        """Whether every operation was done."""
        return all(entry.outcome is Outcome.DONE for entry in self.entries)

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


def commit_error(account: Account) -> CommitError:
    """Make the exception for an account with operations that were not done."""
    failures = [entry.error for entry in account if entry.error is not None]
    done = len(account.having(Outcome.DONE))
    error = CommitError(f"{done} of {len(account)} operations done\n{account}", failures, account)
    error.remaining = [entry.entity for entry in account if entry.outcome is not Outcome.DONE]
    return error
