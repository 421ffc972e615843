"""Answers are read past interim ones, within a time and up to a size; what makes no sense is not believed."""

from __future__ import annotations

import gzip
import traceback
import tracemalloc

import pytest

from contacthub_orm import Workspace
from contacthub_orm.errors import (
    APIError,
    ConfigurationError,
    ContacthubError,
    OutcomeUnknown,
    TransportError,
)
from contacthub_orm.http import Transport
from tests.http.conftest import TOKEN

INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
REAL = b'HTTP/1.1 201 Created\r\nContent-Length: 11\r\n\r\n{"id": "1"}'


def refused(url, token=TOKEN, **settings):
    """The traceback, with locals, of a workspace that cannot be; the frames of the test are cut off."""
    try:
        Workspace("w", token, url, settings=settings)
    except ConfigurationError as error:
        error.__traceback__ = error.__traceback__.tb_next
        return error, "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    raise AssertionError("nothing was raised")


def test_interim_answers_are_passed_over(service, transport):
    service.sends(INTERIM + REAL)
    answer = transport.send("POST", "customers", json={})
    assert (answer.status, answer.body) == (201, {"id": "1"})
    assert len(service.received) == 1


def test_a_change_of_protocol_that_nobody_asked_for_leaves_the_outcome_unknown(service, transport):
    service.answers(101)
    with pytest.raises(OutcomeUnknown, match="that is no answer to it"):
        transport.send("POST", "x", json={})
    transport.send("GET", "x")
    assert [request.connection for request in service.received] == [1, 2]


def test_an_answer_that_takes_too_long_as_a_whole_is_lost(service, connect):
    service.says_nothing()
    with pytest.raises(OutcomeUnknown):
        connect(read_timeout=5, total_timeout=0.05).send("POST", "x", json={})


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}], ids=["plain", "compressed"])
def test_an_answer_larger_than_the_bound_is_not_read(service, connect, headers):
    body = b" " * 1_000_000
    service.answers(200, gzip.compress(body) if headers else body, headers)
    with pytest.raises(TransportError, match=r"larger than 1000 bytes \(max_answer_bytes\)"):
        connect(max_answer_bytes=1_000, retries=1).send("GET", "x")


def test_a_small_answer_that_decompresses_to_a_large_one_takes_little_memory(service, connect):
    service.answers(200, gzip.compress(b" " * 30_000_000), {"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(TransportError, match="max_answer_bytes"):
            connect(max_answer_bytes=1_000, retries=1).send("GET", "x")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3_000_000


def test_an_objection_makes_an_answer_unknown_and_closes_its_connection(service, transport):
    service.answers(200, {"id": "theirs"})
    with pytest.raises(OutcomeUnknown, match="answered with 200, but the id is another"):
        transport.send("PATCH", "x", json={}, objection=lambda body: "the id is another")
    transport.send("GET", "x")
    assert [request.connection for request in service.received] == [1, 2]


def test_a_404_that_is_not_in_the_services_form_says_nothing(service, connect):
    service.answers(404, b"<html>no backend</html>", times=2)
    with pytest.raises(OutcomeUnknown):
        connect().send("DELETE", "x")
    with pytest.raises(TransportError):
        connect(retries=1).send("GET", "x")


def test_a_redirect_says_where_to(service, transport):
    service.answers(302, b"", {"Location": "https://elsewhere.example/x"})
    with pytest.raises(APIError, match="redirected to https://elsewhere.example/x, which is not followed"):
        transport.send("GET", "x")


@pytest.mark.parametrize(
    "date",
    ["Fri, 31 Dec 99999999999999999999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "", "-1"],
)
def test_a_date_that_no_clock_can_show_tells_nothing(service, transport, date):
    service.answers(200, {}, {"Date": date})
    transport.send("POST", "x", json={})
    assert not transport.service_clock.known


@pytest.mark.parametrize(
    "url",
    [
        "https://host:99999",
        "https://host:abc",
        "https://*.example",
        "https://[::1/hub",
        "https://a..b/hub",
        f"https://{'a' * 70}.example",
        "https://\U0001f600.example",
        "https:///hub",
        None,
    ],
)
def test_a_base_url_of_which_no_request_can_be_made_is_refused(url):
    with pytest.raises(ConfigurationError, match="base_url"):
        Transport(url, "t")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80", "a.localhost"])
def test_plain_http_on_this_machine_is_allowed(host):
    assert Transport(f"http://{host}/hub", "t").base_url == f"http://{host}/hub"


def test_plain_http_on_another_machine_is_refused_unless_it_is_allowed():
    error, _ = refused("http://service.example")
    assert "allow_http=True" in str(error)
    with Workspace("w", TOKEN, "http://service.example", settings={"allow_http": True}) as workspace:
        assert workspace.base_url == "http://service.example"


@pytest.mark.parametrize(
    ("url", "token", "settings"),
    [
        ("http://service.example", TOKEN, {}),
        ("https://a..b", TOKEN, {}),
        ("https://service.example", f"{TOKEN} x", {}),
        ("https://service.example", TOKEN, {"retries": 0}),
        ("https://service.example", TOKEN, {"proxies": {"https": "http://["}}),
    ],
)
def test_no_traceback_of_a_refused_workspace_shows_the_token(url, token, settings):
    _, shown = refused(url, token, **settings)
    assert TOKEN not in shown


def test_the_token_is_in_no_attribute_of_what_a_transport_holds(service, connect):
    transport = connect()
    transport.send("GET", "x")
    assert service.received[0].headers["Authorization"] == f"Bearer {TOKEN}"
    seen, ends, shown = set(), [transport], []
    while ends:
        one = ends.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        shown.append(repr(one))
        ends += getattr(one, "__dict__", {}).values()
        ends += [getattr(one, name, None) for name in getattr(type(one), "__slots__", ())]
        ends += one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple | set) else ()
    assert TOKEN not in "\n".join(shown)


def test_an_interrupt_shows_no_token(service, connect, monkeypatch):
    transport = connect()

    def interrupted(*_, **__):
        authorisation = TOKEN
        raise KeyboardInterrupt(authorisation)

    monkeypatch.setattr("http.client.HTTPConnection.getresponse", interrupted)
    try:
        transport.send("GET", "x")
    except KeyboardInterrupt as error:
        error.__traceback__ = error.__traceback__.tb_next
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert TOKEN not in shown


def test_an_objection_to_a_read_is_an_error_after_the_repeats(service, connect):
    service.answers(200, [], times=2)
    with pytest.raises(ContacthubError):
        connect(retries=2).send("GET", "x", objection=lambda body: "it is a list")
    assert len(service.received) == 2
