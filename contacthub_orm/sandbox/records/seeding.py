"""Seeding: documents are put straight into the store, without HTTP, matching or merging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from contacthub_orm.sandbox.documents.shapes import complete_customer, normalize_context, normalize_properties
from contacthub_orm.sandbox.documents.validation import (
    check_customer,
    check_event_context,
    check_event_envelope,
    check_event_properties,
)
from contacthub_orm.sandbox.documents.wire import format_instant, parse_instant
from contacthub_orm.sandbox.records import customer_records, event_records
from contacthub_orm.sandbox.records.merging import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.sandbox.documents.violations import Violation
    from contacthub_orm.sandbox.service.calls import Service

__all__ = ["seed_customers", "seed_events"]


def seed_customers(service: Service, documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Store customers; see `Sandbox.seed`."""
    now = service.settings.now()
    rows = [
        customer_records.columns_of(_customer(service, document, now), service.settings)
        for document in documents
    ]
    return _insert(service, "customers", rows)


def seed_events(service: Service, documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Store events; see `Sandbox.seed_events`."""
    now = format_instant(service.settings.now())
    node_id = service.store.credentials.node_id
    return _insert(
        service,
        "events",
        [event_records.columns_of(_event(document, now), node_id) for document in documents],
    )


def _insert(service: Service, kind: str, rows: list[dict[str, Any]]) -> list[str]:
    store = service.store
    timeline = store.customers if kind == "customers" else store.events
    if rows:
        try:
            with store.transaction() as connection:
                timeline.insert(connection, rows, visible_from=0)
        except IntegrityError as error:
            raise ValueError(f"an id is taken: {error.orig}") from None
        store.analyze()
    return [row["id"] for row in rows]


def _customer(service: Service, document: Mapping[str, Any], now: int) -> dict[str, Any]:
    _refuse(check_customer(document), document)
    credentials = service.store.credentials
    if document.get("nodeId", credentials.node_id) != credentials.node_id:
        raise ValueError(f"the sandbox has no node {document['nodeId']}")
    blank = customer_records.blank(service.store, service.settings, now)
    registered = _time(document, "registeredAt", blank["registeredAt"])
    values = {
        "id": document.get("id") or blank["id"],
        "registeredAt": registered,
        "updatedAt": _time(document, "updatedAt", registered),
    }
    return complete_customer(merged(blank, document) | values, service.settings.unset)


def _event(document: Mapping[str, Any], now: str) -> dict[str, Any]:
    event_type, context = document["type"], document["context"]
    properties, info = document.get("properties", {}), document.get("contextInfo")
    _refuse(check_event_envelope(document), document)
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
