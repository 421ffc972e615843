"""Stored customers: how one is found, added, changed and removed, whichever route asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, select

from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import invalid, not_found
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.validation import check_mandatory, check_tags
from contacthub_orm.sandbox.documents.wire import canonical, decode, encode, format_instant, parse_instant
from contacthub_orm.sandbox.records.matching import conflict_with, find_match, match_key
from contacthub_orm.sandbox.storage.tables import customers, events, sessions

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.settings import Settings
    from contacthub_orm.sandbox.storage.store import Store

__all__ = ["add", "blank", "change", "check", "columns_of", "load", "oldest_with_external_id", "remove"]


def blank(store: Store, now: int) -> dict[str, Any]:
    """A new customer with nothing but what the service fills in."""
    source_id = store.credentials.source_id
    time = format_instant(now)
    return complete_customer(
        {
            "id": str(uuid4()),
            "intId": store.next_number(),
            "nodeId": store.credentials.node_id,
            "registeredAt": time,
            "updatedAt": time,
            "version": 1,
            "deleted": 0,
            "sourceInfo": {"registeredBy": source_id, "updatedBy": source_id},
        }
    )


def load(call: Call, customer_id: str) -> dict[str, Any]:
    """The latest version of a customer, whether searches see it yet or not.

    Raises:
        Failure: 404 if there is none.
    """
    text = call.store.customers.read(call.connection, customer_id)
    if text is None:
        raise not_found("customer", customer_id)
    found: dict[str, Any] = decode(text)
    return found


def oldest_with_external_id(call: Call, external_id: str) -> str | None:
    """The id of the customer with that externalId; of several the one registered first."""
    found: str | None = call.connection.scalar(
        select(customers.c.id)
        .where(
            customers.c.node_id == call.store.credentials.node_id,
            customers.c.external_id == external_id,
            customers.c.current,
        )
        .order_by(customers.c.registered_at, customers.c.row)
        .limit(1)
    )
    return found


def check(call: Call, customer: dict[str, Any]) -> None:
    """Hold a whole customer against the rules of its node.

    Raises:
        Failure: 400 for a missing mandatory property or too many tags.
    """
    settings = call.settings
    violations = check_tags(customer) + check_mandatory(customer, settings.mandatory, settings.matching)
    if violations:
        raise invalid("customer", violations)


def add(call: Call, customer: dict[str, Any]) -> str:
    """Store a complete new customer; gives its JSON text."""
    row = columns_of(customer, call.settings)
    call.store.customers.insert(call.connection, [row], call.visible_from)
    text: str = row["document"]
    return text


def change(call: Call, stored: dict[str, Any], changed: dict[str, Any], *, always: bool = False) -> str:
    """Store the changed customer as a new version; gives its JSON text.

    A change that changes nothing is no new version, unless `always`.

    Raises:
        Failure: 400 if it breaks a rule of the node, 409 if it takes another customer's matching properties.
    """
    changed = complete_customer(changed)
    if not always and changed == stored and canonical(changed) == canonical(stored):
        return encode(stored)
    check(call, changed)
    key = match_key(changed, call.settings)
    if key != match_key(stored, call.settings):
        other = find_match(call, key, other_than=stored["id"])
        if other is not None:
            raise conflict_with(call, other)
    # The time of a version is later than that of the one before even within a millisecond.
    updated = max(call.now, (parse_instant(stored["updatedAt"]) or 0) + 1)
    changed["updatedAt"] = format_instant(updated)
    changed["version"] = stored["version"] + 1
    changed["sourceInfo"] = stored["sourceInfo"] | {"updatedBy": call.store.credentials.source_id}
    row = columns_of(changed, call.settings)
    call.store.customers.replace(call.connection, row, call.now, call.visible_from)
    text: str = row["document"]
    return text


def remove(call: Call, customer_id: str) -> None:
    """Delete a customer with its sessions and, as the service does since 1.52, its events."""
    store, connection = call.store, call.connection
    found = select(events.c.id).where(events.c.customer_id == customer_id, events.c.current)
    for event_id in connection.scalars(found).all():
        store.events.remove(connection, event_id, call.now, call.visible_from)
    connection.execute(delete(sessions).where(sessions.c.customer_id == customer_id))
    store.customers.remove(connection, customer_id, call.now, call.visible_from)


def columns_of(customer: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The row of a complete customer."""
    return {
        "id": customer["id"],
        "node_id": customer["nodeId"],
        "registered_at": parse_instant(customer["registeredAt"]),
        "updated_at": parse_instant(customer["updatedAt"]),
        "match_key": match_key(customer, settings),
        "external_id": customer["externalId"],
        "email": paths.read(customer, "base.contacts.email"),
        "document": encode(customer),
    }
