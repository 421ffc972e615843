"""Indicators: what purchases add up to, and the pages viewed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.sandbox.api import Api
from tests.sandbox.conftest import Clock
from tests.sandbox.routes.analytics.conftest import Figures


@pytest.fixture
def customer(api: Api) -> str:
    found: str = api.create(externalId="1")["id"]
    return found


def order(
    api: Api, customer: str, total: float | None = None, context: str = "ECOMMERCE", **more: Any
) -> None:
    date = {"date": more.pop("date")} if "date" in more else {}
    properties = more if total is None else more | {"amount": {"total": total} | more.pop("amount", {})}
    api.event(type="completedOrder", context=context, customerId=customer, properties=properties, **date)


def values(indicators: list[dict[str, str]]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in indicators}


def test_purchases_add_up_exactly(api: Api, customer: str, figures: Figures) -> None:
    for total in (0.1, 0.2, 1e15, 0.005):
        order(api, customer, total)

    total, *rest = figures("/events/kpi/ecommerce")

    assert total == {
        "name": "totalSales",
        "type": "currency",
        "currency": "EUR",
        "value": "1000000000000000.305",
        "total": "1000000000000000.305",
    }
    assert rest == [
        {"name": "purchases", "type": "number", "value": "4"},
        {"name": "averagePurchase", "type": "currency", "currency": "EUR", "value": "250000000000000.08"},
    ]


def test_orders_of_the_same_amount_all_count(api: Api, customer: str, figures: Figures) -> None:
    for kind in ("sale", "sale", "return", "return"):
        order(api, customer, 5 if kind == "sale" else 2, type=kind)
    (total, number, _) = figures("/events/kpi/purchases")
    assert (total["value"], total["total"], number["value"]) == ("6.00", "6.00", "2")


def test_numbers_of_any_size_add_up(api: Api, customer: str, figures: Figures) -> None:
    totals = [10**4000, -1e308, 5e-324]
    for total in totals:
        order(api, customer, total)
    found = values(figures("/events/kpi/purchases"))["totalRevenue"]
    assert Fraction(Decimal(found)) == sum(Fraction(str(total)) for total in totals)


def test_revenue_is_the_orders_own_or_else_its_total(api: Api, customer: str, figures: Figures) -> None:
    order(api, customer, 12, amount={"revenue": 10})
    order(api, customer, 7)
    order(api, customer)

    (first, number, average) = figures("/events/kpi/purchases")
    assert (first["name"], first["value"], first["total"]) == ("totalRevenue", "17.00", "19.00")
    assert (number["value"], average["value"]) == ("3", "6.33")

    spending = figures(f"/customers/{customer}/buying-behaviors")[0]
    assert spending["name"] == "totalSpending"
    assert (spending["value"], spending["total"], spending["revenue"]) == ("19.00", "19.00", "17.00")


@pytest.mark.parametrize("given_back", [20, -20])
def test_a_return_takes_its_amount_away_whatever_its_sign(
    given_back: int, api: Api, customer: str, figures: Figures
) -> None:
    order(api, customer, 50, type="sale")
    order(api, customer, given_back, type="return")
    order(api, customer, -5, type="sale-return")

    assert values(figures("/events/kpi/purchases")) == {
        "totalRevenue": "25.00",
        "purchases": "2",
        "averagePurchase": "12.50",
    }


def test_without_purchases_every_indicator_is_zero(figures: Figures) -> None:
    assert values(figures("/events/kpi/purchases")) == {
        "totalRevenue": "0.00",
        "purchases": "0",
        "averagePurchase": "0.00",
    }


def test_purchases_are_chosen_by_context(api: Api, customer: str, figures: Figures) -> None:
    for context, total in (("ECOMMERCE", 1), ("RETAIL", 2), ("MOBILE", 4)):
        order(api, customer, total, context)

    def revenue(**query: str) -> str:
        return values(figures("/events/kpi/purchases", **query))["totalRevenue"]

    assert [revenue(type=kind) for kind in ("ECOMMERCE", "RETAIL", "ALL")] == ["1.00", "2.00", "7.00"]
    assert revenue() == "7.00"
    assert values(figures("/events/kpi/ecommerce"))["totalSales"] == "1.00"
    assert values(figures(f"/customers/{customer}/buying-behaviors"))["totalSpending"] == "7.00"


def test_only_completed_orders_of_the_range_are_purchases(api: Api, customer: str, figures: Figures) -> None:
    order(api, customer, 1, date="2024-04-01T11:59:59.999Z")
    order(api, customer, 2, date="2024-04-01T12:00:00Z")
    order(api, customer, 4, date="2024-05-01T12:00:00Z")
    order(api, customer, 8, date="2024-05-01T12:00:00.001Z")
    api.event(
        type="abandonedCart", context="ECOMMERCE", customerId=customer, properties={"amount": {"total": 16}}
    )
    assert values(figures("/events/kpi/purchases"))["totalRevenue"] == "6.00"
    assert values(figures(f"/customers/{customer}/buying-behaviors"))["totalSpending"] == "7.00"


def test_a_purchase_is_its_own_customers(api: Api, customer: str, figures: Figures) -> None:
    other = api.create(externalId="2")["id"]
    order(api, customer, 1)
    order(api, other, 2)
    assert values(figures(f"/customers/{other}/buying-behaviors"))["totalSpending"] == "2.00"


def test_a_changed_order_counts_with_its_new_amount(
    api: Api, customer: str, clock: Clock, figures: Figures
) -> None:
    api.sandbox.configure(search_delay=60)
    event = api.event(
        type="completedOrder", context="RETAIL", customerId=customer, properties={"amount": {"total": 1}}
    )
    assert values(figures("/events/kpi/purchases"))["purchases"] == "0"
    clock.turn(60)
    api.patch(f"/events/{event}", {"properties": {"amount": {"total": 3}}})
    assert values(figures("/events/kpi/purchases"))["totalRevenue"] == "1.00"
    clock.turn(60)
    assert values(figures("/events/kpi/purchases"))["totalRevenue"] == "3.00"


def test_page_views_are_those_on_the_web(api: Api, customer: str, figures: Figures) -> None:
    for context in ("WEB", "WEB", "MOBILE"):
        api.event(customerId=customer, context=context)
    api.event(customerId=customer, type="loggedIn")
    assert figures("/events/kpi/web") == [
        {
            "name": "pageViews",
            "category": "eventsKPI",
            "type": "keyValue",
            "values": [{"key": "pageViews", "value": 2}],
        }
    ]
