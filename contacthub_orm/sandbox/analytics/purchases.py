"""Purchases: what the completed orders of a range add up to, to the last digit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, text

from contacthub_orm.sandbox.analytics.conventions import RETURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["Purchases", "purchases"]

# The amounts come as JSON, because SQLite's numbers would round them. The index has all that is asked, but SQLite
# would prefer one by date alone and then read every document.
ORDERS: Final = text("""
    SELECT json_extract(document, '$.properties.amount', '$.properties.type')
    FROM events INDEXED BY events_orders
    WHERE type = 'completedOrder' AND node_id IN :nodes AND date BETWEEN :first AND :last
    AND context IN :contexts AND (:customer IS NULL OR customer_id = :customer)
    AND visible_from <= :now AND visible_to > :now
""").bindparams(bindparam("nodes", expanding=True), bindparam("contexts", expanding=True))

DECODER: Final = JSONDecoder(parse_float=Decimal)

EXACT: Final = Context(prec=10_000)
"""More digits than the sum of any numbers that Python reads from JSON has (4,300 before the point)."""

ZERO: Final = Decimal()


@dataclass(frozen=True, slots=True)
class Purchases:
    """What some completed orders add up to.

    Attributes:
        number: how many of them are purchases; returns are not counted.
        total: the sum of `amount.total`, less the returns.
        revenue: the sum of `amount.revenue`, less the returns; an order without one counts with its total.
    """

    number: int
    total: Decimal
    revenue: Decimal

    @property
    def average(self) -> Decimal:
        """The total for each purchase, rounded to two decimals; zero without any."""
        if not self.number:
            return ZERO
        with localcontext(EXACT):
            return Decimal(round(Fraction(self.total) * 100 / self.number)).scaleb(-2)


def purchases(
    call: Call,
    nodes: Sequence[str],
    span: tuple[int, int],
    contexts: Sequence[str],
    customer_id: str | None = None,
) -> Purchases:
    """Add up completed orders.

    Args:
        call: the request.
        nodes: the entry nodes to count in.
        span: the first and the last `date` of the orders, both inclusive, in milliseconds since 1970.
        contexts: the contexts to count in.
        customer_id: the customer whose orders they are; None counts those of all.
    """
    asked = {
        "nodes": nodes,
        "first": span[0],
        "last": span[1],
        "contexts": contexts,
        "customer": customer_id,
        "now": call.now,
    }
    number, total, revenue = 0, ZERO, ZERO
    with localcontext(EXACT):
        for order, times in Counter(call.connection.scalars(ORDERS, asked)).items():
            amount, kind = DECODER.decode(order)
            paid, earned = _amounts(amount or {})
            if kind == RETURN:  # clients write what they give back with either sign
                paid, earned = -abs(paid), -abs(earned)
            else:
                number += times
            total += paid * times
            revenue += earned * times
    return Purchases(number, total, revenue)


def _amounts(amount: dict[str, Any]) -> tuple[Decimal, Decimal]:
    total = Decimal(amount.get("total") or 0)
    revenue = amount.get("revenue")
    return total, total if revenue is None else Decimal(revenue)
