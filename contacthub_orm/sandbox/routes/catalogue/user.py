"""The route that says who is asking: the owner of the token, with the nodes that it may read or write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call, Handler

__all__ = ["ROOT_ROUTES"]


def show(call: Call) -> Answer:
    """GET the owner of the token. What it does not have is left out: a source has no number and no e-mail."""
    user = call.configuration.users.get(call.caller.id)
    source = call.configuration.sources.get(call.caller.id)
    owner = (user or source or {}).get("shown", {})
    identity = {} if user is None else {"id": owner["id"]}
    about = {
        "name": owner["name"],
        "groups": _groups(call),
        "lang": "en",
        "roles": _roles(call, user),
        "mc": False,
    }
    return Answer.of(200, identity | about)


def _roles(call: Call, user: dict[str, Any] | None) -> list[str]:
    if call.caller.is_administrator:
        return ["ADMIN", "DPO"]
    return ["TRUSTED_APPLICATION" if user is None else "USER"]


def _groups(call: Call) -> list[dict[str, Any]]:
    """The customer groups with their workspaces; all but the sandbox's first token see their own workspace only."""
    groups: dict[int, dict[str, Any]] = {}
    for workspace in call.configuration.workspaces.page():
        is_own = workspace["id"] == call.service.credentials.workspace_id
        if not (is_own or call.provides_workspaces):
            continue
        number = workspace["groupPk"]
        group = groups.setdefault(number, {"id": number, "name": f"Group {number}", "workspaces": []})
        shown = {name: workspace[name] for name in ("id", "name", "status")}
        group["workspaces"].append(shown | {"nodes": _nodes(call) if is_own else []})
    return list(groups.values())


def _nodes(call: Call) -> list[dict[str, Any]]:
    caller = call.caller
    return [
        {
            "id": node.id,
            "name": node.name,
            "type": "AGGREGATE" if node.is_aggregate else "ENTRY",
            "permission": "R" * (node.id in caller.reads) + "W" * (node.id in caller.writes),
        }
        for node in call.rules.nodes.values()
        if caller.sees(node.id)
    ]


ROOT_ROUTES: Final[list[tuple[str, str, Handler]]] = [("GET", "/me", show)]
"""Its path is not below a workspace."""
