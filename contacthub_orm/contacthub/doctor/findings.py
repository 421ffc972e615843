"""What an examination found, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from contacthub_orm.errors import APIError, ContacthubError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy

__all__ = ["Finding", "Report", "Source"]

Source: TypeAlias = Literal["read", "assumed", "measured", "not found out"]


@attrs.frozen
class Finding:
    """One finding.

    Attributes:
        subject: what it is about, such as "matching".
        found: what was found, in words.
        source: whether the configuration says so ("read"), the client assumes it ("assumed"), a live test showed it
            ("measured"), or it could not be found out.
    """

    subject: str
    found: str
    source: Source


@attrs.define
class Report:
    """The findings on a node, and those that the settings file can hold.

    Attributes:
        findings: all, in the order in which they were made.
        matching: the node's matching policy, if it was read.
        mandatory: the paths of the properties that a customer of the node must have, as far as they were read.
        requests_per_minute: the workspace's budget, if it was read; 0 means no limit.
        left: ids, or else the external id, of marked customers that could not be removed.
    """

    findings: list[Finding] = attrs.field(factory=list)
    matching: MatchingPolicy | None = None
    mandatory: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    left: list[str] = attrs.field(factory=list)

    def note(self, subject: str, found: str, source: Source) -> None:
        """Add a finding."""
        self.findings.append(Finding(subject, found, source))

    def ask(self, subject: str, question: Callable[[], str]) -> None:
        """Add what a live test answers, or why it could not."""
        try:
            self.note(subject, question(), "measured")
        except ContacthubError as error:
            self.note(subject, reason(error), "not found out")


def reason(error: ContacthubError) -> str:
    """An error in one line."""
    if isinstance(error, APIError):
        return f"{error.status} {error.message or ''}".strip()
    lines = error.text.splitlines()
    return lines[0] if lines else type(error).__name__
