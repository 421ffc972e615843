"""A client for Notihub's sandbox made of plain `requests`: nothing of the library under test stands between."""

from __future__ import annotations

import base64
from typing import Any

import requests

from contacthub_orm.sandbox import NotihubSandbox


def basic(*keys: str) -> dict[str, str]:
    """The header that carries keys."""
    return {"Authorization": f"Basic {base64.b64encode(':'.join(keys).encode()).decode()}"}


def keys_of(sandbox: NotihubSandbox) -> tuple[str, str, str, str]:
    return sandbox.public_key, sandbox.secret_key, sandbox.client_id, sandbox.client_secret


class Api:
    """Sends requests to one sandbox, with an access token."""

    def __init__(self, sandbox: NotihubSandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self.session = session
        self.headers = {"Authorization": f"Bearer {sandbox.issue_token()}"}

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        url = self.sandbox.base_url + path
        return self.session.request(method, url, json=body, params=query, headers=self.headers, timeout=10)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> requests.Response:
        return self.call("DELETE", path)

    def create(self, **fields: Any) -> dict[str, Any]:
        """A new customer, as answered."""
        answer = self.post("/customers/", fields or {"externalId": "1"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def customer(self, customer: dict[str, Any]) -> dict[str, Any]:
        """The customer as it is now."""
        answer = self.get(f"/customers/{customer['customerId']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def listed(self, **query: Any) -> list[str]:
        """The external ids of the customers that a list shows."""
        answer = self.get("/customers/", **query)
        assert answer.status_code == 200, answer.text
        return [customer["externalId"] for customer in answer.json()]

    def message(
        self, customer: dict[str, Any], template: str = "news.weekly", **fields: Any
    ) -> dict[str, Any]:
        """A message that is sent to the customer, as a GET answers it."""
        body = {"customerId": customer["customerId"], "templateId": template, **fields}
        answer = self.post("/messages/", body)
        assert answer.status_code == 200, answer.text
        return self.get(f"/messages/{answer.json()['messageId']}").json()


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Status and message of an error, whose body must have the documented form."""
    body = answer.json()
    assert body.keys() == {"code", "message"}
    assert body["code"] == answer.status_code
    return answer.status_code, body["message"]


def email(value: str = "a@b.it", **fields: Any) -> dict[str, Any]:
    return {"type": "EMAIL", "value": value, **fields}


def phone(value: str = "+39 055 123456", **fields: Any) -> dict[str, Any]:
    return {"type": "PHONE", "value": value, **fields}


def push(value: str = "token-1", **fields: Any) -> dict[str, Any]:
    return {"type": "PUSH", "value": value, **fields}
