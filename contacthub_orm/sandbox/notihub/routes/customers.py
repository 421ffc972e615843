"""The routes of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from contacthub_orm.sandbox.notihub import records
from contacthub_orm.sandbox.notihub.calls import invalid
from contacthub_orm.sandbox.notihub.checks import UNREACHABLE, check_customer, contacts_of, is_reachable
from contacthub_orm.sandbox.notihub.tables import contacts, customers
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.notihub.calls import NotihubCall

__all__ = ["create", "listing", "put", "remove", "show"]


def create(call: NotihubCall) -> Answer:
    """POST: 201 with the customer."""
    body = call.json_object()
    violations = check_customer(body)
    if not violations and not is_reachable(
        body.get("externalId"), [contact["type"] for contact in contacts_of(body)]
    ):
        violations = [UNREACHABLE]
    if violations:
        raise invalid(violations)
    visible_from = call.after(call.settings.search_delay)
    customer_id = records.add_customer(call.connection, body, visible_from)
    return Answer.of(201, records.load_customer(call.connection, customer_id))


def show(call: NotihubCall) -> Answer:
    """GET one by its id."""
    return Answer.of(200, records.load_customer(call.connection, call.path["customer"]))


def put(call: NotihubCall) -> Answer:
    """PUT: replace all but the contacts, which have routes of their own; the documentation answers 201."""
    customer_id = call.path["customer"]
    stored = records.load_customer(call.connection, customer_id)
    body = call.json_object()
    violations = check_customer(body, customer_id)
    if not is_reachable(body.get("externalId"), [contact["type"] for contact in stored["contacts"]]):
        violations.append(UNREACHABLE)
    if violations:
        raise invalid(violations)
    records.write_customer(call.connection, customer_id, body)
    return Answer.of(201, records.load_customer(call.connection, customer_id))


def remove(call: NotihubCall) -> Answer:
    """DELETE: 200 with an empty object."""
    customer_id = call.path["customer"]
    records.load_customer(call.connection, customer_id)
    records.remove_customer(call.connection, customer_id)
    return Answer.of(200, {})


def listing(call: NotihubCall) -> Answer:
    """GET: 200 with an array of customers, the first created first."""
    page = call.page("search", "actives")
    statement = select(customers).where(customers.c.visible_from <= call.now)
    if call.query.get("actives") == "true":
        statement = statement.where(customers.c.status == "ENABLED")
    searched = call.query.get("search", "").strip().casefold()
    if searched:
        statement = statement.where(_found(searched))
    statement = statement.order_by(customers.c.number).limit(page.limit).offset(page.offset)
    rows = call.connection.execute(statement).all()
    return Answer.of(200, records.customer_documents(call.connection, rows))


def _found(searched: str) -> ColumnElement[bool]:
    """The customers with the text in their external id or in the value of a contact."""
    with_contact = select(contacts.c.customer_id).where(func.instr(contacts.c.folded, searched) > 0)
    return (func.coalesce(func.instr(customers.c.folded, searched), 0) > 0) | customers.c.id.in_(with_contact)
