"""Error answers: authorization, routes, bodies, the budget."""

from __future__ import annotations

import json

import pytest
import requests

ENVELOPE = {"message", "logref", "data", "errors"}


def raw(api, method, path, **options):
    options.setdefault("headers", api.headers)
    return api.session.request(method, api.root + path, timeout=10, **options)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Basic x"}])
def test_an_unknown_token_is_answered_401(api, headers):
    answer = raw(api, "GET", "/customers/5", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["message"] == "The client is not authorized to access the API"
    assert set(answer.json()) == ENVELOPE


def test_an_unknown_workspace_is_answered_403(api):
    url = f"{api.sandbox.base_url}/workspaces/other/customers"
    answer = api.session.get(url, headers=api.headers, timeout=10)
    assert (answer.status_code, answer.json()["message"]) == (403, "workspace not found: other")


def test_an_unknown_route_is_answered_404_as_by_a_web_framework(api):
    answer = api.get("/dragons")
    body = answer.json()
    assert answer.status_code == body["status"] == 404
    assert body["error"] == "Not Found"
    assert set(body) >= ENVELOPE


def test_an_unknown_path_outside_the_workspaces_is_answered_the_same(api):
    answer = api.session.get(api.sandbox.base_url.removesuffix("/hub/v1"), timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


def test_an_unsupported_method_is_answered_405(api):
    answer = api.delete("/customers")
    assert answer.status_code == 405
    assert answer.json()["message"] == "Request method 'DELETE' not supported"


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff", b'{"extra": NaN}', b'{"extra": 1e999}', b'{"extra": "\\ud800"}', b"[" * 30000, b"", b"[]", b'"x"', b"null"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/customers", "/events"])
def test_a_body_that_is_no_json_object_is_answered_400(api, path, content):
    answer = raw(api, "POST", path, data=content)
    assert (answer.status_code, set(answer.json())) == (400, ENVELOPE)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-32-be", "utf-8-sig"])
def test_a_body_in_another_encoding_or_with_a_byte_order_mark_is_answered_400(api, encoding):
    content = json.dumps({"nodeId": api.sandbox.node_id, "externalId": "1"}).encode(encoding)
    assert raw(api, "POST", "/customers", data=content).status_code == 400


@pytest.mark.parametrize("depth", [199, 300, 500, 900, 970, 990, 5000, 30000])
@pytest.mark.parametrize("halves", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_a_body_of_any_depth_beyond_200_levels_is_answered_400(api, depth, halves):
    api.sandbox.seed([{"id": "1"}])
    value = halves[0] * depth + "1" + halves[1] * depth
    answer = raw(api, "PATCH", "/customers/1", data=f'{{"extended":{{"a":{value}}}}}'[:65_000])
    assert (answer.status_code, set(answer.json())) == (400, ENVELOPE)


def test_a_body_of_200_levels_is_kept_and_found(api):
    api.sandbox.seed([{"id": "1"}])
    value = json.loads('{"a":' * 198 + "1" + "}" * 198)
    assert api.patch("/customers/1", {"extended": {"a": value}}).status_code == 200
    assert api.customer("1")["extended"]["a"] == value
    assert len(api.search(fields="extended")["elements"]) == 1


def test_a_body_at_the_limit_is_accepted_and_one_byte_more_is_answered_413(api):
    frame = len(f'{{"nodeId":"{api.sandbox.node_id}","extra":"","externalId":"1"}}')
    for excess, status in ((0, 201), (1, 413)):
        extra = "x" * (65_536 - frame + excess)
        content = f'{{"nodeId":"{api.sandbox.node_id}","extra":"{extra}","externalId":"1"}}'
        assert raw(api, "POST", "/customers", data=content).status_code == status


def test_an_event_that_is_too_large_is_answered_413(api):
    body = {
        "customerId": "5",
        "type": "genericActiveEvent",
        "context": "WEB",
        "properties": {"x": "x" * 70_000},
    }
    assert api.post("/events", body).status_code == 413


def test_other_headers_are_tolerated(api):
    headers = api.headers | {"Contactlab-ClientId": "x", "Contactlab-Tracing-ID": "y"}
    assert raw(api, "GET", "/configuration", headers=headers).status_code == 200


def test_text_outside_ascii_comes_back_as_it_was_sent(api):
    assert api.create(base={"firstName": "Zoë 🦇"})["base"]["firstName"] == "Zoë 🦇"


def test_a_spent_budget_is_answered_429_until_a_minute_has_passed(api, clock):
    api.sandbox.configure(max_requests_per_minute=2)
    assert api.search()
    clock.turn(20)
    assert api.search()
    answer = api.get("/configuration")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    assert set(answer.json()) == ENVELOPE
    clock.turn(40)
    assert api.get("/configuration").status_code == 200


def test_a_mistake_of_the_sandbox_is_answered_500_and_logged(api, monkeypatch, caplog):
    monkeypatch.setattr(type(api.sandbox.settings), "now", lambda _: 1 / 0)
    answer = api.get("/configuration")
    assert (answer.status_code, answer.json()["error"]) == (500, "Internal Server Error")
    assert "GET" in caplog.text


def test_every_error_has_another_logref(api):
    assert api.get("/customers/5").json()["logref"] != api.get("/customers/5").json()["logref"]


def test_a_head_request_is_answered_405(api):
    assert requests.head(f"{api.root}/customers", headers=api.headers, timeout=10).status_code == 405
