"""A token reads the changes of the nodes that it may read, and bulk jobs write where it may write."""

from __future__ import annotations

import pytest

from tests.sandbox.api import Api
from tests.sandbox.routes.bulk_jobs.conftest import Jobs

CONSENTS = {"profiling": {"online": {"status": True}}}


@pytest.fixture
def other(api):
    return api.sandbox.add_node("Other")


@pytest.fixture
def made(api, other):
    """The ids of a customer of each node."""
    return [
        api.post("/customers", {"nodeId": node, "externalId": "1", "consents": CONSENTS}).json()["id"]
        for node in (api.sandbox.node_id, other)
    ]


def by(api, token):
    client = Api(api.sandbox, api.session)
    client.headers = {"Authorization": f"Bearer {token}"}
    return client


def read(api, token, **query):
    answer = by(api, token).get("/updates", **query)
    return answer.status_code, [one["entity"]["data"]["id"] for one in answer.json().get("updates", ())]


def test_a_token_sees_the_updates_of_its_nodes(api, other, made):
    token = api.sandbox.add_source("reader", {"Other": "R"})
    assert read(api, token) == (200, [made[1]])
    assert read(api, token, nodeId=other) == (200, [made[1]])
    assert read(api, token, nodeId=api.sandbox.node_id) == (403, [])
    assert read(api, api.sandbox.add_source("writer", {"Other": "W"})) == (200, [])


def test_an_aggregate_node_streams_what_its_entry_nodes_do(api, other, made):
    everything, one = api.sandbox.add_aggregate_node("All"), api.sandbox.add_aggregate_node("One", ["Other"])
    assert read(api, api.sandbox.token, nodeId=everything) == (200, made)
    assert read(api, api.sandbox.token, nodeId=one) == (200, made[1:])


def test_a_token_sees_the_consents_of_its_nodes(api, other, made):
    client = by(api, api.sandbox.add_source("reader", {"Other": "R"}))
    (entry,) = client.get("/consent-logs").json()["elements"]
    assert entry["customerId"] == made[1]
    assert client.get(f"/consent-logs/{entry['id']}").status_code == 200
    hidden = api.get("/consent-logs", customerId=made[0]).json()["elements"][0]["id"]
    assert client.get(f"/consent-logs/{hidden}").status_code == 404
    assert client.get("/consent-logs", nodes=api.sandbox.node_id).status_code == 403


def test_the_user_who_changed_a_consent_is_named(api):
    client = by(api, api.sandbox.add_user("Ann", {"Sandbox": "RW"}))
    client.create(externalId="1", consents=CONSENTS)
    (entry,) = api.get("/consent-logs").json()["elements"]
    assert (type(entry["userId"]), "sourceId" in entry) == (int, False)


def test_a_job_needs_the_permission_to_write(api, other):
    reader = Jobs(by(api, api.sandbox.add_source("reader", {"Sandbox": "R", "Other": "RW"})))
    assert reader.post("externalId\n1\n").status_code == 403
    assert reader.all() == []


def test_a_job_is_its_uploaders_and_writes_to_its_node_only(api, other, made):
    token = api.sandbox.add_source("writer", {"Sandbox": "RW", "Other": "RW"})
    writer = Jobs(by(api, token))
    rows = writer.run(f"id,externalId\n{made[1]},2\n{made[0]},2\n")
    assert [row["status"] for row in rows] == ["FAILED", "UPDATED"]
    assert api.customer(made[1])["externalId"] == "1"
    source = api.customer(made[0])["sourceInfo"]
    assert source["updatedBy"] not in (source["registeredBy"], None)


def test_an_aggregate_node_takes_no_jobs(api):
    jobs = Jobs(api)
    jobs.path = f"/nodes/{api.sandbox.add_aggregate_node('All')}/bulk-jobs"
    assert jobs.post("externalId\n1\n").status_code == 400


def test_an_emptied_node_tells_of_each_deletion(api, made):
    api.post(f"/configuration/nodes/entries/{api.sandbox.node_id}/empty", None)
    updates = api.get("/updates", nodeId=api.sandbox.node_id).json()["updates"]
    assert [(one["operation"], one["entity"]["data"]) for one in updates] == [("DELETE", {"id": made[0]})]
