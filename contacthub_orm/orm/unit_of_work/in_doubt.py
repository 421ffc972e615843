"""What became of writes whose answer was lost: looked up, and only called absent when that is certain.

An update is absent while the entity's version has not moved; where it has, the write is applied if every path holds what
was sent, else another writer was there. A creation is looked up by the backend; since stores and searches lag, it is
absent only when it is still not found after the settle time.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.orm.service.plan import Operation, Request, Verb
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.orm.wire.equivalence import holds_submitted
from contacthub_orm.orm.wire.versions import is_newer

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Key
    from contacthub_orm.orm.service.backend import Backend

__all__ = ["Finding", "Settlement", "Unsettled", "Verdict"]


class Verdict(StrEnum):
    """What a look-up found of a write.

    APPLIED: it took effect. ABSENT: it certainly did not. CONFLICT: somebody else wrote there. OPEN: it cannot be told.
    """

    APPLIED = "applied"
    ABSENT = "absent"
    CONFLICT = "conflict"
    OPEN = "open"


@attrs.frozen(eq=False)
class Unsettled:
    """A write whose answer was lost; `request` as it was sent, between `first_sent` and `last_sent`."""

    operation: Operation
    request: Request
    first_sent: datetime
    last_sent: datetime

    @property
    def body(self) -> Document:
        return self.request.body or {}


@attrs.frozen
class Finding:
    """A verdict, with the service's document where there is one."""

    verdict: Verdict
    document: Document | None = None


class Settlement:
    """Looks writes up; `settle` are the seconds after a send in which it may still come to light."""

    def __init__(self, backend: Backend, settle: float) -> None:
        self._backend = backend
        self._settle = timedelta(seconds=settle)

    def findings(self, writes: Sequence[Unsettled], known: AbstractSet[Key]) -> list[Finding]:
        """A finding for each write; `known` are identities accounted for otherwise. May wait for the settle time."""
        created = [write for write in writes if write.operation.verb is Verb.CREATE]
        found = dict(zip(created, self._creations(created, known), strict=True))
        return [found[write] if write in found else self._change(write) for write in writes]

    def _change(self, write: Unsettled) -> Finding:
        entity = write.operation.entity
        assert entity._state.key is not None
        current = self._backend.fetch(type(entity), entity._state.key[1])
        if write.operation.verb is Verb.DELETE:
            return Finding(Verdict.APPLIED if current is None else Verdict.ABSENT, current)
        if current is None:
            return Finding(Verdict.CONFLICT)
        if not is_newer(current, write.operation.baseline, entity.__resource__.version_keys):
            return Finding(Verdict.ABSENT, current)
        ours = holds_submitted(current, write.body)
        return Finding(Verdict.APPLIED if ours else Verdict.CONFLICT, current)

    def _creations(self, writes: Sequence[Unsettled], known: AbstractSet[Key]) -> list[Finding]:
        if not writes:
            return []
        deadline = max(write.last_sent for write in writes) + self._settle
        pause = 1.0
        findings: dict[Unsettled, Finding] = {}
        waiting, accounted = list(writes), set(known)
        while True:
            certain = self._backend.now() >= deadline
            findings.update(zip(waiting, self._backend.find_created(waiting, accounted), strict=True))
            accounted |= {_key(write, findings[write]) for write in waiting if _is_applied(findings[write])}
            waiting = [write for write in waiting if not _is_applied(findings[write])]
            if certain or not waiting:
                return [findings[write] for write in writes]
            self._backend.sleep(min(pause, max((deadline - self._backend.now()).total_seconds(), 0.0)))
            pause *= 2


def _is_applied(finding: Finding) -> bool:
    return finding.verdict is Verdict.APPLIED


def _key(write: Unsettled, finding: Finding) -> Key:
    entity = write.operation.entity
    return (entity.__resource__.name, entity._identity_in(finding.document or {}))
