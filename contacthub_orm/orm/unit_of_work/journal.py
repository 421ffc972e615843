"""The journal: a commit is written down before its first request, so that it can be recovered after a crash.

The journal is a SQLite file. The whole plan is written in one synced transaction, the commit point. The outcomes follow
in groups, since a lost outcome only means that the write is in doubt. An atomic commit ends with one more synced
transaction, which forgets it: a recovery undoes a commit that lacks this decision.

Before the commit point, a journal that cannot be written is an error. After it, the commit goes on, and `failure` keeps
what went wrong. The connection holds the lock of the file as long as it is open, so that two sessions or recoveries
cannot work on one journal, and neither can a process and its forked child. A journal has documents and no credentials in
it, and only its owner can read it.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import JournalError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.service.account import Entry, Outcome
from contacthub_orm.orm.service.plan import Operation, Plan, Verb
from contacthub_orm.orm.unit_of_work.event_table import EventTable
from contacthub_orm.orm.unit_of_work.journal_file import JournalFile
from contacthub_orm.orm.unit_of_work.journal_records import (
    Record,
    encoded,
    encoded_request,
    rebuilt,
    record_of,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from contacthub_orm.orm.entity.domain_event import DomainEvent
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.unit_of_work.event_table import WaitingEvent
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Journal", "read_journal", "settled_journal"]

_log: Final = logging.getLogger("contacthub_orm")

_MARK: Final = "update operation set outcome = ?, identity = ?, document = ?, evidence = ? where number = ?"
_UNDONE: Final = "update operation set outcome = ?, document = coalesce(?, document) where number = ?"

_GROUP: Final = 200


def read_journal(path: str | os.PathLike[str]) -> tuple[str, bool, list[Record]]:
    """Read a journal of any place.

    Returns:
        Its place, whether the commit in it is atomic, and the operations.

    Raises:
        JournalError: if the file does not exist, is not a journal, has another format, is damaged, or is in use.
    """
    journal = Journal(path, place=None, create=False)
    try:
        return journal.place, journal.block is not None, journal.records()
    finally:
        journal.close()


def settled_journal(path: str | os.PathLike[str], place: str) -> Journal:
    """Open the journal of a place for new commits.

    Raises:
        JournalError: as for `Journal`, and if there is a commit in it that was not finished.
    """
    journal = Journal(path, place)
    try:
        if journal.unsettled:
            raise JournalError(f"{journal.path} holds a commit that was cut short: run recover() on it first")
    except JournalError:
        journal.close()
        raise
    return journal


class Journal(JournalFile):
    """The journal of commits on one place (see `Backend.place`).

    Args:
        path: the path of the file.
        place: the place, or None for that of the file.
        create: whether to create the file if it does not exist.

    Attributes:
        lacks_clock: whether no answer had told the service's time when the commit was written down.
        failure: why the commit that is under way could not be followed in the journal, or None if it could.

    Raises:
        JournalError: if the file does not exist, is not a journal, has another format, is damaged, is in use, belongs to
            another place, or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], place: str | None, *, create: bool = True) -> None:
        super().__init__(path, place, create=create)
        self.lacks_clock = False
        self.failure: JournalError | None = None
        self._numbers: dict[Operation, int] = {}
        self._creations: dict[int, int] = {}
        self._marks: list[tuple[str, str | None, str | None, str | None, int]] = []
        self._atomic = False
        self._block: int | None = None
        self._owed: dict[Operation, int] | None = None
        self._events = EventTable(self._connection)
        self._due: dict[str, DomainEvent] = {}

    # -- what is in it ------------------------------------------------------------------------------------------------

    @property
    def unsettled(self) -> bool:
        """Whether there is a commit in it that was not finished."""
        with self.reading():
            return bool(self._connection.execute("select 1 from operation limit 1").fetchone())

    @property
    def block(self) -> int | None:
        """The number of the first operation of an atomic commit without a decision, or None if there is none.

        A recovery undoes the operations from that number on, and finishes those before it.
        """
        found = self._meta("atomic")
        with self.reading():
            return None if found is None else int(found)

    @property
    def known(self) -> set[Key]:
        """The entities that were created just before the commit in it."""
        found = self._meta("known")
        with self.reading():
            return {Key(*one) for one in json.loads(found)} if found else set()

    @property
    def interrupted(self) -> bool:
        """Whether an atomic block of this session was interrupted, so that only a recovery can undo what it did."""
        return self._block is not None

    def records(self) -> list[Record]:
        """Return the operations of the commit in it, in the order of the plan.

        Raises:
            JournalError: if the file is damaged.
        """
        with self.reading():
            rows = self._connection.execute("select * from operation order by number").fetchall()
            return [record_of(row) for row in rows]

    def operations(self, entity_class: Any) -> list[tuple[Record, Operation]]:
        """Return the records with their operations, made again; the journal goes on with these.

        Args:
            entity_class: returns the class for the name of a resource.

        Raises:
            JournalError: if the file is damaged.
        """
        records = self.records()
        with self.reading():
            pairs = list(rebuilt(records, entity_class))
        self._take_over({operation: record.number for record, operation in pairs})
        self._block = self.block
        return pairs

    def due_events(self) -> list[DomainEvent]:
        """Return the domain events that are to be handed over.

        Raises:
            JournalError: if the file is damaged.
        """
        with self.reading():
            return self._events.due()

    def waiting_events(self) -> list[tuple[int, DomainEvent]]:
        """Return the domain events that wait, each with the number of its operation (see `EventTable`).

        Raises:
            JournalError: if the file is damaged.
        """
        with self.reading():
            return self._events.waiting()

    def _meta(self, key: str) -> str | None:
        with self.reading():
            found = self._connection.execute("select value from meta where key = ?", (key,)).fetchone()
        return found[0] if found else None

    # -- a commit -----------------------------------------------------------------------------------------------------

    def begin(  # noqa: PLR0913 - all that is written down in one transaction, by name
        self,
        plan: Plan,
        now: SentAt,
        *,
        atomic: bool = False,
        keep: Iterable[Operation] = (),
        known: Iterable[Key] = (),
        events: Iterable[WaitingEvent] = (),
    ) -> None:
        """Write a plan down in one synced transaction. After that, the commit can be recovered.

        It replaces what is in the journal, except the operations to keep and, in an atomic block, those of its earlier
        flushes.

        Args:
            plan: the plan.
            now: the current time, by both clocks.
            atomic: whether the commit is an atomic one, to be undone by a recovery.
            keep: the operations of earlier commits that are still in doubt.
            known: the entities that were created just before. A recovery must not take them for those that this plan
                creates.
            events: the domain events of the entities.

        Raises:
            JournalError: if the journal cannot be written, was removed or replaced, or was opened by the process that this
                one was forked from.
        """
        self.refuse_if_lost()
        before = self._numbers, self._creations, self._block
        self._atomic = atomic
        try:
            with self.transaction():
                self._connection.executemany(_MARK, self._marks)
                self._write(plan, now, set(keep), known)
                self._events.write(events, self._numbers.__getitem__)
        except BaseException:
            self._numbers, self._creations, self._block = before
            raise
        self.lacks_clock = now.ahead is None
        self.failure = None
        self._owed = None
        self._marks.clear()
        self._due.clear()

    def _write(self, plan: Plan, now: SentAt, keep: set[Operation], known: Iterable[Key]) -> None:
        of_the_block = {
            operation: number
            for operation, number in self._numbers.items()
            if self._block is not None and number >= self._block
        }
        kept = {
            operation: number
            for operation, number in self._numbers.items()
            if operation in keep and operation not in of_the_block
        }
        self._drop_others(kept, before=self._block)
        self._take_over(kept | of_the_block)
        self._number(plan)
        if self._atomic and self._block is None:
            self._block = min(self._numbers[operation] for operation in plan)
        self._insert(plan, now)
        execute = self._connection.execute
        execute("delete from meta where key in ('atomic', 'known')")
        execute("insert into meta values ('known', ?)", (json.dumps(list(known)),))
        if self._block is not None:
            execute("insert into meta values ('atomic', ?)", (str(self._block),))

    def _take_over(self, numbers: dict[Operation, int]) -> None:
        self._numbers = numbers
        self._creations = {
            id(operation.entity): number
            for operation, number in numbers.items()
            if operation.verb is Verb.CREATE
        }

    def _number(self, plan: Plan) -> None:
        """Give the operations of a plan the next numbers."""
        start = max(self._numbers.values(), default=-1) + 1
        for number, operation in enumerate(plan, start):
            self._numbers[operation] = number
            if operation.verb is Verb.CREATE:
                self._creations[id(operation.entity)] = number

    def _number_of(self, entity: Entity) -> int:
        """The number of the operation that creates an entity."""
        return self._creations[id(entity)]

    def _insert(self, plan: Plan, now: SentAt) -> None:
        """Write the operations of a plan, in batches after those that are there."""
        first = self._connection.execute("select coalesce(max(batch), -1) + 1 from operation").fetchone()[0]
        rows = [
            self._row(operation, number, now)
            for number, batch in enumerate(plan.batches, first)
            for operation in batch
        ]
        self._connection.executemany(f"insert into operation values ({', '.join('?' * 14)})", rows)

    def _row(self, operation: Operation, batch: int, now: SentAt) -> tuple[Any, ...]:
        identity = state_of(operation.entity).identity
        resource = operation.entity.__resource__
        sent = operation.sent_before or now
        return (
            self._numbers[operation],
            batch,
            operation.verb.value,
            resource.name,
            identity,
            encoded_request(operation.request, self._number_of),
            encoded([self._numbers[one] for one in operation.after]),
            encoded(self._kept_baseline(operation)),
            sent.ours.isoformat(),
            None if sent.ahead is None else sent.ahead.total_seconds(),
            now.ours.isoformat(),
            None,
            None,
            None,
        )

    def _kept_baseline(self, operation: Operation) -> Document:
        """What a recovery needs of a baseline: all to undo, else its version, or without one the values to be changed."""
        baseline = operation.baseline or {}
        if self._atomic:
            return baseline
        needed = operation.entity.__resource__.version_keys or operation.body
        return {name: baseline[name] for name in needed if name in baseline}

    def mark(self, entry: Entry) -> None:
        """Record an outcome. It is written together with others, at the latest by `flush`; in an atomic commit at once.

        What an answer proves cannot be looked up later, so an atomic commit that is killed can undo what has its mark.
        NOT_SENT is not recorded, since a recovery sends such an operation anyway; SUPERSEDED is, as it must not.
        """
        if entry.outcome is Outcome.NOT_SENT:
            return
        document = entry.document
        identity = state_of(entry.entity).identity or (document.get("id") if document else None)
        kept = None if document is None else encoded(document if self._atomic else {"id": identity})
        self._marks.append(
            (entry.outcome.value, identity, kept, entry.evidence, self._numbers[entry.operation])
        )
        if self.failure is None and (self._atomic or len(self._marks) >= _GROUP):
            self.flush()

    def flush(self) -> None:
        """Write the outcomes that wait, without a sync: if one is lost in a crash, the write is looked up.

        If they cannot be written, they wait on, and `failure` says why.
        """
        if self._marks and self._note(_MARK, self._marks):
            self._marks.clear()
            self.failure = None

    def set_clock(self, ahead: timedelta | None) -> None:
        """Record how far the service's clock is ahead, for operations that were written down before an answer told it."""
        if ahead is None:
            return
        self.lacks_clock = False
        self._note(
            "update operation set clock_ahead = ? where clock_ahead is null", [(ahead.total_seconds(),)]
        )

    def mark_undone(self, operation: Operation, document: Document | None) -> None:
        """Record that an operation of an atomic commit was undone, and the service's document after that."""
        self.flush()  # a mark that waits must not be written over this
        kept = None if document is None else encoded(document)
        self._note(_UNDONE, [(Outcome.NOT_SENT.value, kept, self._numbers[operation])])

    def _note(self, statement: str, rows: list[Any]) -> bool:
        """Write rows without a sync, and say whether that was possible."""
        try:
            with self.transaction(synced=False):
                self._connection.executemany(statement, rows)
        except JournalError as error:
            self.report(error)
            return False
        return True

    def report(self, error: JournalError) -> None:
        """Take note of a failure after the commit point, which must not stop the commit. It is logged once a commit."""
        if self.failure is None:
            _log.warning("%s; the commit goes on without it", error)
        self.failure = error

    # -- its end ------------------------------------------------------------------------------------------------------

    def settle(self, keep: Iterable[Operation] = (), due: Iterable[DomainEvent] = ()) -> None:
        """Forget the commit, which has ended. For an atomic one, this is the decision after which nothing undoes it.

        If that cannot be written, the next `begin` or `close` does it.

        Args:
            keep: the operations that are still in doubt.
            due: the domain events of what was done, which are to be handed over.

        Raises:
            JournalError: if the journal cannot be written.
        """
        self.note_due(due)
        kept = {operation: self._numbers[operation] for operation in keep if operation in self._numbers}
        is_unchanged = self._owed is None and self._block is None and kept.keys() == self._numbers.keys()
        if is_unchanged and not self._due:
            return
        if self._block is not None and all(number < self._block for number in kept.values()):
            self._block = None
        self._owed = kept
        self._marks.clear()
        self._pay()

    def _pay(self) -> None:
        """Write the end of a commit, if it was not written yet. Raises JournalError if it cannot be written."""
        if self._owed is None:
            return
        with self.transaction():
            self._drop_others(self._owed, before=None)
            if self._block is None:
                self._connection.execute("delete from meta where key = 'atomic'")
        self._take_over(self._owed)
        self._owed = None
        self._due.clear()

    def _drop_others(self, kept: dict[Operation, int], *, before: int | None) -> None:
        """Forget the other operations, or only those before a number, and the domain events that waited for them.

        A kept request that refers to one of them gets the id of its entity.
        """
        self._connection.executemany(
            "update operation set request = ? where number = ?",
            [
                (encoded_request(one.request.resolved(), self._number_of), number)
                for one, number in kept.items()
            ],
        )
        numbers = ", ".join(map(str, kept.values()))
        self._connection.execute(
            f"delete from operation where number not in ({numbers}) and (?1 is null or number < ?1)",
            (before,),
        )
        self._events.make_due(self._due.values())
        self._events.drop_orphans()

    def is_of_block(self, operation: Operation) -> bool:
        """Whether an operation belongs to the atomic commit that is under way."""
        return self._block is not None and self._numbers.get(operation, -1) >= self._block

    def note_due(self, events: Iterable[DomainEvent]) -> None:
        """Have domain events be written as due by the next `begin` or `settle`."""
        self._due.update((event.id, event) for event in events)

    def forget_event(self, event: DomainEvent) -> None:
        """Forget a domain event that was handed over, without a sync: if that is lost, it is handed over again."""
        if self._due.pop(event.id, None) is None:
            try:
                with self.transaction(synced=False):
                    self._events.forget(event.id)
            except JournalError as error:
                self.report(error)

    def withdraw_events(self, events: Iterable[DomainEvent]) -> None:
        """Domain events are not due after all, since the end of an atomic commit could not be recorded."""
        for event in events:
            self._due.pop(event.id, None)

    def resend(self, numbers: Iterable[int], now: datetime) -> None:
        """Record in a synced transaction that operations are about to be sent again. Raises JournalError if it cannot."""
        with self.transaction():
            self._connection.executemany(
                "update operation set last_sent = ? where number = ?",
                [(now.isoformat(), one) for one in numbers],
            )

    def adopt(self, record: Record) -> None:
        """Write the outcome, identity and document of a record at once. Raises JournalError if it cannot."""
        kept = None if record.document is None else encoded(record.document)
        with self.transaction():
            self._connection.execute(
                _MARK, (record.outcome, record.identity, kept, record.evidence, record.number)
            )

    def close(self) -> None:
        """Write what waits, and release the lock. A forked child does nothing: the file is the parent's."""
        if self._inherited:
            return
        self.flush()
        try:
            self._pay()
        except JournalError as error:
            self.report(error)
        self.release()
