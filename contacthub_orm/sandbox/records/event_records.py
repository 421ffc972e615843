"""Stored events: their rows, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from contacthub_orm.sandbox.documents.failures import not_found
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.wire import canonical, decode, encode, format_instant, parse_instant
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.storage.tables import events, sessions

if TYPE_CHECKING:
    from sqlalchemy import Row

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["EVENT_KEYS", "adopt", "change", "columns_of", "load", "owner_of", "session_of", "session_with"]

EVENT_KEYS = (
    "id",
    "customerId",
    "bringBackProperties",
    "type",
    "properties",
    "context",
    "contextInfo",
    "date",
    "origin",
    "tracking",
    "registeredAt",
    "updatedAt",
    "version",
)


def load(call: Call, event_id: str) -> dict[str, Any]:
    """The latest version of an event that is stored by now.

    Raises:
        Failure: 404 if there is none, or if it was posted too short a time ago: events are stored asynchronously.
    """
    statement = select(events.c.document).where(events.c.id == event_id)
    if call.connection.scalar(statement.where(call.store.events.visible(call.now)).limit(1)) is None:
        raise not_found("event", event_id)
    text = call.store.events.read(call.connection, event_id)
    if text is None:
        raise not_found("event", event_id)
    found: dict[str, Any] = decode(text)
    return found


def owner_of(call: Call, bring_back: dict[str, Any]) -> str | None:
    """Whose an event with these `bringBackProperties` is.

    An externalId that no customer has brings a customer into being that holds nothing else; a session has no customer
    until it is linked to one.
    """
    value = bring_back["value"]
    if bring_back["type"] == "SESSION_ID":
        row = session_with(call, value)
        return None if row is None else str(row.customer_id)
    owner = customer_records.oldest_with_external_id(call, value)
    if owner is None:
        # `base` is an empty object, not null: the Python SDK cannot read a customer without one.
        new = complete_customer(
            customer_records.blank(call.store, call.now) | {"externalId": value, "base": {}}
        )
        customer_records.add(call, new)
        owner = str(new["id"])
    return owner


def session_with(call: Call, value: str) -> Row[Any] | None:
    """The row of a linked session."""
    node_id = call.store.credentials.node_id
    statement = select(sessions).where(sessions.c.node_id == node_id, sessions.c.value == value)
    return call.connection.execute(statement).one_or_none()


def adopt(call: Call, session: str, customer_id: str) -> None:
    """Give the events stored under a session to the customer it was linked to."""
    statement = select(events.c.document).where(
        events.c.node_id == call.store.credentials.node_id, events.c.session == session, events.c.current
    )
    for text in call.connection.scalars(statement).all():
        event = decode(text)
        if event["customerId"] is None:
            change(call, event, event | {"customerId": customer_id})


def change(call: Call, stored: dict[str, Any], changed: dict[str, Any]) -> str:
    """Store the changed event as a new version; gives its JSON text. One that changes nothing is no new version."""
    if changed == stored and canonical(changed) == canonical(stored):
        return encode(stored)
    updated = max(call.now, (parse_instant(stored["updatedAt"]) or 0) + 1)
    changed = changed | {"updatedAt": format_instant(updated), "version": stored["version"] + 1}
    row = columns_of(changed, call.store.credentials.node_id)
    call.store.events.replace(call.connection, row, call.now, call.visible_from)
    text: str = row["document"]
    return text


def columns_of(event: dict[str, Any], node_id: str) -> dict[str, Any]:
    """The row of a complete event."""
    return {
        "id": event["id"],
        "node_id": node_id,
        "registered_at": parse_instant(event["registeredAt"]),
        "updated_at": parse_instant(event["updatedAt"]),
        "customer_id": event["customerId"],
        "session": session_of(event),
        "type": event["type"],
        "context": event["context"],
        "date": parse_instant(event["date"]),
        "document": encode(event),
    }


def session_of(event: dict[str, Any]) -> str | None:
    """The session that an event was stored under."""
    bring_back = event["bringBackProperties"]
    if bring_back is None or bring_back["type"] != "SESSION_ID":
        return None
    value: str = bring_back["value"]
    return value
