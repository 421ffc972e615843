"""The routes of sessions, and the linking of a session to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, insert, select

from contacthub_orm.sandbox.documents.failures import Failure, invalid, not_found
from contacthub_orm.sandbox.documents.validation import MAX_LENGTH
from contacthub_orm.sandbox.documents.violations import Violation, missing, too_long
from contacthub_orm.sandbox.records import customer_records, event_records
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import sessions

if TYPE_CHECKING:
    from sqlalchemy import Row

__all__ = ["create", "link", "listing", "remove", "show"]


def listing(call: Call) -> Answer:
    """GET all of a customer: `elements` without a page (reference 1.299.1)."""
    customer = customer_records.load(call, call.path["customer"])
    statement = select(sessions).where(sessions.c.customer_id == customer["id"]).order_by(sessions.c.value)
    rows = call.connection.execute(statement).all()
    return Answer.of(200, {"elements": [_shown(row) for row in rows]})


def create(call: Call) -> Answer:
    """POST `{value}`: 201 with `{id, value}`; linking the same session again answers the same."""
    body = call.json_object()
    customer = customer_records.load(call, call.path["customer"])
    violations = [
        Violation("unknown property", f"/{name}", body[name], "additionalProperties")
        for name in body.keys() - {"id", "value"}
    ]
    value = body.get("value")
    if not isinstance(value, str) or not value:
        violations.append(missing("value"))
    if violations or not isinstance(value, str):
        raise invalid("session", violations)
    return Answer.of(201, link(call, customer["nodeId"], customer["id"], value))


def show(call: Call) -> Answer:
    """GET one by the id that the service assigned."""
    return Answer.of(200, _shown(_existing(call)))


def remove(call: Call) -> Answer:
    """DELETE: 200 with an empty body; the customer keeps the events that the session brought."""
    row = _existing(call)
    call.connection.execute(delete(sessions).where(sessions.c.id == row.id))
    return Answer(200)


def link(call: Call, node_id: str, customer_id: str, value: str) -> dict[str, Any]:
    """Link a session to a customer of the node, who thereby owns every event stored under it; return `{id, value}`.

    Raises:
        Failure: 400 if the value is too long, 409 if it belongs to another customer of the node.
    """
    if len(value) > MAX_LENGTH:
        raise invalid("session", [too_long(MAX_LENGTH, "/value")])
    row = event_records.session_with(call, node_id, value)
    if row is not None and row.customer_id != customer_id:
        taken = Violation("the session belongs to another customer", "/value", value, "unique")
        raise Failure(409, "Conflict with existing session", violations=[taken])
    if row is not None:
        return _shown(row)
    new = {"id": str(uuid4()), "node_id": node_id, "customer_id": customer_id, "value": value}
    call.connection.execute(insert(sessions), new)
    event_records.adopt(call, node_id, value, customer_id)
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
