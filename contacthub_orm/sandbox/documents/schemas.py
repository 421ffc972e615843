"""The reference's JSON schemas, as this server applies them.

They differ from the published files in three ways, because the newer reference or an SDK shows more: null
means "unset" anywhere in a customer; a subscription has its two contexts; an event's properties may hold
`extended` and the properties that only the newer .NET schema set knows.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from contacthub_orm.reference import CUSTOMER_SECTIONS, enum, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "COLLECTIONS",
    "EVENT_CONTEXTS",
    "EVENT_TYPES",
    "Schema",
    "base_properties",
    "context_schema",
    "customer_schema",
    "date_paths",
    "element_schema",
    "event_mode",
    "event_schema",
    "property_schema",
    "schema_below",
]

Schema: TypeAlias = dict[str, Any]

EVENT_TYPES: Final = frozenset(enum("event_types"))
EVENT_CONTEXTS: Final = frozenset(enum("event_contexts"))
COLLECTIONS: Final = ("educations", "likes", "jobs", "subscriptions")

STRING: Final[Schema] = {"type": "string"}
SUBSCRIPTION_CONTEXTS: Final[Schema] = {
    "subscribeContext": {"type": "object", "properties": {"ip": STRING, "userAgent": STRING}},
    "unsubscribeContext": {
        "type": "object",
        "properties": {"ip": STRING, "userAgent": STRING, "campaignId": STRING, "campaignMessageId": STRING},
    },
}

# The sources call three of these passive. They give no mode for 26 types; of those, the set holds the ones
# that a customer receives rather than makes.
PASSIVE_TYPES: Final = frozenset(
    {
        "campaignBlacklisted",
        "campaignBounced",
        "campaignOptinRequested",
        "campaignSent",
        "eventEligible",
        "eventInvited",
        "eventNotInvited",
        "genericPassiveEvent",
        "grantedCoupon",
        "orderShipped",
        "repliedTicket",
    }
)


@cache
def customer_schema(section: str) -> Schema:
    """The schema of `base`, `consents` or `tags`; every property that is not required accepts null."""
    found = deepcopy(schema("customer", section))
    if section == "base":
        found["properties"]["subscriptions"]["items"]["properties"] |= SUBSCRIPTION_CONTEXTS
    return _nullable(found)


def element_schema(collection: str) -> Schema:
    """The schema of one education, like, job or subscription."""
    found: Schema = customer_schema("base")["properties"][collection]["items"]
    return found


@cache
def event_schema(event_type: str) -> Schema:
    """The schema of the `properties` of an event of that type."""
    found = deepcopy(schema("event", event_type))
    newer = _index()["events"].get(event_type, {}).get("onlyInDotnetSet", {})
    additions = {"extended": {"type": ["object", "null"]}}
    additions |= {name: addition for name, addition in newer.items() if "." not in name}
    found["properties"] = additions | found.get("properties", {})
    return found


def context_schema(context: str) -> Schema:
    """The schema of the `contextInfo` of an event in that context."""
    return schema("context", context)


def event_mode(event_type: str) -> Literal["ACTIVE", "PASSIVE"]:
    """Whether customers make (ACTIVE) or receive (PASSIVE) events of that type."""
    return "PASSIVE" if event_type in PASSIVE_TYPES else "ACTIVE"


def property_schema(path: str) -> Schema | None:
    """The schema of a customer's property in `base`, `consents` or `tags`, or None if there is none."""
    section, _, rest = path.partition(".")
    return schema_below(customer_schema(section), rest) if section in CUSTOMER_SECTIONS else None


def schema_below(schema: Mapping[str, Any] | None, path: str) -> Schema | None:
    """The schema at a dotted path below an object's schema, or None if there is none; "" is the object itself."""
    found = None if schema is None else dict(schema)
    for name in path.split(".") if path else ():
        found = (found or {}).get("properties", {}).get(name)
    return found


@cache
def date_paths() -> frozenset[str]:
    """The paths of a customer that hold dates or date-times according to the schemas."""
    found = {"registeredAt", "updatedAt"}
    for section in CUSTOMER_SECTIONS:
        found.update(_dates_in(customer_schema(section), section))
    return frozenset(found)


@cache
def base_properties() -> dict[str, Schema]:
    """The schemas of the properties of `base` that hold values, by their paths, such as `base.contacts.email`."""
    return dict(_leaves(customer_schema("base"), "base"))


def _leaves(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    if "properties" not in node:
        yield path, node
    for name, child in node.get("properties", {}).items():
        yield from _leaves(child, f"{path}.{name}")


def _dates_in(node: Schema, path: str) -> Iterator[str]:
    if node.get("format") in ("date", "date-time"):
        yield path
    for name, child in node.get("properties", {}).items():
        yield from _dates_in(child, f"{path}.{name}")
    if "items" in node:
        yield from _dates_in(node["items"], path)


def _nullable(node: Schema) -> Schema:
    """A copy that accepts null for each property that is not required, but not for elements of lists."""
    copy = dict(node)
    if "properties" in node:
        required = node.get("required", ())
        copy["properties"] = {
            name: _nullable(child) if name in required else _or_null(child)
            for name, child in node["properties"].items()
        }
    if "items" in node:
        copy["items"] = _nullable(node["items"])
    return copy


def _or_null(node: Schema) -> Schema:
    copy = _nullable(node)
    types = copy.get("type")
    if isinstance(types, str):
        copy["type"] = [types, "null"]
    if "enum" in copy and None not in copy["enum"]:
        copy["enum"] = [*copy["enum"], None]
    return copy


@cache
def _index() -> Schema:
    text = files("contacthub_orm.reference").joinpath("schemas/index.json").read_text(encoding="utf-8")
    found: Schema = json.loads(text)
    return found
