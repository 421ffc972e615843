"""The routes of a customer's contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from contacthub_orm.sandbox.notihub import records
from contacthub_orm.sandbox.notihub.calls import invalid
from contacthub_orm.sandbox.notihub.checks import check_contact, two_primaries
from contacthub_orm.sandbox.notihub.tables import contacts
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.notihub.calls import NotihubCall

__all__ = ["create", "put", "remove"]


def create(call: NotihubCall) -> Answer:
    """POST: 201 with the contact."""
    customer_id = call.path["customer"]
    records.load_customer(call.connection, customer_id)
    body = call.json_object()
    _refuse(check_contact(body))
    _check_primary(call, body)
    return Answer.of(201, records.add_contact(call.connection, customer_id, body))


def put(call: NotihubCall) -> Answer:
    """PUT: 200 with the contact, replaced."""
    stored = records.load_contact(call.connection, call.path["customer"], call.path["contact"])
    body = call.json_object()
    _refuse(check_contact(body, stored.id, is_new=False))
    _check_primary(call, body, stored.id)
    is_it = contacts.c.id == stored.id
    call.connection.execute(update(contacts).where(is_it).values(**records.contact_columns(body)))
    row = call.connection.execute(select(contacts).where(is_it)).one()
    return Answer.of(200, records.contact_document(row))


def remove(call: NotihubCall) -> Answer:
    """DELETE: 200 with an empty object."""
    stored = records.load_contact(call.connection, call.path["customer"], call.path["contact"])
    call.connection.execute(delete(contacts).where(contacts.c.id == stored.id))
    return Answer.of(200, {})


def _check_primary(call: NotihubCall, body: dict[str, Any], contact_id: int | None = None) -> None:
    """Refuse a second primary contact of a type, rather than change one that the request does not name."""
    if not body.get("primary"):
        return
    columns = contacts.c
    others = select(columns.id).where(
        columns.customer_id == call.path["customer"],
        columns.type == body["type"],
        columns.primary,
        columns.id.is_distinct_from(contact_id),
    )
    if call.connection.scalar(others) is not None:
        _refuse([two_primaries(body["type"])])


def _refuse(violations: list[str]) -> None:
    if violations:
        raise invalid(violations)
