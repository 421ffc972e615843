"""Each operation on bulk jobs, consents, customers, events, models, Send, sessions, subscriptions, updates and the user.

The sandbox's answer is judged by the facts, and read by the client, which shares no code with the sandbox.
"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contacthub_orm.contacthub.api.answers import Pages, Record
from tests.sandbox.api import Api
from tests.support.answers import FACTS, violations

GROUPS = (
    "bulk_jobs",
    "consents",
    "customers",
    "events",
    "models",
    "send",
    "sessions",
    "subscriptions",
    "updates",
    "user",
)
OPERATIONS = [name for name, facts in FACTS.items() if facts["group"] in GROUPS]
SUBSCRIPTION = {"id": "s/1", "name": "News", "subscribed": True}
SEND = {
    "userdbId": 7,
    "groupPk": 3,
    "mappedColumns": [{"hub": "base.contacts.email", "send": "EMAIL"}],
    "subscriptions": [{"sendWfc": 12, "hub": "news", "send": "NEWS"}],
}


class World:
    """A workspace in which every operation finds something."""

    def __init__(self, api: Api) -> None:
        self.sandbox = api.sandbox
        self.node = api.sandbox.node_id
        consents = {"profiling": {"online": {"status": True}}}
        base = {"contacts": {"email": "a@b.it"}, "subscriptions": [SUBSCRIPTION]}
        self.customer = api.create(externalId="1", base=base, consents=consents)["id"]
        self.event = api.event(customerId=self.customer)
        self.session = api.post(f"/customers/{self.customer}/sessions", {"value": "v"}).json()["id"]
        source = {"name": "Send", "provider": "CONTACTSEND", "nodes": [self.node], "properties": SEND}
        assert api.post("/configuration/sources", source).status_code == 201
        self.job = api.sandbox.node.api.bulk_jobs.create_bulk_job(self.form()).id
        self.entry = str(api.get("/consent-logs").json()["elements"][0]["id"])

    @staticmethod
    def form() -> Any:
        return {"file": b"externalId\n2\n", "operation": "UPSERT"}

    def arguments(self, operation: str) -> dict[str, Any]:
        """What to call the client's method with."""
        of_customer = {"customerId": self.customer}
        event = {"type": "viewedPage", "context": "WEB", "properties": {}}
        special: dict[str, dict[str, Any]] = {
            "create_bulk_job": {"body": self.form()},
            "get_bulk_job": {"jobId": self.job},
            "get_bulk_job_results": {"jobId": self.job},
            "get_consent_log": {"id": self.entry},
            "list_consent_logs": of_customer,
            "create_customer": {"body": {"nodeId": self.node, "externalId": "3"}},
            "patch_customer": of_customer | {"body": {"extra": "x"}},
            "update_customer": of_customer | {"body": {"nodeId": self.node, "externalId": "4"}},
            "create_subscription": of_customer | {"body": SUBSCRIPTION | {"id": "other"}},
            "update_subscription": of_customer | {"propertyId": "s/1", "body": SUBSCRIPTION},
            "get_subscription": of_customer | {"propertyId": "s/1"},
            "delete_subscription": of_customer | {"propertyId": "s/1"},
            "create_session": of_customer | {"body": {"value": "w"}},
            "get_session": of_customer | {"sessionId": self.session},
            "delete_session": of_customer | {"sessionId": self.session},
            "list_entry_customers": of_customer | {"page": 0, "size": 10},
            "list_events": {},
            "create_event": {"body": event | of_customer},
            "update_event": {"id": self.event, "body": event | of_customer},
            "patch_event": {"id": self.event, "body": {"properties": {"title": "t"}}},
            "list_send_subscriptions": {"subscriberSourceId": "7"},
            "list_send_subscriber_fields": {"subscriberSourceId": "7", "groupPk": 3},
            "get_userdb_send_configuration": {"groupPk": "3", "userdbId": "7"},
            "list_group_send_configurations": {"groupPk": "3"},
        }
        if operation in special:
            return special[operation]
        names = [one["name"] for one in FACTS[operation]["path_params"]]
        own = {"customerId": self.customer, "id": self.event}
        return {name: own[name] for name in names if name in own}


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def called(world: World, operation: str) -> Any:
    method = getattr(getattr(world.sandbox.node.api, FACTS[operation]["group"]), operation)
    return method(**world.arguments(operation))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_answers_with_the_documented_status_and_form(world, operation, raw_answers):
    called(world, operation)
    status, content = raw_answers[-1]
    facts = FACTS[operation]
    assert status == facts["success"]
    if "empty" in facts["response"]:
        assert content == b""
    elif "raw" not in facts["response"]:
        assert violations(operation, content) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_client_reads_every_field_of_an_answer(world, operation):
    answer = called(world, operation)
    records = (
        answer.elements if isinstance(answer, Pages) else answer if isinstance(answer, list) else [answer]
    )
    if "elements_of" in FACTS[operation]["response"] or "page_of" in FACTS[operation]["response"]:
        assert records
    assert [unknown for record in records for unknown in unknown_fields(record)] == []


def unknown_fields(value: Any) -> list[str]:
    if not isinstance(value, Record):
        return []
    below = [getattr(value, field.name) for field in attrs.fields(type(value))]
    return [*value.unknown, *(name for child in below for name in unknown_fields(child))]
