"""The routes of the models: the types of merge policies, of sources' providers and of events' contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.schemas import context_schema
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.documents.schemas import Schema
    from contacthub_orm.sandbox.service.calls import Call, Handler

__all__ = ["ROUTES"]

ANY: Final = ("string", "number", "integer", "boolean", "object", "array")
NUMBERS: Final = ("number", "integer")
# No source explains them: the texts and the types are read from the names.
MERGE_POLICIES: Final = {
    "OBJ_PRIORITY": ("The value of the source with the highest priority", ANY),
    "OBJ_CONCATENATE": ("The values of all sources, one after the other", ("string",)),
    "ARRAY_UNION": ("The elements of any source", ("array",)),
    "ARRAY_INTERSECTION": ("The elements of all sources", ("array",)),
    "MATH_SUM": ("The sum of the values", NUMBERS),
    "MATH_AVG": ("The average of the values", NUMBERS),
    "MATH_DIFF": ("The difference of the values", NUMBERS),
    "MATH_MIN": ("The least of the values", NUMBERS),
    "MATH_MAX": ("The greatest of the values", NUMBERS),
}

STRINGS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
INTEGER: Final[Schema] = {"type": "integer"}
OBJECTS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
# The properties that the reference and swagger 1.51 name; of the other providers no source tells any.
PROVIDER_PROPERTIES: Final[dict[str, Schema]] = {
    "API": {"allowedIPs": STRINGS},
    "Javascript": {"allowedURLs": STRINGS},
    "CONTACTPLAN": {
        "exportProducts": {"type": "boolean"},
        "exportStores": {"type": "boolean"},
        "groupPk": INTEGER,
        "userdbId": INTEGER,
        "eventPropertiesColumnMapping": OBJECTS,
        "productsPropertiesColumnMapping": OBJECTS,
        "classifications": STRINGS,
    },
    "CONTACTSEND": {
        "userdbId": INTEGER,
        "groupPk": INTEGER,
        "mappedColumns": OBJECTS,
        "options": {"type": "object"},
        "subscriptions": OBJECTS,
    },
}
BROWSER: Final = "Javascript"


def merge_policies(_: Call) -> Answer:
    """GET all types of merge policies."""
    return _elements(
        {
            "id": name,
            "label": _label(name),
            "description": MERGE_POLICIES[name][0],
            "supportedTypes": list(MERGE_POLICIES[name][1]),
        }
        for name in enum("merge_policies")
    )


def providers(_: Call) -> Answer:
    """GET all types of providers, those that can no longer be created included."""
    lists = ("source_providers_creatable", "source_providers_modifiable", "source_providers_retired")
    return _elements(_provider(name) for name in dict.fromkeys(name for one in lists for name in enum(one)))


def contexts(call: Call) -> Answer:
    """GET all contexts with the JSON schema of each as text; `resolveReferences` adds those of nested objects."""
    resolves = call.choice("resolveReferences", ("true", "false")) == "true"
    return _elements(_context(name, resolves) for name in enum("event_contexts"))


def _provider(name: str) -> dict[str, Any]:
    retired = name in enum("source_providers_retired")
    return {
        "id": name,
        "label": _label(name),
        "logo": "",
        "categories": ["retired"] if retired else [],
        "description": f"Sources of {_label(name)}",
        "documents": "",
        "propertiesSchema": {"type": "object", "properties": PROVIDER_PROPERTIES.get(name, {})},
        "role": "UNTRUSTED_APPLICATION" if name == BROWSER else "TRUSTED_APPLICATION",
    }


def _context(name: str, resolves: bool) -> dict[str, Any]:
    schema = context_schema(name)
    if not resolves:
        schema = schema | {"properties": {key: _outline(one) for key, one in schema["properties"].items()}}
    return {
        "id": name,
        "label": _label(name),
        "description": f"Information about the context {_label(name)}",
        "propertiesSchema": encode(schema),
    }


def _outline(schema: Schema) -> Schema:
    """A schema without what is inside of it."""
    return {key: value for key, value in schema.items() if key not in ("properties", "required", "items")}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _elements(found: Any) -> Answer:
    return Answer.of(200, {"elements": list(found)})


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/models/merge-policies", merge_policies),
    ("GET", "/models/providers", providers),
    ("GET", "/models/contexts", contexts),
]
