"""The Chinook example as a user runs it: a command, the CONTACTHUB_* variables, a database."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import sys
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from contacthub_orm import Sandbox, signals

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "examples" / "chinook.py"


@pytest.fixture
def chinook() -> Any:
    spec = importlib.util.spec_from_file_location("chinook_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def run(chinook: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the example on a database; its exit code and what it printed."""

    def run(database: Path, sandbox: Sandbox | None) -> tuple[int, str]:
        for name in ("WORKSPACE_ID", "NODE_ID", "TOKEN", "BASE_URL"):
            monkeypatch.delenv(f"CONTACTHUB_{name}", raising=False)
        for name, value in (sandbox.environment if sandbox else {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["chinook.py", str(database)])
        return chinook.main(), capsys.readouterr().out

    return run


def figures(database: Path) -> tuple[int, int, Decimal]:
    with closing(sqlite3.connect(database)) as shop:
        clients = shop.execute("SELECT count(*) FROM Customer").fetchone()[0]
        totals = [Decimal(str(total)) for (total,) in shop.execute("SELECT Total FROM Invoice")]
    return clients, len(totals), sum(totals, Decimal())


def get(sandbox: Sandbox, resource: str, **params: Any) -> list[dict[str, Any]]:
    """All elements of a resource, asked for without this library."""
    found: list[dict[str, Any]] = []
    while True:
        answer = requests.get(
            f"{sandbox.base_url}/workspaces/{sandbox.workspace_id}/{resource}",
            params={"nodeId": sandbox.node_id, "size": 50, "page": len(found) // 50, **params},
            headers={"Authorization": f"Bearer {sandbox.token}"},
            timeout=10,
        ).json()
        found += answer["elements"]
        if len(found) >= answer["page"]["totalElements"]:
            return found


def customers(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    return {customer["externalId"]: customer for customer in get(sandbox, "customers")}


def writes(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [
        (request.method, request.path.split("/")[5])
        for request in sandbox.requests
        if request.method != "GET"
    ]


def filled(value: Any) -> Any:
    """A document without its nulls, empty lists and empty objects."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if isinstance(value, dict):
        found = {key: filled(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in (None, [], {})}
    return value


class TestFirstRun:
    def test_figures_read_back_are_those_of_the_shop(self, run, contacthub_sandbox, database):
        clients, invoices, total = figures(database)
        code, printed = run(database, contacthub_sandbox)
        assert code == 0
        assert printed.splitlines()[-3:] == [
            f"{clients} customers",
            f"{invoices} events",
            f"order total {total:,.2f}",
        ]
        orders = get(contacthub_sandbox, "events", type="completedOrder")
        assert len(customers(contacthub_sandbox)) == clients
        assert sum(Decimal(str(order["properties"]["amount"]["total"])) for order in orders) == total

    def test_one_commit_creates_customers_first_and_then_events(self, run, contacthub_sandbox, database):
        clients, invoices, _ = figures(database)
        run(database, contacthub_sandbox)
        sent = writes(contacthub_sandbox)
        created = [("POST", "customers")] * clients + [("POST", "events")] * invoices
        assert sent[: len(created)] == created
        assert {method for method, _ in sent[len(created) :]} == {"PATCH"}

    def test_every_order_is_attached_to_its_customer(self, run, contacthub_sandbox, database):
        run(database, contacthub_sandbox)
        with closing(sqlite3.connect(database)) as shop:
            expected = {
                (str(n), str(c)) for n, c in shop.execute("SELECT InvoiceId, CustomerId FROM Invoice")
            }
            quantities = dict(
                shop.execute("SELECT InvoiceId, sum(Quantity) FROM InvoiceLine GROUP BY InvoiceId")
            )
        external_ids = {one["id"]: one["externalId"] for one in get(contacthub_sandbox, "customers")}
        orders = get(contacthub_sandbox, "events")
        properties = [order["properties"] for order in orders]
        assert {
            (order["properties"]["orderId"], external_ids[order["customerId"]]) for order in orders
        } == expected
        assert {order["context"] for order in orders} == {"ECOMMERCE"}
        assert {
            int(one["orderId"]): sum(product["quantity"] for product in one["products"]) for one in properties
        } == quantities
        for one in properties:
            subtotals = sum(Decimal(str(product["subtotal"])) for product in one["products"])
            assert subtotals == Decimal(str(one["amount"]["total"]))

    def test_plan_and_account_are_printed_line_by_line(self, run, contacthub_sandbox, database):
        clients, invoices, _ = figures(database)
        _, printed = run(database, contacthub_sandbox)
        lines = printed.splitlines()
        for prefix in ("", "done     "):
            assert sum(line.startswith(f"{prefix}POST customers ") for line in lines) == clients
            assert sum(line.startswith(f"{prefix}POST events ") for line in lines) == invoices
            assert any(re.match(prefix + r"PATCH customers/[-\w]+ \{.*\}$", line) for line in lines)
        assert all(len(line) <= 100 for line in lines if "POST" in line)
        planned = printed.index("Plan: changes")
        assert printed.index("PATCH") > planned
        assert printed.index("done     PATCH") > printed.index("Account", planned)

    def test_without_variables_it_runs_on_a_sandbox_of_its_own(self, run, small_shop):
        code, printed = run(small_shop, None)
        assert code == 0
        assert printed.endswith("4 customers\n4 events\norder total 11.22\n")

    def test_it_waits_for_a_search_that_lags(self, run, contacthub_sandbox, small_shop):
        contacthub_sandbox.configure(search_delay=0.5)
        code, printed = run(small_shop, contacthub_sandbox)
        assert code == 0
        assert printed.endswith("order total 11.22\n")

    def test_a_commit_that_fails_is_accounted_for(self, run, contacthub_sandbox, small_shop):
        contacthub_sandbox.configure(mandatory=("base.contacts.phone",))
        code, printed = run(small_shop, contacthub_sandbox)
        assert code == 1
        assert "failed   POST customers" in printed
        assert "not sent POST events" in printed


class TestFurtherRuns:
    def test_the_second_run_writes_nothing(self, run, contacthub_sandbox, database):
        run(database, contacthub_sandbox)
        contacthub_sandbox.clear_requests()
        code, printed = run(database, contacthub_sandbox)
        assert code == 0
        assert {request.method for request in contacthub_sandbox.requests} == {"GET"}
        assert printed.endswith(f"order total {figures(database)[2]:,.2f}\n")

    def test_what_is_missing_is_created_again(self, run, contacthub_sandbox, small_shop):
        run(small_shop, contacthub_sandbox)
        lost = customers(contacthub_sandbox)["2"]
        requests.delete(
            f"{contacthub_sandbox.base_url}/workspaces/{contacthub_sandbox.workspace_id}/customers/{lost['id']}",
            headers={"Authorization": f"Bearer {contacthub_sandbox.token}"},
            timeout=10,
        ).raise_for_status()
        orders = {event["properties"]["orderId"] for event in get(contacthub_sandbox, "events")}
        contacthub_sandbox.clear_requests()
        code, _ = run(small_shop, contacthub_sandbox)
        assert code == 0
        missing = {"101", "102", "103", "104"} - orders
        assert writes(contacthub_sandbox) == [("POST", "customers")] + [("POST", "events")] * len(missing)

    @pytest.mark.parametrize("requests_done", [1, 3, 5, 7])
    def test_an_interrupted_run_is_completed_by_the_next(
        self, run, contacthub_sandbox, small_shop, requests_done
    ):
        allowed = threading.Semaphore(requests_done)

        def interrupt(transport, *, method, **_):
            if method == "POST" and not allowed.acquire(blocking=False):
                raise KeyboardInterrupt

        with signals.before_request.connected_to(interrupt), pytest.raises(KeyboardInterrupt):
            run(small_shop, contacthub_sandbox)
        assert len(writes(contacthub_sandbox)) == requests_done
        code, _ = run(small_shop, contacthub_sandbox)
        assert code == 0
        assert len(customers(contacthub_sandbox)) == 4
        orders = sorted(event["properties"]["orderId"] for event in get(contacthub_sandbox, "events"))
        assert orders == ["101", "102", "103", "104"]


class TestSmallShop:
    @pytest.fixture
    def stored(self, run, contacthub_sandbox, small_shop) -> dict[str, dict[str, Any]]:
        run(small_shop, contacthub_sandbox)
        return {key: filled(one["base"]) for key, one in customers(contacthub_sandbox).items()}

    def test_names_phones_company_and_address(self, stored):
        assert stored["1"] == {
            "firstName": "Žofie",
            "lastName": "Dvořáková",
            "locale": "cs_CZ",
            "contacts": {
                "email": "zofie@example.cz",
                "phone": "+420 5 4212 3456",
                "fax": "+420 5 4212 3457",
            },
            "address": {"street": "Husova 5", "city": "Brno", "country": "Czechia", "zip": "602 00"},
            "jobs": [{"id": "company", "companyName": "Sýr & syn, s.r.o."}],
        }

    def test_what_the_shop_does_not_know_is_not_there(self, stored):
        assert stored["2"] == {
            "firstName": "Jürgen",
            "lastName": "Größ",
            "contacts": {"email": "jg@example.de"},
            "address": {"street": "Gänseweg 1", "city": "Köln", "country": "Germany", "zip": "50667"},
        }

    def test_a_state_is_a_province_or_a_region(self, stored):
        assert stored["3"]["address"] == {
            "street": "C/ Mayor, 12",
            "city": "Toronto",
            "province": "ON",
            "country": "Canada",
        }
        assert stored["4"]["address"] == {"region": "TX", "country": "USA", "zip": "73301"}
        assert stored["3"]["jobs"] == [{"id": "company", "companyName": 'Ñandú "Sur"'}]

    def test_the_best_customer_is_tagged(self, stored, contacthub_sandbox):
        tags = {key: filled(one["tags"] or {}) for key, one in customers(contacthub_sandbox).items()}
        assert tags == {"1": {"manual": ["vip"]}, "2": {}, "3": {}, "4": {}}

    def test_an_order(self, stored, contacthub_sandbox):
        order = next(e for e in get(contacthub_sandbox, "events") if e["properties"]["orderId"] == "101")
        assert order["date"].startswith("2021-03-28T02:30:00")
        assert order["properties"]["amount"] == {"total": 4.97}
        assert order["properties"]["products"] == [
            {
                "orderLineId": 1,
                "type": "sale",
                "id": "1",
                "name": "Señor Niebla",
                "category": ["Latin"],
                "price": 0.99,
                "quantity": 1,
                "subtotal": 0.99,
            },
            {
                "orderLineId": 2,
                "type": "sale",
                "id": "2",
                "name": "夜の列車",
                "category": ["Jazz"],
                "price": 1.99,
                "quantity": 2,
                "subtotal": 3.98,
            },
        ]
