"""Bulk jobs: uploading a file once, following the job, reading what became of its lines.

The reference states neither the columns of a result file nor how statuses follow each other (1.299.1). So results are read
by the names of their columns, and a line of which they say nothing is one whose outcome is unknown.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.contacthub.bulk.journal import Result
from contacthub_orm.errors import APIError, ConflictError, NotFoundError, OutcomeUnknown, TransportError
from contacthub_orm.orm.entity.sent_at import SentAt

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contacthub_orm.contacthub.api.records.workspaces import BulkJobRecord
    from contacthub_orm.contacthub.bulk.chunks import Chunk
    from contacthub_orm.contacthub.bulk.journal import LoadJournal
    from contacthub_orm.contacthub.bulk.rows import BulkNode

__all__ = ["MAX_JOBS", "Jobs"]

MAX_JOBS: Final = 10
"""How many jobs of a node may be LOADED (reference 1.299.1); a load has no more of its own that have not ended."""

_ENDED: Final = ("PROCESSED", "FAILED", "STOPPED")
_STATUSES: Final = {"CREATED": "created", "UPDATED": "updated"}

_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 10.0
_GROWTH: Final = 1.5

_SKEW: Final = timedelta(minutes=2)
"""How much older than our upload a job must be, by the service's clock, for all after it in the list to be older, too."""

_MOST_REFUSALS: Final = 3
"""How often an upload may be refused with 409 although fewer than ten jobs are LOADED: one may have left meanwhile."""


class _File(bytes):
    """The content of a file that has a name."""

    filename = "file.csv"


class Jobs:
    """The jobs of one load.

    Args:
        node: the node.
        journal: the journal of the load.
        settle: the seconds after which an upload that is not in the list of jobs certainly had no effect.
    """

    def __init__(self, node: BulkNode, journal: LoadJournal, settle: float) -> None:
        self._api = node.api.bulk_jobs
        self._backend = node.backend
        self._journal = journal
        self._settle = settle

    # -- uploading ----------------------------------------------------------------------------------------------------

    def upload(self, chunk: Chunk, wait: Callable[[], bool]) -> BulkJobRecord:
        """Make a job of a chunk, once.

        Args:
            chunk: the chunk.
            wait: ends a job of the load, if there is one, so that another can be LOADED; returns whether it did.
        """
        refusals, pause = 0, _FIRST_WAIT
        while True:
            sent = self._backend.now()
            self._journal.sending(chunk.number, sent)
            try:
                job = self._create(chunk)
            except OutcomeUnknown:
                found = self.find(chunk.name, sent)
                if found is None:
                    continue
                job = found
            except ConflictError:
                self._journal.not_sent(chunk.number)
                refusals = 0 if self._is_full() else refusals + 1
                if refusals >= _MOST_REFUSALS:
                    raise
                if not wait():
                    self._backend.sleep(pause)
                    pause = min(pause * _GROWTH, _LONGEST_WAIT)
                continue
            except (APIError, TransportError):
                self._journal.not_sent(chunk.number)
                raise
            self._journal.uploaded(chunk.number, str(job.id))
            return job

    def _create(self, chunk: Chunk) -> BulkJobRecord:
        content = _File(self._journal.content(chunk.number))
        content.filename = chunk.name
        if chunk.resource == "events":
            body: Any = {
                "file": content,
                "operation": "UPSERT",
                "entity": "EVENT",
                "eventType": chunk.event_type,
            }
        else:
            body = {"file": content, "operation": "UPSERT", "entity": "CUSTOMER"}
        job = self._api.create_bulk_job(body)
        if not job.id:
            raise OutcomeUnknown("the answer names no job", method="POST", url="bulk-jobs")
        return job

    def find(self, name: str, sent: datetime) -> BulkJobRecord | None:
        """The job that was made of a file, looked for until it would certainly be there; None if there is none."""
        pause = _FIRST_WAIT
        while True:
            found = self._listed(name, sent)
            left = (sent + timedelta(seconds=self._settle) - self._backend.now()).total_seconds()
            if found is not None or left <= 0:
                return found
            self._backend.sleep(min(pause, left))
            pause = min(pause * _GROWTH, _LONGEST_WAIT)

    def _listed(self, name: str, sent: datetime) -> BulkJobRecord | None:
        """The job in the list, which is read back to what is older than the upload."""
        since = self._backend.service_time(SentAt(sent, None)) - _SKEW
        for job in self._api.list_bulk_jobs(size=50, sort="createdAt,desc"):
            if name in (job.filename, job.bulkJobName):
                return job
            if job.createdAt is not None and job.createdAt < since:
                return None
        return None

    def _is_full(self) -> bool:
        return self._api.list_bulk_jobs(status="LOADED", size=1).total >= MAX_JOBS

    # -- following ----------------------------------------------------------------------------------------------------

    def follow(self, chunk: Chunk, job_id: str) -> list[Result]:
        """Wait until a job has ended, and read what became of the lines of its file."""
        pause, before = _FIRST_WAIT, None
        while True:
            try:
                job = self._api.get_bulk_job(job_id)
            except NotFoundError as error:
                if error.is_of_framework or not error.has_envelope:
                    raise
                return _unknown(chunk, f"the job {job_id} is gone, and what it did is not known")
            if job.status in _ENDED:
                return self._results(chunk, job)
            moved = (job.status, job.processedEntities, job.failedEntities)
            pause = min(pause * _GROWTH, _LONGEST_WAIT) if moved == before else _FIRST_WAIT
            before = moved
            self._backend.sleep(pause)

    def _results(self, chunk: Chunk, job: BulkJobRecord) -> list[Result]:
        told = f": {job.errorMessage}" if job.errorMessage else ""
        text = ""
        if job.status != "STOPPED":
            text = self._api.get_bulk_job_results(str(job.id))
        if job.status == "FAILED" and not job.processedEntities:
            otherwise = Result("rejected", reason=f"the job failed{told}")
        elif (
            job.status == "PROCESSED" and job.processedEntities == len(chunk.lines) and not job.failedEntities
        ):
            otherwise = Result("updated")
        else:
            otherwise = _no_result(f"the job is {job.status}{told}, and its results do not have the row")
        found = _by_line(text)
        return [found.get(place, otherwise) for place in range(1, len(chunk.lines) + 1)]


def _unknown(chunk: Chunk, reason: str) -> list[Result]:
    return [_no_result(reason)] * len(chunk.lines)


def _no_result(reason: str) -> Result:
    return Result("rejected", reason=reason, known=False)


def _by_line(text: str) -> dict[int, Result]:
    """The results in a file, by the place of the line from 1. What is not in the form of the sandbox's says nothing."""
    found: dict[int, Result] = {}
    try:
        for cells in csv.DictReader(io.StringIO(text, newline="")):
            row, status = cells.get("row") or "", (cells.get("status") or "").upper()
            if not row.isascii() or not row.isdigit():
                continue
            if status in _STATUSES:
                found[int(row)] = Result(_STATUSES[status], cells.get("id") or None)
            elif status == "FAILED":
                found[int(row)] = Result(
                    "rejected", reason=cells.get("message") or "the service gives no reason"
                )
    except csv.Error:
        return found
    return found
