"""What operations on events send. A key that is left out is not sent; None is sent as null."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import datetime
from typing import Any, Required, TypedDict

from contacthub_orm.contacthub.api.records.enums import BringBackTypes, EventContexts, EventTypes

__all__ = ["BringBackPropertiesBody", "CreateEventBody", "PatchEventBody", "TrackingBody", "UpdateEventBody"]


class BringBackPropertiesBody(TypedDict, total=False):
    """The bring back properties of a body."""

    type: BringBackTypes
    value: str
    nodeId: str


class TrackingBody(TypedDict, total=False):
    """The tracking of a body."""

    ga: dict[str, Any]


class CreateEventBody(TypedDict, total=False):
    """What `create_event` sends."""

    customerId: str
    bringBackProperties: BringBackPropertiesBody | None
    type: Required[EventTypes]
    properties: Required[dict[str, Any]]
    context: Required[EventContexts]
    contextInfo: dict[str, Any]
    date: datetime
    tracking: TrackingBody | None


class UpdateEventBody(TypedDict, total=False):
    """What `update_event` sends."""

    id: str
    customerId: str
    bringBackProperties: BringBackPropertiesBody | None
    type: Required[EventTypes]
    properties: Required[dict[str, Any]]
    context: Required[EventContexts]
    contextInfo: dict[str, Any]
    date: datetime
    tracking: TrackingBody | None


class PatchEventBody(TypedDict, total=False):
    """What `patch_event` sends."""

    id: str
    customerId: str
    bringBackProperties: BringBackPropertiesBody | None
    type: EventTypes
    properties: dict[str, Any] | None
    context: EventContexts
    contextInfo: dict[str, Any] | None
    date: datetime
    tracking: TrackingBody | None
