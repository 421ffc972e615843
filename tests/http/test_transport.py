"""One request, one answer: what is sent and what comes back."""

from __future__ import annotations

import json
import math

import pytest
import vcr

from contacthub_orm.errors import (
    APIError,
    ConfigurationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
)
from contacthub_orm.http import Settings, Transport, quote_path


def test_a_request_carries_the_token_and_its_document(service, transport):
    transport.send("PATCH", "customers/9", json={"base": {"firstName": "Zoë"}})
    [request] = service.received
    assert (request.method, request.target) == ("PATCH", "/hub/v1/customers/9")
    assert request.json == {"base": {"firstName": "Zoë"}}
    assert request.headers["Authorization"] == "Bearer top-secret-token"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept"] == "application/json"


def test_a_request_without_a_document_has_no_content_type(service, transport):
    transport.send("DELETE", "events/9")
    assert "Content-Type" not in service.received[0].headers
    assert service.received[0].headers["Content-Length"] == "0"


def test_parameters_are_quoted_and_lists_repeat_the_name(service, transport):
    transport.send("GET", "customers", params={"query": '{"a": "b&c"}', "fields": ["id", "base"]})
    assert service.received[0].target == (
        "/hub/v1/customers?query=%7B%22a%22%3A+%22b%26c%22%7D&fields=id&fields=base"
    )


def test_falsy_documents_are_sent(service, transport):
    transport.send("PUT", "x", json={})
    assert service.received[0].body == b"{}"


def test_a_body_that_is_no_json_is_sent_with_its_media_type(service, transport):
    transport.send("POST", "x", content=("text/csv", b"a,b"))
    assert service.received[0].body == b"a,b"
    assert service.received[0].headers["Content-Type"] == "text/csv"


def test_an_answer_that_is_no_json_is_decoded_as_the_caller_says(service, transport):
    service.sends(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na,b")
    assert transport.send("GET", "x", decode=bytes.decode).body == "a,b"


def test_what_is_not_json_is_refused_before_it_is_sent(service, transport):
    with pytest.raises(ValueError, match="Out of range"):
        transport.send("POST", "x", json={"a": math.nan})
    with pytest.raises(TypeError):
        transport.send("POST", "x", json={"a": object()})
    assert service.received == []


def test_an_answer_has_status_headers_and_the_decoded_document(service, transport):
    service.answers(201, {"id": "9"}, {"X-Thing": "yes"})
    answer = transport.send("POST", "customers", json={})
    assert (answer.status, answer.headers["x-thing"], answer.body) == (201, "yes", {"id": "9"})


@pytest.mark.parametrize("body", [b"", b"\r\n"])
def test_an_empty_body_is_none(service, transport, body):
    service.answers(200, body)
    assert transport.send("POST", "x").body is None


def test_head_has_no_body(service, transport):
    service.sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
    assert transport.send("HEAD", "x").body is None


def test_a_large_body_is_decoded_whole(service, transport):
    page = {"elements": [{"id": str(number)} for number in range(5_000)]}
    service.answers(200, page)
    assert transport.send("GET", "customers").body == page


def test_connections_are_kept_and_used_again(service, transport):
    for _ in range(3):
        transport.send("PATCH", "x", json={})
    assert {request.connection for request in service.received} == {1}


def test_cookies_are_not_kept(service, transport):
    service.answers(200, {}, {"Set-Cookie": "a=b"})
    transport.send("GET", "x")
    transport.send("GET", "x")
    assert "Cookie" not in service.received[1].headers


def test_a_redirect_is_an_error_and_not_followed(service, transport):
    service.answers(307, b"", {"Location": "http://["})
    with pytest.raises(APIError) as caught:
        transport.send("POST", "x", json={})
    assert caught.value.status == 307
    assert len(service.received) == 1


def test_the_services_envelope_becomes_the_error(service, transport):
    service.answers(
        409,
        {
            "message": "Conflict",
            "logref": "log-1",
            "data": {"customer": {"id": "7"}},
            "errors": [{"path": "base", "code": 3}],
        },
    )
    with pytest.raises(ConflictError) as caught:
        transport.send("POST", "customers", json={}, params={"q": "bruce@wayne.com"})
    error = caught.value
    assert (error.message, error.logref, error.conflicting_id) == ("Conflict", "log-1", "7")
    assert error.errors == [{"path": "base", "code": 3}]
    assert (error.method, error.url) == ("POST", f"{service.url}/hub/v1/customers")


def test_the_frameworks_body_becomes_the_error(service, transport):
    service.answers(404, {"status": 404, "error": "Not Found", "path": "/x"})
    with pytest.raises(NotFoundError) as caught:
        transport.send("GET", "nowhere")
    assert (caught.value.message, caught.value.errors, caught.value.logref) == ("Not Found", [], None)
    assert caught.value.is_of_framework


def test_an_error_of_the_service_itself_is_not_the_frameworks(service, transport):
    service.answers(404, {"message": "customer not found 7", "logref": "log-1", "errors": [], "data": None})
    with pytest.raises(NotFoundError) as caught:
        transport.send("GET", "customers/7")
    assert not caught.value.is_of_framework


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<h1>Bad gateway</h1>", "<h1>Bad gateway</h1>"),
        (b"x" * 1000, "x" * 200),
        (b"", None),
        (b'["odd"]', "['odd']"),
        (b"\xff\xfe", "��"),
        (b'{"message": 5, "errors": "odd", "logref": 6}', "5"),
    ],
)
def test_an_error_in_any_other_form_still_has_a_status_and_a_message(service, connect, body, message):
    service.answers(500, body)
    with pytest.raises(ServerError) as caught:
        connect(retries=1).send("GET", "x")
    assert (caught.value.status, caught.value.message) == (500, message)


def test_after_close_nothing_is_sent(service, transport):
    transport.close()
    transport.close()
    with pytest.raises(InvalidRequestError, match="closed"):
        transport.send("GET", "x")
    assert service.received == []


def test_a_with_block_closes_the_transport(service):
    with Transport(service.url, "t") as transport:
        transport.send("GET", "x")
    with pytest.raises(InvalidRequestError):
        transport.send("GET", "x")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.contactlab.it",
        "ftp://host",
        "http://",
        "http://user:pass@host",
        "http://host?x=1",
        "http://host#x",
        "http://ho st",
    ],
)
def test_a_base_url_that_cannot_be_is_refused(url):
    with pytest.raises(ConfigurationError, match="base_url"):
        Transport(url, "t")


@pytest.mark.parametrize("token", ["", "a b", "a\n", "tökén"])
def test_a_token_that_cannot_be_is_refused_and_not_shown(token):
    with pytest.raises(ConfigurationError, match=r"token must be printable ASCII without spaces \(see"):
        Transport("https://host", token)


def test_a_trailing_slash_of_the_base_url_is_no_part_of_the_path(service, clock):
    with Transport(f"{service.url}/hub/", "t", Settings(), clock) as transport:
        transport.send("GET", "x")
    assert service.received[0].target == "/hub/x"


def test_segments_are_quoted_in_full_and_stay_so_on_the_wire(service, transport):
    path = quote_path("customers", "a/b?c#d é%41", "tags")
    assert path == "customers/a%2Fb%3Fc%23d%20%C3%A9%2541/tags"
    transport.send("GET", path)
    assert service.received[0].target == f"/hub/v1/{path}"


@pytest.mark.parametrize("segment", ["", ".", "..", None, 7])
def test_a_segment_that_would_lead_elsewhere_is_refused(segment):
    with pytest.raises(InvalidRequestError, match="cannot be a segment"):
        quote_path("customers", segment)


def test_vcrpy_records_and_replays(service, transport, tmp_path):
    cassette = str(tmp_path / "cassette.yaml")
    service.answers(200, {"id": "recorded"})
    for _ in range(2):
        with vcr.use_cassette(cassette, filter_headers=["Authorization"], record_mode="once"):
            assert transport.send("POST", "customers", json={"a": 1}).body == {"id": "recorded"}
    assert len(service.received) == 1
    assert json.loads(service.received[0].body) == {"a": 1}
