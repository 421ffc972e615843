"""The routes of Send, the service that mails: what the sources with the provider CONTACTSEND say of its user databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.failures import malformed, not_found
from contacthub_orm.sandbox.documents.schemas import property_schema
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call, Handler

__all__ = ["ROOT_ROUTES", "ROUTES"]

PROVIDER: Final = "CONTACTSEND"


def subscriptions(call: Call) -> Answer:
    """GET the subscriptions that the sources of a user database map."""
    mapped = [one for source in _of_database(call) for one in _objects(source, "subscriptions")]
    return _elements(
        {
            "id": _number(one.get("sendWfc"), position),
            "name": _text(one, "hub"),
            "registrationField": _text(one, "send"),
        }
        for position, one in enumerate(mapped, 1)
    )


def fields(call: Call) -> Answer:
    """GET the fields that the sources of a user database map, with the type of the property that fills each."""
    mapped = [one for source in _of_database(call) for one in _objects(source, "mappedColumns")]
    return _elements({"name": _text(one, "send"), "type": _type(_text(one, "hub"))} for one in mapped)


def configurations(call: Call) -> Answer:
    """GET the configurations of all nodes."""
    return _elements(_configurations(call))


def of_group(call: Call) -> Answer:
    """GET the configurations of a customer group."""
    return _elements(one for one in _configurations(call) if str(one["portfolio"]) == call.path["group"])


def of_node(call: Call) -> Answer:
    """GET the configuration of a node; 404 if it has no source of Send."""
    call.check_node(call.path["node"])
    found = [one for one in _configurations(call) if one["nodeId"] == call.path["node"]]
    return _first(found, call.path["node"])


def of_database(call: Call) -> Answer:
    """GET the configuration of a user database; 404 if no source is about it."""
    group, database = call.path["group"], call.path["database"]
    found = [
        one
        for one in _configurations(call)
        if str(one["portfolio"]) == group and _database(one["contactSendSource"]) == database
    ]
    return _first(found, database)


def _configurations(call: Call) -> Iterator[dict[str, Any]]:
    """One for each source and each of its nodes that the token may read."""
    workspace = call.service.credentials.workspace_id
    record = call.configuration.workspaces.get(workspace) or {}
    for source in _sources(call):
        for node in (call.rules.nodes[one] for one in source["nodes"] if one in call.caller.reads):
            yield {
                "portfolio": _number(source["properties"].get("groupPk"), record["groupPk"]),
                "id": workspace,
                "name": record["name"],
                "industry": call.configuration.value("workspace")["industry"],
                "workspaceStatus": record["status"],
                "nodeId": node.id,
                "nodeName": node.name,
                "nodeType": "AGGREGATE" if node.is_aggregate else "ENTRY",
                "contactSendSource": source,
            }


def _sources(call: Call) -> list[dict[str, Any]]:
    """The sources of Send, without their tokens."""
    shown = [source["shown"] for source in call.configuration.sources.page()]
    return [source for source in shown if source["provider"] == PROVIDER]


def _of_database(call: Call) -> list[dict[str, Any]]:
    """The sources of the user database that the path names, and of the customer group if one is given.

    Raises:
        Failure: 404 if there is none, 400 if the group is no number.
    """
    group = call.query.get("groupPk")
    if group and not (group.isascii() and group.isdigit()):
        raise malformed("groupPk is a number", "groupPk", "type")
    found = [
        source
        for source in _sources(call)
        if _database(source) == call.path["database"]
        and (not group or str(source["properties"].get("groupPk")) == group)
        and not call.caller.reads.isdisjoint(source["nodes"])
    ]
    if not found:
        raise not_found("user db", call.path["database"])
    return found


def _database(source: dict[str, Any]) -> str:
    return str(source["properties"].get("userdbId"))


def _objects(source: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list in a source's properties, which no rule gives a form."""
    listed = source["properties"].get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _text(mapped: dict[str, Any], name: str) -> str:
    return str(mapped.get(name, ""))


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default


def _type(path: str) -> str:
    """The type of a customer's property; `string` if the schemas have no such property."""
    types = (property_schema(path) or {}).get("type", "string")
    return types if isinstance(types, str) else str(types[0])


def _first(found: list[dict[str, Any]], sought: str) -> Answer:
    if not found:
        raise not_found("send configuration", sought)
    return Answer.of(200, found[0])


def _elements(found: Iterator[dict[str, Any]]) -> Answer:
    return Answer.of(200, {"elements": list(found)})


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/send/subscriber-sources/{database}/subscriptions", subscriptions),
    ("GET", "/send/subscriber-sources/{database}/fields", fields),
]
ROOT_ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/send/configurations", configurations),
    ("GET", "/send/configurations/workspaces/{workspace}/nodes/{node}", of_node),
    ("GET", "/send/configurations/groups/{group}", of_group),
    ("GET", "/send/configurations/groups/{group}/userdbs/{database}", of_database),
]
"""Their paths are not below a workspace."""
