"""A bulk load: reads rows in batches, sends each as jobs and requests, and accounts for every row.

Read it from `Load.run` down.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import deque
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from contacthub_orm.contacthub.bulk.chunks import Batch, Chunk, Digest, Line, batches, by_entity, in_chunks
from contacthub_orm.contacthub.bulk.jobs import MAX_JOBS, Jobs
from contacthub_orm.contacthub.bulk.journal import LoadJournal, OpenChunk, Result, State
from contacthub_orm.contacthub.bulk.requests import Requests
from contacthub_orm.contacthub.bulk.rows import Rows, can_be_read_twice
from contacthub_orm.contacthub.bulk.upserts import Upserts
from contacthub_orm.errors import (
    ArgumentError,
    BulkSaveError,
    ContacthubError,
    JournalError,
    MissingExtra,
    message_of,
)
from contacthub_orm.orm.service.bulk_load import BulkAccount, BulkPlan, Reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.contacthub.bulk.rows import BulkNode, Row
    from contacthub_orm.orm import Entity
    from contacthub_orm.orm.service.bulk_load import BulkOptions, Intake, Strategy

__all__ = ["load", "plan"]

JOB_IS_WORTH: Final = 100
"""From how many rows on `strategy="auto"` takes jobs: a job costs three requests, but also waits in a queue."""

_COUNTS: Final = ("created", "updated", "unchanged", "rejected", "jobs", "requests")


def load(node: BulkNode, intake: Intake, rows: Any, options: BulkOptions) -> BulkAccount:
    """Save rows; see `Session.bulk_save`."""
    with ExitStack() as stack:
        path = None if options.journal is None else Path(os.fsdecode(options.journal))
        where = path or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bulk-"))) / "load"
        journal = LoadJournal(where, node.backend.place, create=True)
        stack.callback(journal.close)
        requests = None if path is None else Path(f"{path}-requests")
        return Load(node, intake, options, journal, requests).run(rows)


def plan(node: BulkNode, intake: Intake, rows: Any, options: BulkOptions) -> BulkPlan:
    """Say what `load` would send; see `Session.plan_bulk_save`.

    Raises:
        ArgumentError: if the rows can be read only once.
    """
    if not can_be_read_twice(rows):
        raise ArgumentError("rows: planning would use up an iterator; pass a list, a path or a table")
    reader = Rows(node, intake, options)
    upserts = Upserts(node.backend, reader.entity, options.upsert_by, lambda _: None)
    read, strategy, reason = _strategy(reader.read(rows), options)
    total = jobs = single = refused = keyed = 0
    for batch in batches(read, Digest()):
        total += len(batch)
        upserts.identify(batch, ask=False)
        keyed += len({row.key for row in batch if row.identity is None and row.key is not None})
        lines = by_entity(row for row in batch if row.problem is None and not row.unchanged)
        refused += sum(row.problem is not None for row in batch)
        chunks, rest = in_chunks(lines, _columns(reader), jobs=strategy == "bulk")
        jobs += len(chunks)
        if options.strategy == "bulk":
            refused += sum(len(line.rows) for line in rest)
        else:
            single += sum(len(line.rows) for line in rest)
    lookups = -(-keyed // node.backend.page_size) if keyed and upserts.asks else 0
    return BulkPlan(strategy, reason, total, jobs, single, refused, lookups)


def _strategy(rows: Iterator[Row], options: BulkOptions) -> tuple[Iterator[Row], Strategy, str]:
    """The rows again, the cheaper way, and why."""
    if options.strategy != "auto":
        return rows, options.strategy, f'strategy="{options.strategy}"'
    first = list(islice(rows, JOB_IS_WORTH))
    if len(first) < JOB_IS_WORTH:
        return (
            iter(first),
            "requests",
            f"fewer than {JOB_IS_WORTH} rows: requests are done before a job has begun",
        )
    reason = f"{JOB_IS_WORTH} rows or more: a job takes up to 2,000 of them in three requests"
    return chain(first, rows), "bulk", reason


def _columns(reader: Rows) -> Any:
    return lambda row: reader.columns(reader.entity if row.entity is None else type(row.entity))


class Load:
    """One run of a load.

    Args:
        node: the node.
        intake: the session.
        options: how.
        journal: the journal, which may hold a load that was cut short.
        requests: the path of the journal of requests, or None without one.
    """

    def __init__(
        self,
        node: BulkNode,
        intake: Intake,
        options: BulkOptions,
        journal: LoadJournal,
        requests: Path | None,
    ) -> None:
        self._intake = intake
        self._options = options
        self._journal = journal
        self._rows = Rows(node, intake, options)
        self._upserts = Upserts(node.backend, self._rows.entity, options.upsert_by, journal.written)
        self._jobs = Jobs(node, journal, intake.settle)
        self._requests = Requests(node, journal, requests, intake.settle)
        self._account = BulkAccount()
        self._running: deque[tuple[Chunk, str]] = deque()
        self._digest = ""
        self._stopped = False
        self._all_read = False
        self._going_on = False

    def run(self, rows: Any) -> BulkAccount:
        """Save the rows, or go on with saving them.

        Raises:
            BulkSaveError: if not every row was saved, unless `on_error` is a callable.
        """
        account = self._account
        try:
            read = self._resumed(rows) if self._journal.meta("strategy") else self._begun(rows)
            for batch in read:
                self._take(batch)
                if self._stopped:
                    break
            else:
                self._all_read = True
            while self._end_oldest():
                pass
        except ContacthubError as error:
            if isinstance(error, ArgumentError | JournalError | MissingExtra) and not account.rows:
                raise
            if isinstance(
                error, ArgumentError
            ):  # of a row that cannot be read: the jobs of those before it go on
                while self._end_oldest():
                    pass
            raise BulkSaveError(
                f"the load stopped: {message_of(error)}; until then {account}", account
            ) from error
        if self._all_read and not self._journal.open_chunks():
            self._progress()  # before the journal is emptied, for a record of the caller's own
            self._journal.finish()
        if account.rejected and not callable(self._options.on_error):
            reasons = "; ".join(map(str, account.rejects[:3]))
            raise BulkSaveError(
                f"{account.rejected} of {account.rows} rows were not saved: {reasons}", account
            )
        return account

    # -- reading ------------------------------------------------------------------------------------------------------

    def _begun(self, rows: Any) -> Iterator[Batch]:
        read, self._account.strategy, self._account.reason = _strategy(self._rows.read(rows), self._options)
        self._journal.begin(
            strategy=self._account.strategy, reason=self._account.reason, options=self._told()
        )
        return self._batches(read, Digest())

    def _batches(self, read: Iterator[Row], digest: Digest) -> Iterator[Batch]:
        for batch in batches(read, digest):
            self._digest = digest.value.hex()
            yield batch

    def _told(self) -> list[str]:
        """What of the options a load that goes on must not change."""
        return [self._rows.entity.__resource__.name, self._options.strategy, str(self._options.upsert_by)]

    def _resumed(self, rows: Any) -> Iterator[Batch]:
        """Pass over the rows that were read before, and go on with the chunks that did not end.

        Raises:
            JournalError: if the rows are not those of the load in the journal; nothing is sent.
        """
        journal, account = self._journal, self._account
        if journal.meta("options") != self._told():
            raise JournalError(
                f"{journal.path} holds a load that was cut short, of another class, strategy or upsert_by"
            )
        account.strategy, account.reason = journal.meta("strategy"), journal.meta("reason")
        read, digest, taken = self._rows.read(rows), Digest(), journal.meta("taken", 0)
        left = journal.open_chunks()
        unfinished = {number for chunk in left for line in chunk.numbers for number in line}
        kept, ended, rejects = self._passed_over(read, taken, digest, unfinished)
        if digest.value.hex() != journal.meta("digest", digest.value.hex()):
            raise JournalError(
                f"{journal.path} holds a load of other rows that was cut short: finish it with the same rows"
            )
        for name, count in journal.meta("counts", {}).items():
            setattr(account, name, count)
        account.rows, account.rejected = taken, 0
        self._going_on = True
        for row, reason, known in rejects:
            self._reject(row, reason, known=known)
        for row in ended:
            self._take_in(row, journal.saved(row.number))
        self._upserts.identify(kept.values(), ask=False)
        for chunk in left:
            self._go_on(chunk, kept)
        while self._end_oldest():  # a later row may write the same customers
            pass
        self._going_on = False
        return self._batches(read, digest)

    def _passed_over(
        self, read: Iterator[Row], taken: int, digest: Digest, unfinished: set[int]
    ) -> tuple[dict[int, Row], list[Row], list[tuple[Row, str, bool]]]:
        """Read the rows that were read before: those of chunks that did not end, the entities saved, the rejects."""
        rejected = self._journal.rejected()
        following = next(rejected, None)
        kept: dict[int, Row] = {}
        ended: list[Row] = []
        rejects: list[tuple[Row, str, bool]] = []
        for row in islice(read, taken):
            digest.add(row)
            if following is not None and following[0] == row.number:
                rejects.append((row, *following[1:]))
                following = next(rejected, None)
            elif row.number in unfinished:
                kept[row.number] = row
            elif row.entity is not None and row.problem is None and not row.unchanged:
                ended.append(row)
        return kept, ended, rejects

    def _go_on(self, left: OpenChunk, rows: dict[int, Row]) -> None:
        """Go on with a chunk from where the journal has it."""
        lines = [_joined([rows[number] for number in numbers]) for numbers in left.numbers]
        chunk = Chunk(left.resource, left.event_type, lines, None, left.number, left.name)
        if not chunk.name:
            self._send(chunk, left.done, again=True)
            return
        job = left.job
        if job is None and left.state is State.SENDING and left.sent is not None:
            found = self._jobs.find(left.name, left.sent)
            if found is not None:
                job = str(found.id)
                self._journal.uploaded(left.number, job)
        if job is None:
            self._upload(chunk)
        else:
            self._make_room()
            self._running.append((chunk, job))

    # -- sending ------------------------------------------------------------------------------------------------------

    def _take(self, batch: Batch) -> None:
        """Write a batch down, and send it."""
        account = self._account
        self._upserts.identify(batch, ask=False)
        self._end_writers_of({row.key for row in batch} - {None})
        self._upserts.identify(batch)
        lines = by_entity(row for row in batch if row.problem is None and not row.unchanged)
        files, rest = in_chunks(lines, _columns(self._rows), jobs=account.strategy == "bulk")
        if self._options.strategy == "bulk":
            for row in chain.from_iterable(line.rows for line in rest):
                row.problem = (
                    "a job cannot carry a value of the row: null, a list, an empty or an untyped one"
                )
            rest = []
        requests = [Chunk("", "", rest, _encoded(rest))] if rest else []
        for chunk in files:
            chunk.name = f"load-{uuid4()}.csv"
        refused = [row for row in batch if row.problem is not None]
        account.rows += len(batch)
        account.unchanged += sum(row.unchanged for row in batch)
        account.jobs += len(files)
        account.requests += sum(len(line.rows) for line in rest)
        self._journal.take(
            [*files, *requests],
            [(row.number, row.problem or "") for row in refused],
            self._counts(),
            taken=account.rows,
            digest=self._digest,
        )
        for row in refused:
            self._reject(row, row.problem or "")
        self._stopped |= bool(refused) and self._options.on_error == "stop"
        for chunk in files:
            chunk.content = None
            if self._stopped:
                break
            self._upload(chunk)
        for chunk in requests:
            if self._stopped:
                break
            self._send(chunk, {}, again=False)
        self._progress()

    def _end_writers_of(self, keys: Any) -> None:
        """Wait for the jobs that write some of the same customers.

        Jobs have no order among themselves, and what they create is known only when they have ended.
        """
        if any(line.last.key in keys for chunk, _ in self._running for line in chunk.lines):
            while self._end_oldest():
                pass

    def _make_room(self) -> None:
        while len(self._running) >= MAX_JOBS:
            self._end_oldest()

    def _upload(self, chunk: Chunk) -> None:
        self._make_room()
        if self._stopped:
            return
        job = self._jobs.upload(chunk, self._end_oldest)
        self._running.append((chunk, str(job.id)))

    def _end_oldest(self) -> bool:
        """Wait until the oldest job has ended, and account for its lines; return whether there was one."""
        if not self._running:
            return False
        chunk, job = self._running[0]
        self._end(chunk, self._jobs.follow(chunk, job))
        self._running.popleft()
        return True

    def _send(self, chunk: Chunk, answered: dict[int, tuple[str, str]], *, again: bool) -> None:
        """Send a chunk by requests, as the journal has it: its lines have the ids that were looked up for them."""
        if again:
            stored = _decoded(self._journal.content(chunk.number))
            for line, (identity, document) in zip(chunk.lines, stored, strict=True):
                line.identity, line.document = identity, document
        self._end(chunk, self._requests.send(chunk, answered, self._entity_of, again=again))

    def _entity_of(self, line: Line) -> type[Entity]:
        entity = line.last.entity
        return self._rows.entity if entity is None else type(entity)

    # -- accounting ---------------------------------------------------------------------------------------------------

    def _end(self, chunk: Chunk, results: Sequence[Result]) -> None:
        """Account for the lines of a chunk."""
        account = self._account
        before = account.rejected
        saved: list[tuple[int, str | None]] = []
        written: list[tuple[str, str]] = []
        rejects: list[tuple[Row, Result]] = []
        for line, result in zip(chunk.lines, results, strict=True):
            if result.status == "rejected":
                rejects += [(row, result) for row in line.rows]
                continue
            first_is_new = result.status == "created"
            account.created += first_is_new
            account.updated += len(line.rows) - first_is_new
            saved += [(row.number, result.identity) for row in line.rows if row.entity is not None]
            if self._upserts.asks and line.last.key is not None and result.identity is not None:
                written.append((line.last.key, result.identity))
        account.rejected += len(rejects)
        self._journal.ended(chunk, results, self._counts(), saved, written)
        account.rejected = before
        for line, result in zip(chunk.lines, results, strict=True):
            for row in line.rows if result.status != "rejected" else ():
                self._take_in(row, result.identity)
        for row, result in rejects:
            self._reject(row, result.reason, known=result.known)
        self._stopped |= bool(rejects) and self._options.on_error == "stop"
        self._progress()

    def _counts(self) -> dict[str, int]:
        return {name: getattr(self._account, name) for name in _COUNTS}

    def _take_in(self, row: Row, identity: str | None) -> None:
        if row.entity is not None:
            # An event without a date was sent with the time of the run that was killed.
            unsure = ("date",) if self._going_on and row.resource == "events" else ()
            self._intake.take_in(row.entity, row.document, identity, unsure)

    def _reject(self, row: Row, reason: str, *, known: bool = True) -> None:
        reject = Reject(row.number, row.given, reason, known)
        self._account.note(reject)
        if callable(self._options.on_error):
            self._options.on_error(reject)

    def _progress(self) -> None:
        if self._options.progress is not None:
            self._options.progress(self._account.ended, self._account.rows)


def _joined(rows: Sequence[Row]) -> Line:
    """The line of rows that write the same."""
    (line,) = by_entity(rows)
    return line


def _encoded(lines: Iterable[Line]) -> bytes:
    return json.dumps([[line.identity, line.document] for line in lines]).encode()


def _decoded(content: bytes) -> Any:
    return json.loads(content)
