"""The properties of customers and products: which base properties are enabled, which extended ones are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import not_found
from contacthub_orm.sandbox.documents.schemas import base_properties, customer_schema
from contacthub_orm.sandbox.documents.violations import Violation, immutable
from contacthub_orm.sandbox.routes.configuration.declared import flag, route, sent
from contacthub_orm.sandbox.routes.configuration.definitions import definition_violations
from contacthub_orm.sandbox.routes.configuration.events import required_value
from contacthub_orm.sandbox.routes.configuration.workspace import store
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]


def list_base(call: Call) -> Answer:
    """GET all base properties: `elements` without a page (reference 1.299.1)."""
    return Answer.of(200, {"elements": [_shown(call, path) for path in base_properties()]})


def update_base(call: Call) -> Answer:
    """PUT: enable or disable a base property, which the path names by its own path, such as `base.contacts.email`."""
    path = _existing(call, "name")

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if body.get("name", path) != path:
            yield immutable("name", body["name"])
        if "enabled" not in body:
            yield Violation("enabled is required", "/enabled", code="required")
        yield from _needed(call, path, disabled=body.get("enabled") is False, pointer="/enabled")

    body = sent(call, "update_customer_base_property", own)
    _enable(call, path, enabled=body["enabled"])
    return Answer.of(200, _shown(call, path))


def set_base_state(call: Call) -> Answer:
    """PUT `{value}`: the same by value."""
    path = _existing(call, "baseProperty")

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        yield from _needed(call, path, disabled=body.get("value") is False, pointer="/value")

    body = sent(call, "set_customer_base_property_state", required_value, own)
    _enable(call, path, enabled=body["value"])
    return Answer.of(200, body)


def show_extended(call: Call) -> Answer:
    """GET the declared extended properties of customers, by name."""
    return Answer.of(200, call.rules.extended or {})


def update_extended(call: Call) -> Answer:
    """PUT: the body's extended properties are the ones that customers may have from now on."""
    body = sent(call, "update_customer_extended_properties", definition_violations)
    store(call, "extended", {"declared": body})
    return Answer.of(200, body)


def show_product_extended(call: Call) -> Answer:
    """GET the declared extended properties of products, by name."""
    return Answer.of(200, call.configuration.value("product-extended"))


def update_product_extended(call: Call) -> Answer:
    """PUT the extended properties of products."""
    body = sent(call, "update_product_extended_properties", definition_violations)
    return store(call, "product-extended", body)


def show_schema(call: Call) -> Answer:
    """GET the JSON schema of a customer in this workspace: disabled base properties left out, extended ones included."""
    flag(call, "resolveReferences")
    declared = call.rules.extended
    extended = {"type": ["object", "null"]} | (
        {} if declared is None else {"additionalProperties": False, "properties": dict(declared)}
    )
    sections = {name: customer_schema(name) for name in ("consents", "tags")}
    base = _without(customer_schema("base"), "base", call.rules.disabled_properties)
    return Answer.of(
        200,
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "externalId": {"type": ["string", "null"], "maxLength": 255},
                "base": base,
                **sections,
                "extended": extended,
                "extra": {"type": ["string", "null"]},
            },
        },
    )


def _without(node: dict[str, Any], path: str, disabled: frozenset[str]) -> dict[str, Any]:
    if "properties" not in node:
        return node
    kept = {
        name: _without(child, f"{path}.{name}", disabled)
        for name, child in node["properties"].items()
        if f"{path}.{name}" not in disabled
    }
    return node | {"properties": kept}


def _existing(call: Call, name: str) -> str:
    path = call.path[name]
    if path not in base_properties():
        raise not_found("base property", path)
    return path


def _needed(call: Call, path: str, *, disabled: bool, pointer: str) -> Iterator[Violation]:
    """The rule that what a node matches by, or demands, stays enabled."""
    if not disabled:
        return
    for node in call.rules.nodes.values():
        if path in (*node.matching, *node.mandatory):
            message = f"node {node.id} identifies its customers by the property, or demands it"
            yield Violation(message, pointer, path, "mandatory")


def _enable(call: Call, path: str, *, enabled: bool) -> None:
    disabled = [one for one in call.configuration.value("base-properties").get("disabled", ()) if one != path]
    store(call, "base-properties", {"disabled": disabled if enabled else [*disabled, path]})


def _shown(call: Call, path: str) -> dict[str, Any]:
    described = base_properties()[path].get("description")
    return {
        "name": path,
        "description": described or path,
        "enabled": path not in call.rules.disabled_properties,
    }


ROUTES: Final = [
    route("list_customer_base_properties", list_base),
    route("update_customer_base_property", update_base),
    route("get_customer_extended_properties", show_extended),
    route("update_customer_extended_properties", update_extended),
    route("get_product_extended_properties", show_product_extended),
    route("update_product_extended_properties", update_product_extended),
    route("get_customer_properties", show_schema),
    route("set_customer_base_property_state", set_base_state),
]
