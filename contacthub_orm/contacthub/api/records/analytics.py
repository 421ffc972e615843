"""Answers about analytics."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Any

import attrs

from contacthub_orm.contacthub.api.answers import Record

__all__ = [
    "KeyValueAnswer",
    "KeyValueListAnswer",
    "KeyValueSeriesRecord",
    "KpiAnswer",
    "KpiValueRecord",
    "NodeInfoRecord",
    "TimeSeriesAnswer",
    "TimeSeriesRecord",
]


@attrs.frozen(kw_only=True)
class TimeSeriesRecord(Record):
    """The time series of an answer."""

    category: str | None = None
    type: str | None = None
    context: str | None = None
    values: list[dict[str, Any]] | None = None


@attrs.frozen(kw_only=True)
class KeyValueSeriesRecord(Record):
    """The key value series of an answer."""

    name: str | None = None
    category: str | None = None
    type: str | None = None
    values: list[dict[str, Any]] | None = None


@attrs.frozen(kw_only=True)
class KpiValueRecord(Record):
    """The kpi value of an answer."""

    name: str | None = None
    type: str | None = None
    currency: str | None = None
    value: str | None = None
    total: str | None = None
    revenue: str | None = None


@attrs.frozen(kw_only=True)
class NodeInfoRecord(Record):
    """The node info of an answer."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    customers: int | None = None
    plan: bool | None = None
    send: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class TimeSeriesAnswer(Record):
    """The answer of `get_customer_events_by_category`."""

    parameters: dict[str, Any] | None = None
    data: list[TimeSeriesRecord] | None = None


@attrs.frozen(kw_only=True)
class KpiAnswer(Record):
    """The answer of `get_customer_buying_behaviors`."""

    parameters: dict[str, Any] | None = None
    data: list[KpiValueRecord] | None = None


@attrs.frozen(kw_only=True)
class KeyValueAnswer(Record):
    """The answer of `count_customers`."""

    parameters: dict[str, Any] | None = None
    data: KeyValueSeriesRecord | None = None


@attrs.frozen(kw_only=True)
class KeyValueListAnswer(Record):
    """The answer of `get_web_kpis`."""

    parameters: dict[str, Any] | None = None
    data: list[KeyValueSeriesRecord] | None = None
