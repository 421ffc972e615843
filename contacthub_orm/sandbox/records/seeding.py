"""Seeding: documents are put straight into the store, without HTTP, matching or merging."""

from __future__ import annotations

import json
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contacthub_orm.sandbox.documents.schemas import EVENT_CONTEXTS, EVENT_TYPES
from contacthub_orm.sandbox.documents.shapes import complete_customer, normalize_context, normalize_properties
from contacthub_orm.sandbox.documents.validation import (
    check_customer,
    check_event_context,
    check_event_envelope,
    check_event_properties,
)
from contacthub_orm.sandbox.documents.wire import decode_received, format_instant, parse_instant
from contacthub_orm.sandbox.records import customer_records, event_records
from contacthub_orm.sandbox.records.merging import merged
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.sandbox.documents.violations import Violation
    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["seed_customers", "seed_events"]


def seed_customers(service: Service, node: NodeRules, documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Store customers of an entry node, and the events that their documents have; see `Sandbox.seed`."""
    now = service.settings.now()
    rows, events = [], []
    for document in map(_received, documents):
        own = _events_in(document)
        row = customer_records.columns_of(_customer(service, node, document, now), node)
        rows.append(row)
        events += [_event(one | {"customerId": row["id"]}, format_instant(now)) for one in own]
    _insert(service, customers=rows, events=[event_records.columns_of(event, node.id) for event in events])
    return [row["id"] for row in rows]


def seed_events(service: Service, node: NodeRules, documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Store events; see `Sandbox.seed_events`."""
    now = format_instant(service.settings.now())
    homes = _homes(service, node)
    seeded = [_event(document, now) for document in map(_received, documents)]
    rows = [event_records.columns_of(event, homes.get(event["customerId"], node.id)) for event in seeded]
    _insert(service, events=rows)
    return [row["id"] for row in rows]


def _homes(service: Service, node: NodeRules) -> Mapping[str | None, str]:
    """The nodes of the workspace's customers that are not in this one."""
    others = service.rules().nodes.keys() - {node.id}
    elsewhere = select(customers.c.id, customers.c.node_id).where(customers.c.node_id.in_(others))
    with service.store.transaction() as connection:
        return {row.id: row.node_id for row in connection.execute(elsewhere)}


def _insert(service: Service, **seeded: list[dict[str, Any]]) -> None:
    """Store rows by their kind, all or none."""
    store = service.store
    timelines = {"customers": store.customers, "events": store.events}
    if any(seeded.values()):
        try:
            with store.transaction() as connection:
                for kind, rows in seeded.items():
                    if rows:
                        timelines[kind].seed(connection, rows)
        except IntegrityError as error:
            raise ValueError(f"an id is taken: {error.orig}") from None
        store.analyze()


def _events_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Take the events out of the document of a customer."""
    events = document.pop("events", None) or []
    if not isinstance(events, list) or not all(isinstance(one, dict) for one in events):
        raise ValueError(f"events is a list of JSON objects, not {events!r}")
    return events


def _received(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as if it had come over HTTP, so that what HTTP refuses is refused here, too."""
    try:
        received = decode_received(json.dumps(document))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"a document is not JSON: {error}") from None
    if not isinstance(received, dict):
        raise ValueError(f"a document is a JSON object, not {document!r}")
    for name in ("id", "registeredAt", "updatedAt"):
        if not isinstance(received.get(name), (str, NoneType)):
            raise ValueError(f"{name} is a string, not {received[name]!r}")
    return received


def _customer(service: Service, node: NodeRules, document: Mapping[str, Any], now: int) -> dict[str, Any]:
    _refuse(check_customer(document), document)
    if document.get("nodeId", node.id) != node.id:
        raise ValueError(f"a document of node {document['nodeId']} cannot be seeded into node {node.id}")
    blank = customer_records.blank(service, node.id, service.credentials.source_id, now)
    registered = _time(document, "registeredAt", blank["registeredAt"])
    values = {
        "id": document.get("id") or blank["id"],
        "registeredAt": registered,
        "updatedAt": _time(document, "updatedAt", registered),
    }
    return complete_customer(merged(blank, document) | values, service.settings.unset)


def _event(document: Mapping[str, Any], now: str) -> dict[str, Any]:
    _refuse(check_event_envelope(document), document)
    event_type, context = document.get("type"), document.get("context")
    if event_type not in EVENT_TYPES:
        raise ValueError(f"unknown event type {event_type!r}")
    if context not in EVENT_CONTEXTS:
        raise ValueError(f"unknown context {context!r}")
    properties, info = document.get("properties", {}), document.get("contextInfo")
    _refuse(check_event_properties(event_type, properties), document)
    if info is not None:
        _refuse(check_event_context(context, info), document)
    registered = _time(document, "registeredAt", now)
    return dict.fromkeys(event_records.EVENT_KEYS) | {
        "id": document.get("id") or str(uuid4()),
        "customerId": document.get("customerId"),
        "bringBackProperties": document.get("bringBackProperties"),
        "type": event_type,
        "properties": normalize_properties(event_type, properties),
        "context": context,
        "contextInfo": None if info is None else normalize_context(context, info),
        "date": _time(document, "date", registered),
        "origin": "NATIVE",
        "tracking": document.get("tracking"),
        "registeredAt": registered,
        "updatedAt": _time(document, "updatedAt", registered),
        "version": 1,
    }


def _time(document: Mapping[str, Any], name: str, default: str) -> str:
    text = document.get(name)
    if text is None:
        return default
    instant = parse_instant(text)
    if instant is None:
        raise ValueError(f"{name} is not a date-time with a zone: {text!r}")
    return format_instant(instant)


def _refuse(violations: list[Violation], document: Mapping[str, Any]) -> None:
    if violations:
        first = violations[0]
        raise ValueError(f"{first.path}: {first.message} in {document!r}")
