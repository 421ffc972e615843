"""The journal of a load: what was read of its rows, and how far each chunk has got.

A chunk is written down with its content before it is sent. Its state then says what may have happened: TAKEN, nothing;
SENDING, a job may exist; UPLOADED, it does. A chunk that has ended leaves its outcomes and counts, in one transaction.
Without a path the journal is a file of its own that goes with the load, so that memory stays flat.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from contacthub_orm.errors import JournalError
from contacthub_orm.orm.unit_of_work.journal_file import JournalFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.contacthub.bulk.chunks import Chunk

__all__ = ["LoadJournal", "OpenChunk", "Result", "State"]


class State(StrEnum):
    """How far a chunk has got."""

    TAKEN = "taken"
    SENDING = "sending"
    UPLOADED = "uploaded"
    ENDED = "ended"


@attrs.frozen
class Result:
    """What became of a line.

    Attributes:
        status: "created", "updated", or "rejected".
        identity: the id of the customer or event; None if it is not known.
        reason: why it was rejected.
        known: whether it is certain that it was not saved.
    """

    status: str
    identity: str | None = None
    reason: str = ""
    known: bool = True


@attrs.frozen
class OpenChunk:
    """A chunk that has not ended, as the journal has it.

    Attributes:
        number: its number.
        state: how far it got.
        job: the id of its job, or None.
        name: the name of its file, empty for requests.
        sent: when its file was last sent, by our clock.
        resource: "customers" or "events".
        event_type: the type of the events.
        numbers: the numbers of the rows of each line.
        done: by the place of the line, the ids of lines whose request was answered.
    """

    number: int
    state: State
    job: str | None
    name: str
    sent: datetime | None
    resource: str
    event_type: str
    numbers: list[list[int]]
    done: dict[int, tuple[str, str]]


class LoadJournal(JournalFile):
    """The journal of the loads of one node; see `JournalFile` for the arguments and errors."""

    application_id: ClassVar[int] = 0x6348626C  # "cHbl"
    format: ClassVar[str] = "1"
    schema: ClassVar[str] = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists chunk (
    number integer primary key,
    state text not null,
    job text,
    name text not null,
    sent text,
    resource text not null,
    event_type text not null,
    numbers text not null,
    done text not null,
    content blob
);
create table if not exists rejected (number integer primary key, reason text not null, known integer not null);
create table if not exists saved (number integer primary key, identity text);
create table if not exists written (key text primary key, identity text not null)
"""

    # -- the load -----------------------------------------------------------------------------------------------------

    def meta(self, key: str, default: Any = None) -> Any:
        """A value of the load, or the default if it has none."""
        with self.reading():
            found = self._connection.execute("select value from meta where key = ?", (key,)).fetchone()
            return default if found is None else json.loads(found[0])

    def _set(self, **values: Any) -> None:
        rows = [(key, json.dumps(value)) for key, value in values.items()]
        self._connection.executemany("insert or replace into meta values (?, ?)", rows)

    def begin(self, **values: Any) -> None:
        """Write down how a load is done that begins."""
        self.refuse_if_lost()
        with self.transaction():
            self._set(**values)

    def take(
        self,
        chunks: Iterable[Chunk],
        rejects: Iterable[tuple[int, str]],
        counts: dict[str, int],
        **values: Any,
    ) -> None:
        """Write down a batch: its chunks, the rows that are refused, and the counts.

        The chunks get their numbers.
        """
        self.refuse_if_lost()
        execute = self._connection.execute
        with self.transaction():
            for chunk in chunks:
                row = (
                    State.TAKEN,
                    chunk.name,
                    chunk.resource,
                    chunk.event_type,
                    json.dumps(chunk.numbers),
                    chunk.content,
                )
                chunk.number = (
                    execute(
                        "insert into chunk (state, name, resource, event_type, numbers, done, content) "
                        "values (?, ?, ?, ?, ?, '{}', ?)",
                        row,
                    ).lastrowid
                    or 0
                )
            self._connection.executemany("insert into rejected values (?, ?, 1)", list(rejects))
            self._set(counts=counts, **values)

    def finish(self) -> None:
        """Forget the load, which has ended."""
        with self.transaction():
            for table in ("chunk", "rejected", "saved", "written"):
                self._connection.execute(f"delete from {table}")
            self._connection.execute("delete from meta where key not in ('place', 'format')")

    def close(self) -> None:
        """Release the file. A forked child does nothing: the file is the parent's."""
        if not self._inherited:
            self.release()

    # -- chunks -------------------------------------------------------------------------------------------------------

    def open_chunks(self) -> list[OpenChunk]:
        """The chunks that have not ended, in their order."""
        wanted = "number, state, job, name, sent, resource, event_type, numbers, done"
        with self.reading():
            rows = self._connection.execute(
                f"select {wanted} from chunk where state <> ? order by number", (State.ENDED,)
            ).fetchall()
            return [_open_chunk(*row) for row in rows]

    def content(self, number: int) -> bytes:
        """The file of a chunk."""
        with self.reading():
            found = self._connection.execute(
                "select content from chunk where number = ?", (number,)
            ).fetchone()
            if found is None or found[0] is None:
                raise JournalError(f"{self.path} is damaged (chunk {number} has no content)")
            content: bytes = found[0]
            return content

    def sending(self, number: int, now: datetime) -> None:
        """The file of a chunk is about to be sent."""
        with self.transaction():
            self._connection.execute(
                "update chunk set state = ?, sent = ? where number = ?",
                (State.SENDING, now.isoformat(), number),
            )

    def not_sent(self, number: int) -> None:
        """The service has certainly not taken the file of a chunk."""
        with self.transaction(synced=False):
            self._connection.execute("update chunk set state = ? where number = ?", (State.TAKEN, number))

    def uploaded(self, number: int, job: str) -> None:
        """The service has made a job of a chunk."""
        with self.transaction():
            self._connection.execute(
                "update chunk set state = ?, job = ? where number = ?", (State.UPLOADED, job, number)
            )

    def note_done(self, number: int, done: dict[int, tuple[str, str]]) -> None:
        """Requests of a chunk were answered: the status and the id by the place of the line."""
        with self.transaction(synced=False):
            self._connection.execute("update chunk set done = ? where number = ?", (json.dumps(done), number))

    def ended(
        self,
        chunk: Chunk,
        results: Sequence[Result],
        counts: dict[str, int],
        saved: Iterable[tuple[int, str | None]],
        written: Iterable[tuple[str, str]],
    ) -> None:
        """A chunk has ended: what became of its lines, in one transaction.

        Args:
            chunk: the chunk.
            results: what became of each line.
            counts: the counts of the load, these lines included.
            saved: the ids of the rows that are entities.
            written: the natural keys of what was created, with the ids.
        """
        rejected = [
            (row.number, result.reason, result.known)
            for line, result in zip(chunk.lines, results, strict=True)
            if result.status == "rejected"
            for row in line.rows
        ]
        many = self._connection.executemany
        with self.transaction():
            many("insert into rejected values (?, ?, ?)", rejected)
            many("insert or replace into saved values (?, ?)", list(saved))
            many("insert or replace into written values (?, ?)", list(written))
            self._connection.execute(
                "update chunk set state = ?, content = null, numbers = '[]', done = '{}' where number = ?",
                (State.ENDED, chunk.number),
            )
            self._set(counts=counts)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def rejected(self) -> Iterator[tuple[int, str, bool]]:
        """The rows that were not saved, in their order: number, reason, whether that is certain."""
        last = 0
        while True:
            with self.reading():
                rows = self._connection.execute(
                    "select * from rejected where number > ? order by number limit 1000", (last,)
                ).fetchall()
            if not rows:
                return
            for number, reason, known in rows:
                last = number
                yield number, reason, bool(known)

    def saved(self, number: int) -> str | None:
        """The id that the row of a number got before the load was cut short."""
        with self.reading():
            found = self._connection.execute(
                "select identity from saved where number = ?", (number,)
            ).fetchone()
            return found[0] if found else None

    def written(self, key: str) -> str | None:
        """The id of what this load has created with a natural key: a search may not find it yet."""
        with self.reading():
            found = self._connection.execute("select identity from written where key = ?", (key,)).fetchone()
            return found[0] if found else None


def _open_chunk(  # noqa: PLR0913, PLR0917 - the columns of the table
    number: int,
    state: str,
    job: str | None,
    name: str,
    sent: str | None,
    resource: str,
    event_type: str,
    numbers: str,
    done: str,
) -> OpenChunk:
    answered = {int(place): (status, identity) for place, (status, identity) in json.loads(done).items()}
    at = None if sent is None else datetime.fromisoformat(sent)
    return OpenChunk(number, State(state), job, name, at, resource, event_type, json.loads(numbers), answered)
