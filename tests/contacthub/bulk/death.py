"""A process that dies at its n-th step: before or after a request, or before or after a transaction of a journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from contacthub_orm.http import Transport
from contacthub_orm.orm.unit_of_work import journal_file
from contacthub_orm.orm.unit_of_work.journal_file import JournalFile
from tests.support.world import Crash


class Death:
    """Kills at a step. After that, nothing is sent or written any more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: int | None = None
        self.steps = 0
        self.dead = False
        send, transaction = Transport.send, JournalFile.transaction
        death = self

        def dying_send(self: Transport, method: str, path: str, **request: Any) -> Any:
            death.step()
            answer = send(self, method, path, **request)
            death.step()
            return answer

        @contextmanager
        def dying_transaction(self: JournalFile, **options: Any) -> Iterator[None]:
            death.step()
            with transaction(self, **options):
                yield
            death.step()

        monkeypatch.setattr(Transport, "send", dying_send)
        monkeypatch.setattr(JournalFile, "transaction", dying_transaction)

    def step(self) -> None:
        """One more step; the last one, if it is that."""
        if self.dead or self.steps == self.at:
            self.dead = True
            raise Crash
        self.steps += 1

    @contextmanager
    def after(self, steps: int | None) -> Iterator[None]:
        """A process that dies after some steps, or lives for None."""
        self.at, self.steps, self.dead = steps, 0, False
        with suppress(Crash):
            yield
        self.at, self.dead = None, False
        for journal in list(journal_file._open_journals):
            journal.release()
