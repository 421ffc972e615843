"""A client that knows nothing but the OpenAPI document: it follows the links and sends the examples."""

from __future__ import annotations

import json
from typing import Any

import requests

from contacthub_orm.sandbox import Sandbox
from tests.support.server import plain_session

__all__ = ["Walker"]


class Walker:
    """Calls the operations of a document.

    Args:
        sandbox: what answers.
        document: an OpenAPI document with links and examples, in which every operation can be reached.
    """

    def __init__(self, sandbox: Sandbox, document: dict[str, Any]) -> None:
        self._sandbox = sandbox
        self._known = {"workspaceId": sandbox.workspace_id, "nodeId": sandbox.node_id}
        self._operations = {
            declared["operationId"]: (method, path, declared)
            for path, methods in document["paths"].items()
            for method, declared in methods.items()
        }
        by_method = sorted(self._operations.items(), key=lambda item: item[1][0] == "post")
        self._links = {
            target: (source, link)
            for source, (_, _, declared) in by_method  # a link from what creates replaces one from what lists
            for target, link in next(iter(declared["responses"].values())).get("links", {}).items()
        }

    def ids(self, name: str) -> dict[str, Any]:
        """The parameters of an operation that its link hands on, about something that is made for it."""
        return self._handed_on(name)[0]

    def call(self, name: str) -> requests.Response:
        """Call an operation with the ids that its link hands on, which the operation before it has to answer first."""
        method, path, declared = self._operations[name]
        parameters, changes = self._handed_on(name)
        body = self._example(declared)
        body = body | changes if body is not None else None
        query = {}
        for each in declared.get("parameters", ()):
            key = each["name"]
            value = parameters.get(key, self._known.get(key, self._value(each)))
            if each["in"] == "path":
                path = path.replace(f"{{{key}}}", str(value))
            elif each["required"]:
                query[key] = value
        with plain_session() as http:
            return http.request(
                method,
                self._sandbox.base_url + path,
                params=query,
                headers={"Authorization": f"Bearer {self._sandbox.token}"},
                timeout=10,
                **_encoded(declared, body),
            )

    def _handed_on(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if name not in self._links:
            return {}, {}
        source, link = self._links[name]
        known = link["parameters"].keys() | link.get("requestBody", {}).keys() <= self._known.keys()
        return ({}, {}) if known else self._follow(source, link)

    def _follow(self, source: str, link: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        answer = self.call(source)
        assert answer.ok, f"{source}: {answer.status_code} {answer.text}"
        path = self._operations[source][1]
        request = answer.request
        assert request.url is not None
        given = request.url.removeprefix(self._sandbox.base_url).partition("?")[0].split("/")
        in_path = {
            name[1:-1]: value for name, value in zip(path.split("/"), given, strict=True) if name[:1] == "{"
        }

        def value(expression: str) -> Any:
            place, _, rest = expression.partition("#/")
            if place.startswith("$request.path."):
                return in_path[place.removeprefix("$request.path.")]
            found: Any = json.loads(answer.content if place == "$response.body" else request.body or "")
            for part in rest.split("/"):
                found = found[int(part)] if isinstance(found, list) else found[part]
            return found

        return (
            {name: value(expression) for name, expression in link["parameters"].items()},
            {name: value(expression) for name, expression in link.get("requestBody", {}).items()},
        )

    def _example(self, declared: dict[str, Any]) -> Any:
        content = declared.get("requestBody", {}).get("content", {})
        return next((media["example"] for media in content.values()), None)

    def _value(self, parameter: dict[str, Any]) -> Any:
        schema = parameter.get("schema", {})
        return parameter.get("example", schema.get("enum", [schema.get("minimum", 0)])[0])


def _encoded(declared: dict[str, Any], body: Any) -> dict[str, Any]:
    """A body as `requests` wants it: JSON, or a form with files."""
    form = declared.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form is None:
        return {"json": body}
    binary = {key for key, schema in form["schema"]["properties"].items() if schema.get("format") == "binary"}
    return {"files": {key: (f"{key}.csv" if key in binary else None, value) for key, value in body.items()}}
