"""The routes of customers, but for their search: POST, GET, PATCH, PUT and DELETE.

Where the reference is silent, `docs/sandbox.md` lists what was decided.
"""

from __future__ import annotations

from typing import Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import Violation, invalid
from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.validation import check_customer, check_extended
from contacthub_orm.sandbox.documents.wire import encode, parse_instant
from contacthub_orm.sandbox.records import customer_records as records
from contacthub_orm.sandbox.records import merging
from contacthub_orm.sandbox.records.matching import conflict_with, find_match, match_key
from contacthub_orm.sandbox.routes import sessions
from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["create", "patch", "put", "remove", "show"]

# `version` and `updatedAt` are ignored in a body; these must be the stored ones (reference 1.299.1).
IMMUTABLE: Final = ("id", "nodeId", "intId", "sourceInfo", "registeredAt", "deleted")


def create(call: Call) -> Answer:
    """POST: a new customer, or by the uniqueness policy a merge into the matching one or 409."""
    body = _checked_body(call)
    _check_creation(body)
    call.check_node(body["nodeId"])
    new = complete_customer(merging.merged(records.blank(call.store, call.now), body))
    match = find_match(call, match_key(new, call.settings))
    if match is None:
        records.check(call, new)
        text = records.add(call, new)
    elif call.settings.uniqueness_policy == "BLOCK":
        raise conflict_with(call, match)
    else:
        stored = records.load(call, match)
        text = records.change(call, stored, merging.merged(stored, body), always=True)
    _link_session(call, match or new["id"])
    # No source shows another status than 201 for a merge either.
    return Answer(201, text)


def show(call: Call) -> Answer:
    """GET one, by its id alone."""
    return Answer(200, encode(records.load(call, call.path["customer"])))


def patch(call: Call) -> Answer:
    """PATCH: what the body names, nothing else."""
    body = _checked_body(call)
    stored = records.load(call, call.path["customer"])
    _check_immutable(body, stored)
    text = records.change(call, stored, merging.patched(stored, body, strict=_strict(call)))
    _link_session(call, stored["id"])
    return Answer(200, text)


def put(call: Call) -> Answer:
    """PUT: the body takes the customer's place."""
    body = _checked_body(call)
    stored = records.load(call, call.path["customer"])
    if body.get("nodeId") is None:
        raise invalid("customer", [Violation("nodeId is required", "/nodeId", code="required")])
    _check_immutable(body, stored)
    text = records.change(call, stored, merging.replaced(stored, body, strict=_strict(call)))
    _link_session(call, stored["id"])
    return Answer(200, text)


def remove(call: Call) -> Answer:
    """DELETE: 200 with an empty body (swagger 1.51, Go SDK)."""
    customer_id = call.path["customer"]
    records.load(call, customer_id)
    records.remove(call, customer_id)
    return Answer(200)


def _checked_body(call: Call) -> dict[str, Any]:
    body = call.json_object()
    violations = check_customer(body)
    violations = violations or check_extended(body.get("extended"), call.settings.extended_schema)
    if violations:
        raise invalid("customer", violations)
    return body


def _check_creation(body: dict[str, Any]) -> None:
    violations = [
        Violation(f"{name} is given by the service", f"/{name}", body[name], "immutable")
        for name in IMMUTABLE
        if name != "nodeId" and body.get(name) is not None
    ]
    if body.get("nodeId") is None:
        violations.append(Violation("nodeId is required", "/nodeId", code="required"))
    if all(body.get(name) is None for name in ("externalId", "base", "extended")):
        violations.append(Violation("one of externalId, base and extended is required", "", code="required"))
    if violations:
        raise invalid("customer", violations)


def _check_immutable(body: dict[str, Any], stored: dict[str, Any]) -> None:
    violations = [
        Violation(f"{name} cannot be changed", f"/{name}", body[name], "immutable")
        for name in IMMUTABLE
        if name in body and body[name] != stored[name] and not _same_time(body[name], stored[name])
    ]
    if violations:
        raise invalid("customer", violations)


def _same_time(one: Any, other: Any) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    instant = parse_instant(one)
    return instant is not None and instant == parse_instant(other)


def _strict(call: Call) -> bool:
    return call.choice("mode", enum("customer_operation_modes")) == "STRICT"


def _link_session(call: Call, customer_id: str) -> None:
    value = call.query.get("sessionId")
    if value:
        sessions.link(call, customer_id, value)
