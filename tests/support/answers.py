"""The answers of operations as JSON schemas, read from the facts by the tests alone."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from contacthub_orm.reference import enum, models, operations

__all__ = ["FACTS", "violations"]

FACTS = {facts["id"]: facts for facts in operations()}
TYPES = {"string", "integer", "number", "boolean", "object", "array"}


def violations(operation: str, body: Any) -> list[str]:
    """What is wrong with the body of an operation's answer, by the facts."""
    found = Draft202012Validator(_answer(FACTS[operation]["response"])).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in found]


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    if "page_of" in response:
        page = _required(_object(models()[response["page"]]["fields"]))
        return _required({"properties": {"elements": _list(response["page_of"]), "page": page}})
    if "elements_of" in response:
        return _required({"properties": {"elements": _list(response["elements_of"])}})
    if "object" in response:
        return _model(response["object"])
    return _required(_object(response["fields"]))


def _required(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(schema["properties"]), **schema}


def _list(model: str) -> dict[str, Any]:
    return {"type": "array", "items": _model(model)}


def _model(name: str) -> dict[str, Any]:
    return _object(models()[name]["fields"]) if name in models() and "fields" in models()[name] else {}


def _object(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):  # described in words
        return {"type": "object"}
    return {"type": "object", "properties": {name: _field(field) for name, field in fields.items()}}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    kind = field["type"]
    if isinstance(field.get("fields"), dict):
        schema = _object(field["fields"])
    elif kind in models():
        schema = _model(kind)
    elif kind == "array":
        schema = {"type": "array", "items": _model(str(field.get("items")))}
    else:
        schema = {"type": kind} if kind in TYPES else {}
    if str(field.get("enum", "")).startswith("$") and kind != "array":
        schema = schema | {"enum": list(enum(field["enum"].removeprefix("$")))}
    return {"anyOf": [schema, {"type": "null"}]} if field.get("nullable") else schema
