"""The second chapter: the shop's own customers, with a size, points and a rule; and what they buy."""

from __future__ import annotations

from contacthub_orm import (
    Attr,
    CompletedOrder,
    Customer,
    Embedded,
    Event,
    Properties,
    attr,
    embedded,
    validates,
)
from contacthub_orm.contacthub.events import Amount, CompletedOrderProperties


class ShopProperties(Properties):
    """What the shop keeps of a customer: the extended properties of its workspace."""

    size: Attr[int | None] = attr(default=None)
    points: Attr[int | None] = attr(default=None)


class Member(Customer):
    """A customer of the shop."""

    extended: Embedded[ShopProperties] = embedded(default=None)

    @validates("extended.size")
    def has_feet(self, size: int) -> None:
        if not 16 <= size <= 50:
            raise ValueError(f"is a European shoe size from 16 to 50, got {size}")

    def buy(self, order: str, total: float) -> CompletedOrder:
        """Buy something: an event, and a point for each whole euro."""
        self.extended.points = (self.extended.points or 0) + int(total)
        bought = CompletedOrder(
            customer=self,
            context=Event.CONTEXTS.ECOMMERCE,
            properties=CompletedOrderProperties(orderId=order, amount=Amount(total=total)),
        )
        self.events.append(bought)
        return bought


IS_GOOD_CUSTOMER = Member.extended.points >= 100
