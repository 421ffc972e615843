"""Orders: abandoned, completed and shipped."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.products import Classification, MeasuredProduct
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

if TYPE_CHECKING:
    import attrs

__all__ = [
    "AbandonedCart",
    "AbandonedCartProperties",
    "AbandonedSession",
    "AbandonedSessionProperties",
    "Amount",
    "CompletedOrder",
    "CompletedOrderProperties",
    "LocalAmount",
    "OrderLine",
    "OrderLineType",
    "OrderShipped",
    "OrderShippedProperties",
    "OrderType",
    "PaymentMethod",
    "SessionProduct",
]


class OrderType(StrEnum):
    """Whether an order is a sale, a return or both."""

    SALE = "sale"
    RETURN = "return"
    SALE_RETURN = "sale-return"


class OrderLineType(StrEnum):
    """Whether a line of an order is a sale or a return."""

    SALE = "sale"
    RETURN = "return"


class PaymentMethod(StrEnum):
    """How an order was paid."""

    CASH = "cash"
    CREDITCARD = "creditcard"
    DEBITCARD = "debitcard"
    PAYPAL = "paypal"
    OTHER = "other"


class LocalAmount(Properties):
    """The currency in which an order was paid, and its exchange rate."""

    currency: Attr[str | None] = attr(default=None)
    exchangeRate: Attr[float | None] = attr(default=None)


class Amount(Properties):
    """The amounts of an order."""

    total: Attr[float | None] = attr(default=None)
    revenue: Attr[float | None] = attr(default=None)
    shipping: Attr[float | None] = attr(default=None)
    tax: Attr[float | None] = attr(default=None)
    discount: Attr[float | None] = attr(default=None)
    local: Embedded[LocalAmount] = embedded(default=None)


class OrderLine(MeasuredProduct):
    """A product of an order or a cart."""

    orderLineId: Attr[int | None] = attr(default=None)
    type: Attr[OrderLineType | None] = attr(default=None)
    quantity: Attr[float | None] = attr(default=None)
    unitOfMeasure: Attr[str | None] = attr(default=None)
    subtotal: Attr[float | None] = attr(default=None)
    discount: Attr[float | None] = attr(default=None)
    tax: Attr[float | None] = attr(default=None)
    coupon: Attr[str | None] = attr(default=None)


def _complete(_: Any, __: attrs.Attribute[Any], value: list[Any]) -> None:
    """Check that every classification has a key and a value (only the schema of abandonedSession demands it)."""
    for one in value:
        items = one if isinstance(one, Mapping) else dict(one)
        if items.get("key") is None or items.get("value") is None:
            raise ValueError(f"must have a key and a value each, got {items}")


class SessionProduct(MeasuredProduct):
    """A product that the customer viewed in a session without an order."""

    classifications: Attr[list[Classification]] = attr(default=None, validator=_complete)
    unitOfMeasure: Attr[str | None] = attr(default=None)


class CompletedOrderProperties(EventProperties):
    """An order."""

    orderId: Attr[str | None] = attr(default=None)
    type: Attr[OrderType | None] = attr(default=None)
    storeCode: Attr[str | None] = attr(default=None)
    paymentMethod: Attr[PaymentMethod | None] = attr(default=None)
    shippingMethod: Attr[str | None] = attr(default=None)
    amount: Embedded[Amount] = embedded(default=None)
    products: Attr[list[OrderLine]] = attr(default=None)


class AbandonedCartProperties(EventProperties):
    """A cart that was not ordered."""

    orderId: Attr[str | None] = attr(default=None)
    abandonedCartUrl: Attr[str | None] = attr(default=None)
    storeCode: Attr[str | None] = attr(default=None)
    amount: Embedded[Amount] = embedded(default=None)
    products: Attr[list[OrderLine]] = attr(default=None)


class AbandonedSessionProperties(EventProperties):
    """A session that ended without an order."""

    abandonedSessionUrl: Attr[str | None] = attr(default=None)
    products: Attr[list[SessionProduct]] = attr(default=None)


class OrderShippedProperties(EventProperties):
    """An order and its shipment."""

    orderId: Attr[str | None] = attr(default=None)
    type: Attr[str | None] = attr(default=None)
    carrier: Attr[str | None] = attr(default=None)
    trackingCode: Attr[str | None] = attr(default=None)
    trackingUrl: Attr[str | None] = attr(default=None)
    weight: Attr[float | None] = attr(default=None)
    packages: Attr[int | None] = attr(default=None)


class CompletedOrder(Event, type=EventType.COMPLETED_ORDER):
    """A customer placed an order."""

    properties: Embedded[CompletedOrderProperties] = embedded(default=None, required=True)


class AbandonedCart(Event, type=EventType.ABANDONED_CART):
    """A customer left a cart without ordering."""

    properties: Embedded[AbandonedCartProperties] = embedded(default=None, required=True)


class AbandonedSession(Event, type=EventType.ABANDONED_SESSION):
    """A customer ended a session without ordering the products that they viewed."""

    properties: Embedded[AbandonedSessionProperties] = embedded(default=None, required=True)


class OrderShipped(Event, type=EventType.ORDER_SHIPPED):
    """An order of a customer was shipped."""

    properties: Embedded[OrderShippedProperties] = embedded(default=None, required=True)
