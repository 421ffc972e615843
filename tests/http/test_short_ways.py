"""What requests does at length, done in short: the results are the same."""

from __future__ import annotations

import socket

import pytest
import vcr
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import PreparedRequest

from contacthub_orm.http import quote_path
from contacthub_orm.http.paths import request_url

BASES = (
    "http://127.0.0.1:8080/hub/v1",
    "https://service.test",
    "https://Service.test:443",
    "http://[::1]:80/a/../b",
)
BODY = {"base": {"firstName": "Ann"}}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    base=st.sampled_from(BASES),
    segments=st.lists(TEXTS.filter(lambda text: text not in {"", ".", ".."}), min_size=1, max_size=3),
    params=st.none()
    | st.dictionaries(TEXTS, TEXTS | st.integers() | st.none() | st.lists(TEXTS), max_size=3),
)
def test_a_url_is_the_one_that_requests_makes(base, segments, params):
    url = f"{base}/{quote_path(*segments)}"
    prepared = PreparedRequest()
    prepared.prepare_url(url, params)
    assert request_url(url, params) == prepared.url


@pytest.fixture
def sent(monkeypatch):
    """What the client gives to its sockets, piece by piece."""
    pieces = []
    give = socket.socket.sendall

    def sendall(self, data):
        if not data.startswith(b"HTTP/"):  # the answers of the service
            pieces.append(data)
        give(self, data)

    monkeypatch.setattr(socket.socket, "sendall", sendall)
    return pieces


def test_a_request_is_sent_in_one_piece(service, transport, sent):
    for _ in range(2):  # by a new connection, and by one that is open
        transport.send("PATCH", "customers/1", json=BODY)
    assert [request.json for request in service.received] == [BODY] * 2
    assert len(sent) == 2


def test_a_request_without_a_body_is_sent_in_one_piece(service, transport, sent):
    transport.send("GET", "customers/1")
    assert len(sent) == 1


def test_a_transport_that_exists_already_obeys_a_cassette(service, connect, tmp_path):
    transports = [connect(), connect()]
    for transport in transports:
        with vcr.use_cassette(str(tmp_path / "one.yaml")):
            assert transport.send("PATCH", "customers/1", json=BODY).body == {}
    assert [request.json for request in service.received] == [BODY]


def test_a_request_after_a_cassette_is_sent_in_one_piece(service, connect, tmp_path, sent):
    with vcr.use_cassette(str(tmp_path / "one.yaml")):
        connect().send("PATCH", "customers/1", json=BODY)
    sent.clear()
    connect().send("PATCH", "customers/1", json=BODY)
    assert len(sent) == 1
