"""A sandbox with enough in it for every page of the console to have something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from contacthub_orm.sandbox import Fault, Sandbox

__all__ = ["Town"]

FIRST = ("Bruce", "Diana", "Clark", "Selina", "Barbara", "Hal", "Arthur", "Zatanna", "Oliver", "Kara")
LAST = ("Wayne", "Prince", "Kent", "Kyle", "Gordon", "Jordan", "Curry", "Zatara", "Queen", "Danvers")
START = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)


class Town:
    """Forty customers with events, requests of all kinds, a fault, a second workspace.

    Args:
        sandbox: an empty sandbox.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.url = sandbox.console_url
        self.customers = sandbox.seed([self._customer(number) for number in range(40)])
        self.bruce = self.customers[0]
        sandbox.add_aggregate_node("Everybody")
        sandbox.add_workspace("Outlet")
        sandbox.seed_events([self._event(number) for number in range(60)])
        self._ask()
        self.first_request = requests.get(f"{self.url}/requests?format=json", timeout=10).json()["requests"][
            -1
        ]["number"]

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """A request to the API."""
        url = f"{self.sandbox.base_url}/workspaces/{self.sandbox.workspace_id}{path}"
        headers = {"Authorization": f"Bearer {self.sandbox.token}"}
        return requests.request(method, url, json=body, params=query, headers=headers, timeout=10)

    def _customer(self, number: int) -> dict[str, Any]:
        first, last = FIRST[number % 10], LAST[(number + number // 10) % 10]
        time = (START + timedelta(hours=7 * number)).isoformat()
        return {
            "externalId": f"C-{1000 + number}",
            "registeredAt": time,
            "base": {
                "firstName": first,
                "lastName": last,
                "dob": f"19{60 + number}-05-{1 + number % 28:02}",
                "contacts": {"email": f"{first}.{last}{number}@example.com".lower(), "phone": None},
                "address": {"city": "Gotham" if number % 2 else "Metropolis", "country": "US"},
            },
            "tags": {"manual": ["vip"] if number % 7 == 0 else [], "auto": []},
        }

    def _event(self, number: int) -> dict[str, Any]:
        return {
            "customerId": self.customers[number * number % 11],
            "type": ("viewedPage", "openedTicket", "addedProduct")[number % 3],
            "context": ("WEB", "CONTACT_CENTER", "ECOMMERCE")[number % 3],
            "date": (START + timedelta(hours=5 * number, minutes=7 * number)).isoformat(),
            "properties": (
                {"url": f"https://example.com/p/{number}", "title": f"Page {number}"},
                {"ticketId": f"T-{number}", "category": ["delivery"], "subject": "Where is my parcel?"},
                {"id": f"P-{number}", "name": "Cape", "quantity": 1, "price": 49.9},
            )[number % 3],
        }

    def _ask(self) -> None:
        """Requests of all kinds, among them some that fail."""
        bruce = f"/customers/{self.bruce}"
        self.call("PATCH", bruce, {"base": {"contacts": {"email": "bruce@wayne.example"}}})
        self.call(
            "PATCH", bruce, {"tags": {"manual": ["vip", "night"]}, "base": {"address": {"city": "Gotham"}}}
        )
        self.call("POST", f"{bruce}/sessions", {"value": "3d1f0e3a-52c4-4d55-a5be-cb16c0d8a6f1"})
        self.call("POST", "/customers", {"nodeId": self.sandbox.node_id, "base": {"lastName": 7}})
        self.call("GET", "/customers", nodeId=self.sandbox.node_id, sort="registeredAt,asc", size=5)
        self.call("GET", "/customers/nobody")
        self.sandbox.faults = [Fault.status(503, retry_after=2, method="GET", path="events", nth={1, 3})]
        self.call("GET", "/events")
        self.call("GET", "/events", size=3)
