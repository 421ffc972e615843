"""Several workspaces in one sandbox: each has its own data, tokens and configuration."""

from __future__ import annotations

from contextlib import closing

import pytest
import requests

from contacthub_orm import Customer, Session, Workspace
from contacthub_orm.reference import operations
from contacthub_orm.sandbox import Sandbox, SandboxError
from tests.sandbox.api import Api

NEW = {"name": "Shop", "slug": "shop", "groupPk": 7, "shard": "a"}
MARK = "of-the-first-workspace"
EVERYTHING = {
    "page": 0,
    "size": 20,
    "start": "2024-04-15T00:00:00Z",
    "end": "2024-05-10T00:00:00Z",
    "mode": "ADDED",
}


@pytest.fixture
def shop(sandbox, http):
    return Api(sandbox.add_workspace("Shop"), http)


def at_root(api, method, path, body=None):
    url = f"{api.sandbox.base_url}{path}"
    return requests.request(method, url, json=body, headers=api.headers, timeout=10)


def customers_of(workspace):
    return len(list(workspace.node.get_customers()))


def test_an_added_workspace_serves_the_library(sandbox):
    shop = sandbox.add_workspace("Shop")
    [diana] = shop.seed([{"externalId": "1", "base": {"firstName": "Diana"}}])
    with Session(shop.node) as session:
        assert [customer.id for customer in session.query(Customer)] == [diana]
        session.get(Customer, diana).base.firstName = "Wonder"
        session.commit()
    assert shop.node.get_customer(diana).base.firstName == "Wonder"
    assert customers_of(sandbox) == 0


def test_its_environment_leads_to_it(sandbox, monkeypatch):
    shop = sandbox.add_workspace("Shop")
    [diana] = shop.seed([{"externalId": "1"}])
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)
    with Workspace.from_env() as workspace:
        assert workspace.get_node(shop.node_id).get_customer(diana).externalId == "1"


def test_a_posted_workspace_is_served_too(api, sandbox, http):
    record = at_root(api, "POST", "/workspaces", NEW).json()
    shop = sandbox.workspaces["Shop"]
    assert shop.workspace_id == record["id"]
    customer = Api(shop, http).create(externalId="1")
    assert Api(shop, http).customer(customer)["nodeId"] == shop.node_id
    assert at_root(api, "GET", f"/workspaces/{record['id']}").json() == record


def test_workspaces_are_listed_by_their_names(sandbox):
    shop = sandbox.add_workspace("Shop")
    assert {name: one.workspace_id for name, one in sandbox.workspaces.items()} == {
        "Sandbox": sandbox.workspace_id,
        "Shop": shop.workspace_id,
    }
    assert sandbox.workspaces["Sandbox"] is sandbox
    assert list(shop.nodes) == ["Shop"]


@pytest.mark.parametrize("name", ["Shop", "Sandbox", "sandbox", ""])
def test_a_name_that_is_taken_or_empty_is_refused(sandbox, name):
    sandbox.add_workspace("Shop")
    with pytest.raises(ValueError, match="name of a workspace"):
        sandbox.add_workspace(name)


def test_a_token_of_one_workspace_is_403_in_the_other(api, shop):
    for one, other in ((api, shop), (shop, api)):
        answer = requests.get(f"{one.root}/customers", headers=other.headers, timeout=10)
        unknown = requests.get(
            f"{one.sandbox.base_url}/workspaces/none/customers", headers=other.headers, timeout=10
        )
        assert answer.status_code == unknown.status_code == 403
        assert answer.json().keys() == unknown.json().keys()


def test_tokens_of_its_sources_and_users_belong_to_it(api, shop, http):
    for token in (
        shop.sandbox.add_source("Web", {"Shop": "RW"}),
        shop.sandbox.add_user("Ada", {"Shop": "R"}),
    ):
        headers = {"Authorization": f"Bearer {token}"}
        assert (
            http.get(f"{shop.root}/customers?nodeId={shop.sandbox.node_id}", headers=headers).status_code
            == 200
        )
        assert http.get(f"{api.root}/customers", headers=headers).status_code == 403


def test_only_the_first_token_provides_workspaces(api, shop):
    own = shop.sandbox.workspace_id
    assert at_root(shop, "POST", "/workspaces", NEW).status_code == 403
    assert at_root(shop, "GET", "/workspaces").status_code == 403
    assert at_root(shop, "GET", f"/workspaces/{own}").status_code == 403
    assert at_root(shop, "PUT", f"/workspaces/{own}/status", {"status": "DISABLED"}).status_code == 403
    assert shop.get("/configuration").status_code == 200


def test_the_owner_of_its_token_sees_no_other_workspace(api, shop):
    def workspaces(owner):
        return {
            one["id"]: one
            for group in at_root(owner, "GET", "/me").json()["groups"]
            for one in group["workspaces"]
        }

    assert set(workspaces(shop)) == {shop.sandbox.workspace_id}
    assert [node["name"] for node in workspaces(shop)[shop.sandbox.workspace_id]["nodes"]] == ["Shop"]
    assert set(workspaces(api)) == {api.sandbox.workspace_id, shop.sandbox.workspace_id}


@pytest.mark.parametrize("status", ["SUSPENDED", "DISABLED"])
def test_its_status_takes_effect_for_it_alone(api, shop, status):
    path = f"/workspaces/{shop.sandbox.workspace_id}/status"
    assert at_root(api, "PUT", path, {"status": status}).status_code == 200
    assert shop.get("/configuration").status_code == 403
    assert api.get("/configuration").status_code == 200
    at_root(api, "PUT", path, {"status": "ENABLED"})
    assert shop.get("/configuration").status_code == 200


def test_a_suspended_first_workspace_leaves_the_others_open(api, shop):
    at_root(api, "PUT", f"/workspaces/{api.sandbox.workspace_id}/status", {"status": "SUSPENDED"})
    assert api.get("/configuration").status_code == 403
    assert shop.get("/configuration").status_code == 200


def test_its_configuration_is_its_own(api, shop):
    shop.put("/configuration/throttling", {"maxRequestsPerMinute": 1})
    assert shop.get("/configuration").status_code == 200
    assert shop.get("/configuration").status_code == 429
    assert api.get("/configuration").status_code == 200
    assert api.get("/configuration/throttling").json() == {"maxRequestsPerMinute": 0}


def test_matching_is_within_a_workspace(api, shop):
    body = {"base": {"contacts": {"email": "a@b.it"}}}
    assert api.create(**body)["id"] != shop.create(**body)["id"]


def test_a_policy_that_changes_in_one_leaves_customers_of_the_other(api, shop):
    kept = shop.create(base={"contacts": {"email": "a@b.it"}})
    policy = {"properties": ["externalId"], "caseSensitive": True}
    api.put(f"/configuration/nodes/entries/{api.sandbox.node_id}/matching-policy", policy)
    assert shop.create(base={"contacts": {"email": "a@b.it"}})["id"] == kept["id"]


def test_retention_periods_of_two_workspaces_hold_together(api, shop, clock):
    event = {"type": "viewedPage", "context": "WEB", "date": "2023-01-01T00:00:00Z"}
    for one, months in ((api, 24), (shop, 12), (api, 24)):
        one.sandbox.seed_events([event])
        assert (
            one.put("/configuration/retention-policy", {"viewedPage": {"months": months}}).status_code == 200
        )
    assert shop.get("/events", nodeId=shop.sandbox.node_id).json()["page"]["totalElements"] == 0
    assert api.get("/events", nodeId=api.sandbox.node_id).json()["page"]["totalElements"] == 2


def test_its_first_source_can_have_a_new_token(api, shop, sandbox):
    [source] = shop.get("/configuration/sources").json()["elements"]
    renewed = shop.post(f"/configuration/sources/{source['id']}/refresh-token", None)
    assert renewed.status_code == 200, renewed.text
    assert shop.get("/configuration").status_code == 401
    assert sandbox.workspaces["Shop"].token == renewed.json()["token"]
    assert api.get("/configuration").status_code == 200


def test_its_bulk_jobs_are_done_in_it(sandbox, clock):
    sandbox.configure(bulk_job_delay=10)
    shop = sandbox.add_workspace("Shop")
    job = shop.node.api.bulk_jobs.create_bulk_job({"file": b"externalId\n7\n", "operation": "UPSERT"})
    clock.turn(60)
    assert customers_of(sandbox) == 0
    assert shop.node.api.bulk_jobs.get_bulk_job(job.id).status == "PROCESSED"
    assert [one.externalId for one in shop.node.get_customers()] == ["7"]


def test_the_same_external_id_in_events_finds_the_customer_of_the_workspace(api, shop):
    shop.create(externalId="7")
    bring_back = {"type": "EXTERNAL_ID", "value": "7", "nodeId": api.sandbox.node_id}
    event = api.get(f"/events/{api.event(bringBackProperties=bring_back)}").json()
    assert api.customer(event["customerId"])["nodeId"] == api.sandbox.node_id
    refused = shop.post(
        "/events",
        {"type": "viewedPage", "context": "WEB", "properties": {}, "bringBackProperties": bring_back},
    )
    assert refused.status_code == 404


def test_seeded_events_stay_in_their_workspace(sandbox):
    shop = sandbox.add_workspace("Shop")
    [known] = sandbox.seed([{"externalId": "1"}])
    event = {"type": "viewedPage", "context": "WEB", "customerId": known}
    shop.seed_events([event])
    assert sandbox.node.api.events.list_events(customerId=known).page["totalElements"] == 0
    sandbox.node.get_customer(known).delete()
    assert shop.node.api.events.list_events(customerId=known).page["totalElements"] == 1


def test_no_answer_shows_what_another_workspace_holds(api, shop, clock):
    """Every operation that reads, asked by the other administrator, with the ids of the first workspace."""
    customer = api.create(externalId=MARK, consents={"disclaimer": {"date": None, "version": MARK}})
    event = api.event(customerId=customer["id"])
    session = api.post(f"/customers/{customer['id']}/sessions", {"value": MARK}).json()
    api.sandbox.add_source(MARK, {"Sandbox": "RW"})
    api.sandbox.add_user(MARK, {"Sandbox": "RW"})
    api.sandbox.add_aggregate_node(MARK)
    ids = {
        "workspaceId": shop.sandbox.workspace_id,
        "customerId": customer["id"],
        "nodeId": api.sandbox.node_id,
        "eventId": event,
        "id": event,
        "sessionId": session["id"],
    }
    secrets = (MARK, *(value for name, value in ids.items() if name != "workspaceId"))
    asked = 0
    for facts in operations():
        if facts["method"] != "GET":
            continue
        path = facts["path"]
        for parameter in facts["path_params"]:
            path = path.replace(f"{{{parameter['name']}}}", ids.get(parameter["name"], "1"))
        if "{" in path:
            continue
        answer = requests.get(
            shop.sandbox.base_url + path, params=EVERYTHING, headers=shop.headers, timeout=10
        )
        asked += 1
        if answer.status_code < 400:
            assert not any(secret in answer.text for secret in secrets), (facts["id"], answer.text)
            assert '"customers":1' not in answer.text, facts["id"]
    assert asked > 60


def test_a_reset_removes_all_but_the_first(api, sandbox, http):
    shop = sandbox.add_workspace("Shop")
    headers = {"Authorization": f"Bearer {shop.token}"}
    url = f"{shop.base_url}/workspaces/{shop.workspace_id}/configuration"
    sandbox.reset()
    assert list(sandbox.workspaces) == ["Sandbox"]
    assert http.get(url, headers=headers).status_code == 401
    assert api.get("/configuration").status_code == 200
    with pytest.raises(SandboxError, match="reset"):
        shop.seed([{"externalId": "1"}])
    assert sandbox.add_workspace("Shop").token != headers["Authorization"].removeprefix("Bearer ")


def test_a_reset_ends_the_retention_of_the_others(sandbox, shop):
    shop.put("/configuration/retention-policy", {"viewedPage": {"months": 1}})
    assert shop.get("/configuration").status_code == 200
    sandbox.reset()
    assert not sandbox._service.store.events.retention


def test_a_data_file_keeps_them(tmp_path):
    path = tmp_path / "data.sqlite"
    with Sandbox(path) as sandbox:
        shop = sandbox.add_workspace("Shop")
        shop.seed([{"externalId": "1", "base": {"contacts": {"email": "a@b.it"}}}])
        before = {name: value for name, value in shop.environment.items() if name != "CONTACTHUB_BASE_URL"}
    assert [found.name for found in tmp_path.iterdir()] == ["data.sqlite"]
    with Sandbox(path, matching=["externalId"]) as sandbox:
        shop = sandbox.workspaces["Shop"]
        assert before.items() <= shop.environment.items()
        assert [one.externalId for one in shop.node.get_customers()] == ["1"]
        assert customers_of(sandbox) == 0


def test_a_workspace_that_an_earlier_version_only_recorded_is_served(tmp_path):
    path = tmp_path / "data.sqlite"
    with Sandbox(path) as sandbox:
        identity = sandbox.add_workspace("Shop").workspace_id
        with closing(sandbox._service.store._raw.cursor()) as cursor:
            cursor.execute("DELETE FROM credentials WHERE name LIKE '%/%'")
            cursor.execute("DELETE FROM resources WHERE parent <> ''")
    with Sandbox(path) as sandbox:
        shop = sandbox.workspaces["Shop"]
        assert shop.workspace_id == identity
        assert customers_of(shop) == 0


def test_a_workspace_whose_post_is_refused_leaves_no_trace(api, sandbox):
    at_root(api, "POST", "/workspaces", NEW)
    assert at_root(api, "POST", "/workspaces", NEW).status_code == 409
    assert list(sandbox.workspaces) == ["Sandbox", "Shop"]
    assert (
        requests.get(
            f"{api.root}/configuration", headers={"Authorization": "Bearer no"}, timeout=10
        ).status_code
        == 401
    )


def test_one_that_is_added_between_a_request_and_its_transaction_does_not_disturb_it(api, sandbox):
    """The clock is read between the two."""
    moment = sandbox.settings.clock
    names = iter(["Shop"])

    def clock():
        for name in names:
            sandbox._service.workspaces.all()
            sandbox.add_workspace(name)
        return moment()

    sandbox.configure(clock=clock)
    status = f"/workspaces/{sandbox.workspace_id}/status"
    assert at_root(api, "PUT", status, {"status": "ENABLED"}).status_code == 200
    assert "Shop" in sandbox.workspaces


def test_faults_and_delays_are_those_of_the_sandbox(sandbox, clock, http):
    shop = sandbox.add_workspace("Shop")
    sandbox.configure(search_delay=5)
    Api(shop, http).create(externalId="1")
    assert customers_of(shop) == 0
    clock.turn(6)
    assert customers_of(shop) == 1
