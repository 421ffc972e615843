"""The routes of customers except search: POST, GET, PATCH, PUT and DELETE.

Where the reference is silent, `docs/sandbox.md` lists the decisions.
"""

from __future__ import annotations

from typing import Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import invalid
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.validation import check_customer, check_disabled, check_extended
from contacthub_orm.sandbox.documents.violations import Violation, assigned_by_service, immutable, missing
from contacthub_orm.sandbox.documents.wire import encode, is_same_instant
from contacthub_orm.sandbox.records import customer_records as records
from contacthub_orm.sandbox.records import merging
from contacthub_orm.sandbox.records.matching import conflict_with, find_match, match_key
from contacthub_orm.sandbox.routes import sessions
from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["create", "enter", "patch", "put", "remove", "show"]

# A body's `version` and `updatedAt` are ignored; these must equal the stored values (reference 1.299.1).
IMMUTABLE: Final = ("id", "nodeId", "intId", "sourceInfo", "registeredAt", "deleted")


def create(call: Call) -> Answer:
    """POST: create a customer; if one matches, merge into it or answer 409, by the uniqueness policy."""
    return enter(call, call.rules.uniqueness_policy)


def enter(call: Call, policy: str) -> Answer:
    """Create a customer of the body; if one matches, merge into it or answer 409, by a policy."""
    body = _checked_body(call)
    _check_creation(body)
    node = call.check_entry_node(body["nodeId"], "/nodeId")
    blank = records.blank(call.service, node.id, call.caller.id, call.now)
    new = complete_customer(merging.merged(blank, body), call.settings.unset)
    match = find_match(call, node.id, match_key(new, node))
    if match is None:
        records.check(call, new)
        text = records.add(call, new)
    elif policy == "BLOCK":
        raise conflict_with(call, match)
    else:
        stored = records.load(call, match)
        text = records.change(call, stored, merging.merged(stored, body), always=True)
    _link_session(call, node.id, match or new["id"])
    # All sources show 201, for a merge too.
    return Answer(201, text)


def show(call: Call) -> Answer:
    """GET one by its id."""
    return Answer(200, encode(records.load(call, call.path["customer"])))


def patch(call: Call) -> Answer:
    """PATCH: change the properties that the body names."""
    body = _checked_body(call)
    stored = records.load(call, call.path["customer"])
    _check_immutable(body, stored)
    text = records.change(call, stored, merging.patched(stored, body, strict=_strict(call)))
    _link_session(call, stored["nodeId"], stored["id"])
    return Answer(200, text)


def put(call: Call) -> Answer:
    """PUT: replace the customer by the body."""
    body = _checked_body(call)
    stored = records.load(call, call.path["customer"])
    if body.get("nodeId") is None:
        raise invalid("customer", [missing("nodeId")])
    _check_immutable(body, stored)
    text = records.change(call, stored, merging.replaced(stored, body, strict=_strict(call)))
    _link_session(call, stored["nodeId"], stored["id"])
    return Answer(200, text)


def remove(call: Call) -> Answer:
    """DELETE: 200 with an empty body (swagger 1.51, Go SDK)."""
    customer_id = call.path["customer"]
    records.load(call, customer_id)
    records.remove(call, customer_id)
    return Answer(200)


def _checked_body(call: Call) -> dict[str, Any]:
    body = call.json_object()
    rules = call.rules
    violations = check_customer(body)
    if not violations:
        declared = {} if rules.extended is None and call.settings.strict else rules.extended
        violations = check_extended(body.get("extended"), declared)
        violations += check_disabled(body, rules.disabled_properties)
    if violations:
        raise invalid("customer", violations)
    return body


def _check_creation(body: dict[str, Any]) -> None:
    violations = [
        assigned_by_service(name, body[name])
        for name in IMMUTABLE
        if name != "nodeId" and body.get(name) is not None
    ]
    if body.get("nodeId") is None:
        violations.append(missing("nodeId"))
    if all(body.get(name) is None for name in ("externalId", "base", "extended")):
        violations.append(Violation("one of externalId, base and extended is required", "", code="required"))
    if violations:
        raise invalid("customer", violations)


def _check_immutable(body: dict[str, Any], stored: dict[str, Any]) -> None:
    violations = [
        immutable(name, body[name])
        for name in IMMUTABLE
        if name in body and body[name] != stored[name] and not is_same_instant(body[name], stored[name])
    ]
    if violations:
        raise invalid("customer", violations)


def _strict(call: Call) -> bool:
    return call.choice("mode", enum("customer_operation_modes")) == "STRICT"


def _link_session(call: Call, node_id: str, customer_id: str) -> None:
    value = call.query.get("sessionId")
    if value:
        sessions.link(call, node_id, customer_id, value)
