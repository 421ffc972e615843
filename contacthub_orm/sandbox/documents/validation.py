"""The rules that bodies must keep: JSON schemas and the reference's length limits.

Each check returns the violations that it finds. It repairs nothing and drops nothing unknown, because a
forgiving sandbox would hide a client's mistakes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.schemas import (
    Schema,
    context_schema,
    customer_schema,
    element_schema,
    event_schema,
)
from contacthub_orm.sandbox.documents.shapes import CUSTOMER_KEYS
from contacthub_orm.sandbox.documents.violations import Violation, missing, too_long
from contacthub_orm.sandbox.documents.wire import parse_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

__all__ = [
    "MAX_LENGTH",
    "broken",
    "check_customer",
    "check_disabled",
    "check_element",
    "check_event_context",
    "check_event_envelope",
    "check_event_properties",
    "check_extended",
    "check_mandatory",
    "check_tags",
    "validator",
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

OPTIONAL_STRING: Final[Schema] = {"type": ["string", "null"]}
EVENT_ENVELOPE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": OPTIONAL_STRING,
        "customerId": OPTIONAL_STRING,
        "bringBackProperties": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["value"],
            "properties": {
                "type": {"enum": [*enum("bring_back_types"), None]},
                "value": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                "nodeId": OPTIONAL_STRING,
            },
        },
        "type": OPTIONAL_STRING,
        "properties": {"type": ["object", "null"]},
        "context": OPTIONAL_STRING,
        "contextInfo": {"type": ["object", "null"]},
        "date": {"type": ["string", "null"], "format": "date-time"},
        "origin": OPTIONAL_STRING,
        "tracking": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "ga": {
                    "type": ["object", "null"],
                    "additionalProperties": False,
                    "properties": {
                        f"utm_{name}": OPTIONAL_STRING
                        for name in ("source", "medium", "term", "content", "campaign")
                    },
                }
            },
        },
        "registeredAt": OPTIONAL_STRING,
        "updatedAt": OPTIONAL_STRING,
        "version": {"type": ["integer", "null"]},
        "prev": OPTIONAL_STRING,
        "next": OPTIONAL_STRING,
    },
}

FORMATS: Final = FormatChecker(formats=["date", "ipv4"])
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or parse_instant(value) is not None


@FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or UUID_FORM.fullmatch(value) is not None


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or EMAIL.fullmatch(value) is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


def check_customer(body: Mapping[str, Any]) -> list[Violation]:
    """Check a customer's body, whether complete (POST, PUT) or partial (PATCH)."""
    violations = list(broken(_envelope(), body, ""))
    if violations:
        return violations
    for section in ("base", "consents", "tags"):
        value = body.get(section)
        if value is not None:
            violations += broken(_section(section), value, f"/{section}")
    violations += _long_strings(body.get("base"), "/base")
    return violations


def check_tags(customer: Mapping[str, Any]) -> list[Violation]:
    """Check that neither `tags.auto` nor `tags.manual` has more than 1000 characters in total."""
    return [
        Violation(f"the tags are longer than {MAX_TAGS} together", f"/tags/{kind}", code="maxLength")
        for kind, tags in (customer["tags"] or {}).items()
        if sum(map(len, tags)) > MAX_TAGS
    ]


def check_mandatory(
    customer: Mapping[str, Any], mandatory: Sequence[str], matching: Sequence[str]
) -> list[Violation]:
    """Check that the node's mandatory properties have a value.

    The message for a matching property is the one that the Go SDK recorded.
    """
    return [
        Violation(
            "unique customer property is required" if path in matching else "mandatory property is required",
            paths.pointer(path),
            code="required",
        )
        for path in mandatory
        if paths.read(customer, path) in (None, "", [])
    ]


def check_disabled(customer: Mapping[str, Any], disabled: Collection[str]) -> list[Violation]:
    """Check that no base property has a value that is disabled in the workspace."""
    return [
        Violation("the base property is not enabled", paths.pointer(path), code="disabled")
        for path in sorted(disabled)
        if paths.read(customer, path) not in (None, [])
    ]


def check_extended(
    extended: Mapping[str, Any] | None,
    declared: Mapping[str, Mapping[str, Any]] | None,
    pointer: str = "/extended",
) -> list[Violation]:
    """Check that extended properties are declared and enabled and have their type.

    Args:
        extended: the properties; what is no object is another check's.
        declared: the definitions by name; None accepts all.
        pointer: where the properties are in the body.
    """
    if not isinstance(extended, dict) or declared is None:
        return []
    violations: list[Violation] = []
    for name, value in extended.items():
        path = f"{pointer}/{name}"
        if name not in declared:
            violations.append(
                Violation("the extended property is not declared", path, value, "additionalProperties")
            )
        elif not declared[name].get("contactlabProperties", {}).get("enabled", True):
            violations.append(Violation("the extended property is not enabled", path, value, "disabled"))
        elif value is not None:
            violations += broken(validator(declared[name]), value, path)
            violations += _long_extended(declared[name], value, path)
    return violations


def check_element(collection: str, element: Any, *, strict: bool = False) -> list[Violation]:
    """Check an education, like, job or subscription that is sent to its own route.

    The reference requires `subscribed` of a subscription; live clients leave it out. Only `strict` refuses that.
    """
    violations = list(broken(_element(collection), element, ""))
    if strict and collection == "subscriptions" and element.get("subscribed") is None:
        violations.append(missing("subscribed"))
    return violations or list(_long_strings(element, ""))


def check_event_envelope(body: Mapping[str, Any]) -> list[Violation]:
    """Check an event's body except its properties and its `contextInfo`."""
    return list(broken(_event_envelope(), body, ""))


def check_event_properties(event_type: str, properties: Any) -> list[Violation]:
    """Check the properties of an event of a known type."""
    return list(broken(_event(event_type), properties, "/properties"))


def check_event_context(context: str, info: Any) -> list[Violation]:
    """Check the `contextInfo` of an event in a known context."""
    return list(broken(_context(context), info, "/contextInfo"))


def broken(rules: Draft202012Validator, value: Any, prefix: str) -> Iterator[Violation]:
    """The rules of a schema that a value breaks; `prefix` is where the value is in the body."""
    for error in rules.iter_errors(value):
        path = "".join(f"/{step}" for step in error.absolute_path)
        data = error.instance if isinstance(error.instance, (str, int, float, bool)) else None
        yield Violation(error.message, prefix + path, data, str(error.validator))


def _long_strings(value: Any, path: str) -> Iterator[Violation]:
    if isinstance(value, str):
        limit = LONGER.get(path, MAX_LENGTH)
        if len(value) > limit:
            yield too_long(limit, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _long_strings(item, f"{path}/{name}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _long_strings(item, f"{path}/{position}")


def _long_extended(declared: Mapping[str, Any], value: Any, path: str) -> Iterator[Violation]:
    """Check the length of a declared string, or of a list of strings joined by one-character separators."""
    declared_limit = declared.get("contactlabProperties", {}).get("maxLength")
    if isinstance(value, str):
        length, limit = len(value), declared_limit or MAX_LENGTH
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        length, limit = sum(map(len, value)) + len(value) - 1, declared_limit or MAX_EXTENDED_LIST
    else:
        return
    if length > limit:
        yield too_long(limit, path)


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of a schema, with the formats as this server reads them."""
    return Draft202012Validator(schema, format_checker=FORMATS)


@cache
def _envelope() -> Draft202012Validator:
    return validator(ENVELOPE)


@cache
def _section(name: str) -> Draft202012Validator:
    return validator(customer_schema(name))


@cache
def _element(collection: str) -> Draft202012Validator:
    return validator(element_schema(collection))


@cache
def _event_envelope() -> Draft202012Validator:
    return validator(EVENT_ENVELOPE)


@cache
def _event(event_type: str) -> Draft202012Validator:
    return validator(event_schema(event_type))


@cache
def _context(context: str) -> Draft202012Validator:
    return validator(context_schema(context))
