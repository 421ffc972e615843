"""The built-in types of events: their settings and schemas, and the extended properties of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.schemas import event_mode, event_schema
from contacthub_orm.sandbox.documents.violations import Violation, immutable
from contacthub_orm.sandbox.routes.configuration.declared import flag, known, page_of, route, sent
from contacthub_orm.sandbox.routes.configuration.definitions import definition_violations
from contacthub_orm.sandbox.routes.configuration.workspace import store
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES", "required_value"]

CAPITAL: Final = re.compile(r"(?=[A-Z])")


def listing(call: Call) -> Answer:
    """GET a page of all types."""
    flag(call, "resolveReferences")
    return page_of(call, [_shown(call, name) for name in enum("event_types")])


def show(call: Call) -> Answer:
    """GET one type."""
    flag(call, "resolveReferences")
    return Answer.of(200, _shown(call, _type(call)))


def update(call: Call) -> Answer:
    """PUT: enable or disable a type; the old route."""
    event_type = _type(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        for name in ("id", "type"):
            if body.get(name, event_type) != event_type:
                yield immutable(name, body[name])

    body = sent(call, "update_event_configuration", own)
    _enable(call, event_type, enabled=body.get("enabled", True))
    return Answer.of(200, _shown(call, event_type))


def set_state(call: Call) -> Answer:
    """PUT `{value}`: enable or disable a type."""
    event_type = _type(call)
    body = sent(call, "set_event_state", required_value)
    _enable(call, event_type, enabled=body["value"])
    return Answer.of(200, body)


def show_properties(call: Call) -> Answer:
    """GET the JSON schema of a type's properties, the declared extended ones included."""
    flag(call, "resolveReferences")
    return Answer.of(200, _schema(call, _type(call)))


def show_extended(call: Call) -> Answer:
    """GET the extended properties of a type, by name."""
    return Answer.of(200, call.configuration.event_extended.get(_type(call)) or {})


def update_extended(call: Call) -> Answer:
    """PUT: the body's extended properties are the ones that events of the type may have from now on."""
    event_type = _type(call)
    body = sent(call, "update_event_extended_properties", definition_violations)
    call.configuration.event_extended.put(event_type, body)
    call.service.reconfigured()
    return Answer.of(200, body)


def required_value(body: dict[str, Any]) -> Iterator[Violation]:
    """The rule that the body says true or false."""
    if "value" not in body:
        yield Violation("value is required", "/value", code="required")


def _type(call: Call) -> str:
    return known(call, "eventType", enum("event_types"), "event type")


def _enable(call: Call, event_type: str, *, enabled: bool) -> None:
    disabled = [name for name in call.configuration.value("events")["disabled"] if name != event_type]
    store(call, "events", {"disabled": disabled if enabled else [*disabled, event_type]})


def _shown(call: Call, event_type: str) -> dict[str, Any]:
    schema = _schema(call, event_type)
    label = CAPITAL.sub(" ", event_type).capitalize()
    return {
        "id": event_type,
        "type": event_type,
        "mode": event_mode(event_type),
        "label": label,
        "description": schema.get("description") or label,
        "propertiesSchema": schema,
        "enabled": event_type not in call.rules.disabled_events,
    }


def _schema(call: Call, event_type: str) -> dict[str, Any]:
    schema = event_schema(event_type)
    declared = call.rules.event_extended.get(event_type)
    if declared is None:
        return schema
    extended = {"type": ["object", "null"], "additionalProperties": False, "properties": dict(declared)}
    return schema | {"properties": schema["properties"] | {"extended": extended}}


ROUTES: Final = [
    route("list_event_configurations", listing),
    route("get_event_configuration", show),
    route("update_event_configuration", update),
    route("set_event_state", set_state),
    route("get_event_properties", show_properties),
    route("get_event_extended_properties", show_extended),
    route("update_event_extended_properties", update_extended),
]
