"""What the console changes: faults, and the state as a whole."""

from __future__ import annotations

import json
import sqlite3

import pytest

from contacthub_orm import Session
from contacthub_orm.sandbox import Fault, Sandbox, SandboxError


def test_a_fault_is_set_and_counts(console, sandbox, api):
    console.done(
        "/faults", kind="status", code="503", retry_after="0", method="GET", path="events", nth="1, 3-4"
    )
    statuses = [api.get("/events").status_code for _ in range(4)]
    api.get("/customers/nobody")

    [fault] = console.twin("/faults")["faults"]

    assert statuses == [503, 200, 503, 503]
    assert (fault["seen"], fault["struck"], fault["nth"]) == (4, 3, [1, 3, 4])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"kind": "throttled", "retry_after": "7"}, Fault.throttled(7)),
        ({"kind": "cut_before", "reset": "on"}, Fault.cut_before(reset=True)),
        ({"kind": "cut_after"}, Fault.cut_after(reset=False)),
        ({"kind": "slow", "seconds": "0.5", "before": "on"}, Fault.slow(0.5, before=True)),
        ({"kind": "garbage", "probability": "0.5", "seed": "3"}, Fault.garbage(probability=0.5, seed=3)),
        ({"kind": "truncated", "times": "2"}, Fault.truncated(times=2)),
        ({"kind": "status", "applied": "on"}, Fault.status(503, applied=True)),
    ],
)
def test_the_form_makes_every_kind_of_fault(console, sandbox, form, expected):
    console.done("/faults", **form)

    assert list(sandbox.faults) == [expected]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"kind": "status", "code": "200"}, "200 is not the status of an error"),
        ({"kind": "status", "code": "many"}, "code is a number"),
        ({"kind": "nothing"}, "kind is one of"),
        ({"kind": "__class__"}, "kind is one of"),
        ({"kind": "garbage", "nth": "1-"}, "nth is a list"),
        ({"kind": "garbage", "nth": "1-999999999"}, "nth has at most"),
        ({"kind": "garbage", "probability": "2"}, "probability is between 0 and 1"),
        ({"kind": "slow", "seconds": "nan"}, "seconds"),
        ({"kind": "slow", "seconds": "-1"}, "negative"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_the_reason(console, sandbox, form, message):
    answer = console.post("/faults", **form)

    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert list(sandbox.faults) == []


def test_faults_are_removed_one_by_one_restarted_and_cleared(console, sandbox, api):
    sandbox.faults = [Fault.status(500, path="events"), Fault.status(502, path="customers")]
    api.get("/customers/nobody")

    console.done("/faults/remove", place="0")
    assert [fault["status"] for fault in console.twin("/faults")["faults"]] == [502]
    api.get("/customers/nobody")
    console.done("/faults/restart")
    assert [fault["seen"] for fault in console.twin("/faults")["faults"]] == [0]
    assert console.post("/faults/remove", place="5").status_code == 400
    console.done("/faults/clear")
    assert list(sandbox.faults) == []


@pytest.mark.parametrize(
    "text", ['[{"externalId": "1"}, {"externalId": "2"}]', '{"externalId": "1"}\n\n{"externalId": "2"}\n']
)
def test_a_text_or_a_file_is_seeded_as_a_list_or_in_lines(console, sandbox, api, text):
    assert len(console.done("/state/seed", text=text)["customers"]) == 2
    assert (
        len(console.done("/state/seed", file=("c.jsonl", b"\xef\xbb\xbf" + text.encode()))["customers"]) == 2
    )
    assert api.search()["page"]["totalElements"] == 4


def test_customers_and_events_are_seeded_together(console, api):
    customer = "7f3e4f5a-9f0c-4b60-9a42-6b2b94a0a1c1"
    event = {"customerId": customer, "type": "viewedPage", "context": "WEB", "properties": {}}
    whole = {"customers": [{"id": customer, "externalId": "1"}], "events": [event]}

    console.done("/state/seed", text=json.dumps(whole))

    assert len(api.get("/events", customerId=customer).json()["elements"]) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "choose a file"),
        ("{", "neither JSON nor JSON in lines"),
        ("[1]", "a document is a JSON object"),
        ('{"base": {"firstName": 1}}', "firstName"),
        ('{"customers": 1}', "lists of documents"),
        ("[" * 300 + "]" * 300, "levels"),
    ],
)
def test_what_cannot_be_seeded_is_refused_with_the_reason(console, api, text, message):
    answer = console.post("/state/seed", text=text)

    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert api.search()["elements"] == []


def test_if_the_events_are_refused_the_page_says_that_the_customers_are_there(console, api):
    whole = {"customers": [{"externalId": "1"}], "events": [{"type": "nothing"}]}

    answer = console.post("/state/seed", text=json.dumps(whole))

    assert "1 customers were seeded, the events were not" in answer.json()["error"]
    assert api.search()["page"]["totalElements"] == 1


def test_a_reset_leaves_nothing(console, sandbox, api):
    api.create(externalId="1")
    sandbox.add_workspace("Shop")

    console.done("/state/reset")

    assert sandbox.requests == []
    assert list(sandbox.workspaces) == ["Sandbox"]
    assert api.search()["elements"] == []


@pytest.fixture
def other():
    with Sandbox() as sandbox:
        yield sandbox


def saved(console) -> bytes:
    answer = console.post("/state/save")
    assert answer.status_code == 200
    return answer.content


def test_a_saved_state_is_loaded_with_everything_into_another_sandbox(console, sandbox, api, other):
    customer = api.create(externalId="1")
    api.event(customerId=customer["id"])
    shop = sandbox.add_workspace("Shop")
    shop.seed([{"externalId": "s"}])
    content = saved(console)
    url = other.console_url + "/state/load?format=json"

    assert api.session.post(url, files={"file": ("s.sqlite", content)}, timeout=10).status_code == 200

    assert other.environment == sandbox.environment | {"CONTACTHUB_BASE_URL": other.base_url}
    with Session(other.node) as session:
        from contacthub_orm import Customer

        [found] = session.query(Customer).all()
        assert (found.externalId, len(list(found.events))) == ("1", 1)
    assert other.workspaces["Shop"].token == shop.token
    assert len(Session(other.workspaces["Shop"].node).query(Customer).all()) == 1


def test_a_loaded_state_goes_on_where_it_was(sandbox, tmp_path, api, other):
    api.create(externalId="1")
    sandbox.save(tmp_path / "state")
    other.load(tmp_path / "state")

    url = f"{other.base_url}/workspaces/{other.workspace_id}/customers"
    body = {"nodeId": other.node_id, "externalId": "2"}
    answer = api.session.post(url, json=body, headers={"Authorization": f"Bearer {other.token}"}, timeout=10)

    assert answer.json()["intId"] == 2


def test_a_saved_state_is_a_data_file(sandbox, tmp_path, api):
    api.create(externalId="1")
    sandbox.save(tmp_path / "state")

    with Sandbox(tmp_path / "state") as again:
        assert again.token == sandbox.token
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_a_sandbox_with_a_file_saves_and_loads(tmp_path, other):
    other.seed([{"externalId": "1"}])
    other.save(tmp_path / "state")
    with Sandbox(tmp_path / "own") as sandbox:
        sandbox.load(tmp_path / "state")
        sandbox.seed([{"externalId": "2"}])
        sandbox.save(tmp_path / "both")
        for refused in (sandbox.save, sandbox.load):
            with pytest.raises(SandboxError, match="in use"):
                refused(tmp_path / "own")
    for name in ("own", "both"):
        with Sandbox(tmp_path / name) as again:
            assert again.token == other.token
            assert len(again.node.get_customers()) == 2


def _with_documents(content: bytes, document: str) -> bytes:
    """A state in which all customers have this document."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    connection.execute("DROP INDEX customers_reachable")
    connection.execute("UPDATE customers SET document = ?", [document])
    connection.commit()
    return connection.serialize()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda content: b"", "Choose a file"),
        (lambda content: b"junk" * 5000, "no data file of a sandbox"),
        (lambda content: content[:5000], "the saved state"),
        (lambda content: content[:4096] + b"\0" * (len(content) - 4096), "corrupt"),
        (
            lambda content: _with_documents(content, "no JSON"),
            "the saved state cannot be used: malformed JSON",
        ),
        (lambda content: _with_documents(content, "7"), "a customer is no JSON object"),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(console, sandbox, api, make, message):
    customer = api.create(externalId="1")
    content = make(saved(console))
    before = sandbox.environment

    answer = console.post("/state/load", file=("s.sqlite", content))

    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert sandbox.environment == before
    assert api.customer(customer)["externalId"] == "1"
    assert api.create(externalId="2")["intId"] == 2
