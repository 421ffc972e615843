"""The complete form of documents, which answers show and the store keeps.

A customer's answer names every property of an object that is set; an unset property is null or [] (recorded
answers of the Python and Go SDKs). In the form `object`, `base` and the objects in it are never null: where
they are unset, they are objects of nulls, because the Python SDK cannot read a customer whose `base` is null.
Date-times have the service's form, and collections hold no duplicates.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from contacthub_orm.reference import CUSTOMER_SECTIONS
from contacthub_orm.sandbox.documents.schemas import (
    Schema,
    context_schema,
    customer_schema,
    element_schema,
    event_schema,
)
from contacthub_orm.sandbox.documents.wire import canonical, format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CUSTOMER_KEYS",
    "UnsetForm",
    "complete_customer",
    "complete_element",
    "normalize_context",
    "normalize_properties",
    "project",
    "without_duplicates",
]

Complete: TypeAlias = "Callable[[Any], Any]"
UnsetForm: TypeAlias = Literal["object", "null"]

CUSTOMER_KEYS: Final = (
    "id",
    "intId",
    "nodeId",
    "externalId",
    "base",
    "consents",
    "extended",
    "extra",
    "tags",
    "enabled",
    "registeredAt",
    "updatedAt",
    "version",
    "deleted",
    "sourceInfo",
)


def complete_customer(document: dict[str, Any], unset: UnsetForm) -> dict[str, Any]:
    """The customer with all its keys, in the order of the answers. Completing it again changes nothing.

    Args:
        document: the customer, complete or not.
        unset: the form of unset objects in `base`, and of `base` itself.
    """
    whole = {key: document.get(key) for key in CUSTOMER_KEYS}
    for section in CUSTOMER_SECTIONS:
        whole[section] = _section(section, unset)(whole[section])
    # One SDK reads an empty object as a list and would put that back.
    whole["extended"] = whole["extended"] or None
    if whole["enabled"] is None:
        whole["enabled"] = True
    return whole


def complete_element(collection: str, element: dict[str, Any]) -> dict[str, Any]:
    """One education, like, job or subscription with all its keys."""
    whole: dict[str, Any] = _element(collection)(element)
    return whole


def normalize_properties(event_type: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An event's properties with their date-times in the service's form. Nothing is added."""
    normal: dict[str, Any] = _event(event_type)(properties)
    return normal


def normalize_context(context: str, info: dict[str, Any]) -> dict[str, Any]:
    """An event's `contextInfo` with its date-times in the service's form. Nothing is added."""
    normal: dict[str, Any] = _context(context)(info)
    return normal


def without_duplicates(items: list[Any]) -> list[Any]:
    """The distinct items, each at its first place; they are equal if their JSON is, in any order of keys."""
    return list({canonical(item): item for item in items}.values())


def project(document: dict[str, Any], paths: list[str], unset: UnsetForm) -> dict[str, Any]:
    """The customer reduced by `fields`: all keys stay, only the id and the requested paths keep their values.

    A path into the elements of a list keeps the whole list.
    """
    kept: dict[str, Any] = dict.fromkeys(document) | {"id": document["id"]}
    for path in paths:
        _copy(document, kept, path.split("."))
    kept["base"] = _section("base", unset)(kept["base"])
    return kept


def _copy(source: dict[str, Any], target: dict[str, Any], names: list[str]) -> None:
    name, *rest = names
    value = source.get(name)
    if not rest or not isinstance(value, dict):
        if name in source:
            target[name] = value
        return
    if target.get(name) is None:
        # Extended properties have no schema, so only the requested ones are shown.
        target[name] = {} if name == "extended" else {key: _unset(value[key]) for key in value}
    _copy(value, target[name], rest)


def _unset(value: Any) -> Any:
    return [] if isinstance(value, list) else None


@cache
def _section(name: str, unset: UnsetForm) -> Complete:
    return _compile(customer_schema(name), fill=True, objects=name == "base" and unset == "object")


@cache
def _element(collection: str) -> Complete:
    return _compile(element_schema(collection), fill=True)


@cache
def _event(event_type: str) -> Complete:
    return _compile(event_schema(event_type), fill=False)


@cache
def _context(context: str) -> Complete:
    return _compile(context_schema(context), fill=False)


def _compile(node: Schema, *, fill: bool, objects: bool = False) -> Complete:
    """A function that completes values of this schema; compiled once, because it runs for every write.

    With `fill`, objects that are set get all their keys; with `objects`, those that are not set do too,
    except in the elements of lists.
    """
    if "properties" in node:
        children = {
            name: _compile(child, fill=fill, objects=objects) for name, child in node["properties"].items()
        }
        return _object(children, objects=objects) if fill else _partial_object(children)
    if "items" in node:
        return _array(_compile(node["items"], fill=fill), fill=fill)
    if node.get("format") == "date-time":
        return _date_time
    return _same


def _object(children: dict[str, Complete], *, objects: bool) -> Complete:
    def complete(value: Any) -> Any:
        if value is None and objects:
            return {name: child(None) for name, child in children.items()}
        if not isinstance(value, dict):
            return value
        whole = {name: child(value.get(name)) for name, child in children.items()}
        if value.keys() - children.keys():
            whole |= {name: item for name, item in value.items() if name not in children}
        return whole

    return complete


def _partial_object(children: dict[str, Complete]) -> Complete:
    def normalize(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: children.get(name, _same)(item) for name, item in value.items()}

    return normalize


def _array(child: Complete, *, fill: bool) -> Complete:
    def complete(value: Any) -> Any:
        if not value:
            return [] if fill else value
        items = [child(item) for item in value]
        return without_duplicates(items) if fill else items

    return complete


def _date_time(value: Any) -> Any:
    instant = parse_instant(value) if isinstance(value, str) else None
    return value if instant is None else format_instant(instant)


def _same(value: Any) -> Any:
    return value
