"""A tiny service in memory, written for the contract: what a session needs of one, and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from contacthub_orm.orm import Request
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.orm.wire.equivalence import holds_submitted
from tests.orm.fakes import Library


class Memory(Library):
    """A library whose writes fail on demand, and that finds lost creations again."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts = 0
        self.faults: dict[int, tuple[str, BaseException]] = {}

    def send(self, request: Request) -> Any:
        number, self.attempts = self.attempts, self.attempts + 1
        phase, error = self.faults.pop(number, ("", None))
        if phase == "before" and error is not None:
            raise error
        answer = super().send(request)
        if phase == "after" and error is not None:
            raise error
        return answer

    def find_created(self, writes: Sequence[InDoubtWrite], known: Iterable[Any]) -> list[Resolution]:
        taken = set(known)
        found = []
        for write in writes:
            name = write.operation.entity.__resource__.name
            free = (one for one in self.documents[name].values() if Key(name, one["id"]) not in taken)
            document = next((one for one in free if holds_submitted(one, write.body)), None)
            found.append(Resolution(Verdict.ABSENT if document is None else Verdict.APPLIED, document))
        return found

    def existed_at(self, document: Document) -> datetime | None:
        return self.time - timedelta(days=1)

    def sending(self) -> SentAt:
        return SentAt(self.time, timedelta(0))
