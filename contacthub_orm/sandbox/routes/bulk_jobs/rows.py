"""The rows of bulk jobs: each is carried out as the request of its kind would be, by the same rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contacthub_orm.reference import MAX_PAYLOAD_BYTES
from contacthub_orm.sandbox.documents.failures import Failure, not_found, too_large
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.records.customer_records import oldest_with_external_id
from contacthub_orm.sandbox.records.matching import find_match, match_key
from contacthub_orm.sandbox.routes import customers, events
from contacthub_orm.sandbox.routes.bulk_jobs.tables import document_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["carry_out"]


def carry_out(call: Call, job: dict[str, Any], header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Write one row. A row that is refused writes nothing.

    Returns:
        What happened (CREATED, UPDATED, DELETED or FAILED), the id of the customer or event, and why it failed.
    """
    is_event = job["entity"] == "EVENT"
    try:
        kind = job.get("eventType", "") if is_event else None
        document = document_of(header, cells, kind, call.rules.extended)
        size = len(encode(document).encode())
        if size > MAX_PAYLOAD_BYTES:
            raise too_large(MAX_PAYLOAD_BYTES)
        write = _event if is_event else _customer
        return [*write(replace(call, size=size), job, document), ""]
    except ValueError as error:
        return ["FAILED", "", str(error)]
    except Failure as failure:
        reasons = [f"{one.path}: {one.message}" for one in failure.violations]
        return ["FAILED", "", "; ".join([str(failure), *reasons])]


def _customer(call: Call, job: dict[str, Any], document: dict[str, Any]) -> tuple[str, str]:
    identity = _text(document, "id")
    if job["operation"] == "DELETE":
        found = identity or _matching(call, job["nodeId"], document)
        customers.remove(replace(call, path={"customer": found}))
        return "DELETED", found
    if job["operation"] == "UPSERT" and identity:
        answer = customers.patch(replace(call, path={"customer": identity}, body=document))
        return "UPDATED", decode(answer.text)["id"]
    body = {"nodeId": job["nodeId"], **document}
    policy = "BLOCK" if job["operation"] == "INSERT" else "MERGE"
    customer = decode(customers.enter(replace(call, body=body), policy).text)
    return ("CREATED" if customer["version"] == 1 else "UPDATED"), customer["id"]


def _matching(call: Call, node_id: str, document: dict[str, Any]) -> str:
    """The id of the customer with the matching properties of a row, or else with its externalId."""
    found = find_match(call, node_id, match_key(document, call.rules.nodes[node_id]))
    external_id = _text(document, "externalId")
    if found is None and external_id:
        found = oldest_with_external_id(call, node_id, external_id)
    if found is None:
        raise not_found("customer", "with the values of the row")
    return found


def _event(call: Call, job: dict[str, Any], document: dict[str, Any]) -> tuple[str, str]:
    identity = _text(document, "id")
    if job["operation"] == "DELETE":
        events.remove(replace(call, path={"event": identity}))
        return "DELETED", identity
    if job["operation"] == "UPSERT" and identity:
        events.patch(replace(call, path={"event": identity}, body=document))
        return "UPDATED", identity
    body = {"type": job["eventType"], "properties": {}, **document}
    return "CREATED", decode(events.create(replace(call, body=body)).text)["id"]


def _text(document: dict[str, Any], name: str) -> str:
    """The text of a column; empty if there is none, or columns below it instead."""
    value = document.get(name)
    return value if isinstance(value, str) else ""
