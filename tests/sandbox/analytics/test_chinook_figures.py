"""The figures of the Chinook shop are those that plain Python computes from its database."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contacthub_orm.contacthub.api.groups.analytics import Analytics
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.examples.conftest import make_shop, real_shops

EXAMPLE = Path(__file__).parents[3] / "examples" / "chinook.py"
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(scope="module")
def example() -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("chinook_figures", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module", params=["small", *map(str, real_shops())], ids=lambda name: Path(name).stem)
def shop(request: pytest.FixtureRequest, example: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The shop as the example reads it from its database."""
    path = request.param
    if path == "small":
        path = os.fspath(tmp_path_factory.mktemp("shop") / "small.sqlite")
        make_shop(Path(path))
    return example.Shop.read(path)


@pytest.fixture(scope="module")
def world(shop: Any, example: Any) -> Iterator[tuple[Analytics, dict[str, str]]]:
    """The analytics of a sandbox that holds the shop, and the ids of the customers by their number."""
    clock = ManualClock(max(invoice.date for invoice in shop.invoices.values()) + timedelta(days=1))
    with Sandbox(clock=clock.now) as sandbox:
        clients = [example.new_customer(client) for client in shop.clients.values()]
        ids = sandbox.seed(client.to_dict() for client in clients)
        numbers = dict(zip(shop.clients, ids, strict=True))
        sandbox.seed_events(
            {
                "customerId": numbers[invoice.client_id],
                "type": "completedOrder",
                "context": "ECOMMERCE",
                "date": invoice.date.isoformat(),
                "properties": {
                    "orderId": invoice.number,
                    "type": "sale",
                    "amount": {"total": float(invoice.total)},
                    "products": [example.product(line) for line in invoice.lines],
                },
            }
            for invoice in shop.invoices.values()
        )
        yield sandbox.node.api.analytics, numbers


def years(shop: Any) -> list[int]:
    return sorted({invoice.date.year for invoice in shop.invoices.values()})


def of(year: int) -> dict[str, datetime]:
    return {"start": datetime(year, 1, 1, tzinfo=UTC), "end": datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)}


def in_range(shop: Any, span: dict[str, datetime]) -> list[Any]:
    return [one for one in shop.invoices.values() if span["start"] <= one.date <= span["end"]]


def test_revenue_orders_and_average_of_each_year(shop: Any, world: Any) -> None:
    analytics, _ = world
    for year in years(shop):
        invoices = in_range(shop, of(year))
        total = sum((one.total for one in invoices), Decimal())
        for answer in (analytics.get_purchase_kpis(**of(year)), analytics.get_ecommerce_kpis(**of(year))):
            revenue, number, average = answer.data
            assert Decimal(revenue.value) == Decimal(revenue.total) == total
            assert int(number.value) == len(invoices)
            assert Decimal(average.value) == round(total / max(len(invoices), 1), 2)


def test_the_revenue_of_all_time(shop: Any, world: Any) -> None:
    analytics, _ = world
    span = {"start": datetime(1970, 1, 1, tzinfo=UTC), "end": datetime(2100, 1, 1, tzinfo=UTC)}
    assert Decimal(analytics.get_purchase_kpis(**span).data[0].value) == shop.total
    assert Decimal(analytics.get_purchase_kpis(**span, type="RETAIL").data[0].value) == 0


def test_the_orders_of_each_day(shop: Any, world: Any) -> None:
    analytics, _ = world
    for year in years(shop):
        (series,) = analytics.count_events_by_type_and_context(**of(year)).data
        found = {one["datetime"]: one["value"] for one in series.values if one["value"]}
        rome = [one.date.astimezone(ROME).date().isoformat() for one in in_range(shop, of(year))]
        assert (series.category, series.context) == ("completedOrder", "ECOMMERCE")
        assert found == Counter(rome)


def test_what_each_customer_spent(shop: Any, world: Any) -> None:
    analytics, ids = world
    span = {"start": datetime(1970, 1, 1, tzinfo=UTC), "end": datetime(2100, 1, 1, tzinfo=UTC)}
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in shop.invoices.values():
        spent[invoice.client_id] += invoice.total
    for number, customer_id in ids.items():
        total = analytics.get_customer_buying_behaviors(customer_id, **span).data[0]
        assert Decimal(total.value) == spent[number]


def test_the_orders_of_each_customer_and_month(shop: Any, world: Any) -> None:
    analytics, ids = world
    for year in years(shop)[:2]:
        for number, customer_id in ids.items():
            mine = [one for one in in_range(shop, of(year)) if one.client_id == number]
            answer = analytics.get_customer_events_by_category(customer_id, **of(year), mode="MONTHLY")
            found = {one["datetime"]: int(one["value"]) for series in answer.data for one in series.values}
            months = Counter(f"{one.date.astimezone(ROME):%Y-%m-01}" for one in mine)
            assert {month: count for month, count in found.items() if count} == months


def test_every_customer_can_be_reached_by_mail_alone(shop: Any, world: Any) -> None:
    analytics, _ = world
    values = {one["key"]: int(one["value"]) for one in analytics.count_customers_by_channel().data.values}
    assert values == {"emailMobile": 0, "emailOnly": len(shop.clients), "mobileOnly": 0, "notReachable": 0}
    assert analytics.get_workspace_info().customers == len(shop.clients)
