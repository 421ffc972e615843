"""The configuration of a workspace, in the documented shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from contacthub_orm.reference import schema
from tests.support.stub_service import NO_ROUTE, Answering, Reply, no_thing


def configured(
    extended: Mapping[str, Any] | None = None,
    events: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    event_extended: Mapping[str, Mapping[str, Any]] | None = None,
    disabled: tuple[str, ...] = (),
    first_page: int | None = None,
    as_string: bool = False,
) -> Answering:
    """What answers as a workspace with these extended properties, schemas of event types and their extended properties."""
    events = events or {}

    def configuration(name: str) -> dict[str, Any]:
        found: Any = events[name]
        return {
            "id": name,
            "type": name,
            "mode": "ACTIVE",
            "propertiesSchema": json.dumps(found) if as_string else found,
            "enabled": name not in disabled,
        }

    def listed() -> Reply:
        rows = [configuration(name) for name in events]
        size = first_page or max(len(rows), 1)
        page = {"size": size, "totalElements": len(rows), "totalPages": -(-len(rows) // size), "number": 0}
        return 200, {"elements": rows[:size], "page": page}

    def answer(method: str, target: str, _: Any) -> Reply | None:
        assert method == "GET"
        parts = [unquote(part) for part in target.partition("?")[0].split("/")[2:]]
        if parts == ["properties", "extended"]:
            return 200, extended or {}
        if parts == ["events"]:
            return listed()
        if len(parts) == 4 and event_extended is not None:  # the path that is a guess
            return 200, event_extended.get(parts[1], {})
        if len(parts) == 2:
            return (200, configuration(parts[1])) if parts[1] in events else no_thing()
        return NO_ROUTE

    return answer


def event_schema(event_type: str, **properties: Any) -> dict[str, Any]:
    """The published schema of a type, with further properties."""
    found: dict[str, Any] = json.loads(json.dumps(schema("event", event_type)))
    found.setdefault("properties", {}).update(properties)
    return found
