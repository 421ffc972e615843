"""What the server holds, asked and written by plain `requests`: nothing of the library under test stands between."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests

from contacthub_orm.sandbox import Sandbox


def plain_session() -> requests.Session:
    """A session of `requests` that does not look for proxies and passwords before each request."""
    session = requests.Session()
    session.trust_env = False
    return session


class Server:
    """Reads and writes one sandbox below `/workspaces/{id}`, with its token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def get(self, path: str, **params: Any) -> Any:
        """The decoded answer to a GET."""
        answer = self._ask(path, params)
        assert answer.ok, answer.text
        return answer.json()

    def status(self, path: str) -> int:
        """The status of the answer to a GET."""
        return self._ask(path, {}).status_code

    def patch(self, path: str, body: dict[str, Any]) -> None:
        """Write as another program would."""
        answer = self._ask(path, {}, "PATCH", body)
        assert answer.ok, answer.text

    def customers(self) -> list[dict[str, Any]]:
        """All customers of the node."""
        return self._all("customers", {"nodeId": self._sandbox.node_id, "sort": "registeredAt"})

    def events(self, customer_id: str) -> list[dict[str, Any]]:
        """All events of a customer, newest first."""
        return self._all("events", {"customerId": customer_id})

    def _all(self, path: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.get(path, **params, size=50, page=len(found) // 50)
            found += answer["elements"]
            if len(found) >= answer["page"]["totalElements"]:
                return found

    def _ask(
        self, path: str, params: dict[str, Any], method: str = "GET", body: Any = None
    ) -> requests.Response:
        with plain_session() as http:
            return http.request(
                method,
                f"{self._sandbox.base_url}/workspaces/{self._sandbox.workspace_id}/{path.lstrip('/')}",
                params=params,
                json=body,
                headers={"Authorization": f"Bearer {self._sandbox.token}"},
                timeout=10,
            )


def moment(text: str) -> datetime:
    """A date-time of the server's, without its zone: a naive one is taken as UTC."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").replace(tzinfo=None)


def to_the_millisecond(value: datetime) -> datetime:
    """As exact as the server keeps it."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)
