"""The page of settings: what is in force, the nodes, and how clients reach the workspace."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.console.visit import View

if TYPE_CHECKING:
    from contacthub_orm.sandbox.console.visit import Visit
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["show"]

ELSEWHERE: Final = ("clock", "faults", "nodes")
"""The settings that have a page of their own, or no value to show."""


def show(visit: Visit) -> View:
    """GET the settings in force, the nodes, the sources and the ids; no token."""
    service = visit.service
    with service.transaction() as connection:
        configuration = service.configuration(connection)
        settings = replace(service.settings, **configuration.overlay())
        sources = [one["shown"] | {"permissions": one["permissions"]} for one in configuration.sources.page()]
        records = configuration.workspaces.page()
    rules = service.rules()
    data = {
        "baseUrl": service.state.base_url,
        "workspaceId": service.credentials.workspace_id,
        "nodeId": service.credentials.node_id,
        "workspaces": records,
        "settings": {
            field.name: getattr(settings, field.name)
            for field in fields(settings)
            if field.name not in ELSEWHERE
        },
        "nodes": [_node(one, rules.nodes) for one in rules.nodes.values()],
        "sources": [
            {
                "id": one["id"],
                "name": one["name"],
                "enabled": one["enabled"],
                "permissions": one["permissions"],
            }
            for one in sources
        ],
    }
    return View("settings.html", data)


def _node(node: NodeRules, nodes: Any) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "isAggregate": node.is_aggregate,
        "shows": [nodes[one].name for one in node.shown if one in nodes] if node.is_aggregate else [],
        "matching": list(node.matching),
        "caseSensitive": node.case_sensitive,
        "mandatory": list(node.mandatory),
    }
