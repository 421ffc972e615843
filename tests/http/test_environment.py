"""Proxies, certificates and `.netrc`: what the environment may and may not decide."""

from __future__ import annotations

import socket

import pytest
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from contacthub_orm.errors import ConfigurationError, NotSent, OutcomeUnknown
from contacthub_orm.http import Transport


def test_a_proxy_of_the_environment_is_used(service, connect, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", service.url)
    connect("http://contacthub.invalid").send("GET", "x")
    assert service.received[0].target == "http://contacthub.invalid/hub/v1/x"


def test_the_environment_is_read_once(service, connect, monkeypatch):
    transport = connect()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    transport.send("GET", "x")
    assert service.received[0].target == "/hub/v1/x"


def test_no_proxy_is_honoured(service, connect, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    connect().send("GET", "x")
    assert service.received[0].target == "/hub/v1/x"


def test_proxies_of_the_settings_replace_those_of_the_environment(service, connect, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    connect(proxies={}).send("GET", "x")
    connect("http://contacthub.invalid", proxies={"http": service.url}).send("GET", "y")
    assert [request.target for request in service.received] == [
        "/hub/v1/x",
        "http://contacthub.invalid/hub/v1/y",
    ]


def test_a_netrc_does_not_replace_the_token(service, connect, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    connect().send("GET", "x")
    assert service.received[0].headers["Authorization"] == "Bearer top-secret-token"


def test_an_unreachable_proxy_means_not_sent(connect, closed_port):
    with pytest.raises(NotSent):
        connect("http://contacthub.invalid", proxies={"http": f"http://127.0.0.1:{closed_port}"}).send(
            "POST", "x"
        )


def test_a_proxy_that_drops_the_connection_after_the_request_leaves_the_outcome_unknown(service, connect):
    service.cuts()
    with pytest.raises(OutcomeUnknown):
        connect("http://contacthub.invalid", proxies={"http": service.url}).send("POST", "x")
    assert len(service.received) == 1


def test_a_tunnel_that_the_proxy_refuses_is_tried_again_and_then_not_sent(service, connect):
    service.sends(b"HTTP/1.1 502 Bad Gateway\r\n\r\n", times=4)
    with pytest.raises(NotSent, match="Tunnel connection failed: 502"):
        connect("https://contacthub.invalid", proxies={"https": service.url}).send("POST", "x")
    assert [request.method for request in service.received] == ["CONNECT"] * 4


def test_a_proxy_of_an_unknown_kind_is_not_tried_again(connect, clock):
    with pytest.raises(NotSent):
        connect("http://contacthub.invalid", proxies={"http": "gopher://proxy"}).send("POST", "x")
    assert clock.slept == []


@pytest.mark.parametrize(
    "proxy",
    [
        "http://",
        "http://user:pr0xy-pass@",
        "http://user:pr0xy-pass@ho st",
        "http://user:pr0xy-pass@ho\nst",
        "http://[",
    ],
)
def test_a_proxy_that_is_no_url_is_refused_at_once_and_not_shown(connect, proxy):
    with pytest.raises(ConfigurationError, match="the proxy") as caught:
        connect("http://contacthub.invalid", proxies={"http": proxy})
    assert "pr0xy-pass" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_tls_handshake_that_takes_too_long_means_not_sent(connect, clock):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        transport = connect(f"https://127.0.0.1:{mute.getsockname()[1]}", connect_timeout=0.05, retries=2)
        with pytest.raises(NotSent):
            transport.send("POST", "x")
    assert len(clock.slept) == 1


def test_a_service_that_speaks_no_tls_means_not_sent(service, connect):
    service.greets(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(NotSent, match="SSL"):
        connect(service.url.replace("http:", "https:"), retries=1).send("POST", "x")


def test_an_earlier_failure_that_the_caller_is_handling_proves_nothing(service, connect, closed_port):
    with pytest.raises(OutcomeUnknown):
        try:
            HTTPConnection("127.0.0.1", closed_port).connect()
        except NewConnectionError:
            service.cuts()
            connect().send("POST", "x")


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_missing_ca_bundle_of_the_environment_is_told_at_once(monkeypatch, name):
    monkeypatch.setenv(name, "/nowhere/ca.pem")
    with pytest.raises(ConfigurationError, match=r"CA_BUNDLE.*/nowhere/ca.pem"):
        Transport("https://host", "t")


def test_the_ca_bundle_of_the_settings_is_used(connect, tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(NotSent, match="NO_CERTIFICATE"):
            connect(f"https://127.0.0.1:{port}", ca_bundle=str(bundle), retries=1).send("POST", "x")
