"""The document: its paths with their operations, and what these have in common."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference.facts import MAX_PAGE_SIZE, enum, operations
from contacthub_orm.reference.openapi.links import links
from contacthub_orm.reference.openapi.query import QUERY, QUERY_SCHEMAS
from contacthub_orm.reference.openapi.shapes import Schema, Shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["openapi"]

LIVE: Final = "https://api.contactlab.it/hub/v1"
VERSION: Final = "1.299.1"
ABOUT: Final = """\
Customers, events and configuration of Contacthub, from the facts that this package keeps about API 1.299.1.
`x-source` says where each path, method and status comes from; `inferred` means that no document states it."""

JSON: Final = "application/json"
STATES: Final = {
    "400": "A parameter or the body breaks a rule; `errors` says which.",
    "401": "The token is missing or unknown.",
    "403": "The token lacks a permission, or the workspace is unknown.",
    "404": "Something that the request names does not exist.",
    "409": "Something else has this value or id already.",
    "413": "The body is too large.",
    "423": "Data are being indexed anew; writes have to wait.",
    "429": "The requests per minute are spent; `Retry-After` says how many seconds to wait.",
}
HEADERS: Final = {"429": {"headers": {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}}}
SORT: Final = r"^[^,]+(,(asc|desc|ASC|DESC))?$"
INFERRED: Final = "inferred"
NOT_A_BODY: Final = ("GET", "DELETE")


def openapi(server: str = LIVE, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The API as an OpenAPI 3.1 document; the same facts make the same document, in the same order.

    Args:
        server: the base URL of the API.
        known: values to show as examples where a parameter or a property has the name, such as `nodeId`.
    """
    return _Document(known or {}).build(server)


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("contacthub_orm.reference").joinpath("examples.json").read_text(encoding="utf-8")
    )
    return found


class _Document:
    """A document while it is made."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._shapes = Shapes()
        self._links = links(operations())

    def build(self, server: str) -> dict[str, Any]:
        paths: dict[str, dict[str, Any]] = {}
        for operation in operations():
            paths.setdefault(operation["path"], {})[operation["method"].lower()] = self._operation(operation)
        error = self._shapes.model("Error", sent=False)
        schemas = self._shapes.named | QUERY_SCHEMAS
        return {
            "openapi": "3.1.0",
            "info": {"title": "Contacthub", "version": VERSION, "description": ABOUT},
            "servers": [{"url": server}],
            "security": [{"token": []}],
            "tags": [{"name": name} for name in dict.fromkeys(each["group"] for each in operations())],
            "paths": paths,
            "components": {
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The token of a source or a user.",
                    }
                },
                "responses": {
                    _component(status): {"description": says, "content": {JSON: {"schema": error}}}
                    | HEADERS.get(status, {})
                    for status, says in STATES.items()
                },
                "schemas": {name: schemas[name] for name in sorted(schemas)},
            },
        }

    def _operation(self, operation: dict[str, Any]) -> dict[str, Any]:
        sources = {part: operation[f"{part}_provenance"] for part in ("path", "method", "success")}
        found: dict[str, Any] = {
            "operationId": operation["id"],
            "tags": [operation["group"]],
            "summary": operation["title"],
            "description": _says(operation),
            "x-source": sources | {"errors": _errors(operation)},
        }
        if operation.get("deprecated"):
            found["deprecated"] = True
        parameters = [
            self._parameter("path", field | {"required": True}) for field in operation["path_params"]
        ]
        parameters += [self._parameter("query", field) for field in operation["query"]]
        if parameters:
            found["parameters"] = parameters
        if operation["body"] is not None:
            found["requestBody"] = self._body(operation)
        found["responses"] = self._responses(operation)
        return found

    def _parameter(self, place: str, field: dict[str, Any]) -> dict[str, Any]:
        name = field["name"]
        found: dict[str, Any] = {"name": name, "in": place, "required": bool(field.get("required"))}
        if "note" in field:
            found["description"] = field["note"]
        schema = self._shapes.field(_without(field, "note", "nullable"), sent=True)
        if place == "path" and schema == {"type": "string"}:
            schema["minLength"] = 1
        if place == "query" and name in ("page", "size") and "minimum" not in schema:
            schema["minimum"] = 0
            if name == "size":
                schema["maximum"] = MAX_PAGE_SIZE
        if name == "sort":
            schema["pattern"] = SORT
        example = self._known.get(name, _examples()["parameters"].get(name))
        if name == "query":
            found["content"] = {JSON: {"schema": QUERY, "example": example}}
            return found
        found["schema"] = schema
        if example is not None and "enum" not in schema:
            found["example"] = str(example) if schema.get("type") == "string" else example
        return found

    def _body(self, operation: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = operation["body"]
        if "map_of" in body:
            schema = self._map(body["map_of"], sent=True)
        elif "object" in body:
            schema = self._shapes.model(body["object"], sent=True)
        else:
            one_of = body.get("exactly_one_of", ())
            fields = {
                name: _without(field, "nullable") if name in one_of else field
                for name, field in body["fields"].items()
            }
            schema = self._shapes.fields(fields, sent=True)
        if operation["group"] == "events":
            schema = self._of_an_event(schema, body)
        media: dict[str, Any] = {"schema": schema}
        example = _examples()["bodies"].get(operation["id"])
        if example is not None:
            media["example"] = self._filled(example)
        return {"required": True, "content": {operation.get("content_type", JSON): media}}

    def _of_an_event(self, schema: Schema, body: dict[str, Any]) -> Schema:
        """The body of an event: its properties by its type, and information by its context."""
        if "required" not in schema:
            return schema
        by_type = [
            _with("type", name, "properties", self._shapes.event_properties(name))
            for name in enum("event_types")
        ]
        contexts = enum("event_contexts")
        by_context = [
            _with("context", name, "contextInfo", self._shapes.context_info(name)) for name in contexts
        ]
        alternatives = [
            by_type,
            by_context,
            [{"required": [name]} for name in body.get("exactly_one_of", ())],
        ]
        return schema | {"allOf": [{"oneOf": each} for each in alternatives if each]}

    def _map(self, kind: str, *, sent: bool) -> Schema:
        if kind == "array of string":
            inner: Schema = {"type": "array", "items": {"type": "string"}}
        elif kind.startswith("map of "):
            inner = self._map(kind.removeprefix("map of "), sent=sent)
        else:
            inner = self._shapes.model(kind, sent=sent)
        return {"type": "object", "additionalProperties": inner}

    def _filled(self, example: Any) -> Any:
        """An example with the known values instead of its own."""
        if isinstance(example, dict):
            return {key: self._filled(value) for key, value in example.items()}
        if isinstance(example, list):
            return [self._filled(value) for value in example]
        own = _examples()["parameters"]
        return next((value for name, value in self._known.items() if example == own.get(name)), example)

    def _responses(self, operation: dict[str, Any]) -> dict[str, Any]:
        success: dict[str, Any] = {"description": HTTPStatus(operation["success"]).phrase}
        reduced = any(field["name"] == "fields" for field in operation["query"])
        content = self._content(operation["response"], reduced=reduced)
        if content:
            success["content"] = content
        if self._links[operation["id"]]:
            success["links"] = self._links[operation["id"]]
        return {str(operation["success"]): success} | {
            status: {"$ref": f"#/components/responses/{_component(status)}"} for status in _errors(operation)
        }

    def _content(self, response: dict[str, Any], *, reduced: bool) -> dict[str, Any]:
        if "raw" in response:
            return {response["raw"]: {"schema": {"type": "string"}}}
        if "empty" in response:
            return {}
        return {JSON: {"schema": self._answer(response, reduced=reduced)}}

    def _answer(self, response: dict[str, Any], *, reduced: bool) -> Schema:
        if "json_schema" in response:
            return {"type": "object", "description": "a JSON schema"}
        if "object" in response:
            return self._shapes.model(response["object"], sent=False)
        if "map_of" in response:
            return self._map(response["map_of"], sent=False)
        if "array_of" in response:
            return {"type": "array", "items": self._shapes.model(response["array_of"], sent=False)}
        if "fields" in response:
            return self._shapes.fields(response["fields"], sent=False)
        model = response.get("page_of") or response["elements_of"]
        element = self._shapes.projection(model) if reduced else self._shapes.model(model, sent=False)
        found: Schema = {
            "type": "object",
            "properties": {"elements": {"type": "array", "items": element}},
            "required": ["elements"],
        }
        if "page" in response:
            found["properties"]["page"] = self._shapes.model(response["page"], sent=False)
            found["required"].append("page")
        return found


def _with(key: str, value: str, other: str, schema: Schema) -> Schema:
    """An object whose one property decides on the schema of another."""
    return {"properties": {key: {"const": value}, other: schema}}


def _says(operation: dict[str, Any]) -> str:
    inferred = [part for part in ("path", "method", "success") if operation[f"{part}_provenance"] == INFERRED]
    if not inferred:
        return f"{operation['title']}."
    names = {"path": "path", "method": "method", "success": "status of success"}
    what = " and ".join(names[part] for part in inferred)
    verb = "is" if len(inferred) == 1 else "are"
    return f"{operation['title']}. Its {what} {verb} inferred: no document states {'it' if verb == 'is' else 'them'}."


def _errors(operation: dict[str, Any]) -> dict[str, str]:
    """The statuses of errors with their sources; of those inferred, the ones that its parts can lead to."""
    found = {"401": "sdk", "403": "sdk", "429": INFERRED}
    if operation["query"] or operation["body"] is not None or len(operation["path_params"]) > 1:
        found |= {"400": INFERRED, "404": INFERRED}
    if operation["method"] not in NOT_A_BODY or "raw" in operation["response"]:  # a file may not be ready yet
        found["409"] = INFERRED
    if operation["body"] is not None:
        found["413"] = INFERRED
    return dict(sorted((found | operation["errors"]).items()))


def _component(status: str) -> str:
    return HTTPStatus(int(status)).phrase.replace(" ", "")


def _without(field: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name not in names}
