"""Links: which answer holds the id that another operation needs.

They follow from the paths. What `POST .../jobs` creates, or `GET .../jobs` lists, is what `.../jobs/{jobId}` and all below
it are about. A parameter elsewhere means the same as the one of its name. The list of workspaces leads to what only needs
a workspace, so that nobody has to know an id beforehand.
"""

from __future__ import annotations

import re
from typing import Any, Final

from contacthub_orm.reference.facts import models

__all__ = ["links"]

PARAMETER: Final = re.compile(r"\{(\w+)\}")
COMMON: Final = "workspaceId"


def links(operations: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The links of the successful answer of each operation, by the operation's id."""
    created, listed = _sources(operations, "POST"), _sources(operations, "GET")
    found: dict[str, dict[str, Any]] = {operation["id"]: {} for operation in operations}
    for operation in operations:
        place, name = _needs(operation)
        makes, lists = created.get((place, name)), listed.get((place, name))
        if name == COMMON and operation["group"] != "workspaces":  # a token has no rights in a new workspace
            makes = None
        givers = [makes or lists or _by_name(created, name) or _by_name(listed, name)]
        if makes is not None and operation["method"] == "GET":  # what is there already can be read, too
            givers.append(lists)
        for giver in givers:
            if giver is not None and giver is not operation:
                found[giver["id"]][operation["id"]] = _link(operation, name, giver)
    return found


def _needs(operation: dict[str, Any]) -> tuple[str, str]:
    """The parameter whose value another operation has to give, and where the path ends with it."""
    path = operation["path"]
    in_path = list(PARAMETER.finditer(path))
    if any(match[1] != COMMON for match in in_path):
        return path[: in_path[-1].end()], in_path[-1][1]
    asked = {field["name"] for field in operation["query"]} | _sent(operation).keys()
    wanted = next((name for name in ("customerId", "nodeId") if name in asked), None)
    if wanted is not None or not in_path:
        return "", wanted or ""
    return path[: in_path[-1].end()], COMMON


def _sources(operations: list[dict[str, Any]], method: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The operation of a method whose answer has the id at the end of a path."""
    routes = {operation["path"]: operation for operation in operations if operation["method"] == method}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for operation in operations:
        for match in PARAMETER.finditer(operation["path"]):
            collection, name = operation["path"][: match.start()].rstrip("/"), match[1]
            if collection in routes:
                found.setdefault((operation["path"][: match.end()], name), routes[collection])
    return found


def _by_name(sources: dict[tuple[str, str], dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The operation that gives an id of a name: one of its own, and not one below something else."""
    return next(
        (
            source
            for (path, named), source in sources.items()
            if named == name and set(PARAMETER.findall(path)) <= {COMMON, name}
        ),
        None,
    )


def _link(operation: dict[str, Any], name: str, source: dict[str, Any]) -> dict[str, Any]:
    shared = set(PARAMETER.findall(source["path"])) & set(PARAMETER.findall(operation["path"]))
    parameters = {
        each: f"$request.path.{each}" for each in PARAMETER.findall(source["path"]) if each in shared
    }
    link: dict[str, Any] = {"operationId": operation["id"], "parameters": parameters}
    sent = _sent(operation)
    if name in sent and f"{{{name}}}" not in operation["path"]:
        body = {name: _expression(source, name)}
    else:
        parameters[name] = expression = _expression(source, name)
        key = expression.rsplit("/", 1)[-1]
        # What is made below it has an id of its own.
        body = {key: expression} if key in sent and operation["path"].endswith(f"{{{name}}}") else {}
        body |= {each: f"$request.body#/{each}" for each in _staying(sent) if each in _sent(source)}
    return link | ({"requestBody": body} if body else {})


def _sent(operation: dict[str, Any]) -> dict[str, Any]:
    """The fields of the body of an operation."""
    body = operation["body"] or {}
    found: dict[str, Any] = body.get("fields") or models().get(body.get("object", ""), {}).get("fields", {})
    return found


def _staying(sent: dict[str, Any]) -> list[str]:
    """The fields that a change has to send as they were created; the properties of an event depend on its type."""
    found = [name for name, field in sent.items() if field.get("immutable") and field["type"] == "string"]
    return [*found, "properties"] if "type" in found else found


def _expression(source: dict[str, Any], name: str) -> str:
    """Where the answer of an operation holds the id; what has no id goes by its name."""
    if source["method"] == "POST":
        return "$response.body#/id"
    response = source["response"]
    model = response.get("page_of") or response.get("elements_of")
    return f"$response.body#/elements/0/{'id' if 'id' in models()[model]['fields'] else name}"
