"""Answers about events."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import datetime
from typing import Any

import attrs

from contacthub_orm.contacthub.api.answers import Record

__all__ = [
    "BringBackPropertiesRecord",
    "EventCreatedRecord",
    "EventRecord",
    "LastOffsetRecord",
    "TrackingRecord",
    "UpdateRecord",
    "UpdateStreamRecord",
]


@attrs.frozen(kw_only=True)
class BringBackPropertiesRecord(Record):
    """The bring back properties of an answer."""

    type: str | None = None
    value: str | None = None
    nodeId: str | None = None


@attrs.frozen(kw_only=True)
class TrackingRecord(Record):
    """The tracking of an answer."""

    ga: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class EventRecord(Record):
    """The event of an answer."""

    id: str | None = None
    customerId: str | None = None
    bringBackProperties: BringBackPropertiesRecord | None = None
    type: str | None = None
    properties: dict[str, Any] | None = None
    context: str | None = None
    contextInfo: dict[str, Any] | None = None
    date: datetime | None = None
    origin: str | None = None
    prev: str | None = None
    next: str | None = None
    tracking: TrackingRecord | None = None
    registeredAt: datetime | None = None
    updatedAt: datetime | None = None
    version: int | None = None


@attrs.frozen(kw_only=True)
class EventCreatedRecord(Record):
    """The event created of an answer."""

    id: str | None = None


@attrs.frozen(kw_only=True)
class UpdateRecord(Record):
    """The update of an answer."""

    operation: str | None = None
    entity: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class UpdateStreamRecord(Record):
    """The update stream of an answer."""

    nextOffset: int | None = None
    updates: list[UpdateRecord] | None = None


@attrs.frozen(kw_only=True)
class LastOffsetRecord(Record):
    """The last offset of an answer."""

    lastOffset: int | None = None
