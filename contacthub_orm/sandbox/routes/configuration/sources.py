"""Sources: who sends data, with the token of each and the nodes that it is enabled for."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from contacthub_orm.sandbox.documents.failures import not_found
from contacthub_orm.sandbox.documents.violations import Violation, assigned_by_service, immutable, missing
from contacthub_orm.sandbox.routes.configuration.declared import page_of, route, sent
from contacthub_orm.sandbox.service.calls import Answer
from contacthub_orm.sandbox.service.start_values import source as new_source
from contacthub_orm.sandbox.storage.credentials import renew_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["ROUTES"]

ENABLED: Final = "RW"
ASSIGNED: Final = ("id", "token")


def listing(call: Call) -> Answer:
    """GET a page of the sources, with their tokens."""
    return page_of(call, [_shown(call, source) for source in call.configuration.sources.page()])


def create(call: Call) -> Answer:
    """POST: 201 with the source and its new token. It may read and write at its nodes."""

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        yield from (missing(name) for name in ("name", "nodes") if not body.get(name))
        yield from (assigned_by_service(name, body[name]) for name in ASSIGNED if body.get(name) is not None)
        yield from _node_violations(call, body)

    body = {name: value for name, value in sent(call, "create_source", own).items() if name not in ASSIGNED}
    shown = new_source(str(uuid4()), **body)
    permissions: dict[str, str] = dict.fromkeys(body["nodes"], ENABLED)
    return Answer.of(201, _store(call, {"shown": shown, "token": token_hex(), "permissions": permissions}))


def show(call: Call) -> Answer:
    """GET one, with its token."""
    return Answer.of(200, _shown(call, _existing(call)))


def update(call: Call) -> Answer:
    """PUT: what the body leaves out stays, the permissions at nodes that stay included.

    The first source is enabled for all nodes, always: otherwise nobody might be left who can change that.
    """
    source = _existing(call)
    shown = _shown(call, source)

    def own(body: dict[str, Any]) -> Iterator[Violation]:
        fixed = ("id", "nodes", "enabled") if _is_first(call, source) else ("id",)
        yield from (immutable(name) for name in fixed if body.get(name, shown[name]) != shown[name])
        if "name" in body and not body["name"]:
            yield missing("name")
        yield from _node_violations(call, body)

    body = sent(call, "update_source", own)
    changed = source["shown"] | {name: value for name, value in body.items() if name != "token"}
    permissions = {node: source["permissions"].get(node, ENABLED) for node in changed["nodes"]}
    return Answer.of(200, _store(call, source | {"shown": changed, "permissions": permissions}))


def refresh_token(call: Call) -> Answer:
    """POST: a new token; the old one is unknown from now on."""
    source = _existing(call)
    if _is_first(call, source):
        renew_token(call.connection, call.service.credentials.key)
        call.service.reconfigured(is_renewed=True)
    return Answer.of(200, _store(call, source | {"token": None if source["token"] is None else token_hex()}))


def _existing(call: Call) -> dict[str, Any]:
    source = call.configuration.sources.get(call.path["sourceId"])
    if source is None:
        raise not_found("source", call.path["sourceId"])
    return source


def _is_first(call: Call, source: dict[str, Any]) -> bool:
    return bool(source["shown"]["id"] == call.service.credentials.source_id)


def _store(call: Call, source: dict[str, Any]) -> dict[str, Any]:
    call.configuration.sources.put(source["shown"]["id"], source)
    call.service.reconfigured()
    return _shown(call, source)


def _shown(call: Call, source: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = source["shown"]
    if not _is_first(call, source):
        return shown | {"token": source["token"]}
    nodes = list(call.rules.nodes)  # the rules come first: they read a renewed token
    return shown | {"nodes": nodes, "token": call.service.credentials.token.reveal()}


def _node_violations(call: Call, body: dict[str, Any]) -> Iterator[Violation]:
    for position, node in enumerate(body.get("nodes", ())):
        if node not in call.rules.nodes:
            yield Violation("unknown node", f"/nodes/{position}", node, "enum")


ROUTES: Final = [
    route("list_sources", listing),
    route("create_source", create),
    route("get_source", show),
    route("update_source", update),
    route("refresh_source_token", refresh_token),
]
