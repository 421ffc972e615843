"""The shapes of analytics: time series, keys with values, indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.analytics.conventions import currency
from contacthub_orm.sandbox.service.calls import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from contacthub_orm.sandbox.analytics.periods import Period
    from contacthub_orm.sandbox.analytics.purchases import Purchases
    from contacthub_orm.sandbox.routes.analytics.parameters import Parameters

__all__ = ["answer", "key_values", "purchase_indicators", "time_series"]


def answer(asked: Parameters, data: Any) -> Answer:
    """200 with the figures and the parameters that they were computed with."""
    return Answer.of(200, {"parameters": asked.effective, "data": data})


def time_series(
    category: str, when: Sequence[Period], numbers: Iterable[int | str], **more: str
) -> dict[str, Any]:
    """A value for each period, under the first day of its period."""
    values = [{"datetime": period.day, "value": number} for period, number in zip(when, numbers, strict=True)]
    return {"category": category, **more, "type": "timeseries", "values": values}


def key_values(category: str, values: Mapping[str, int | str], **more: str) -> dict[str, Any]:
    """Values under their names."""
    listed = [{"key": key, "value": value} for key, value in values.items()]
    return {**more, "category": category, "type": "keyValue", "values": listed}


def purchase_indicators(
    call: Call, found: Purchases, name: str, value: Decimal, **more: Decimal
) -> list[dict[str, Any]]:
    """The amount that the reference names, then the number of purchases and their average.

    Args:
        call: the request.
        found: the purchases.
        name: the name of the amount.
        value: the amount.
        more: further sums that stand beside it.
    """
    unit = {"type": "currency", "currency": currency(call)}
    sums = {key: _written(one) for key, one in more.items()}
    return [
        {"name": name, **unit, "value": _written(value), **sums},
        {"name": "purchases", "type": "number", "value": str(found.number)},
        {"name": "averagePurchase", **unit, "value": _written(found.average)},
    ]


def _written(amount: Decimal) -> str:
    """Every digit of an amount, and two after the point at least."""
    whole, _, fraction = f"{amount:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}"
