"""The routes of sessions, and what linking one does to the events stored under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, insert, select

from contacthub_orm.sandbox.documents.failures import Failure, Violation, invalid, not_found
from contacthub_orm.sandbox.records import customer_records, event_records
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import sessions

if TYPE_CHECKING:
    from sqlalchemy import Row

__all__ = ["create", "link", "listing", "remove", "show"]

MAX_LENGTH = 255


def listing(call: Call) -> Answer:
    """GET all: `elements` without a page (reference 1.299.1)."""
    customer = customer_records.load(call, call.path["customer"])
    statement = select(sessions).where(sessions.c.customer_id == customer["id"]).order_by(sessions.c.value)
    rows = call.connection.execute(statement).all()
    return Answer.of(200, {"elements": [_shown(row) for row in rows]})


def create(call: Call) -> Answer:
    """POST `{value}`: 201 with `{id, value}`; linking the same session again gives the same one."""
    body = call.json_object()
    customer = customer_records.load(call, call.path["customer"])
    violations = [
        Violation("unknown property", f"/{name}", body[name], "additionalProperties")
        for name in body.keys() - {"id", "value"}
    ]
    value = body.get("value")
    if not isinstance(value, str) or not value:
        violations.append(Violation("value is required", "/value", code="required"))
    if violations or not isinstance(value, str):
        raise invalid("session", violations)
    return Answer.of(201, link(call, customer["id"], value))


def show(call: Call) -> Answer:
    """GET one, by the id that the service gave it."""
    return Answer.of(200, _shown(_existing(call)))


def remove(call: Call) -> Answer:
    """DELETE: 200 with an empty body; events that the session brought stay with the customer."""
    row = _existing(call)
    call.connection.execute(delete(sessions).where(sessions.c.id == row.id))
    return Answer(200)


def link(call: Call, customer_id: str, value: str) -> dict[str, Any]:
    """Link a session value to a customer; every event stored under it becomes theirs.

    Raises:
        Failure: 400 for a value that is too long, 409 for one that belongs to another customer: it is unique in a node.
    """
    if len(value) > MAX_LENGTH:
        too_long = Violation(f"longer than {MAX_LENGTH} characters", "/value", code="maxLength")
        raise invalid("session", [too_long])
    row = event_records.session_with(call, value)
    if row is not None and row.customer_id != customer_id:
        taken = Violation("the session belongs to another customer", "/value", value, "unique")
        raise Failure(409, "Conflict with existing session", violations=[taken])
    if row is not None:
        return _shown(row)
    node_id = call.store.credentials.node_id
    new = {"id": str(uuid4()), "node_id": node_id, "customer_id": customer_id, "value": value}
    call.connection.execute(insert(sessions), new)
    event_records.adopt(call, value, customer_id)
    return {"id": new["id"], "value": value}


def _existing(call: Call) -> Row[Any]:
    customer = customer_records.load(call, call.path["customer"])
    row = call.connection.execute(
        select(sessions).where(
            sessions.c.id == call.path["session"], sessions.c.customer_id == customer["id"]
        )
    ).one_or_none()
    if row is None:
        raise not_found("session", call.path["session"])
    return row


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {"id": row.id, "value": row.value}
