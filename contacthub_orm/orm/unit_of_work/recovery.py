"""Recovery: finish a commit that a crash cut short, from its journal.

An operation without a recorded outcome is in doubt and is looked up. If it took effect, recovery adopts it; if it
certainly did not, recovery sends it. An atomic commit is compensated instead. Recovery journals its own sends, so it
may be killed and run again.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import ContacthubError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key, joined_identity
from contacthub_orm.orm.service.account import Entry, Evidence, Outcome, kind_of_error
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.service.plan import Operation, Plan, Verb
from contacthub_orm.orm.unit_of_work.compensation import Compensation, compensate, inverse
from contacthub_orm.orm.unit_of_work.event_table import NO_OPERATION
from contacthub_orm.orm.unit_of_work.execution import Execution, superseded
from contacthub_orm.orm.unit_of_work.in_doubt import InDoubtResolver
from contacthub_orm.orm.unit_of_work.journal import Journal
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from contacthub_orm.orm.entity.domain_event import DomainEvent
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.binds import Bind
    from contacthub_orm.orm.unit_of_work.journal_records import Record
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Recovery", "Report", "recover"]


@attrs.define
class Report:
    """What a recovery found and did.

    Attributes:
        confirmed: the operations that were recorded as done before the crash.
        adopted: the operations that had taken effect without a record.
        sent: the operations that the recovery sent.
        failed: the entries of operations that were refused, conflicted with another writer's change, or depend on one
            that failed.
        superseded: the deletions that were not sent, because the service merged a creation of the same commit into the
            entity to be deleted.
        open: the operations that cannot be resolved yet. They stay in the journal.
        undone: the compensations of an atomic commit, otherwise empty.
        events: the domain events that became due, for `drain_events` to hand over.
    """

    confirmed: list[Operation] = attrs.field(factory=list)
    adopted: list[Operation] = attrs.field(factory=list)
    sent: list[Operation] = attrs.field(factory=list)
    failed: list[Entry] = attrs.field(factory=list)
    superseded: list[Entry] = attrs.field(factory=list)
    open: list[Operation] = attrs.field(factory=list)
    undone: list[Compensation] = attrs.field(factory=list)
    events: list[DomainEvent] = attrs.field(factory=list)

    @property
    def complete(self) -> bool:
        """Whether every operation of the commit is done, or undone if the commit is atomic."""
        return not (self.failed or self.open or any(one.reason is not None for one in self.undone))

    def __str__(self) -> str:
        """A line for each operation, without the values that were sent, which may be personal data."""
        lines = [
            *(f"confirmed  {one.request.resolved().target}" for one in self.confirmed),
            *(f"adopted    {one.request.resolved().target}" for one in self.adopted),
            *(f"sent       {one.request.resolved().target}" for one in self.sent),
            *(
                f"failed     {one.request.target}  "
                f"({kind_of_error(one.error) if one.error else 'what it depends on failed'})"
                for one in self.failed
            ),
            *(
                f"superseded {one.request.target}  (a creation was merged into the entity)"
                for one in self.superseded
            ),
            *(f"open       {one.request.resolved().target}" for one in self.open),
            *map(str, self.undone),
            *(
                f"event      {one.name} of {one.resource}  (drain_events hands it over)"
                for one in self.events
            ),
        ]
        return "\n".join(lines) or "nothing to recover"


def recover(bind: Bind, journal: str | os.PathLike[str], settle: float = 60.0) -> Report:
    """Finish the commit in a journal that a crashed process left.

    Args:
        bind: what the sessions with the journal were opened on.
        journal: the path of the journal.
        settle: the seconds after which a write that is not found certainly did not take effect. The service stores
            what it accepts asynchronously, and its search may lag.

    Returns:
        What was found and done.

    Raises:
        JournalError: if the file does not exist, is not a journal, is damaged, is in use, belongs to another place, or
            cannot be written. What was done until then is in it, and recovery can be run again.
        ContacthubError: if a look-up fails. The journal is kept, and recovery can be run again.
    """
    backend = bind.backend
    opened = Journal(journal, backend.place, create=False)
    try:
        return Recovery(backend, opened, settle).run()
    finally:
        opened.close()


class Recovery:
    """One run of recovery over one journal."""

    def __init__(self, backend: Backend, journal: Journal, settle: float) -> None:
        self._backend = backend
        self._journal = journal
        self._settle = settle
        self._resolver = InDoubtResolver(backend, settle)
        self._started = backend.now()
        self._report = Report()
        self._block = journal.block
        self._records: dict[Operation, Record] = {}
        self._known: set[Key] = set()
        self._created: set[Key] = set()
        self._done: list[Entry] = []

    def run(self) -> Report:
        """Finish the commit, and remove every operation from the journal that is not open."""
        pairs = self._journal.operations(self._backend.entity_class)
        self._records = {operation: record for record, operation in pairs}
        keys = (state_of(operation.entity).key for operation in self._records)
        self._known = self._journal.known | {key for key in keys if key is not None}
        for _, batch in groupby(self._records, key=lambda operation: self._records[operation].batch):
            operations = list(batch)
            self._batch(operations, send=not self._lacks_decision(operations[0]))
        done = [entry for entry in self._done if self._lacks_decision(entry.operation)]
        self._report.undone = compensate(self._backend, done, self._settle, self._note_undone)
        self._report.events = self._due_events()
        self._journal.settle(self._report.open, self._report.events)
        return self._report

    def _due_events(self) -> list[DomainEvent]:
        """The domain events of the operations that are done for good, and of the entities with nothing to save."""
        done = {
            record.number: record
            for operation, record in self._records.items()
            if record.outcome is Outcome.DONE and not self._lacks_decision(operation)
        }
        due = []
        for number, event in self._journal.waiting_events():
            record = done.get(number)
            if record is not None and event.identity is None and event.resource == record.resource:
                due.append(attrs.evolve(event, identity=record.identity))
            elif record is not None or (number == NO_OPERATION and self._block is None):
                due.append(event)
        return sorted(due, key=lambda event: event.recorded_at)

    def _lacks_decision(self, operation: Operation) -> bool:
        """Whether it belongs to an atomic commit whose end was not recorded, so that it is to be undone."""
        return self._block is not None and self._records[operation].number >= self._block

    def _note_undone(self, undone: Compensation) -> None:
        record = self._records[undone.entry.operation]
        if undone.reason is None:
            record.outcome = Outcome.NOT_SENT
            record.document = undone.document or record.document
            self._journal.adopt(record)

    def _batch(self, operations: list[Operation], *, send: bool) -> None:
        confirmed = [one for one in operations if self._records[one].outcome is Outcome.DONE]
        self._report.confirmed += confirmed
        for one in confirmed:
            self._take_in(one)
        for one in operations:
            if self._records[one].outcome is Outcome.NOT_SENT:
                self._take_in(one)
        rest = []
        for one in operations:
            if self._records[one].outcome in (Outcome.NOT_SENT, Outcome.SUPERSEDED, Outcome.DONE):
                continue
            if self._records[one].outcome is Outcome.FAILED:
                error = ContacthubError("it was refused before the crash")
                self._report.failed.append(Entry(one, one.request.resolved(), Outcome.FAILED, error))
            elif self._can_be_asked(one):
                rest.append(one)
            elif send:
                self._leave(one)
        resolutions = self._resolver.resolve([self._in_doubt(one) for one in rest], self._known)
        absent = [
            one
            for one, resolution in zip(rest, resolutions, strict=True)
            if not self._settled(one, resolution)
        ]
        if send:
            self._send(absent)

    def _can_be_asked(self, operation: Operation) -> bool:
        """Whether all operations that it depends on took effect. Otherwise it was never sent."""
        return all(self._records[one].outcome is Outcome.DONE for one in operation.after)

    def _leave(self, operation: Operation) -> None:
        """Leave an operation unsent: it is open if it depends on an open one, and otherwise failed."""
        if any(one in self._report.open for one in operation.after):
            self._report.open.append(operation)
        else:
            self._report.failed.append(Entry(operation, operation.request, Outcome.NOT_SENT))

    def _in_doubt(self, operation: Operation) -> InDoubtWrite:
        record = self._records[operation]
        return InDoubtWrite(operation, operation.request.resolved(), record.first_sent, self._started)

    def _settled(self, operation: Operation, resolution: Resolution) -> bool:
        if resolution.verdict is Verdict.ABSENT or self._is_undone(operation, resolution.document):
            return False
        if resolution.verdict is Verdict.APPLIED:
            self._adopt(operation, resolution.document, Evidence.LOOK_UP)
            self._report.adopted.append(operation)
        elif resolution.verdict is Verdict.OPEN:
            self._report.open.append(operation)
        else:
            error = self._backend.conflict(operation, resolution.document)
            self._report.failed.append(Entry(operation, operation.request.resolved(), Outcome.FAILED, error))
        return True

    def _is_undone(self, operation: Operation, document: Document | None) -> bool:
        """Whether an update to be undone has left nothing: its undoing before the crash may have had no record."""
        if not self._lacks_decision(operation) or operation.verb is not Verb.UPDATE or document is None:
            return False
        return holds_submitted(document, inverse(operation.baseline or {}, operation.body))

    def _adopt(self, operation: Operation, document: Document | None, evidence: Evidence | None) -> None:
        record = self._records[operation]
        record.outcome, record.document, record.evidence = Outcome.DONE, document, evidence
        if operation.verb is Verb.CREATE and document is not None:
            own = operation.entity.__resource__.id_in(document)
            is_below = type(operation.entity).__parent__ is not None
            record.identity = joined_identity(operation.request.resolved().path[1], own) if is_below else own
        self._journal.adopt(record)
        self._take_in(operation)

    def _take_in(self, operation: Operation) -> None:
        """Give the operation's entity its identity, so that the operations that depend on it can be sent.

        An operation that was undone before is taken in, too: what the service holds since tells whether another writer
        came between.
        """
        record = self._records[operation]
        state = state_of(operation.entity)
        if state.key is None and record.identity is not None:
            key = Key(record.resource, record.identity)
            state.identify(key)
            self._known.add(key)
        if operation.verb is Verb.CREATE:
            self._created.add(state.known_key)
        request = operation.request.resolved()
        self._done.append(
            Entry(
                operation,
                request,
                record.outcome or Outcome.UNKNOWN,
                sent=record.first_sent,
                document=record.document,
                evidence=record.evidence,
            )
        )

    def _send(self, operations: Sequence[Operation]) -> None:
        self._report.superseded += [superseded(one) for one in operations if self._is_superseded(one)]
        operations = [one for one in operations if not self._is_superseded(one)]
        if not operations:
            return
        self._journal.resend((self._records[one].number for one in operations), self._backend.now())
        repeats = [attrs.evolve(one, after=()) for one in operations]
        originals = dict(zip(repeats, operations, strict=True))
        execution = Execution(
            self._backend,
            _Marks(self, originals),
            on_error="continue",
            settle=timedelta(seconds=self._settle),
        )
        execution.run(Plan((tuple(repeats),)))

    def _is_superseded(self, operation: Operation) -> bool:
        """Whether an operation deletes what the service gave as the answer to a creation of the same commit."""
        return operation.verb is Verb.DELETE and state_of(operation.entity).key in self._created

    def sent(self, operation: Operation, entry: Entry) -> None:
        """Record the outcome of an operation that the recovery sent."""
        if entry.outcome is Outcome.DONE:
            self._adopt(operation, entry.document, entry.evidence)
            self._report.sent.append(operation)
        elif entry.outcome is Outcome.UNKNOWN:
            self._report.open.append(operation)
        else:
            self._report.failed.append(entry)


class _Marks:
    """The observer that tells a recovery the outcomes of its sends."""

    def __init__(self, recovery: Recovery, originals: dict[Operation, Operation]) -> None:
        self._recovery = recovery
        self._originals = originals

    def concluded(self, entry: Entry) -> None:
        self._recovery.sent(self._originals[entry.operation], entry)
