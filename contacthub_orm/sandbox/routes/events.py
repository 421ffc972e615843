"""The routes of events except search: POST, GET, PUT, PATCH and DELETE.

The service answers 202 and stores events asynchronously. This server checks an event before it answers, and
so refuses what the service would drop silently. The event can be read after the sandbox's `search_delay`.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import invalid, too_large
from contacthub_orm.sandbox.documents.schemas import EVENT_CONTEXTS, EVENT_TYPES
from contacthub_orm.sandbox.documents.shapes import normalize_context, normalize_properties
from contacthub_orm.sandbox.documents.validation import (
    check_event_context,
    check_event_envelope,
    check_event_properties,
    check_extended,
)
from contacthub_orm.sandbox.documents.violations import Violation, assigned_by_service, immutable, missing
from contacthub_orm.sandbox.documents.wire import encode, format_instant, is_same_instant, parse_instant
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.records import event_records as records
from contacthub_orm.sandbox.search.nodes import in_nodes
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import events

__all__ = ["create", "patch", "put", "remove", "show"]

# A body's `updatedAt` and `version` are ignored; these must equal the stored values (reference 1.299.1).
IMMUTABLE: Final = ("id", "customerId", "bringBackProperties", "type", "registeredAt", "origin")
ASSIGNED_BY_SERVICE: Final = ("id", "registeredAt", "origin")


def create(call: Call) -> Answer:
    """POST: 202 with the id of the event that will be stored."""
    body = call.json_object()
    _check(call, body, _creation_violations(body))
    bring_back = _bring_back(call, body)
    if bring_back is None:
        customer_id = body["customerId"]
        node_id = customer_records.load(call, customer_id)["nodeId"]
    else:
        node_id = bring_back["nodeId"]
        customer_id = records.find_or_create_owner(call, bring_back)
    time = format_instant(call.now)
    event = dict.fromkeys(records.EVENT_KEYS) | {
        "id": str(uuid4()),
        "customerId": customer_id,
        "bringBackProperties": bring_back,
        "date": time,
        "origin": "NATIVE",
        "registeredAt": time,
        "updatedAt": time,
        "version": 1,
    }
    event = _with_content(event, body)
    event["contextInfo"] = _with_client(event["contextInfo"], call)
    row = records.columns_of(event, node_id)
    call.store.events.insert(call.connection, row, call.visible_from)
    return Answer.of(202, {"id": event["id"]})


def show(call: Call) -> Answer:
    """GET one by its id; `nav=CUSTOMER` adds the ids of the customer's `prev` and `next` events by date."""
    event = records.load(call, call.path["event"])
    if call.choice("nav", enum("event_nav")):
        event |= {"prev": _neighbour(call, event, later=False), "next": _neighbour(call, event, later=True)}
    return Answer(200, encode(event))


def put(call: Call) -> Answer:
    """PUT: replace the event's values by the body's; 202 with the event."""
    body = call.json_object()
    stored = records.load(call, call.path["event"])
    owners = [
        missing(name)
        for name in ("customerId", "bringBackProperties")
        if stored[name] is not None and body.get(name) is None
    ]
    _check(call, body, owners + _required(body) + _immutable_violations(stored, body, IMMUTABLE))
    unset = {"contextInfo": None, "tracking": None}
    return Answer(202, records.change(call, stored, _with_content(stored | unset, body)))


def patch(call: Call) -> Answer:
    """PATCH: merge `properties`, `contextInfo` and `tracking`; null removes. 202 with an empty body."""
    body = call.json_object()
    stored = records.load(call, call.path["event"])
    patched = stored | body
    for name in ("properties", "contextInfo", "tracking"):
        if name in body:
            patched[name] = _patched(stored[name], body[name])
    if patched["properties"] is None:
        patched["properties"] = {}
    _check(call, patched, _immutable_violations(stored, body, (*IMMUTABLE, "context")))
    records.change(call, stored, _with_content(stored, patched))
    return Answer(202)


def remove(call: Call) -> Answer:
    """DELETE: 204 with an empty body (swagger 1.51)."""
    event = records.load(call, call.path["event"])
    call.store.events.remove(call.connection, event["id"], call.now, call.visible_from)
    return Answer(204)


def _check(call: Call, body: dict[str, Any], violations: list[Violation]) -> None:
    malformed = check_event_envelope(body)
    if malformed:
        raise invalid("event", malformed)
    largest = call.rules.largest_event(body.get("type"))
    if call.size > largest:
        raise too_large(largest)
    violations = list(violations)
    event_type, context = body.get("type"), body.get("context")
    if event_type not in EVENT_TYPES:
        violations.append(Violation("unknown event type", "/type", event_type, "enum"))
    elif event_type in call.rules.disabled_events:
        violations.append(Violation("the event type is not enabled", "/type", event_type, "disabled"))
    else:
        properties = body.get("properties") or {}
        declared = call.rules.event_extended.get(event_type, {} if call.settings.strict else None)
        violations += check_event_properties(event_type, body.get("properties"))
        violations += check_extended(properties.get("extended"), declared, "/properties/extended")
    if context not in EVENT_CONTEXTS:
        violations.append(Violation("unknown context", "/context", context, "enum"))
    elif body.get("contextInfo") is not None:
        violations += check_event_context(context, body["contextInfo"])
    if violations:
        raise invalid("event", violations)


def _creation_violations(body: dict[str, Any]) -> list[Violation]:
    violations = _required(body)
    if (body.get("customerId") is None) == (body.get("bringBackProperties") is None):
        message = "exactly one of customerId and bringBackProperties is required"
        violations.append(Violation(message, "/customerId", code="oneOf"))
    violations += [
        assigned_by_service(name, body[name]) for name in ASSIGNED_BY_SERVICE if body.get(name) is not None
    ]
    return violations


def _required(body: dict[str, Any]) -> list[Violation]:
    return [missing(name) for name in ("type", "context", "properties") if body.get(name) is None]


def _immutable_violations(
    stored: dict[str, Any], body: dict[str, Any], names: tuple[str, ...]
) -> list[Violation]:
    return [immutable(name) for name in names if name in body and not _same(name, stored[name], body[name])]


def _same(name: str, stored: Any, sent: Any) -> bool:
    if name == "registeredAt" and isinstance(sent, str):
        return is_same_instant(sent, stored)
    if name == "bringBackProperties" and isinstance(stored, dict) and isinstance(sent, dict):
        return bool(stored | sent == stored)
    return bool(stored == sent)


def _bring_back(call: Call, body: dict[str, Any]) -> dict[str, Any] | None:
    sent = body.get("bringBackProperties")
    if sent is None:
        return None
    node_id = sent.get("nodeId") or _only_node(call)
    call.check_entry_node(node_id, "/bringBackProperties/nodeId")
    return {"type": sent.get("type") or "SESSION_ID", "value": sent["value"], "nodeId": node_id}


def _only_node(call: Call) -> str:
    """The node of an event that names neither a customer nor a node: the first, or the only one of the token."""
    writes = call.caller.writes
    if call.node_id in writes:
        return call.node_id
    if len(writes) != 1:
        path = "/bringBackProperties/nodeId"
        raise invalid("event", [Violation("nodeId is required with this token", path, code="required")])
    return next(iter(writes))


def _with_content(event: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The event with the values that a body may set, in the form that the store keeps."""
    content: dict[str, Any] = {name: body[name] for name in ("type", "context", "tracking") if name in body}
    content["properties"] = normalize_properties(body["type"], body["properties"])
    if body.get("contextInfo") is not None:
        content["contextInfo"] = normalize_context(body["context"], body["contextInfo"])
    elif "contextInfo" in body:
        content["contextInfo"] = None
    instant = parse_instant(body["date"]) if body.get("date") else None
    if instant is not None:
        content["date"] = format_instant(instant)
    return event | content


def _with_client(info: dict[str, Any] | None, call: Call) -> dict[str, Any] | None:
    """The context with the caller's address and user agent, as in recorded answers of the service."""
    address, user_agent = call.client
    if (info and "client" in info) or not _is_ipv4(address):
        return info
    return (info or {}) | {"client": {"ip": address, "userAgent": user_agent}}


def _is_ipv4(address: str | None) -> bool:
    try:
        IPv4Address(address or "")
    except ValueError:
        return False
    return True


def _patched(stored: dict[str, Any] | None, sent: Any) -> Any:
    """Apply a JSON Merge Patch (RFC 7396), but keep the nulls of an object that replaces another value."""
    if not isinstance(sent, dict):
        return sent
    merged = dict(stored or {})
    for name, value in sent.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _patched(merged[name], value) if isinstance(merged.get(name), dict) else value
    return merged


def _neighbour(call: Call, event: dict[str, Any], *, later: bool) -> str | None:
    if event["customerId"] is None:
        return None
    columns = events.c
    here = (columns.date, columns.id)
    date = parse_instant(event["date"])
    beyond = columns.date > date if later else columns.date < date
    beside = columns.id > event["id"] if later else columns.id < event["id"]
    found: str | None = call.connection.scalar(
        select(columns.id)
        .where(
            in_nodes(events, tuple(sorted(call.caller.reads))),
            columns.customer_id == event["customerId"],
            call.store.events.visible(call.now),
            beyond | ((columns.date == date) & beside),
        )
        .order_by(*(here if later else (column.desc() for column in here)))
        .limit(1)
    )
    return found
