"""The pages of requests: filters, bodies, answers, and how to send one again."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
import requests

from contacthub_orm.sandbox import Fault
from contacthub_orm.sandbox.service import recording


def numbers(found) -> list[int]:
    return [request["number"] for request in found["requests"]]


def test_the_newest_request_comes_first_with_its_number(console, api):
    api.create(externalId="1")
    api.get("/customers/nobody")

    found = console.twin("/requests")["requests"]

    assert [(one["method"], one["shownPath"], one["status"]) for one in found] == [
        ("GET", "/customers/nobody", 404),
        ("POST", "/customers", 201),
    ]
    assert found[0]["number"] == found[1]["number"] + 1


def test_what_the_console_asks_is_no_request(console, sandbox):
    console.get("/customers")
    console.get("/requests")

    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"method": "POST"}, [1]),
        ({"status": "4xx"}, [2]),
        ({"status": "404"}, [2]),
        ({"status": "none"}, [4]),
        ({"fault": "any"}, [4, 3]),
        ({"fault": "cut_after"}, [4]),
        ({"path": "/nobody"}, [2]),
        ({"status": "5xx", "method": "GET"}, [3]),
    ],
)
def test_filters_choose_requests(console, sandbox, api, filters, expected):
    api.create(externalId="1")
    api.get("/customers/nobody")
    sandbox.faults = [
        Fault.status(503, nth=1, path="events"),
        Fault.cut_after(reset=False, nth=2, path="events"),
    ]
    api.get("/events")
    with pytest.raises(requests.ConnectionError):
        api.get("/events")
    first = numbers(console.twin("/requests"))[-1]

    assert [number - first + 1 for number in numbers(console.twin("/requests", **filters))] == expected


def test_a_status_that_is_none_is_refused(console):
    assert console.get("/requests", status="abc").status_code == 400


def test_a_request_is_shown_with_its_body_and_answer(console, api):
    made = api.create(externalId="1")

    [number] = numbers(console.twin("/requests"))
    found = console.twin(f"/requests/{number}")

    assert found["body"] == {"nodeId": api.sandbox.node_id, "externalId": "1"}
    assert found["answer"] == made


def test_no_page_shows_a_token(console, sandbox, api):
    answer = api.post(
        "/configuration/sources", {"name": "Shop", "provider": "API", "nodes": [sandbox.node_id]}
    )
    own = answer.json()["token"]
    [number] = numbers(console.twin("/requests"))

    pages = ["/requests", f"/requests/{number}", "/settings", "/state", "/customers"]

    for text in [console.get(page, **query).text for page in pages for query in ({}, {"format": "json"})]:
        assert own not in text
        assert sandbox.token not in text
    assert console.twin(f"/requests/{number}")["answer"]["token"] == "***"


@pytest.mark.parametrize("kind", ["curl", "python"])
def test_a_copied_request_does_the_same_again(console, sandbox, api, kind):
    value = 'it\'s "so" $HOME `x` \\ é\nnewline'
    customer = api.create(externalId="1")
    api.patch(f"/customers/{customer['id']}", {"base": {"firstName": value}}, mode="STRICT")
    number = numbers(console.twin("/requests"))[0]
    copied = console.twin(f"/requests/{number}")[kind]
    api.patch(f"/customers/{customer['id']}", {"base": {"firstName": "other"}})

    if kind == "curl":
        words = shlex.split(copied)
        assert words[:3] == ["curl", "-X", "PATCH"]
        sent = words[words.index("--data") + 1].encode()
        headers = {"Authorization": f"Bearer {sandbox.token}", "Content-Type": "application/json"}
        assert "Authorization: Bearer $CONTACTHUB_TOKEN" in words
        assert api.session.patch(words[3], data=sent, headers=headers, timeout=10).status_code == 200
    else:
        run = [sys.executable, "-c", copied]
        assert (
            subprocess.run(run, env=sandbox.environment, check=True, capture_output=True).stdout[:3] == b"200"
        )

    assert api.customer(customer)["base"]["firstName"] == value


def test_answers_are_kept_within_bounds(console, api, monkeypatch):
    monkeypatch.setattr(recording, "ANSWERS", 2)
    for _ in range(3):
        api.get("/customers/nobody")

    kept = [
        console.twin(f"/requests/{number}")["isAnswerKept"] for number in numbers(console.twin("/requests"))
    ]

    assert kept == [True, True, False]


def test_a_cleared_log_is_empty_and_its_numbers_are_not_given_again(console, api):
    api.get("/customers/nobody")
    [before] = numbers(console.twin("/requests"))

    console.done("/requests/clear")
    assert numbers(console.twin("/requests")) == []
    assert console.get(f"/requests/{before}").status_code == 404

    api.get("/customers/nobody")
    assert numbers(console.twin("/requests")) == [before + 1]


def test_the_first_page_is_live_until_it_is_told_to_stand_still(console):
    assert "hx-trigger" in console.get("/requests").text
    assert "hx-trigger" not in console.get("/requests", live="off").text
    assert "hx-trigger" not in console.get("/requests", page=1).text
