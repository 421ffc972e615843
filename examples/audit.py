"""An audit trail: who changed what, and when, path by path, as JSON lines.

    with Session(node) as session, AuditTrail(session, "ada@example.com", Path("audit.jsonl")):
        ...
        session.commit()

A commit writes a line for each path when it succeeds. If it fails, the lines of what was done follow as the error leaves the
block, without what an atomic block has undone. The lines hold personal data: keep them as long as you may, and no longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from contacthub_orm import CommitError, FieldChange, Outcome, Session, inspect, signals


class AuditTrail:
    def __init__(self, session: Session, who: str, sink: Path) -> None:
        self.session, self.who, self.sink = session, who, sink

    def __enter__(self) -> Self:
        signals.after_commit.connect(self.committed, sender=self.session, weak=False)
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        signals.after_commit.disconnect(self.committed, sender=self.session)
        if isinstance(error, CommitError):
            undone = {one.entry.operation for one in error.undone if one.reason is None}
            done = [entry for entry in error.account.having(Outcome.DONE) if entry.operation not in undone]
            self.write(change for entry in done for change in entry.changes())

    def committed(self, _: Session, changes: Iterable[FieldChange]) -> None:
        self.write(changes)

    def write(self, changes: Iterable[FieldChange]) -> None:
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self.sink.open("a", encoding="utf-8") as lines:
            for one in changes:
                what = {"entity": inspect(one.entity).identity, "verb": one.verb, "path": one.path}
                line = {"when": when, "who": self.who, **what, "old": one.old, "new": one.new}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
