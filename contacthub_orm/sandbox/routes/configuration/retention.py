"""Retention: after how many months events expire, in the workspace and at a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select

from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.documents.wire import format_instant
from contacthub_orm.sandbox.routes.configuration import entry_nodes
from contacthub_orm.sandbox.routes.configuration.declared import route, sent
from contacthub_orm.sandbox.routes.configuration.workspace import event_types_only, store
from contacthub_orm.sandbox.service.calls import Answer
from contacthub_orm.sandbox.storage.tables import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]

LONGEST: Final = 1200


def show_status(call: Call) -> Answer:
    """GET by node that the token sees, and type: the period, and how many events are valid and how many expired."""
    found: dict[str, dict[str, Any]] = {
        node: {} for node, _ in call.rules.retention if call.caller.sees(node)
    }
    if not found:
        return Answer.of(200, found)
    expired = case((call.store.events.expired(call.now), 1), else_=0)
    columns = (events.c.node_id, events.c.type, func.count().label("total"))
    counted = select(
        *columns, func.sum(expired).label("expired"), func.min(events.c.date).label("oldest")
    ).where(events.c.current)
    for row in call.connection.execute(counted.group_by(events.c.node_id, events.c.type)):
        months = call.rules.retention.get((row.node_id, row.type))
        if months is not None and row.node_id in found:
            found[row.node_id][row.type] = {
                "months": months,
                "total": row.total,
                "valid": row.total - row.expired,
                "expired": row.expired,
                "oldestDate": format_instant(row.oldest),
            }
    return Answer.of(200, found)


def show(call: Call) -> Answer:
    """GET the periods of the workspace by type; a type that is missing never expires."""
    return Answer.of(200, call.configuration.value("retention"))


def update(call: Call) -> Answer:
    """PUT: the body's periods are the workspace's from now on."""
    return store(call, "retention", sent(call, "update_retention_policy", event_types_only, _periods))


def show_node(call: Call) -> Answer:
    """GET a node's own periods by type, and whether events expire there at all."""
    return Answer.of(200, call.configuration.retention_of(call.check_node(call.path["nodeId"]).id))


def update_node(call: Call) -> Answer:
    """PUT both; what the body leaves out stays."""
    node_id = call.check_node(call.path["nodeId"]).id

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        for rule in (event_types_only, _periods):
            for violation in rule(body.get("events", {})):
                yield Violation(violation.message, f"/events{violation.path}", violation.data, violation.code)

    return Answer.of(200, _change(call, node_id, sent(call, "update_node_retention_policy", own)))


def show_entry(call: Call) -> Answer:
    """GET an entry node's own periods by type."""
    return Answer.of(200, call.configuration.retention_of(entry_nodes.existing(call)["id"])["events"])


def update_entry(call: Call) -> Answer:
    """PUT: the body's periods are the node's own from now on; for other types the workspace's apply."""
    node_id = entry_nodes.existing(call)["id"]
    body = sent(call, "update_entry_node_retention_policy", event_types_only, _periods)
    return Answer.of(200, _change(call, node_id, {"events": body})["events"])


def show_state(call: Call) -> Answer:
    """GET whether events expire at an entry node."""
    policy = call.configuration.retention_of(entry_nodes.existing(call)["id"])
    return Answer.of(200, {"enabled": policy["enabled"]})


def set_state(call: Call) -> Answer:
    """PUT whether events expire at an entry node."""
    node_id = entry_nodes.existing(call)["id"]

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if "enabled" not in body:
            yield Violation("enabled is required", "/enabled", code="required")

    body = sent(call, "set_entry_node_retention_state", own)
    _change(call, node_id, body)
    return Answer.of(200, body)


def _change(call: Call, node_id: str, change: dict[str, Any]) -> dict[str, Any]:
    policy = call.configuration.retention_of(node_id) | change
    call.configuration.node_retention.put(node_id, policy)
    call.service.reconfigured()
    return policy


def _periods(body: dict[str, Any]) -> Iterator[Violation]:
    for name, period in body.items():
        if not 1 <= period.get("months", 0) <= LONGEST:
            message = f"months is a number from 1 to {LONGEST}"
            yield Violation(message, f"/{name}/months", period.get("months"), "minimum")


ROUTES: Final = [
    route("get_retention_status", show_status),
    route("get_retention_policy", show),
    route("update_retention_policy", update),
    route("get_entry_node_retention_policy", show_entry),
    route("update_entry_node_retention_policy", update_entry),
    route("get_entry_node_retention_state", show_state),
    route("set_entry_node_retention_state", set_state),
    route("get_node_retention_policy", show_node),
    route("update_node_retention_policy", update_node),
]
