"""The routes of bulk jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import Failure, invalid, malformed, not_found
from contacthub_orm.sandbox.documents.violations import Violation, missing
from contacthub_orm.sandbox.documents.wire import encode, format_instant
from contacthub_orm.sandbox.routes.bulk_jobs.queue import enqueue, jobs_of, result_of
from contacthub_orm.sandbox.routes.bulk_jobs.tables import read_table
from contacthub_orm.sandbox.search.paging import requested_order, requested_page
from contacthub_orm.sandbox.service.calls import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.documents.forms import Form
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES"]

MAX_LOADED: Final = 10
FINISHED: Final = ("PROCESSED", "FAILED")
SORTABLE: Final = ("createdAt", "updatedAt", "status", "entity", "operation", "filename", "id")
CHOICES: Final = {
    "operation": "bulk_job_operations",
    "entity": "bulk_job_entities",
    "eventType": "event_types",
}


def create(call: Call) -> Answer:
    """POST a form: 201 with the job, LOADED, or FAILED if the file is no table."""
    node_id = call.path["node"]
    call.check_entry_node(node_id, "nodeId")
    form = call.form()
    violations = list(_violations(form))
    if violations:
        raise invalid("bulk job", violations)
    jobs = jobs_of(call.connection, node_id)
    if sum(job["status"] == "LOADED" for job in jobs.page()) >= MAX_LOADED:
        raise Failure(409, f"the node has {MAX_LOADED} bulk jobs that are LOADED")
    upload = form.files["file"]
    job = _new_job(call, form, node_id)
    try:
        header, rows = read_table(upload.content)
    except ValueError as error:
        job |= {"status": "FAILED", "errorMessage": str(error)}
    else:
        job["totalEntities"] = len(rows)
        enqueue(call, job, header, rows)
    jobs.put(job["id"], job)
    return Answer.of(201, job)


def listing(call: Call) -> Answer:
    """GET one page of a node's jobs, by default the newest first."""
    call.check_node(call.path["node"])
    wanted = {
        "status": call.choice("status", enum("bulk_job_statuses")),
        "entity": call.choice("entity", enum("bulk_job_entities")),
    }
    page, order = requested_page(call), requested_order(call, "createdAt")
    if order.path not in SORTABLE:
        raise malformed(f"bulk jobs are sorted by one of {', '.join(SORTABLE)}", "sort", "enum")
    everything = jobs_of(call.connection, call.path["node"]).page()
    found = [job for job in everything if all(value in (None, job[name]) for name, value in wanted.items())]
    found.sort(key=lambda job: str(job[order.path]))
    if order.descending:
        found.reverse()
    texts = [encode(job) for job in found[page.offset : page.offset + page.limit]]
    return page.answer(texts, len(found), len(everything))


def show(call: Call) -> Answer:
    """GET one."""
    return Answer.of(200, _existing(call))


def results(call: Call) -> Answer:
    """GET what became of each row, as CSV; 409 until the job is finished."""
    job = _existing(call)
    if job["status"] not in FINISHED:
        raise Failure(
            409, f"the bulk job is {job['status']}: it has results once it is {' or '.join(FINISHED)}"
        )
    text = result_of(call.connection, job["id"])
    return Answer(200, text, (("content-type", "text/csv;charset=UTF-8"),))


def _existing(call: Call) -> dict[str, Any]:
    call.check_node(call.path["node"])
    job = jobs_of(call.connection, call.path["node"]).get(call.path["job"])
    if job is None:
        raise not_found("bulk job", call.path["job"])
    return job


def _new_job(call: Call, form: Form, node_id: str) -> dict[str, Any]:
    time = format_instant(call.now)
    filename = form.files["file"].filename
    job = {
        "id": str(uuid4()),
        "filename": filename,
        "operation": form.fields["operation"],
        "workspaceId": call.service.credentials.workspace_id,
        "nodeId": node_id,
        "entity": form.fields.get("entity", "CUSTOMER"),
        "bulkJobName": filename,
        "status": "LOADED",
        "createdAt": time,
        "updatedAt": time,
        "processedEntities": 0,
        "failedEntities": 0,
        "totalEntities": 0,
    }
    event_type = form.fields.get("eventType")
    return job if event_type is None else job | {"eventType": event_type}


def _violations(form: Form) -> Iterator[Violation]:
    """All that is wrong with the fields of the form."""
    for name in ("file", "operation"):
        if name not in form.fields and name not in form.files:
            yield missing(name)
    for name in form.fields.keys() - CHOICES.keys():
        rule = "file" if name == "file" else "additionalProperties"
        yield Violation("file is a file" if name == "file" else "unknown property", f"/{name}", None, rule)
    for name in form.files.keys() - {"file"}:
        yield Violation(f"{name} is no file", f"/{name}", None, "type")
    for name, choices in CHOICES.items():
        value = form.fields.get(name)
        if value is not None and value not in enum(choices):
            yield Violation(f"{name} is one of {', '.join(enum(choices))}", f"/{name}", value, "enum")
    is_event = form.fields.get("entity") == "EVENT"
    if is_event and "eventType" not in form.fields:
        yield missing("eventType")
    elif not is_event and "eventType" in form.fields:
        yield Violation("customers have no eventType", "/eventType", form.fields["eventType"], "type")


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/nodes/{node}/bulk-jobs", listing),
    ("POST", "/nodes/{node}/bulk-jobs", create),
    ("GET", "/nodes/{node}/bulk-jobs/{job}", show),
    ("GET", "/nodes/{node}/bulk-jobs/{job}/results", results),
]
