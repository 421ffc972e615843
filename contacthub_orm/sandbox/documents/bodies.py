"""The bodies of operations as JSON schemas, made of the reference's facts.

They are closed, as all bodies are here. What the service sets may be sent, since clients send back what they read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import enum, models, operations

if TYPE_CHECKING:
    from contacthub_orm.sandbox.documents.schemas import Schema

__all__ = ["body_schema", "facts_of"]

FREE: Final[Schema] = {}
BOUNDS: Final = {
    "min": "minimum",
    "max": "maximum",
    "min_items": "minItems",
    "max_items": "maxItems",
    "max_length": "maxLength",
    "unique": "uniqueItems",
}
CHECKED_FORMATS: Final = ("uuid", "uri", "date", "date-time", "email")


@cache
def facts_of(operation: str) -> dict[str, Any]:
    """What the reference says of an operation, by its id."""
    return next(facts for facts in operations() if facts["id"] == operation)


@cache
def body_schema(operation: str) -> Schema:
    """The schema of an operation's body."""
    facts = facts_of(operation)
    body = facts["body"]
    if "map_of" in body:
        return {
            "type": "object",
            "additionalProperties": _item(body["map_of"].removeprefix("array of "), body),
        }
    if "object" in body:
        return _model(body["object"])
    schema = _object(body["fields"])
    answered = facts["response"].get("object")
    extra = models()[answered]["fields"] if answered else facts["response"].get("fields", {})
    given = {
        name: FREE for name, field in extra.items() if name not in body["fields"] and field.get("system")
    }
    return schema | {"properties": schema["properties"] | given}


def _model(name: str) -> Schema:
    model = models()[name]
    # A definition of an extended property is a JSON schema with a few keywords of the service's own.
    return _object(model["fields"]) | {"additionalProperties": "older" in model}


def _object(fields: dict[str, Any]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.get("required") is True],
    }


def _field(field: dict[str, Any]) -> Schema:
    kind = field.get("type", "object")
    if kind in models():
        return _model(kind)
    if kind.startswith("map:"):
        return {"type": "object", "additionalProperties": _model(kind.split(" to ")[1])}
    schema: Schema = {"type": [kind, "null"] if field.get("nullable") else kind}
    schema |= {word: field[name] for name, word in BOUNDS.items() if isinstance(field.get(name), int)}
    if field.get("format") in CHECKED_FORMATS:
        schema["format"] = field["format"]
    if isinstance(field.get("fields"), dict):
        schema |= {word: value for word, value in _object(field["fields"]).items() if word != "type"}
    if kind == "array":
        return schema | {"items": _item(field["items"], field)}
    return schema | _choices(field)


def _item(kind: str, field: dict[str, Any]) -> Schema:
    if field.get("map_of", "").startswith("array of "):
        return {"type": "array", "items": {"type": kind}}
    if kind in models():
        return _model(kind)
    if kind == "uuid":
        return {"type": "string", "format": "uuid"}
    return {"type": kind} | _choices(field)


def _choices(field: dict[str, Any]) -> Schema:
    name = field.get("enum")
    if name is None:
        return {}
    values = enum(name.removeprefix("$"))
    return {"enum": [*values, None] if field.get("nullable") and field.get("type") != "array" else [*values]}
