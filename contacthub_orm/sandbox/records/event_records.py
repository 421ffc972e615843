"""Stored events: their rows and their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from contacthub_orm.sandbox.documents.failures import not_found
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.wire import decode, encode, parse_instant
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.records.revisions import is_unchanged, revision
from contacthub_orm.sandbox.search.nodes import is_hidden
from contacthub_orm.sandbox.storage.tables import events, sessions

if TYPE_CHECKING:
    from sqlalchemy import Row

    from contacthub_orm.sandbox.service.calls import Call

__all__ = [
    "EVENT_KEYS",
    "adopt",
    "change",
    "columns_of",
    "find_or_create_owner",
    "load",
    "node_of",
    "session_of",
    "session_with",
]

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
    """The latest version of an event.

    The service stores events asynchronously, so an event does not exist until `search_delay` after its POST.

    Raises:
        Failure: 404 if there is no such event where the token sees one, or not yet, or no longer; 403 if the token
            may not read, or in a request that writes not write, at the event's node.
    """
    statement = select(events.c.node_id).where(events.c.id == event_id)
    node_id = call.connection.scalar(statement.where(call.store.events.visible(call.now)).limit(1))
    if node_id is None:
        raise not_found("event", event_id)
    call.check_owner(node_id, "event", event_id)
    text = call.store.events.read(call.connection, event_id)
    if text is None:
        raise not_found("event", event_id)
    found: dict[str, Any] = decode(text)
    if is_hidden(call, node_id, found["customerId"]):
        raise not_found("event", event_id)
    return found


def node_of(call: Call, event_id: str) -> str:
    """The id of the node of a stored event, which its document does not have."""
    statement = select(events.c.node_id).where(events.c.id == event_id, events.c.current)
    return str(call.connection.scalar(statement))


def find_or_create_owner(call: Call, bring_back: dict[str, Any]) -> str | None:
    """The id of the customer that owns an event with these `bringBackProperties`.

    If no customer has the externalId, a customer with nothing else is created. A session has no owner until
    it is linked to a customer; then the result is None.
    """
    value, node_id = bring_back["value"], bring_back["nodeId"]
    if bring_back["type"] == "SESSION_ID":
        row = session_with(call, node_id, value)
        return None if row is None else str(row.customer_id)
    owner = customer_records.oldest_with_external_id(call, node_id, value)
    if owner is None:
        # `base` is an empty object, not null: the Python SDK cannot read a customer without one.
        blank = customer_records.blank(call.service, node_id, call.caller.id, call.now)
        new = complete_customer(
            blank | {"externalId": value, "base": blank["base"] or {}}, call.settings.unset
        )
        customer_records.add(call, new)
        owner = str(new["id"])
    return owner


def session_with(call: Call, node_id: str, value: str) -> Row[Any] | None:
    """The row of the node's linked session with that value, or None if there is none."""
    statement = select(sessions).where(sessions.c.node_id == node_id, sessions.c.value == value)
    return call.connection.execute(statement).one_or_none()


def adopt(call: Call, node_id: str, session: str, customer_id: str) -> None:
    """Give the node's events that were stored under a session to the customer that it was linked to."""
    statement = select(events.c.document).where(
        events.c.node_id == node_id, events.c.session == session, events.c.current
    )
    for text in call.connection.scalars(statement).all():
        event = decode(text)
        if event["customerId"] is None:
            change(call, event, event | {"customerId": customer_id})


def change(call: Call, stored: dict[str, Any], changed: dict[str, Any]) -> str:
    """Store the changed event as a new version and return its JSON text.

    If nothing changes, there is no new version.
    """
    if is_unchanged(stored, changed):
        return encode(stored)
    row = columns_of(changed | revision(call, stored), node_of(call, stored["id"]))
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
    """The session that an event was stored under, or None if it was not."""
    bring_back = event["bringBackProperties"]
    if bring_back is None or bring_back["type"] != "SESSION_ID":
        return None
    value: str = bring_back["value"]
    return value
