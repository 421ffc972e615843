"""The JSON that expressions compile to, written short, and entities with attributes of every kind."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from contacthub_orm import Attr, Criterion, Customer, Embedded, Properties, attr, embedded
from contacthub_orm.contacthub.query.query_json import query_json


class Size(StrEnum):
    SMALL = "S"
    LARGE = "L"


class Car(Properties):
    plate: Attr[str | None] = attr(default=None)
    since: Attr[date | None] = attr(default=None)


class Shopper(Properties):
    points: Attr[int | None] = attr(default=None)
    rate: Attr[float | None] = attr(default=None)
    member: Attr[bool | None] = attr(default=None)
    size: Attr[Size | None] = attr(default=None)
    joined: Attr[date | None] = attr(default=None)
    seen: Attr[datetime | None] = attr(default=None, name="lastSeen")
    shops: Attr[list[str]] = attr(default=None)
    sizes: Attr[list[Size]] = attr(default=None)
    car: Embedded[Car] = embedded(default=None)
    other: Embedded[Any] = embedded(default=None)


class ShopCustomer(Customer):
    """A customer whose extended properties are declared."""

    extended: Embedded[Shopper] = embedded(default=None)


def atomic(attribute: str, operator: str, *value: Any) -> dict[str, Any]:
    condition = {"type": "atomic", "attribute": attribute, "operator": operator}
    return {**condition, "value": value[0]} if value else condition


def all_of(*conditions: Any) -> dict[str, Any]:
    return {"type": "composite", "conjunction": "and", "conditions": list(conditions)}


def any_of(*conditions: Any) -> dict[str, Any]:
    return {"type": "composite", "conjunction": "or", "conditions": list(conditions)}


def simple(condition: Any) -> dict[str, Any]:
    return {"type": "simple", "are": {"condition": condition}}


def did_part(name: str, condition: Any = None, timeframe: Any = None) -> dict[str, Any]:
    every = atomic("date", "IS_NOT_NULL")
    return {
        "type": "simple",
        "did": {"event": {"name": name}, "condition": condition or every, "timeframe": timeframe or every},
    }


def combined(conjunction: str, *queries: Any) -> dict[str, Any]:
    return {"type": "combined", "conjunction": conjunction, "queries": list(queries)}


EVERYONE = simple(atomic("id", "IS_NOT_NULL"))


def compiled(criterion: Criterion) -> Any:
    """The query in its container."""
    document = query_json(criterion)
    assert document is not None
    assert list(document) == ["name", "query"]
    return document["query"]
