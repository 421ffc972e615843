"""The models that events have when they are exported to Contactplan.

No source lists the fields of a model. They are those of the type of event that its name speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.schemas import event_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["fields_of"]

TYPES: Final = {
    "ABANDONED_CART": "abandonedCart",
    "ATTENDANCE_EVENT": "eventParticipated",
    "COUPON": "grantedCoupon",
    "ORDER": "completedOrder",
    "ORDER_LINE": "completedOrder",
    "PRODUCT_INTERACTION": "viewedProduct",
    "SERVICE_SUBSCRIBED": "serviceSubscribed",
    "SERVICE_UNSUBSCRIBED": "serviceUnsubscribed",
    "WEB_BROWSING_EVENT": "viewedPage",
}


def fields_of(call: Call, model: str) -> dict[str, Any]:
    """The fields of a model in Contactplan, and of the events and products that they come from."""
    event_type = TYPES[model]
    properties = event_schema(event_type)["properties"]
    if model == "ORDER_LINE":
        properties = properties["products"]["items"]["properties"]
    declared = call.configuration.event_extended.get(event_type) or {}
    event = [*_fields(properties), *_fields(declared, "extended.")]
    return {
        "plan": [{"name": field["name"], "type": field["type"].upper()} for field in event],
        "hub": {"event": event, "product": [*_fields(call.configuration.value("product-extended"))]},
    }


def _fields(properties: Mapping[str, Any], prefix: str = "") -> Iterator[dict[str, Any]]:
    for name, schema in properties.items():
        kinds = schema.get("type", "object")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        if kind in ("object", "array"):
            continue
        label = schema.get("contactlabProperties", {}).get("label", name)
        yield {
            "name": prefix + name,
            "type": kind,
            "format": schema.get("format", ""),
            "contactlabProperties": {"label": label},
        }
