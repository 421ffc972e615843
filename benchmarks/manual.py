"""The operations of the Python SDK's manual, by our node and objects and by `requests` alone.

The SDK calls the functions `requests.get`, `post`, `patch`, `put` and `delete`, with bodies by `json=`. So each call opens a
connection and reads the environment, and the plain calls here do the same. They send what the manual demands and no more:
they leave out what the SDK is known to send beyond it (`Content-Type` with a GET, and a read of the customer after each
added or updated education).

Both sides use the same name for an operation. Each has customers of its own, with documents of the same length. A call gets
the number of its customer.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import requests

from benchmarks.documents import Document, new_customer, small_customer
from contacthub_orm import Customer, Event, Session, Workspace

if TYPE_CHECKING:
    from benchmarks.server import Server

__all__ = ["CUSTOMERS", "PAGE_SIZE", "NodeCalls", "PlainCalls", "seeded"]

CUSTOMERS: Final = 200
"""The number of customers of each side."""

PAGE_SIZE: Final = 10

_PAGE: Final = 2
_EVENTS: Final = 3
_EDUCATION_ID: Final = "new"
_EDUCATION: Final[Document] = {
    "id": _EDUCATION_ID,
    "schoolType": "COLLEGE",
    "schoolName": "schoolName",
    "schoolConcentration": "schoolConcentration",
    "isCurrent": False,
    "startYear": 1994,
    "endYear": 2000,
}
_UPDATED: Final[Document] = {**_EDUCATION, "schoolConcentration": "updated"}
_EVENT: Final[Document] = {
    "type": "serviceSubscribed",
    "context": "WEB",
    "contextInfo": {"client": {"ip": "127.0.0.1"}},
    "properties": {
        "subscriberId": "s_id",
        "serviceId": "service_id",
        "serviceName": "serviceName",
        "startDate": "2024-05-01T10:00:00.000Z",
        "extraProperties": {"extra": "extra"},
    },
}


def seeded(server: Server, side: str) -> list[str]:
    """Add one side's customers and their events, and return the ids. The names of the sides have the same length."""
    with (
        Workspace(server.workspace_id, server.token, server.base_url) as workspace,
        Session(workspace.get_node(server.node_id)) as session,
    ):
        customers = [Customer(**_person(side, number)) for number in range(CUSTOMERS)]
        session.add_all(customers)
        session.add_all([Event(customer=one, **_EVENT) for one in customers for _ in range(_EVENTS)])
        session.commit()
        return [str(customer.id) for customer in customers]


# -- documents -------------------------------------------------------------------------------------------------------


def _person(side: str, number: int) -> Document:
    """A full customer that exists before."""
    return _named(new_customer(number), side, number)


def _newcomer(side: str, number: int) -> Document:
    return _named(small_customer(number), f"new.{side}", number)


def _forced(side: str, number: int) -> Document:
    """A new customer that matches an existing one."""
    contacts = {"email": _email(side, number)}
    return {"base": {"firstName": f"Giulia {number}", "lastName": "Verdi", "contacts": contacts}}


def _named(document: Document, side: str, number: int) -> Document:
    document["externalId"] = _external_id(side, number)
    document["base"]["contacts"]["email"] = _email(side, number)
    return document


def _external_id(side: str, number: int) -> str:
    return f"{side}-{number:04}"


def _email(side: str, number: int) -> str:
    return f"{side}.{number:04}@example.com"


# -- the two sides ---------------------------------------------------------------------------------------------------


class NodeCalls:
    """The operations by our node and objects."""

    def __init__(self, workspace: Workspace, server: Server, ids: list[str]) -> None:
        self._node = workspace.get_node(server.node_id)
        self._ids = ids
        self._loaded: dict[int, Customer] = {}

    def add_customer(self, number: int) -> None:
        self._node.add_customer(**_newcomer("nodes", number))

    def force_update(self, number: int) -> None:
        self._node.add_customer(force_update=True, **_forced("nodes", number))

    def get_customer(self, number: int) -> None:
        self._loaded[number] = self._node.get_customer(self._ids[number])

    def get_by_external_id(self, number: int) -> None:
        self._node.get_customer(external_id=_external_id("nodes", number))

    def get_customers(self, _: int) -> None:
        self._node.get_customers(size=PAGE_SIZE, page=_PAGE)

    def query(self, number: int) -> None:
        named = (Customer.base.firstName == f"Giulia {number}") & (Customer.base.lastName == "Verdi")
        self._node.query(Customer).filter(named).all()

    def patch(self, number: int) -> None:
        customer = self._loaded[number]
        customer.base.contacts.email = _email("patched.nodes", number)
        customer.patch()

    def put(self, number: int) -> None:
        customer = self._loaded[number]
        customer.base.contacts.email = _email("put.nodes", number)
        customer.put()

    def add_tag(self, number: int) -> None:
        self._node.add_tag(self._ids[number], "manual_tag")

    def add_education(self, number: int) -> None:
        self._node.add_education(self._ids[number], **_EDUCATION)

    def update_education(self, number: int) -> None:
        self._node.update_education(self._ids[number], **_UPDATED)

    def remove_education(self, number: int) -> None:
        self._node.remove_education(self._ids[number], _EDUCATION_ID)

    def add_event(self, number: int) -> None:
        self._node.add_event(customerId=self._ids[number], **_EVENT)

    def get_events(self, number: int) -> None:
        self._node.get_events(self._ids[number])

    def delete_customer(self, number: int) -> None:
        self._node.delete_customer(self._ids[number])


class PlainCalls:
    """The operations by requests alone."""

    def __init__(self, server: Server, ids: list[str]) -> None:
        self.calls = 0
        self._server = server
        self._headers = {"Authorization": f"Bearer {server.token}"}
        self._node_id = {"nodeId": server.node_id}
        self._ids = ids
        self._loaded: dict[int, Document] = {}

    def add_customer(self, number: int) -> None:
        self._send("POST", self._server.customers_url, json=_newcomer("plain", number) | self._node_id)

    def force_update(self, number: int) -> None:
        document = _forced("plain", number)
        answer = self._answer("POST", self._server.customers_url, json=document | self._node_id)
        assert answer.status_code == HTTPStatus.CONFLICT
        found = answer.json()["data"]["customer"]["id"]
        self._send("PATCH", self._server.customer_url(found), json=document)

    def get_customer(self, number: int) -> None:
        self._loaded[number] = self._send("GET", self._url(number))

    def get_by_external_id(self, number: int) -> None:
        self._search({"externalId": _external_id("plain", number)})

    def get_customers(self, _: int) -> None:
        self._search({"size": PAGE_SIZE, "page": _PAGE})

    def query(self, number: int) -> None:
        values = {"base.firstName": f"Giulia {number}", "base.lastName": "Verdi"}
        conditions = [
            {"type": "atomic", "attribute": attribute, "operator": "EQUALS", "value": value}
            for attribute, value in values.items()
        ]
        condition = {"type": "composite", "conjunction": "and", "conditions": conditions}
        query = {"name": "query", "query": {"type": "simple", "are": {"condition": condition}}}
        self._search({"query": json.dumps(query)})

    def patch(self, number: int) -> None:
        changes = {"base": {"contacts": {"email": _email("patched.plain", number)}}}
        self._loaded[number] = self._send("PATCH", self._url(number), json=changes)

    def put(self, number: int) -> None:
        document = self._loaded[number]
        document["base"]["contacts"]["email"] = _email("put.plain", number)
        left_out = ("registeredAt", "updatedAt")
        whole = {key: value for key, value in document.items() if key not in left_out}
        self._send("PUT", self._url(number), json=whole)

    def add_tag(self, number: int) -> None:
        tags = self._send("GET", self._url(number))["tags"]["manual"]
        self._send("PATCH", self._url(number), json={"tags": {"manual": [*tags, "manual_tag"]}})

    def add_education(self, number: int) -> None:
        self._send("POST", f"{self._url(number)}/educations", json=_EDUCATION)

    def update_education(self, number: int) -> None:
        body = {key: value for key, value in _UPDATED.items() if key != "id"}
        self._send("PUT", self._education_url(number), json=body)

    def remove_education(self, number: int) -> None:
        self._send("DELETE", self._education_url(number))

    def add_event(self, number: int) -> None:
        self._send("POST", self._server.events_url, json={"customerId": self._ids[number], **_EVENT})

    def get_events(self, number: int) -> None:
        self._send("GET", self._server.events_url, params={"customerId": self._ids[number]})

    def delete_customer(self, number: int) -> None:
        self._send("DELETE", self._url(number))

    def _url(self, number: int) -> str:
        return self._server.customer_url(self._ids[number])

    def _education_url(self, number: int) -> str:
        return f"{self._url(number)}/educations/{_EDUCATION_ID}"

    def _search(self, parameters: Document) -> None:
        self._send("GET", self._server.customers_url, params=self._node_id | parameters)

    def _send(self, method: str, url: str, **arguments: Any) -> Any:
        answer = self._answer(method, url, **arguments)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _answer(self, method: str, url: str, **arguments: Any) -> requests.Response:
        self.calls += 1
        return requests.request(method, url, headers=self._headers, timeout=30, **arguments)
