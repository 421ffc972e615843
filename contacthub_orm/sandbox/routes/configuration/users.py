"""Users and what each may do at which node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import not_found
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.documents.wire import format_instant
from contacthub_orm.sandbox.routes.configuration.declared import page_of, route, sent
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]


def listing(call: Call) -> Answer:
    """GET a page of the users; `search` is part of a name, in any case."""
    sought = call.query.get("search", "").casefold()
    users = [user["shown"] for user in call.configuration.users.page()]
    return page_of(call, [user for user in users if sought in user["name"].casefold()])


def show(call: Call) -> Answer:
    """GET one."""
    return Answer.of(200, _existing(call)["shown"])


def update(call: Call) -> Answer:
    """PUT the permissions, which are in force from the next request on. A node without one is readable (`R`)."""
    user = _existing(call)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        for position, node in enumerate(body["nodes"]):
            if node.get("id") not in call.rules.nodes:
                yield Violation("unknown node", f"/nodes/{position}/id", node.get("id"), "enum")

    body = sent(call, "update_user", own)
    nodes = [{"permission": "R"} | node for node in body["nodes"]]
    shown = user["shown"] | {"nodes": nodes, "updatedAt": format_instant(call.now)}
    call.configuration.users.put(call.path["id"], user | {"shown": shown})
    call.service.reconfigured()
    return Answer.of(200, shown)


def _existing(call: Call) -> dict[str, Any]:
    user = call.configuration.users.get(call.path["id"])
    if user is None:
        raise not_found("user", call.path["id"])
    return user


ROUTES: Final = [
    route("list_users", listing),
    route("get_user", show),
    route("update_user", update),
]
