"""The queue of bulk jobs, which moves on by the sandbox's clock: before a request, all that is due is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.wire import format_instant
from contacthub_orm.sandbox.routes.bulk_jobs.rows import carry_out
from contacthub_orm.sandbox.routes.bulk_jobs.tables import write_table
from contacthub_orm.sandbox.service.rules import Caller
from contacthub_orm.sandbox.storage.collections import Collection
from contacthub_orm.sandbox.storage.timeline import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["enqueue", "jobs_of", "result_of", "run_due"]

NEXT: Final = {"LOADED": "SCHEDULED", "SCHEDULED": "PROCESSING"}
CHUNK: Final = 500
"""How many rows are written before a request is served: about a second's worth."""

COLUMNS: Final = ("row", "status", "id", "message")


def jobs_of(connection: Connection, node_id: str) -> Collection:
    """The jobs of a node."""
    return Collection(connection, "bulk_jobs", node_id)


def enqueue(call: Call, job: dict[str, Any], header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Put a loaded job into the queue."""
    parts = _parts(call.connection, job["id"])
    for start in range(0, len(rows), CHUNK):
        parts.put(str(start), {"start": start, "rows": rows[start : start + CHUNK]})
    due = call.now + _delay(call)
    entry = {"id": job["id"], "node": job["nodeId"], "caller": call.caller.id, "header": header, "due": due}
    _queue(call).put(job["id"], entry)
    call.service.jobs_due = min(call.service.jobs_due, due)


def result_of(connection: Connection, job_id: str) -> str:
    """The result of a finished job as CSV: what became of each row."""
    written = [part["text"] for part in _results(connection, job_id).page()]
    return write_table([COLUMNS]) + "".join(written)


def run_due(call: Call) -> int:
    """Move on the jobs that are due; return when the next one will be, in milliseconds since 1970.

    What a job writes has the time at which it was due. Of a large job, one part is written at a time.
    """
    queue = _queue(call)
    while entries := queue.page():
        entry = min(entries, key=lambda one: int(one["due"]))
        if entry["due"] > call.now or not _move_on(replace(call, now=entry["due"]), entry):
            return int(entry["due"])
    return FOREVER


def _move_on(call: Call, entry: dict[str, Any]) -> bool:
    """Take a job to its next status; return whether it got there."""
    jobs, queue = jobs_of(call.connection, entry["node"]), _queue(call)
    job = jobs.get(entry["id"]) or {}
    following = NEXT.get(job["status"])
    if following is not None:
        job["status"] = following
        queue.put(entry["id"], entry | {"due": entry["due"] + _delay(call)})
    elif _write_part(replace(call, caller=_caller(call, entry)), job, entry["header"]):
        queue.remove(entry["id"])
        job["status"] = "PROCESSED"
    jobs.put(job["id"], job | {"updatedAt": format_instant(call.now)})
    return job["status"] != "PROCESSING" or following is not None


def _write_part(call: Call, job: dict[str, Any], header: Sequence[str]) -> bool:
    """Write the next part of a job; return whether it was the last."""
    parts = _parts(call.connection, job["id"])
    for part in parts.page(size=1):
        outcomes = [carry_out(call, job, header, cells) for cells in part["rows"]]
        numbered = [[number, *outcome] for number, outcome in enumerate(outcomes, part["start"] + 1)]
        text = write_table(numbered)
        _results(call.connection, job["id"]).put(str(part["start"]), {"text": text})
        parts.remove(str(part["start"]))
        failed = sum(status == "FAILED" for status, *_ in outcomes)
        job["failedEntities"] += failed
        job["processedEntities"] += len(outcomes) - failed
    return parts.count() == 0


def _caller(call: Call, entry: dict[str, Any]) -> Caller:
    """Who uploaded the job, with no permission but that of writing to its node."""
    node = frozenset({entry["node"]})
    return Caller(entry["caller"], call.service.credentials.workspace_id, node, node)


def _queue(call: Call) -> Collection:
    """The jobs of the workspace that are not finished."""
    return Collection(call.connection, "bulk_queue", call.service.credentials.key)


def _parts(connection: Connection, job_id: str) -> Collection:
    """The rows of a job that are still to be written."""
    return Collection(connection, "bulk_parts", job_id)


def _results(connection: Connection, job_id: str) -> Collection:
    return Collection(connection, "bulk_results", job_id)


def _delay(call: Call) -> int:
    return round(call.settings.bulk_job_delay * 1000)
