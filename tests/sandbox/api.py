"""A client for the sandbox made of plain `requests`: nothing of the library under test stands between."""

from __future__ import annotations

from typing import Any

import requests

from contacthub_orm.sandbox import Sandbox, SandboxWorkspace
from tests.support.api_document import check_answer


class Api:
    """Sends requests to one sandbox, or another workspace of one, with its token and its node's id filled in; every answer must fit the document."""

    def __init__(self, sandbox: Sandbox | SandboxWorkspace, session: requests.Session) -> None:
        self.sandbox = sandbox
        self.session = session
        self.headers = {"Authorization": f"Bearer {sandbox.token}"}
        self.root = f"{sandbox.base_url}/workspaces/{sandbox.workspace_id}"

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        answer = self.session.request(
            method, self.root + path, json=body, params=query, headers=self.headers, timeout=10
        )
        if not getattr(self.sandbox, "faults", ()):
            check_answer(answer)
        return answer

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any, **query: Any) -> requests.Response:
        return self.call("POST", path, body, **query)

    def patch(self, path: str, body: Any, **query: Any) -> requests.Response:
        return self.call("PATCH", path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> requests.Response:
        return self.call("PUT", path, body, **query)

    def delete(self, path: str, **query: Any) -> requests.Response:
        return self.call("DELETE", path, **query)

    def create(self, **fields: Any) -> dict[str, Any]:
        """A new customer, as answered."""
        answer = self.post("/customers", {"nodeId": self.sandbox.node_id, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def customer(self, customer: dict[str, Any] | str) -> dict[str, Any]:
        """The customer as it is now."""
        identifier = customer if isinstance(customer, str) else customer["id"]
        return self.get(f"/customers/{identifier}").json()

    def event(self, **fields: Any) -> str:
        """The id of a new event, a viewed page unless told otherwise."""
        answer = self.post("/events", {"type": "viewedPage", "context": "WEB", "properties": {}, **fields})
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def search(self, **query: Any) -> dict[str, Any]:
        """The answer to a search of customers."""
        answer = self.get("/customers", nodeId=self.sandbox.node_id, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()
