"""Stored customers and what is below them: the operations that find, add and change them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update

from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.notihub.calls import not_found
from contacthub_orm.sandbox.notihub.checks import contacts_of
from contacthub_orm.sandbox.notihub.tables import contacts, customers, preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

__all__ = [
    "add_contact",
    "add_customer",
    "columns_of",
    "contact_columns",
    "contact_document",
    "customer_documents",
    "load_contact",
    "load_customer",
    "preferences_of",
    "remove_customer",
    "set_preferences",
    "write_customer",
]


def load_customer(connection: Connection, customer_id: str) -> dict[str, Any]:
    """A customer with its contacts, as it is answered.

    Raises:
        Failure: 404 if there is no such customer.
    """
    row = connection.execute(select(customers).where(customers.c.id == customer_id)).first()
    if row is None:
        raise not_found("Customer")
    return customer_documents(connection, [row])[0]


def customer_documents(connection: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The customers of some rows, as they are answered, in the same order."""
    found = defaultdict(list)
    chosen = contacts.c.customer_id.in_([row.id for row in rows])
    for contact in connection.execute(select(contacts).where(chosen).order_by(contacts.c.id)):
        found[contact.customer_id].append(contact_document(contact))
    return [
        {
            "customerId": row.id,
            "externalId": row.external_id,
            "status": row.status,
            "language": row.language,
            "metadata": row.metadata,
            "contacts": found[row.id],
        }
        for row in rows
    ]


def add_customer(
    connection: Connection, body: Mapping[str, Any], visible_from: int = 0, customer_id: str | None = None
) -> str:
    """Store a new customer with its contacts, and return its id.

    Args:
        connection: the database connection.
        body: the checked body.
        visible_from: when lists begin to show it, in milliseconds since 1970.
        customer_id: its id; None makes one.
    """
    identifier = customer_id or str(uuid4())
    connection.execute(
        insert(customers), {**columns_of(body), "id": identifier, "visible_from": visible_from}
    )
    for contact in contacts_of(body):
        add_contact(connection, identifier, contact)
    return identifier


def write_customer(connection: Connection, customer_id: str, body: Mapping[str, Any]) -> None:
    """Replace what a customer's own route changes: all but its contacts."""
    connection.execute(update(customers).where(customers.c.id == customer_id).values(**columns_of(body)))


def remove_customer(connection: Connection, customer_id: str) -> None:
    """Delete a customer with its contacts and preferences; its messages stay."""
    for table in (contacts, preferences):
        connection.execute(delete(table).where(table.c.customer_id == customer_id))
    connection.execute(delete(customers).where(customers.c.id == customer_id))


def load_contact(connection: Connection, customer_id: str, contact_id: str) -> Row[Any]:
    """The row of a contact.

    Raises:
        Failure: 404 if there is no such customer, or if it has no such contact.
    """
    load_customer(connection, customer_id)
    found = None
    if contact_id.isascii() and contact_id.isdecimal() and len(contact_id) < len(str(2**63)):
        is_it = (contacts.c.id == int(contact_id)) & (contacts.c.customer_id == customer_id)
        found = connection.execute(select(contacts).where(is_it)).first()
    if found is None:
        raise not_found("Contact Entry")
    return found


def add_contact(connection: Connection, customer_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Store a new contact, and return it as it is answered."""
    values = {**contact_columns(body), "customer_id": customer_id}
    row = connection.execute(insert(contacts).returning(contacts), values).one()
    return contact_document(row)


def contact_document(row: Row[Any]) -> dict[str, Any]:
    """A contact as it is answered."""
    return {
        "contactId": row.id,
        "type": row.type,
        "value": row.value,
        "primary": row.primary,
        "verified": row.verified,
    }


def columns_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a customer's checked body; what it lacks has its default."""
    external_id = body.get("externalId")
    return {
        "external_id": external_id,
        "folded": None if external_id is None else external_id.casefold(),
        "status": body.get("status") or "ENABLED",
        "language": body.get("language"),
        "metadata": body.get("metadata"),
    }


def contact_columns(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a contact's checked body. Push tokens count as verified."""
    return {
        "type": body["type"],
        "value": body["value"],
        "folded": body["value"].casefold(),
        "primary": bool(body.get("primary")),
        "verified": bool(body.get("verified")) or body["type"] == "PUSH",
    }


def preferences_of(connection: Connection, customer_id: str) -> list[dict[str, Any]]:
    """The preferences of a customer, in the order in which they were first set."""
    found = select(preferences).where(preferences.c.customer_id == customer_id).order_by(preferences.c.number)
    return [
        {"templateGroupId": row.template_group_id, "mechanisms": decode(row.mechanisms)}
        for row in connection.execute(found)
    ]


def set_preferences(connection: Connection, customer_id: str, body: Iterable[Mapping[str, Any]]) -> None:
    """Create or replace the preferences of the groups that the checked body names; others stay."""
    columns = preferences.c
    for preference in body:
        group = preference["templateGroupId"]
        given = preference.get("mechanisms") or []
        mechanisms = encode(list(dict.fromkeys("PHONE" if name == "SMS" else name for name in given)))
        is_it = (columns.customer_id == customer_id) & (columns.template_group_id == group)
        if not connection.execute(update(preferences).where(is_it).values(mechanisms=mechanisms)).rowcount:
            values = {"customer_id": customer_id, "template_group_id": group, "mechanisms": mechanisms}
            connection.execute(insert(preferences), values)
