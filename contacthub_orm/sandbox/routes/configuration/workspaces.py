"""The provisioning of workspaces, for the sandbox's first token alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import Failure, malformed, unknown_workspace
from contacthub_orm.sandbox.documents.violations import Violation, missing
from contacthub_orm.sandbox.routes.configuration.declared import page_of, route, sent
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]

STRINGS: Final = ("name", "slug", "shard")


def listing(call: Call) -> Answer:
    """GET a page of the workspaces; `name` is part of a name, in any case."""
    sought, group = call.query.get("name", "").casefold(), call.query.get("groupPk")
    if group and not group.isdecimal():
        raise malformed("groupPk is a number", "groupPk", "type")
    return page_of(
        call,
        [
            workspace
            for workspace in call.configuration.workspaces.page()
            if sought in workspace["name"].casefold() and (not group or workspace["groupPk"] == int(group))
        ],
    )


def create(call: Call) -> Answer:
    """POST: 201 with the record of an enabled workspace, 409 if the slug is taken."""

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        yield from (missing(name) for name in STRINGS if not body[name])

    body = sent(call, "create_workspace", own)
    if any(one["slug"] == body["slug"] for one in call.configuration.workspaces.page()):
        taken = Violation("the slug belongs to another workspace", "/slug", body["slug"], "unique")
        raise Failure(409, "Conflict with existing workspace", violations=[taken])
    return Answer.of(201, call.service.workspaces.add(call.connection, body))


def show(call: Call) -> Answer:
    """GET the record of one."""
    return Answer.of(200, _existing(call))


def set_status(call: Call) -> Answer:
    """PUT the status. A workspace that is not ENABLED answers 403 to everything below it."""
    record = _existing(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        if "status" not in body:
            yield missing("status")

    body = sent(call, "set_workspace_status", own)
    call.configuration.workspaces.put(record["id"], record | body)
    call.service.workspaces.reconfigured(record["id"])
    return Answer.of(200, body)


def _existing(call: Call) -> dict[str, Any]:
    workspace_id = call.path["workspaceId"]
    record = call.configuration.workspaces.get(workspace_id)
    if record is None:
        raise unknown_workspace(workspace_id)
    return record


ROUTES: Final = [
    route("list_workspaces", listing),
    route("create_workspace", create),
    route("get_workspace", show),
    route("set_workspace_status", set_status),
]
"""Their paths start at `/workspaces`: a request for them is not below a workspace that could be closed to it."""
