"""Stored customers: the operations that find, add, change and remove them, for all routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, select

from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import invalid, not_found
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.validation import check_mandatory, check_tags
from contacthub_orm.sandbox.documents.wire import decode, encode, format_instant, parse_instant
from contacthub_orm.sandbox.records import consents
from contacthub_orm.sandbox.records.matching import conflict_with, find_match, match_key
from contacthub_orm.sandbox.records.revisions import is_unchanged, revision
from contacthub_orm.sandbox.search.nodes import is_hidden
from contacthub_orm.sandbox.storage.tables import customers, events, sessions

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call, Service
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["add", "blank", "change", "check", "columns_of", "load", "oldest_with_external_id", "remove"]


def blank(service: Service, node_id: str, source_id: str, now: int) -> dict[str, Any]:
    """A new customer that has only the values that the service sets.

    Args:
        service: the sandbox.
        node_id: the entry node that the customer belongs to.
        source_id: the source that creates the customer.
        now: the time in milliseconds since 1970.
    """
    time = format_instant(now)
    return complete_customer(
        {
            "id": str(uuid4()),
            "intId": service.store.next_number(),
            "nodeId": node_id,
            "registeredAt": time,
            "updatedAt": time,
            "version": 1,
            "deleted": 0,
            "sourceInfo": {"registeredBy": source_id, "updatedBy": source_id},
        },
        service.settings.unset,
    )


def load(call: Call, customer_id: str) -> dict[str, Any]:
    """The latest version of a customer, whether or not searches see it.

    Raises:
        Failure: 404 if there is no such customer where the token sees one, 403 if the token may not read, or in a
            request that writes not write, at the customer's node.
    """
    text = call.store.customers.read(call.connection, customer_id)
    if text is None:
        raise not_found("customer", customer_id)
    found: dict[str, Any] = decode(text)
    call.check_owner(found["nodeId"], "customer", customer_id)
    if is_hidden(call, found["nodeId"], customer_id):
        raise not_found("customer", customer_id)
    return found


def oldest_with_external_id(call: Call, node_id: str, external_id: str) -> str | None:
    """The id of the node's customer with that externalId, the first registered of several, or None."""
    found: str | None = call.connection.scalar(
        select(customers.c.id)
        .where(
            customers.c.node_id == node_id,
            customers.c.external_id == external_id,
            customers.c.current,
        )
        .order_by(customers.c.registered_at, customers.c.row)
        .limit(1)
    )
    return found


def check(call: Call, customer: dict[str, Any]) -> None:
    """Check a complete customer against the rules of its node.

    Raises:
        Failure: 400 if a mandatory property is missing or the tags are too long.
    """
    node = call.rules.nodes[customer["nodeId"]]
    unique = node.matching if call.settings.strict else ()
    required = dict.fromkeys((*unique, *node.mandatory))
    violations = check_tags(customer) + check_mandatory(customer, [*required], node.matching)
    if violations:
        raise invalid("customer", violations)


def add(call: Call, customer: dict[str, Any]) -> str:
    """Store a complete new customer and return its JSON text."""
    row = columns_of(customer, call.rules.nodes[customer["nodeId"]])
    call.store.customers.insert(call.connection, row, call.visible_from)
    consents.record_changes(call, customer, None)
    text: str = row["document"]
    return text


def change(call: Call, stored: dict[str, Any], changed: dict[str, Any], *, always: bool = False) -> str:
    """Store the changed customer as a new version and return its JSON text.

    If nothing changes, there is no new version, unless `always` is true.

    Raises:
        Failure: 400 if it breaks a rule of the node, 409 if it takes another customer's matching properties.
    """
    changed = complete_customer(changed, call.settings.unset)
    if not always and is_unchanged(stored, changed):
        return encode(stored)
    check(call, changed)
    node = call.rules.nodes[stored["nodeId"]]
    key = match_key(changed, node)
    if key != match_key(stored, node):
        other = find_match(call, node.id, key, other_than=stored["id"])
        if other is not None:
            raise conflict_with(call, other)
    changed |= revision(call, stored)
    changed["sourceInfo"] = stored["sourceInfo"] | {"updatedBy": call.caller.id}
    row = columns_of(changed, node)
    call.store.customers.replace(call.connection, row, call.now, call.visible_from)
    consents.record_changes(call, changed, stored["consents"])
    text: str = row["document"]
    return text


def remove(call: Call, customer_id: str) -> None:
    """Delete a customer with its sessions and its events; the service deletes the events since 1.52."""
    store, connection = call.store, call.connection
    in_workspace = events.c.node_id.in_(call.rules.nodes)
    found = select(events.c.id).where(in_workspace, events.c.customer_id == customer_id, events.c.current)
    for event_id in connection.scalars(found).all():
        store.events.remove(connection, event_id, call.now, call.visible_from)
    connection.execute(delete(sessions).where(sessions.c.customer_id == customer_id))
    store.customers.remove(connection, customer_id, call.now, call.visible_from)


def columns_of(customer: dict[str, Any], node: NodeRules) -> dict[str, Any]:
    """The row of a complete customer."""
    return {
        "id": customer["id"],
        "node_id": customer["nodeId"],
        "registered_at": parse_instant(customer["registeredAt"]),
        "updated_at": parse_instant(customer["updatedAt"]),
        "match_key": match_key(customer, node),
        "external_id": customer["externalId"],
        "email": paths.read(customer, "base.contacts.email"),
        "document": encode(customer),
    }
