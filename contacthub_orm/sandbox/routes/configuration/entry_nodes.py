"""Entry nodes: the matching policy and the mandatory properties of their customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import delete, select

from contacthub_orm.sandbox.documents.schemas import base_properties
from contacthub_orm.sandbox.documents.violations import Violation, immutable, missing
from contacthub_orm.sandbox.records.refreshing import refresh_customers
from contacthub_orm.sandbox.routes.configuration.declared import existing_node, flag, page_of, route, sent
from contacthub_orm.sandbox.service.calls import Answer
from contacthub_orm.sandbox.service.start_values import entry_node
from contacthub_orm.sandbox.storage.tables import customers, events, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES", "existing", "matching_violations", "path_violations"]


def listing(call: Call) -> Answer:
    """GET a page of the entry nodes that the token sees."""
    return page_of(call, [node for node in call.configuration.entries.page() if call.caller.sees(node["id"])])


def create(call: Call) -> Answer:
    """POST: 201 with the node. Without a `uniqueCustomer` it matches by the workspace's default policy."""
    body = sent(call, "create_entry_node", lambda body: _violations(call, body))
    default = call.configuration.value("default-matching")
    node = _completed(entry_node(str(uuid4()), body["name"], default), body)
    call.configuration.entries.put(node["id"], node)
    call.service.reconfigured()
    return Answer.of(201, node)


def show(call: Call) -> Answer:
    """GET one."""
    return Answer.of(200, existing(call))


def update(call: Call) -> Answer:
    """PUT: what the body leaves out stays as it is. A new matching policy applies to the stored customers too."""
    stored = existing(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if body["id"] != stored["id"]:
            yield immutable("id", body["id"])
        yield from _violations(call, body)

    return Answer.of(200, _change(call, stored, sent(call, "update_entry_node", own)))


def empty(call: Call) -> Answer:
    """POST: erase the node's events and, without `eventsOnly`, its customers and sessions; 200 with an empty body."""
    node_id, events_only = existing(call)["id"], flag(call, "eventsOnly")
    connection, store = call.connection, call.store
    gone = connection.scalars(select(events.c.id).where(events.c.node_id == node_id)).all()
    store.events.erase(connection, dict.fromkeys(gone), call.now)
    if not events_only:
        found = connection.scalars(select(customers.c.id).where(customers.c.node_id == node_id)).all()
        connection.execute(delete(sessions).where(sessions.c.node_id == node_id))
        store.customers.erase(connection, dict.fromkeys(found), call.now)
    return Answer(200)


def show_matching(call: Call) -> Answer:
    """GET the node's matching policy; the old route."""
    return Answer.of(200, existing(call)["uniqueCustomer"])


def update_matching(call: Call) -> Answer:
    """PUT the node's matching policy; the old route."""
    stored = existing(call)
    body = sent(call, "update_matching_policy", lambda body: matching_violations(call, body, ""))
    return Answer.of(200, _change(call, stored, {"uniqueCustomer": body})["uniqueCustomer"])


def existing(call: Call) -> dict[str, Any]:
    """The entry node that the path names.

    Raises:
        Failure: 404 if there is none, 403 if the token has no permission for it.
    """
    return existing_node(call, call.configuration.entries, call.path["nodeId"])


def matching_violations(call: Call, policy: dict[str, Any], pointer: str) -> Iterator[Violation]:
    """What is wrong with a matching policy at a pointer of the body."""
    if "properties" not in policy:
        yield Violation("properties is required", f"{pointer}/properties", code="required")
    yield from path_violations(call, policy.get("properties", ()), f"{pointer}/properties")


def path_violations(call: Call, paths: list[str], pointer: str) -> Iterator[Violation]:
    """The paths that lead to no property of a customer, or to one that is disabled."""
    for position, path in enumerate(paths):
        where = f"{pointer}/{position}"
        if path in call.rules.disabled_properties:
            yield Violation("the base property is not enabled", where, path, "disabled")
        elif path != "externalId" and path not in base_properties() and not path.startswith("extended."):
            yield Violation("unknown property of a customer", where, path, "enum")


def _violations(call: Call, body: dict[str, Any]) -> Iterator[Violation]:
    if not body["name"]:
        yield missing("name")
    if "uniqueCustomer" in body:
        yield from matching_violations(call, body["uniqueCustomer"], "/uniqueCustomer")
    yield from path_violations(call, body.get("mandatoryProperties", []), "/mandatoryProperties")
    for position, source in enumerate(body.get("sourcePriority", [])):
        if call.configuration.sources.get(source) is None:
            yield Violation("unknown source", f"/sourcePriority/{position}", source, "enum")


def _completed(stored: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    changed = stored | body
    changed["uniqueCustomer"] = {"caseSensitive": False} | changed["uniqueCustomer"]
    return changed


def _change(call: Call, stored: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    changed = _completed(stored, body)
    call.configuration.entries.put(stored["id"], changed)
    call.service.reconfigured()
    if changed["uniqueCustomer"] != stored["uniqueCustomer"]:
        node = call.rules.nodes[stored["id"]]
        refresh_customers(call.connection, [node], call.settings.unset)
    return changed


ROUTES: Final = [
    route("list_entry_nodes", listing),
    route("create_entry_node", create),
    route("get_entry_node", show),
    route("update_entry_node", update),
    route("empty_entry_node", empty),
    route("get_matching_policy", show_matching),
    route("update_matching_policy", update_matching),
]
