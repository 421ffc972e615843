"""Requests as raw bytes: each ends in an answer of the API's form, whatever the client does."""

from __future__ import annotations

import json
import socket
import struct
import traceback
from time import perf_counter, sleep

import pytest

from contacthub_orm.sandbox import Fault, Sandbox
from contacthub_orm.sandbox.server import protocol

ENVELOPE = {"message", "logref", "data", "errors"}


class Raw:
    """A raw connection to a sandbox."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.socket = socket.create_connection(
            ("127.0.0.1", int(sandbox.base_url.split(":")[2].split("/")[0]))
        )
        self.socket.settimeout(5)
        self.stream = self.socket.makefile("rb")

    def head(self, method, path, *headers, token=True, version="1.1"):
        lines = [f"{method} /hub/v1/workspaces/{self.sandbox.workspace_id}{path} HTTP/{version}", "Host: x"]
        if token:
            lines.append(f"Authorization: Bearer {self.sandbox.token}")
        return "\r\n".join([*lines, *headers, "", ""]).encode()

    def post(self, name, *headers):
        body = self.body(name)
        return self.head("POST", "/customers", f"Content-Length: {len(body)}", *headers) + body

    def body(self, name):
        return json.dumps({"nodeId": self.sandbox.node_id, "externalId": name}).encode()

    def send(self, *parts):
        self.socket.sendall(b"".join(parts))

    def finish(self):
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self, *, has_body=True):
        """The status, the headers and the decoded body of the next answer."""
        status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name] = value
        text = self.stream.read(int(headers.get("content-length", 0))) if has_body else b""
        return status, headers, json.loads(text) if text else None

    def refusal(self):
        """The status of an error answer in the documented form."""
        status, headers, body = self.answer()
        assert headers["access-control-allow-origin"] == "*"
        assert set(body) >= ENVELOPE
        return status

    def is_closed(self):
        try:
            return self.stream.read(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def raw(sandbox):
    connection = Raw(sandbox)
    yield connection
    connection.stream.close()
    connection.socket.close()


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.1)


def names(api):
    return sorted(customer["externalId"] for customer in api.search()["elements"])


def wait_until(condition):
    end = perf_counter() + 5
    while not condition():
        assert perf_counter() < end, "waited in vain"
        sleep(0.01)


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("sent", [b"", b'{"extra": "new"}'])
def test_a_request_whose_body_was_cut_off_is_not_carried_out(api, raw, method, reset, sent):
    api.sandbox.seed([{"id": "1", "extra": "old"}])
    path = "/customers/1/forget" if method == "POST" else "/customers/1"
    raw.send(raw.head(method, path, "Content-Length: 1000"), sent)
    sleep(0.02)
    if reset:
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.stream.close()
    raw.socket.close()
    wait_until(lambda: api.sandbox.requests)
    [request] = api.sandbox.requests
    assert (request.method, request.status, request.applied) == (method, None if reset else 400, False)
    assert api.customer("1")["extra"] == "old"


def test_a_chunked_body_that_lacks_its_end_is_not_carried_out(api, raw):
    body = raw.body("1")
    raw.send(
        raw.head("POST", "/customers", "Transfer-Encoding: chunked"), b"%x\r\n%b\r\n" % (len(body), body)
    )
    raw.finish()
    assert raw.refusal() == 400
    assert raw.is_closed()
    assert names(api) == []


@pytest.mark.parametrize(
    "framing",
    [("Content-Length: 100000000000",), ("Content-Length: 65537",), ("Transfer-Encoding: chunked",)],
)
def test_a_body_that_is_too_large_is_answered_413_before_its_end(raw, framing):
    raw.send(raw.head("POST", "/customers", *framing))
    if "chunked" in framing[0]:
        raw.send(b"20000\r\n" + b"x" * 0x11000)
    assert raw.refusal() == 413
    assert raw.is_closed()


@pytest.mark.parametrize(
    "framing", ["Content-Length: 100000000000", "Transfer-Encoding: chunked", "Content-Length: 9"]
)
def test_a_wrong_token_is_answered_401_before_the_body(raw, framing):
    raw.send(raw.head("POST", "/customers", framing, token=False))
    assert raw.refusal() == 401


def test_a_client_that_sends_a_huge_body_without_a_token_reads_its_401(raw):
    raw.send(raw.head("POST", "/customers", "Content-Length: 30000000", token=False))
    for _ in range(300):
        raw.send(b"x" * 100_000)
    assert raw.refusal() == 401


def test_a_connection_serves_on_after_the_small_body_of_a_refused_request(api, raw):
    raw.send(raw.head("POST", "/customers", "Content-Length: 9", token=False))
    assert raw.refusal() == 401
    raw.send(b"x" * 9, raw.post("1"))
    assert raw.answer()[0] == 201
    assert names(api) == ["1"]


def test_a_chunked_body_without_end_is_dropped_after_a_401(raw):
    raw.send(raw.head("POST", "/customers", "Transfer-Encoding: chunked", token=False))
    assert raw.refusal() == 401
    raw.send(b"20000\r\n" + b"x" * 0x11000)
    assert raw.is_closed()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"BREW / HTTP/1.1\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\n\r\n", 400),
        (b"GET http://x HTTP/1.1\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET / HTTP/3.0\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET /\r\n\r\n", 505),
        (b"CONNECT x:443 HTTP/1.1\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nx", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 2_000_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: 1\r\n" * 50_000, 431),
    ],
)
def test_what_the_parser_refuses_is_answered_in_the_envelope(raw, request_line, status):
    raw.send(request_line)
    assert raw.refusal() == status
    assert raw.is_closed()


def test_a_chunk_that_is_none_is_answered_400_and_not_carried_out(api, raw):
    body = raw.body("1")
    head = raw.head("POST", "/customers", "Transfer-Encoding: chunked")
    raw.send(head, b"%x\r\n%b\r\n" % (len(body), body), b"zz\r\n")
    assert raw.refusal() == 400
    assert names(api) == []


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("part", ["begin", "head", "body"])
def test_a_request_that_does_not_arrive_in_time_is_answered_408(api, raw, part):
    raw.send({"begin": b"G", "head": raw.post("1")[:50], "body": raw.post("1")[:-1]}[part])
    assert raw.refusal() == 408
    assert raw.is_closed()
    assert names(api) == []


@pytest.mark.usefixtures("hasty")
def test_the_time_for_a_request_includes_neither_its_answer_nor_the_pause_before_it(api, raw):
    api.sandbox.configure(latency=0.2)
    for name in "12":
        raw.send(raw.post(name))
        assert raw.answer()[0] == 201
        sleep(0.2)


def test_pipelined_requests_are_answered_in_their_order_and_a_refusal_last(api, raw):
    api.sandbox.faults = [Fault.slow(0.1, nth=1)]
    raw.send(raw.post("1"), raw.post("2"), raw.head("GET", "/customers/x"), b"\x00\x00", raw.post("3"))
    assert [raw.answer()[0] for _ in range(3)] == [201, 201, 404]
    assert raw.refusal() == 400
    assert raw.is_closed()
    assert names(api) == ["1", "2"]


@pytest.mark.parametrize("wait", [0, 0.1])
def test_a_client_that_closes_its_half_after_a_request_is_answered(api, raw, wait):
    api.sandbox.configure(latency=wait)
    raw.send(raw.post("1"), raw.post("2"))
    raw.finish()
    assert [raw.answer()[0] for _ in range(2)] == [201, 201]
    assert raw.is_closed()


def test_half_a_head_before_the_end_is_answered_400(raw):
    raw.send(raw.post("1")[:40])
    raw.finish()
    assert raw.refusal() == 400
    assert raw.is_closed()


def test_an_idle_connection_closes_when_the_client_closes(raw):
    raw.finish()
    assert raw.is_closed()


def test_http_1_0_is_answered_and_the_connection_closed(raw):
    raw.send(raw.head("GET", "/customers/x", version="1.0"))
    assert raw.refusal() == 404
    assert raw.is_closed()


def test_a_client_that_expects_100_gets_it_before_it_sends_its_body(api, raw):
    request = raw.post("1", "Expect: 100-continue")
    body = raw.body("1")
    raw.send(request.removesuffix(body))
    assert raw.answer(has_body=False)[0] == 100
    raw.send(body)
    assert raw.answer()[0] == 201
    assert names(api) == ["1"]


@pytest.mark.parametrize(("length", "token", "status"), [(9, False, 401), (70_000, True, 413)])
def test_a_client_that_expects_100_is_refused_before_it_sends_its_body(raw, length, token, status):
    raw.send(raw.head("POST", "/customers", f"Content-Length: {length}", "Expect: 100-continue", token=token))
    assert raw.refusal() == status
    assert raw.is_closed()


@pytest.mark.parametrize("pieces", [1, 7])
def test_an_upgrade_is_ignored_and_the_request_carried_out_with_its_body(api, raw, pieces):
    data = raw.post(
        "1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x"
    ) + raw.post("2")
    for start in range(0, len(data), -(-len(data) // pieces)):
        raw.send(data[start : start + -(-len(data) // pieces)])
        sleep(0.005)
    assert [raw.answer()[0] for _ in range(2)] == [201, 201]
    assert names(api) == ["1", "2"]


def test_a_head_request_is_answered_without_a_body(raw):
    raw.send(raw.head("HEAD", "/customers"), raw.head("GET", "/customers/x"))
    assert raw.answer(has_body=False)[0] == 405
    assert raw.refusal() == 404


def test_a_trailer_is_no_header(api, raw):
    body = raw.body("1")
    head = raw.head("POST", "/customers", "Transfer-Encoding: chunked", token=False)
    trailer = f"Authorization: Bearer {raw.sandbox.token}\r\n".encode()
    raw.send(head, b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(body), body, trailer))
    assert raw.refusal() == 401
    assert names(api) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/customers?nodeId=other&nodeId={node}&size=1&size=2", 200),
        ("/customers?nodeId={node}&size=99999999999999999999", 400),
        ("/customers?nodeId={node}&size=51", 400),
        ("/customers?nodeId={node}&page=999999999", 200),
        ("/customers?nodeId={node}&page=-1", 400),
        ("/customers?nodeId=%ED%A0%80", 404),
        ("/customers/%00", 404),
        ("/customers/%FF%FE", 404),
        ("/customers/%ED%A0%80", 404),
        ("/customers/a%2Fb", 404),
        ("/customers/%", 404),
        ("/customers/..%2f..", 404),
        ("/events/%00", 404),
        ("/customers?nodeId={node}&query=%5B%5B", 400),
        ("/customers?nodeId={node}&fields=%ED%A0%80,,a.b.c", 200),
        ("/customers?nodeId={node}&sort=%00", 200),
    ],
)
def test_odd_targets_have_an_answer(raw, path, status):
    raw.send(raw.head("GET", path.format(node=raw.sandbox.node_id)))
    got, _, body = raw.answer()
    assert got == status
    assert got == 200 or set(body) >= ENVELOPE


def test_a_browser_may_ask_before_it_sends_a_request(raw):
    headers = (
        "Origin: http://page",
        "Access-Control-Request-Method: PATCH",
        "Access-Control-Request-Headers: a, b-c",
    )
    raw.send(raw.head("OPTIONS", "/customers/1", *headers, token=False))
    status, headers, body = raw.answer()
    assert (status, body) == (204, None)
    assert headers["access-control-allow-origin"] == "*"
    assert "PATCH" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "a, b-c"
    assert int(headers["access-control-max-age"]) > 0


@pytest.mark.parametrize(
    ("path", "status"), [("/configuration", 200), ("/customers/x", 404), ("/dragons", 404)]
)
def test_every_answer_may_be_read_by_pages_of_any_origin(api, path, status):
    answer = api.get(path)
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_the_token_is_in_no_frame_and_in_nothing_that_one_refers_to(api, monkeypatch):
    seen = []

    def fail(settings):
        def dump(value, depth):
            if depth and type(value).__module__.startswith(
                ("contacthub_orm", "uvicorn", "asyncio", "starlette")
            ):
                members = dict(getattr(value, "__dict__", {}))
                members |= {
                    name: getattr(value, name, None) for name in getattr(type(value), "__slots__", ())
                }
                return repr(value) + "".join(dump(member, depth - 1) for member in members.values())
            return repr(value)

        for frame, _ in traceback.walk_stack(None):
            seen.extend(dump(value, 4) for value in frame.f_locals.values() if value is not seen)
        raise ZeroDivisionError

    monkeypatch.setattr(type(api.sandbox.settings), "now", fail)
    assert api.get("/configuration").status_code == 500
    assert seen
    assert not [text for text in seen if api.sandbox.token in text]


def test_a_stop_does_not_wait_for_a_request_that_is_still_arriving():
    with Sandbox() as sandbox:
        connections = [Raw(sandbox) for _ in range(3)]
        for connection, size in zip(connections, (1, 50, -1), strict=True):
            connection.send(connection.post("1")[:size])
        sleep(0.05)
        start = perf_counter()
    assert perf_counter() - start < 2
    for connection in connections:
        connection.stream.close()
        connection.socket.close()
