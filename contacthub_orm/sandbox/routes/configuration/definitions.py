"""The definitions of extended properties: JSON schemas with a few keywords of the service's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, SchemaError

from contacthub_orm.sandbox.documents.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["definition_violations"]

# References could lead anywhere; the keywords that a definition may have do not include them.
KEYWORDS: Final = frozenset(
    {
        "additionalProperties",
        "const",
        "contactlabProperties",
        "default",
        "description",
        "enum",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
        "uniqueItems",
    }
)


def definition_violations(body: dict[str, Any]) -> Iterator[Violation]:
    """What is wrong with definitions of extended properties, by name: the rules of the reference, and JSON Schema's."""
    for name, definition in body.items():
        if "." in name or not name:
            yield Violation("the name of an extended property has no dot", f"/{name}", name, "pattern")
        if "type" not in definition:
            yield Violation("type is required", f"/{name}/type", code="required")
        yield from _schema_violations(definition, f"/{name}")


def _schema_violations(definition: Any, path: str) -> Iterator[Violation]:
    try:
        Draft202012Validator.check_schema(definition)
        re.compile(definition.get("pattern", "") if isinstance(definition, dict) else "")
    except SchemaError as error:
        where = "".join(f"/{step}" for step in error.absolute_path)
        yield Violation(error.message, path + where, code="schema")
        return
    except re.error as error:
        yield Violation(f"the pattern is no regular expression: {error}", f"{path}/pattern", code="pattern")
    if not isinstance(definition, dict):
        return
    for keyword in definition.keys() - KEYWORDS:
        yield Violation("unknown keyword", f"{path}/{keyword}", keyword, "additionalProperties")
    if "items" in definition:
        yield from _schema_violations(definition["items"], f"{path}/items")
    for name, child in definition.get("properties", {}).items():
        yield from _schema_violations(child, f"{path}/properties/{name}")
