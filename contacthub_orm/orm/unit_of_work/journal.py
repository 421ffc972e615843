"""The journal: a commit is written down before its first request, so that it can be recovered after a crash.

The journal is a SQLite file. The whole plan is written in one synced transaction, the commit point. The outcomes follow
in groups, since a lost outcome only means that the write is in doubt. The connection holds the lock of the file as long
as it is open, so that two sessions or recoveries cannot work on one journal, and neither can a process and its forked
child. A journal has documents and no credentials in it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import attrs

from contacthub_orm.errors import JournalError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.service.account import Entry, Outcome
from contacthub_orm.orm.service.plan import Operation, Pending, Plan, Request, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Journal", "Record", "read_journal", "rebuilt"]

_SCHEMA: Final = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists operation (
    number integer primary key,
    batch integer not null,
    verb text not null,
    resource text not null,
    identity text,
    request text not null,
    after text not null,
    baseline text not null,
    first_sent text not null,
    last_sent text not null,
    outcome text,
    document text
);
"""

_FORMAT: Final = "1"
_GROUP: Final = 200


@attrs.define
class Record:
    """One operation in the journal.

    Attributes:
        number: its number, in the order of the plan.
        batch: the number of its batch.
        verb: what it does to the entity.
        resource: the name of the entity's resource.
        identity: the entity's identity, or None if it has none yet.
        request: the request. An id that was pending is a reference to the operation that creates the entity.
        after: the numbers of the operations that must succeed before it.
        baseline: the baseline, or only its version if the commit is not atomic; None if there is none.
        first_sent: when it was first sent, or about to be.
        last_sent: when it was last sent, or about to be.
        outcome: the outcome, None if none was recorded. NOT_SENT if it was undone, which is as if it had not been sent.
        document: the service's document after it, or only its id if the commit is not atomic; None if there is none.
    """

    number: int
    batch: int
    verb: Verb
    resource: str
    identity: str | None
    request: Request
    after: tuple[int, ...]
    baseline: Document | None
    first_sent: datetime
    last_sent: datetime
    outcome: Outcome | None = None
    document: Document | None = None


def read_journal(path: str | os.PathLike[str]) -> tuple[str, bool, list[Record]]:
    """Read a journal of any place.

    Returns:
        Its place, whether the commit in it is atomic, and the operations.

    Raises:
        JournalError: if the file does not exist, is not a journal, has another format, or is in use.
    """
    journal = Journal(path, place=None, create=False)
    try:
        return journal.place, journal.atomic, journal.records()
    finally:
        journal.close()


class Journal:
    """The journal of commits on one place (a node of a workspace).

    Args:
        path: the path of the file.
        place: the place, or None for that of the file.
        create: whether to create the file if it does not exist.

    Raises:
        JournalError: if the file does not exist, is not a journal, has another format, is in use, or belongs to another
            place.
    """

    def __init__(self, path: str | os.PathLike[str], place: str | None, *, create: bool = True) -> None:
        self.path = Path(path)
        if not create and not self.path.exists():
            raise JournalError(f"{self.path} is no journal: there is no such file")
        self._numbers: dict[Operation, int] = {}
        self._creations: dict[int, int] = {}
        self._marks: list[tuple[str, str | None, str | None, int]] = []
        self._atomic = False
        self._inherited = False
        try:
            self._connection = sqlite3.connect(
                self.path, isolation_level=None, timeout=0.2, check_same_thread=False
            )
            self._open(place)
            _open_journals.add(self)
        except sqlite3.Error as error:
            self._close_quietly()
            reason = (
                "is in use by a session or a recovery"
                if "locked" in str(error)
                else f"is no journal ({error})"
            )
            raise JournalError(f"{self.path} {reason}") from None
        except JournalError:
            self._close_quietly()
            raise

    def _open(self, place: str | None) -> None:
        execute = self._connection.execute
        execute("pragma locking_mode = exclusive")
        execute("pragma journal_mode = wal")
        execute("pragma synchronous = full")
        execute("begin exclusive")
        for statement in _SCHEMA.split(";"):
            execute(statement)
        found = dict(execute("select key, value from meta").fetchall())
        held, written = found.get("place", place or ""), found.get("format", _FORMAT)
        if written != _FORMAT:
            execute("rollback")
            raise JournalError(
                f"{self.path} is a journal of format {written}; this version reads format {_FORMAT}"
            )
        if place not in (None, held):
            execute("rollback")
            raise JournalError(f"{self.path} is the journal of {held}, not of {place}")
        execute("insert or replace into meta values ('place', ?), ('format', ?)", (held, _FORMAT))
        execute("commit")
        self.place = held

    @property
    def unsettled(self) -> bool:
        """Whether there is a commit in it that was not finished."""
        return bool(self._connection.execute("select 1 from operation limit 1").fetchone())

    @property
    def atomic(self) -> bool:
        """Whether the commit in it is an atomic one, to be undone rather than finished."""
        return self._connection.execute("select 1 from meta where key = 'atomic'").fetchone() is not None

    @property
    def known(self) -> set[Key]:
        """The entities that were created just before the commit in it."""
        found = self._connection.execute("select value from meta where key = 'known'").fetchone()
        return {Key(*one) for one in json.loads(found[0])} if found else set()

    def begin(
        self,
        plan: Plan,
        now: datetime,
        *,
        atomic: bool = False,
        keep: Iterable[Operation] = (),
        known: Iterable[Key] = (),
    ) -> None:
        """Write a plan down in one synced transaction. After that, the commit can be recovered.

        It replaces what is in the journal, except the operations to keep and, in an atomic block, those of its earlier
        flushes.

        Args:
            plan: the plan.
            now: the current time.
            atomic: whether the commit is an atomic one, to be undone by a recovery.
            keep: the operations of earlier commits that are still in doubt.
            known: the entities that were created just before. A recovery must not take them for those that this plan
                creates.

        Raises:
            JournalError: if this is a forked child of the process that opened the journal.
        """
        if self._inherited:
            raise JournalError(
                f"{self.path} is in use by the process that this one was forked from: open a session of its own here"
            )
        self._atomic = atomic
        execute = self._connection.execute
        execute("begin immediate")
        if not atomic:
            self._drop_all_but({operation: self._numbers[operation] for operation in keep})
        self._number(plan)
        self._insert(plan, now)
        execute("delete from meta where key in ('atomic', 'known')")
        execute("insert into meta values ('known', ?)", (json.dumps(list(known)),))
        if atomic:
            execute("insert into meta values ('atomic', '1')")
        execute("commit")

    def _number(self, plan: Plan) -> None:
        """Give the operations of a plan the next numbers."""
        start = max(self._numbers.values(), default=-1) + 1
        for number, operation in enumerate(plan, start):
            self._numbers[operation] = number
            if operation.verb is Verb.CREATE:
                self._creations[id(operation.entity)] = number

    def _insert(self, plan: Plan, now: datetime) -> None:
        """Write the operations of a plan, in batches after those that are there."""
        first = self._connection.execute("select coalesce(max(batch), -1) + 1 from operation").fetchone()[0]
        rows = [
            self._row(operation, number, now)
            for number, batch in enumerate(plan.batches, first)
            for operation in batch
        ]
        self._connection.executemany(f"insert into operation values ({', '.join('?' * 12)})", rows)

    def _row(self, operation: Operation, batch: int, now: datetime) -> tuple[Any, ...]:
        identity = state_of(operation.entity).identity
        resource = operation.entity.__resource__
        baseline = operation.baseline or {}
        kept = (
            baseline
            if self._atomic
            else {name: baseline[name] for name in resource.version_keys if name in baseline}
        )
        return (
            self._numbers[operation],
            batch,
            operation.verb.value,
            resource.name,
            identity,
            self._encoded_request(operation.request),
            json.dumps([self._numbers[one] for one in operation.after]),
            self._encoded(kept),
            (operation.sent_before or now).isoformat(),
            now.isoformat(),
            None,
            None,
        )

    def _encoded_request(self, request: Request) -> str:
        return self._encoded([request.method, list(request.path), dict(request.params), request.body])

    def _encoded(self, value: Any) -> str:
        return json.dumps(value, default=self._reference)  # SQLite takes no half of a surrogate pair

    def _reference(self, value: object) -> Any:
        if not isinstance(value, Pending):
            raise TypeError(f"{value!r} has no JSON form")
        return {_REFERENCE: self._creations[id(value.entity)]}

    def mark(self, entry: Entry) -> None:
        """Record an outcome. It is written together with others, at the latest by `flush`.

        NOT_SENT is not recorded, since a recovery sends such an operation anyway.
        """
        if entry.outcome is Outcome.NOT_SENT:
            return
        document = entry.document
        identity = state_of(entry.entity).identity or (document.get("id") if document else None)
        kept = None if document is None else self._encoded(document if self._atomic else {"id": identity})
        self._marks.append((entry.outcome.value, identity, kept, self._numbers[entry.operation]))
        if len(self._marks) >= _GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the outcomes that wait, without a sync: if one is lost in a crash, the write is looked up."""
        if not self._marks:
            return
        execute = self._connection.execute
        execute("pragma synchronous = off")
        execute("begin immediate")
        self._connection.executemany(
            "update operation set outcome = ?, identity = ?, document = ? where number = ?", self._marks
        )
        execute("commit")
        execute("pragma synchronous = full")
        self._marks.clear()

    def resend(self, numbers: Iterable[int], now: datetime) -> None:
        """Record in a synced transaction that operations are about to be sent again."""
        execute = self._connection.execute
        execute("begin immediate")
        self._connection.executemany(
            "update operation set last_sent = ? where number = ?", [(now.isoformat(), one) for one in numbers]
        )
        execute("commit")

    def settle(self, keep: Iterable[Operation] = ()) -> None:
        """Forget the commit, which has ended.

        Args:
            keep: the operations that are still in doubt.
        """
        self._marks.clear()
        execute = self._connection.execute
        execute("begin immediate")
        self._drop_all_but({operation: self._numbers[operation] for operation in keep})
        execute("delete from meta where key = 'atomic'")
        execute("commit")

    def _drop_all_but(self, kept: dict[Operation, int]) -> None:
        """Forget all other operations. A kept request that refers to one of them gets the id of its entity."""
        self._connection.executemany(
            "update operation set request = ? where number = ?",
            [(self._encoded_request(one.request.resolved()), number) for one, number in kept.items()],
        )
        numbers = ", ".join(map(str, kept.values()))
        self._connection.execute(f"delete from operation where number not in ({numbers})")
        self._numbers = kept
        self._creations = {
            id(operation.entity): number
            for operation, number in kept.items()
            if operation.verb is Verb.CREATE
        }

    def forget(self, numbers: Iterable[int]) -> None:
        """Remove single operations."""
        execute = self._connection.execute
        execute("begin immediate")
        self._connection.executemany("delete from operation where number = ?", [(one,) for one in numbers])
        execute("commit")

    def adopt(self, record: Record) -> None:
        """Write the outcome, identity and document of a record at once."""
        kept = None if record.document is None else self._encoded(record.document)
        execute = self._connection.execute
        execute("begin immediate")
        execute(
            "update operation set outcome = ?, identity = ?, document = ? where number = ?",
            (record.outcome, record.identity, kept, record.number),
        )
        execute("commit")

    def records(self) -> list[Record]:
        """Return the operations of the commit in it, in the order of the plan."""
        rows = self._connection.execute("select * from operation order by number").fetchall()
        return [_record(row) for row in rows]

    def close(self) -> None:
        """Write the outcomes that wait, and release the lock. A forked child does nothing: the file is the parent's."""
        if self._inherited:
            return
        self.flush()
        self._connection.close()

    def _close_quietly(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()


_open_journals: Final[WeakSet[Journal]] = WeakSet()


def _leave_to_the_parent() -> None:
    """Keep the connections that a forked child has inherited open for ever.

    NOTE: when SQLite closes a connection in the child, it removes the parent's write-ahead log. Python closes a
    connection when it frees the object, at the latest at the end of the child. So the object must never be freed, not
    even at the end, when module globals are cleared. Only a reference count that is one too high makes sure of that.
    """
    from ctypes import py_object, pythonapi  # only needed after a fork

    for journal in _open_journals:
        journal._inherited = True  # noqa: SLF001 - a function of this module, for the fork alone
        pythonapi.Py_IncRef(py_object(journal._connection))  # noqa: SLF001 - likewise


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)

_REFERENCE: Final = "$created by operation"


def _record(row: Sequence[Any]) -> Record:
    number, batch, verb, resource, identity, request, after, baseline, first, last, outcome, document = row
    method, path, params, body = json.loads(request)
    return Record(
        number,
        batch,
        Verb(verb),
        resource,
        identity,
        Request(method, tuple(path), params, body),
        tuple(json.loads(after)),
        json.loads(baseline) or None,
        datetime.fromisoformat(first),
        datetime.fromisoformat(last),
        None if outcome is None else Outcome(outcome),
        None if document is None else json.loads(document),
    )


def rebuilt(records: Iterable[Record], entity_class: Any) -> Iterator[tuple[Record, Operation]]:
    """Make the operations of a crashed process again, on new objects for its entities.

    Args:
        records: the records, in the order of the plan.
        entity_class: returns the class for the name of a resource.

    Yields:
        Each record with its operation.
    """
    operations: dict[int, Operation] = {}
    for record in records:
        cls: type[Entity] = entity_class(record.resource)
        entity = cls._bound(record.baseline)
        if record.identity is not None:
            state_of(entity).identify(Key(record.resource, record.identity))
        request = record.request
        restored = Request(
            request.method,
            tuple(_dereferenced(segment, operations) for segment in request.path),
            request.params,
            _dereferenced(request.body, operations),
        )
        after = tuple(operations[number] for number in record.after if number in operations)
        operation = Operation(record.verb, entity, restored, after, record.baseline, record.first_sent)
        operations[record.number] = operation
        yield record, operation


def _dereferenced(value: Any, operations: dict[int, Operation]) -> Any:
    if isinstance(value, dict):
        if _REFERENCE in value:
            return Pending(operations[value[_REFERENCE]].entity)
        return {key: _dereferenced(item, operations) for key, item in value.items()}
    return value
