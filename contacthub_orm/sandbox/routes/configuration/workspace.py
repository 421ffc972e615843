"""The workspace's own configuration: its name and currency, its budget, and what is chosen by event type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import MAX_PAYLOAD_BYTES, enum
from contacthub_orm.sandbox.documents.schemas import EVENT_TYPES
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.routes.configuration.declared import known, route, sent
from contacthub_orm.sandbox.routes.configuration.plan_models import fields_of
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES", "event_types_only", "store"]

SYSTEM: Final = ("tier",)


def show(call: Call) -> Answer:
    """GET the workspace's configuration."""
    return Answer.of(200, call.configuration.value("workspace"))


def update(call: Call) -> Answer:
    """PUT: what the body leaves out stays as it is.

    The uniqueness policy that is in force may be sent back, BLOCK too; else the reference accepts MERGE alone.
    """
    stored = call.configuration.value("workspace")
    body = call.json_object()
    if body.get("customerUniquenessPolicy") in (None, stored["customerUniquenessPolicy"]):
        call.body = {name: value for name, value in body.items() if name != "customerUniquenessPolicy"}
    changes = sent(call, "update_workspace_configuration")
    changed = stored | {name: value for name, value in changes.items() if name not in SYSTEM}
    return store(call, "workspace", changed)


def show_throttling(call: Call) -> Answer:
    """GET the budget of requests per minute; 0 is unlimited."""
    return Answer.of(200, call.configuration.value("throttling"))


def update_throttling(call: Call) -> Answer:
    """PUT the budget, which is in force from the next request on."""
    body = sent(call, "update_throttling", _with("maxRequestsPerMinute"))
    return store(call, "throttling", body)


def show_product_policy(call: Call) -> Answer:
    """GET the types of events that feed the product registry."""
    default = {"eventTypes": list(enum("product_aware_event_types"))}
    return Answer.of(200, call.configuration.values.get("product-update") or default)


def update_product_policy(call: Call) -> Answer:
    """PUT the types; null is none."""
    body = sent(call, "update_product_update_event_types", _with("eventTypes", nullable=True))
    return store(call, "product-update", {"eventTypes": body["eventTypes"] or []})


def update_consent_policy(call: Call) -> Answer:
    """PUT the types of events by consent. No source says what follows from it, and nothing does here."""
    body = sent(call, "update_events_consent_policy", _unknown_values)
    return store(call, "consent-policy", body)


def show_payload_sizes(call: Call) -> Answer:
    """GET the largest event of each type, in bytes."""
    stored = call.configuration.value("payload-size")
    default = {"maxBytes": MAX_PAYLOAD_BYTES}
    return Answer.of(200, {name: stored.get(name, default) for name in enum("event_types")})


def update_payload_sizes(call: Call) -> Answer:
    """PUT the sizes of some types; those of the others stay."""
    body = sent(call, "update_events_payload_size", event_types_only, _sizes)
    store(call, "payload-size", call.configuration.value("payload-size") | body)
    return show_payload_sizes(call)


def show_default_matching(call: Call) -> Answer:
    """GET the matching policy that new nodes start with."""
    return Answer.of(200, call.configuration.value("default-matching"))


def show_plan_model(call: Call) -> Answer:
    """GET the fields that an event model has for Contactplan, and those of the events that it is made of."""
    model = known(call, "planModel", enum("plan_models"), "plan model")
    return Answer.of(200, fields_of(call, model))


def store(call: Call, name: str, value: dict[str, Any]) -> Answer:
    """Store a value of the configuration and answer with it."""
    call.configuration.values.put(name, value)
    call.service.reconfigured()
    return Answer.of(200, value)


def event_types_only(body: dict[str, Any]) -> Iterator[Violation]:
    """The keys that are no types of events."""
    for name in body:
        if name not in EVENT_TYPES:
            yield Violation("unknown event type", f"/{name}", name, "enum")


def _sizes(body: dict[str, Any]) -> Iterator[Violation]:
    for name, size in body.items():
        if not 1 <= size.get("maxBytes", 0) <= MAX_PAYLOAD_BYTES:
            message = f"maxBytes is a number from 1 to {MAX_PAYLOAD_BYTES}"
            yield Violation(message, f"/{name}/maxBytes", size.get("maxBytes"), "maximum")


def _unknown_values(body: dict[str, Any]) -> Iterator[Violation]:
    for name, types in body.items():
        for position, value in enumerate(types):
            if value not in EVENT_TYPES:
                yield Violation("unknown event type", f"/{name}/{position}", value, "enum")


def _with(name: str, *, nullable: bool = False) -> Any:
    """A rule: the body has the one property that it is about."""

    def rule(body: dict[str, Any]) -> Iterator[Violation]:
        if name not in body or (body[name] is None and not nullable):
            yield Violation(f"{name} is required", f"/{name}", code="required")

    return rule


ROUTES: Final = [
    route("get_workspace_configuration", show),
    route("update_workspace_configuration", update),
    route("get_throttling", show_throttling),
    route("update_throttling", update_throttling),
    route("get_product_update_event_types", show_product_policy),
    route("update_product_update_event_types", update_product_policy),
    route("update_events_consent_policy", update_consent_policy),
    route("get_events_payload_size", show_payload_sizes),
    route("update_events_payload_size", update_payload_sizes),
    route("get_default_matching_policy", show_default_matching),
    route("get_plan_model", show_plan_model),
]
