"""Aggregate nodes, which show what their entry nodes hold, and the list of all nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import select

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.violations import Violation, immutable, missing
from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.routes.configuration.declared import existing_node, page_of, route, sent
from contacthub_orm.sandbox.routes.configuration.entry_nodes import matching_violations
from contacthub_orm.sandbox.search.nodes import shown_customers
from contacthub_orm.sandbox.service.calls import Answer
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]

PATH: Final = re.compile(r"\w+(\.\w+)*")
SUBSCRIPTIONS: Final = "base.subscriptions"


def list_nodes(call: Call) -> Answer:
    """GET a page of the nodes of both types that the token sees."""
    kind = call.choice("nodeType", enum("node_types"))
    configuration = call.configuration
    found = [
        *(_summary(call, node, "ENTRY") for node in configuration.entries.page()),
        *(_summary(call, node, "AGGREGATE") for node in configuration.aggregates.page()),
    ]
    return page_of(
        call, [node for node in found if call.caller.sees(node["id"]) and kind in (None, node["nodeType"])]
    )


def listing(call: Call) -> Answer:
    """GET a page of the aggregate nodes that the token sees."""
    nodes = call.configuration.aggregates.page()
    return page_of(call, [node for node in nodes if call.caller.sees(node["id"])])


def create(call: Call) -> Answer:
    """POST: 201 with the node, whose state is NEW. It shows nothing before it is ACTIVE."""

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        yield from (
            missing(name) for name in ("name", "entryNodes", "matchingProperties") if not body.get(name)
        )
        for position, node in enumerate(body.get("entryNodes", ())):
            if call.configuration.entries.get(node) is None:
                yield Violation("unknown entry node", f"/entryNodes/{position}", node, "enum")
        if "matchingProperties" in body:
            yield from matching_violations(call, body["matchingProperties"], "/matchingProperties")
        yield from _filter_violations(body)

    body = sent(call, "create_aggregate_node", own)
    node = {"id": str(uuid4()), "name": None, "description": None, "imageUrl": None, "state": "NEW"} | body
    node["matchingProperties"] = {"caseSensitive": False} | node["matchingProperties"]
    node["exclusionFilters"] = node.get("exclusionFilters") or []
    return Answer.of(201, _store(call, node))


def show(call: Call) -> Answer:
    """GET one."""
    return Answer.of(200, _existing(call))


def update(call: Call) -> Answer:
    """PUT: what the body leaves out stays; `entryNodes` and `matchingProperties` cannot change."""
    stored = _existing(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if "name" in body and not body["name"]:
            yield missing("name")
        for name in ("entryNodes", "matchingProperties"):
            if body.get(name, stored[name]) != stored[name]:
                yield immutable(name)
        yield from _state_violations(stored, body)
        yield from _filter_violations(body)

    body = sent(call, "update_aggregate_node", own)
    changed = stored | body | {"id": stored["id"]}
    changed["exclusionFilters"] = changed["exclusionFilters"] or []
    return Answer.of(200, _store(call, changed))


def set_state(call: Call) -> Answer:
    """PUT the state; only from NEW to ACTIVE (reference 1.299.1)."""
    stored = _existing(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if "state" not in body:
            yield missing("state")
        yield from _state_violations(stored, body)

    body = sent(call, "set_aggregate_node_state", own)
    _store(call, stored | body)
    return Answer.of(200, body)


def list_send_subscriptions(call: Call) -> Answer:
    """GET the subscriptions that the node's customers have, each once for each entry node, without a page."""
    node = call.rules.nodes[_existing(call)["id"]]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    rows = select(customers.c.document).where(*shown_customers(node), customers.c.current)
    for text in call.connection.scalars(rows):
        customer = decode(text)
        for subscription in (customer["base"] or {}).get("subscriptions") or ():
            entry = call.rules.nodes[customer["nodeId"]]
            found.setdefault(
                (entry.id, subscription["id"]),
                {
                    "subscriptionId": subscription["id"],
                    "path": SUBSCRIPTIONS,
                    "entryNodeName": entry.name,
                    "entryNodeId": entry.id,
                    "type": subscription.get("type") or "OTHER",
                },
            )
    return Answer.of(200, [found[key] for key in sorted(found)])


def _existing(call: Call) -> dict[str, Any]:
    return existing_node(call, call.configuration.aggregates, call.path["aggregateNodeId"])


def _store(call: Call, node: dict[str, Any]) -> dict[str, Any]:
    call.configuration.aggregates.put(node["id"], node)
    call.service.reconfigured()
    # Searches that were evaluated before the change are remembered; they showed another node.
    call.service.search_results.clear()
    return node


def _state_violations(stored: dict[str, Any], body: dict[str, Any]) -> Iterator[Violation]:
    state = body.get("state", stored["state"])
    if state != stored["state"] and (stored["state"], state) != ("NEW", "ACTIVE"):
        yield Violation(
            f"the state cannot change from {stored['state']} to {state}", "/state", state, "immutable"
        )


def _filter_violations(body: dict[str, Any]) -> Iterator[Violation]:
    for position, one in enumerate(body.get("exclusionFilters") or ()):
        pointer = f"/exclusionFilters/{position}"
        for name in ("property", "value", "pattern"):
            if not one.get(name):
                yield Violation(f"{name} is required", f"{pointer}/{name}", code="required")
        if one.get("property") and not PATH.fullmatch(one["property"]):
            yield Violation("property is a dotted path", f"{pointer}/property", one["property"], "pattern")


def _summary(call: Call, node: dict[str, Any], kind: str) -> dict[str, Any]:
    common = ("id", "name", "description")
    return {
        "id": node["id"],
        "name": node["name"],
        "description": node["description"] or "",
        "nodeType": kind,
        "retentionState": call.configuration.retention_of(node["id"])["enabled"],
        "properties": {name: value for name, value in node.items() if name not in common},
    }


ROUTES: Final = [
    route("list_nodes", list_nodes),
    route("list_aggregate_nodes", listing),
    route("create_aggregate_node", create),
    route("get_aggregate_node", show),
    route("update_aggregate_node", update),
    route("set_aggregate_node_state", set_state),
    route("list_aggregate_node_send_subscriptions", list_send_subscriptions),
]
