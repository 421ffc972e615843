"""JSON schemas of bodies, answers and parameters, made of the facts about their fields."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from contacthub_orm.reference.facts import enum, models, schema

__all__ = ["INSTANT", "Schema", "Shapes", "reference_to"]

Schema: TypeAlias = dict[str, Any]

INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}$"
"""A date-time of an answer, as clients recorded them; RFC 3339, which `format` means, has a colon in the zone."""

SCALARS: Final[dict[str, Schema]] = {
    "string": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "any": {},
}
NOT_STATED: Final = "not stated"
LIMITS: Final = {
    "min": "minimum",
    "max": "maximum",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique": "uniqueItems",
    "pattern": "pattern",
    "deprecated": "deprecated",
}
OPEN_ENUMS: Final = {"currencies", "exclusion_patterns_seen"}
"""Enumerations of which the sources say that there are other values."""

OPEN_MODELS: Final = {
    "ExtendedPropertyDefinition",
    "SubscriptionPreference",
    "SubscribeContext",
    "UnsubscribeContext",
}
"""Models that may have other fields: a JSON schema with additions, and the parts of a subscription, which is open."""

WHOLE: Final = {
    "Page", "PageWithMax", "Error", "Customer", "CustomerBase", "Contacts", "OtherContact", "MobileDevice", "Address",
    "Geo", "Credential", "SocialProfile", "Education", "Like", "Job", "Subscription", "Event",
}  # fmt: skip
"""Models of which an answer has every key, null or [] where it is unset (recorded answers, SDKs)."""

ALSO: Final = {"PageWithMax": "PageOlder", "Error": "FrameworkError"}
"""Models of which an answer may have another's fields too: those of 2017, or those of the web framework."""

SOMETIMES: Final = {"prev", "next", "preferences"}
"""Keys that even such an answer does not always have."""

LEFT_OUT: Final = {"subscribed"}
"""Required by the reference alone; live clients leave them out, and an answer holds null then."""


def reference_to(name: str) -> Schema:
    """A reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


class Shapes:
    """Makes schemas and collects those that have a name.

    Attributes:
        named: the schemas by the names under which the others refer to them. A model has one for answers, under its
            name, and one for bodies, with `Body` behind it: a body must have less, may have less, and is closed.
    """

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def model(self, name: str, *, sent: bool) -> Schema:
        """A reference to the schema of a model."""
        title = f"{name}Body" if sent else name
        if title not in self.named:
            facts = models()[name]
            if "fields" not in facts:
                return {"type": "object", "description": facts["validation"]}
            self.named[title] = {}  # a model may name itself
            self.named[title] = self.fields(facts["fields"], sent=sent, whole=name in WHOLE)
            if name in ALSO:
                more = self.fields(models()[ALSO[name]]["fields"], sent=sent)["properties"]
                self.named[title]["properties"] |= more
            if name in OPEN_MODELS or facts.get("closed") == "not in schemas":
                self.named[title]["additionalProperties"] = True
        return reference_to(title)

    def projection(self, name: str) -> Schema:
        """A reference to the schema of a model that is reduced to some fields: the others but `id` are null."""
        title = f"{name}Projection"
        self.model(name, sent=False)
        whole = self.named[name]
        reduced = {key: one if key == "id" else _or_null(one) for key, one in whole["properties"].items()}
        self.named[title] = whole | {"properties": reduced}
        return reference_to(title)

    def fields(self, facts: dict[str, Any], *, sent: bool, whole: bool = False) -> Schema:
        """An object with these fields.

        Args:
            facts: the facts about each field.
            sent: whether it is a body, or part of one.
            whole: whether an answer has all of them.
        """
        found: Schema = {"type": "object", "properties": {}}
        required = []
        for name, field in facts.items():
            if sent and field.get("system") and not field.get("required"):
                continue
            found["properties"][name] = self.field(field, sent=sent, unset=_may_be_unset(name, field))
            needed = field.get("required") is True and name not in LEFT_OUT
            if needed if sent else whole and name not in SOMETIMES:
                required.append(name)
        if required:
            found["required"] = required
        if sent:
            found["additionalProperties"] = False
        return found

    def field(self, field: dict[str, Any], *, sent: bool, unset: bool = False) -> Schema:
        """The schema of one field or parameter.

        Args:
            field: the facts about it.
            sent: whether it is sent, and not answered.
            unset: whether an answer writes null where it has no value.
        """
        found = dict(self._kind(field, sent=sent))
        for fact, keyword in LIMITS.items():
            limit = field.get(fact)
            if limit is not None and limit != NOT_STATED:
                found[keyword] = limit
        default = [] if field.get("default") == "empty array" else field.get("default")
        if default is not None and default not in ("now", "current time"):
            found["default"] = default
        if field.get("nullable") or (unset and not sent):
            found = _or_null(found)
        says = "; ".join(filter(None, (field.get("note"), _behaviour(field))))
        if says and "$ref" not in found:
            found["description"] = says
        return found

    def _kind(self, field: dict[str, Any], *, sent: bool) -> Schema:
        kind = str(field["type"])
        choices = self._choices(field, sent=sent)
        if "fields" in field:
            return self._nested(field["fields"], sent=sent)
        if kind == "array":
            return {"type": "array", "items": self._item(field.get("items", "any"), sent=sent) | choices}
        if found := re.fullmatch(r"map: .* to (\w+)", kind):
            return {"type": "object", "additionalProperties": self.model(found[1], sent=sent)}
        if kind in models():
            return self.model(kind, sent=sent)
        return SCALARS[kind] | self._format(field, sent=sent) | choices

    def _nested(self, facts: dict[str, Any] | list[str] | str, *, sent: bool) -> Schema:
        """An object inside another. Some facts only list the names of its fields, or describe them in words."""
        if isinstance(facts, dict):
            return self.fields(facts, sent=sent)
        if isinstance(facts, list):
            return {"type": "object", "description": f"fields: {', '.join(facts)}"}
        if named := re.fullmatch(r"([\w, ]+): string", facts):
            return self.fields({name: {"type": "string"} for name in named[1].split(", ")}, sent=sent)
        return {"type": "object", "description": f"fields: {facts}"}

    def _item(self, kind: str, *, sent: bool) -> Schema:
        if kind in models():
            return self.model(kind, sent=sent)
        if kind in SCALARS:
            return SCALARS[kind]
        return {"type": "object", "description": kind.removeprefix("object: ")}

    def _format(self, field: dict[str, Any], *, sent: bool) -> Schema:
        kind = field.get("format")
        if kind is None:
            return {}
        return {"pattern": INSTANT} if kind == "date-time" and not sent else {"format": kind}

    def _choices(self, field: dict[str, Any], *, sent: bool) -> Schema:
        name = str(field.get("enum", "")).removeprefix("$")
        if not name:
            return {}
        values = list(enum(name))
        if name == "uniqueness_policies" and not sent:
            values = ["MERGE", "BLOCK", "NO_CHECK"]  # older workspaces have the others (swagger 1.51)
        return {"examples": values} if name in OPEN_ENUMS else {"enum": values}

    def event_properties(self, event_type: str) -> Schema:
        """A reference to the schema of the properties of events of a type."""
        return self._published("event", event_type, f"Properties of {event_type}")

    def context_info(self, context: str) -> Schema:
        """A reference to the schema of the `contextInfo` of events in a context."""
        return self._published("context", context, f"Information on {context}")

    def _published(self, kind: Any, name: str, title: str) -> Schema:
        """A schema that Contacthub publishes, as it is; only keywords that are for the file itself are left out."""
        component = f"{name}Properties" if kind == "event" else f"{name}ContextInfo"
        found = {key: value for key, value in schema(kind, name).items() if key not in ("$schema", "$id")}
        self.named[component] = {"title": title} | found
        return reference_to(component)


def _may_be_unset(name: str, field: dict[str, Any]) -> bool:
    """Whether an answer may hold null for a field: unset scalars and objects are null, unset arrays are []."""
    if name in LEFT_OUT:
        return True
    given = name == "id" or field.get("required") or field.get("system") or "default" in field
    return not given and field["type"] not in ("array", "integer", "number", "boolean")


def _or_null(found: Schema) -> Schema:
    if isinstance(found.get("type"), list) or "anyOf" in found:
        return found
    if "type" not in found:
        return {"anyOf": [found, {"type": "null"}]} if found else {}
    nullable = found | {"type": [found["type"], "null"]}
    if "enum" in found:
        nullable["enum"] = [*found["enum"], None]
    return nullable


def _behaviour(field: dict[str, Any]) -> str:
    says = []
    if field.get("immutable"):
        says.append("immutable")
    if field.get("ignored"):
        says.append("ignored in a body")
    if "sum_length" in field:
        says.append(f"at most {field['sum_length']} characters together")
    return ", ".join(says)
