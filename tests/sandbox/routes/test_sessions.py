"""The routes of sessions."""

from __future__ import annotations

import pytest


@pytest.fixture
def sessions(api):
    return f"/customers/{api.create(externalId='1')['id']}/sessions"


def test_a_new_session_is_answered_201_with_id_and_value(api, sessions):
    answer = api.post(sessions, {"value": "s"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "value"}
    assert answer.json()["value"] == "s"


def test_sessions_are_listed_without_a_page(api, sessions):
    first, second = (api.post(sessions, {"value": value}).json() for value in "ab")
    assert api.get(sessions).json() == {"elements": [first, second]}


def test_a_session_is_read_by_its_id_not_by_its_value(api, sessions):
    session = api.post(sessions, {"value": "s"}).json()
    assert api.get(f"{sessions}/{session['id']}").json() == session
    assert api.get(f"{sessions}/s").status_code == 404


def test_linking_a_session_again_gives_the_same_one(api, sessions):
    assert api.post(sessions, {"value": "s"}).json() == api.post(sessions, {"value": "s"}).json()


def test_the_session_of_another_customer_is_answered_409(api, sessions):
    api.post(sessions, {"value": "s"})
    other = api.create(externalId="2")
    answer = api.post(f"/customers/{other['id']}/sessions", {"value": "s"})
    assert (answer.status_code, answer.json()["data"]) == (409, None)


def test_a_session_refused_in_a_post_leaves_no_customer(api, sessions):
    api.post(sessions, {"value": "s"})
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "2"}, sessionId="s")
    assert answer.status_code == 409
    assert api.search(externalId="2")["elements"] == []


def test_a_deleted_session_is_answered_200_and_keeps_its_events_with_the_customer(api, sessions):
    event = api.event(bringBackProperties={"value": "s"})
    session = api.post(sessions, {"value": "s"}).json()
    answer = api.delete(f"{sessions}/{session['id']}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.get(sessions).json() == {"elements": []}
    assert api.get(f"/events/{event}").json()["customerId"] is not None


@pytest.mark.parametrize(
    "body", [{}, {"value": ""}, {"value": 5}, {"value": "x" * 256}, {"value": "s", "other": 1}]
)
def test_a_malformed_session_is_answered_400(api, sessions, body):
    assert api.post(sessions, body).status_code == 400


def test_sessions_of_an_unknown_customer_are_answered_404(api):
    assert api.get("/customers/5/sessions").status_code == 404
    assert api.post("/customers/5/sessions", {"value": "s"}).status_code == 404


def test_an_unknown_session_is_answered_404(api, sessions):
    assert api.delete(f"{sessions}/5").status_code == 404
