"""What a body must look like: JSON schemas and the reference's limits of length.

Nothing is repaired and nothing unknown is dropped: a sandbox that forgives would hide a client's mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from ipaddress import IPv4Address
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import Violation
from contacthub_orm.sandbox.documents.schemas import (
    Schema,
    context_schema,
    customer_schema,
    element_schema,
    event_schema,
)
from contacthub_orm.sandbox.documents.shapes import CUSTOMER_KEYS
from contacthub_orm.sandbox.documents.wire import is_date, parse_instant

__all__ = [
    "check_customer",
    "check_element",
    "check_event_context",
    "check_event_envelope",
    "check_event_properties",
    "check_extended",
    "check_mandatory",
    "check_tags",
]

MAX_LENGTH: Final = 255
LONGER: Final = {"/base/address/street": 500, "/base/pictureUrl": 1000}
MAX_TAGS: Final = 1000
MAX_EXTENDED_LIST: Final = 1000

ENVELOPE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {} for name in CUSTOMER_KEYS}
    | {
        "nodeId": {"type": ["string", "null"]},
        "externalId": {"type": ["string", "null"], "maxLength": MAX_LENGTH},
        "base": {"type": ["object", "null"]},
        "consents": {"type": ["object", "null"]},
        "extended": {"type": ["object", "null"]},
        "extra": {"type": ["string", "null"]},
        "tags": {"type": ["object", "null"]},
        "enabled": {"type": ["boolean", "null"]},
    },
}

OPTIONAL_TEXT: Final[Schema] = {"type": ["string", "null"]}
EVENT_ENVELOPE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": OPTIONAL_TEXT,
        "customerId": OPTIONAL_TEXT,
        "bringBackProperties": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["value"],
            "properties": {
                "type": {"enum": [*enum("bring_back_types"), None]},
                "value": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                "nodeId": OPTIONAL_TEXT,
            },
        },
        "type": OPTIONAL_TEXT,
        "properties": {"type": ["object", "null"]},
        "context": OPTIONAL_TEXT,
        "contextInfo": {"type": ["object", "null"]},
        "date": {"type": ["string", "null"], "format": "date-time"},
        "origin": OPTIONAL_TEXT,
        "tracking": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "ga": {
                    "type": ["object", "null"],
                    "additionalProperties": False,
                    "properties": {
                        f"utm_{name}": OPTIONAL_TEXT
                        for name in ("source", "medium", "term", "content", "campaign")
                    },
                }
            },
        },
        "registeredAt": OPTIONAL_TEXT,
        "updatedAt": OPTIONAL_TEXT,
        "version": {"type": ["integer", "null"]},
        "prev": OPTIONAL_TEXT,
        "next": OPTIONAL_TEXT,
    },
}

FORMATS: Final = FormatChecker(formats=())
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or parse_instant(value) is not None


@FORMATS.checks("date")
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or is_date(value)


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or EMAIL.fullmatch(value) is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@FORMATS.checks("ipv4", raises=ValueError)
def _is_ipv4(value: object) -> bool:
    return not isinstance(value, str) or bool(IPv4Address(value).packed)


def check_customer(body: Mapping[str, Any]) -> list[Violation]:
    """What is wrong with the sections of a customer's body, be it whole (POST, PUT) or a part (PATCH)."""
    violations = list(_broken(_envelope(), body, ""))
    if violations:
        return violations
    for section in ("base", "consents", "tags"):
        value = body.get(section)
        if value is not None:
            violations += _broken(_section(section), value, f"/{section}")
    violations += _too_long(body.get("base"), "/base")
    return violations


def check_tags(customer: Mapping[str, Any]) -> list[Violation]:
    """The strings of `tags.auto` and of `tags.manual` hold at most 1000 characters together, each."""
    return [
        Violation(f"the tags are longer than {MAX_TAGS} together", f"/tags/{kind}", code="maxLength")
        for kind, tags in (customer["tags"] or {}).items()
        if sum(map(len, tags)) > MAX_TAGS
    ]


def check_mandatory(
    customer: Mapping[str, Any], mandatory: Sequence[str], matching: Sequence[str]
) -> list[Violation]:
    """A node's mandatory properties must have a value; the text for a matching one is the Go SDK's recorded one."""
    return [
        Violation(
            "unique customer property is required" if path in matching else "mandatory property is required",
            paths.pointer(path),
            code="required",
        )
        for path in mandatory
        if paths.read(customer, path) in (None, "", [])
    ]


def check_extended(
    extended: Mapping[str, Any] | None, declared: Mapping[str, Mapping[str, Any]] | None
) -> list[Violation]:
    """Extended properties must be declared and of their type, once any is declared."""
    if extended is None or declared is None:
        return []
    violations: list[Violation] = []
    for name, value in extended.items():
        path = f"/extended/{name}"
        if name not in declared:
            violations.append(
                Violation("the extended property is not declared", path, value, "additionalProperties")
            )
        elif value is not None:
            violations += _broken(Draft202012Validator(declared[name], format_checker=FORMATS), value, path)
            violations += _too_long_extended(declared[name], value, path)
    return violations


def check_element(collection: str, element: Any) -> list[Violation]:
    """What is wrong with an education, like, job or subscription on its own route."""
    violations = list(_broken(_element(collection), element, ""))
    return violations or list(_too_long(element, ""))


def check_event_envelope(body: Mapping[str, Any]) -> list[Violation]:
    """What is wrong with an event apart from its properties and its `contextInfo`."""
    return list(_broken(_event_envelope(), body, ""))


def check_event_properties(event_type: str, properties: Any) -> list[Violation]:
    """What is wrong with the properties of an event of a known type."""
    return list(_broken(_event(event_type), properties, "/properties"))


def check_event_context(context: str, info: Any) -> list[Violation]:
    """What is wrong with the `contextInfo` of an event in a known context."""
    return list(_broken(_context(context), info, "/contextInfo"))


def _broken(validator: Draft202012Validator, value: Any, prefix: str) -> Iterator[Violation]:
    for error in validator.iter_errors(value):
        path = "".join(f"/{step}" for step in error.absolute_path)
        data = error.instance if isinstance(error.instance, (str, int, float, bool)) else None
        yield Violation(error.message, prefix + path, data, str(error.validator))


def _too_long(value: Any, path: str) -> Iterator[Violation]:
    if isinstance(value, str):
        limit = LONGER.get(path, MAX_LENGTH)
        if len(value) > limit:
            yield Violation(f"longer than {limit} characters", path, code="maxLength")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _too_long(item, f"{path}/{name}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _too_long(item, f"{path}/{position}")


def _too_long_extended(declared: Mapping[str, Any], value: Any, path: str) -> Iterator[Violation]:
    """The length limit of a declared string, or of a list of strings with a separator between each two."""
    given = declared.get("contactlabProperties", {}).get("maxLength")
    if isinstance(value, str):
        length, limit = len(value), given or MAX_LENGTH
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        length, limit = sum(map(len, value)) + len(value) - 1, given or MAX_EXTENDED_LIST
    else:
        return
    if length > limit:
        yield Violation(f"longer than {limit} characters", path, code="maxLength")


@cache
def _envelope() -> Draft202012Validator:
    return Draft202012Validator(ENVELOPE)


@cache
def _section(name: str) -> Draft202012Validator:
    return Draft202012Validator(customer_schema(name), format_checker=FORMATS)


@cache
def _element(collection: str) -> Draft202012Validator:
    found = element_schema(collection)
    if collection == "subscriptions":
        # `subscribed` is required on the routes of subscriptions only (reference 1.299.1).
        subscribed = {"subscribed": {"type": "boolean"}}
        found = found | {"required": ["id", "subscribed"], "properties": found["properties"] | subscribed}
    return Draft202012Validator(found, format_checker=FORMATS)


@cache
def _event_envelope() -> Draft202012Validator:
    return Draft202012Validator(EVENT_ENVELOPE, format_checker=FORMATS)


@cache
def _event(event_type: str) -> Draft202012Validator:
    return Draft202012Validator(event_schema(event_type), format_checker=FORMATS)


@cache
def _context(context: str) -> Draft202012Validator:
    return Draft202012Validator(context_schema(context), format_checker=FORMATS)
