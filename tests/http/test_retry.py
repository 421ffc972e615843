"""What is sent again, after what wait, and what a broken answer means."""

from __future__ import annotations

import itertools

import pytest
from urllib3.util import connection

from contacthub_orm.errors import (
    APIError,
    BadRequestError,
    NotSent,
    OutcomeUnknown,
    ServerError,
    ThrottledError,
    TransportError,
)

READS = ["GET", "HEAD"]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


def breaks(service, how, times=1):
    """One of the ways in which a request that was sent gets no usable answer."""
    {
        "cut": service.cuts,
        "reset": service.resets,
        "hung up": service.hangs_up,
        "silence": service.says_nothing,
        "truncated": service.truncates,
        "garbage": lambda times: service.sends(b"SSH-2.0-OpenSSH\r\n", times),
        "lying header": lambda times: service.sends(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}", times
        ),
        "bad chunk": lambda times: service.sends(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", times
        ),
        "bad gzip": lambda times: service.answers(200, b"{}", {"Content-Encoding": "gzip"}, times),
        "html": lambda times: service.answers(200, b"<html>Sign in</html>", None, times),
        "half a document": lambda times: service.answers(200, b'{"id": ', None, times),
        "nested": lambda times: service.answers(200, b"[" * 30_000, None, times),
    }[how](times=times)


BREAKAGES = [
    "cut",
    "reset",
    "hung up",
    "silence",
    "truncated",
    "garbage",
    "lying header",
    "bad chunk",
    "bad gzip",
    "html",
    "half a document",
    "nested",
]


def patience(how: str) -> float:
    """The read timeout in seconds: short only if the service says nothing, so that a busy machine breaks nothing else."""
    return 0.3 if how == "silence" else 10.0


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_read_is_repeated_after_any_broken_answer(service, connect, how):
    breaks(service, how)
    service.answers(200, {"id": "9"})
    assert connect(read_timeout=patience(how)).send("GET", "x").body == {"id": "9"}


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_write_whose_answer_is_broken_is_sent_once_and_its_outcome_unknown(service, connect, how):
    breaks(service, how)
    with pytest.raises(OutcomeUnknown) as caught:
        connect(read_timeout=patience(how)).send("POST", "events", json={})
    assert (caught.value.method, caught.value.url) == ("POST", f"{service.url}/hub/v1/events")
    assert len(service.received) <= 1
    assert not service.scenes


@pytest.mark.parametrize("method", WRITES)
def test_no_kind_of_write_is_repeated_after_a_cut(service, transport, method):
    service.cuts()
    with pytest.raises(OutcomeUnknown):
        transport.send(method, "x")
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_to_a_write_leaves_its_outcome_unknown(service, transport, status):
    service.answers(status, {"message": "oops", "logref": "L"})
    with pytest.raises(OutcomeUnknown, match=str(status)) as caught:
        transport.send("PATCH", "x", json={})
    error = caught.value
    assert isinstance(error, ServerError)
    assert (error.status, error.logref) == (status, "L")
    assert error.text.endswith("It is not known whether this took effect")
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_repeated_after_a_5xx(service, transport, status):
    service.answers(status)
    service.answers(200, {})
    assert transport.send("GET", "x").body == {}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 423])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_4xx_is_final(service, transport, method, status):
    service.answers(status, {"message": "no"})
    with pytest.raises(APIError) as caught:
        transport.send(method, "x")
    assert type(caught.value) is APIError.for_status(status)
    assert len(service.received) == 1


def test_a_write_on_a_kept_connection_that_turns_out_closed_is_not_repeated(service, transport):
    transport.send("POST", "x")
    service.cuts()
    with pytest.raises(OutcomeUnknown, match="RemoteDisconnected"):
        transport.send("POST", "x")
    assert [request.connection for request in service.received] == [1, 1]


@pytest.mark.parametrize("method", READS + WRITES)
def test_what_never_left_is_repeated_and_then_not_sent(connect, closed_port, clock, method):
    with pytest.raises(NotSent, match="Connection refused"):
        connect(f"http://127.0.0.1:{closed_port}").send(method, "x")
    assert len(clock.slept) == 3


def test_an_unknown_name_is_not_sent(connect):
    with pytest.raises(NotSent, match=r"Failed to resolve 'nowhere\.invalid'"):
        connect("http://nowhere.invalid", retries=1).send("POST", "x")


def test_a_write_succeeds_once_the_service_can_be_reached(service, connect, monkeypatch):
    transport = connect()
    create = iter([ConnectionRefusedError(111, "Connection refused"), None])
    original = connection.create_connection

    def flaky(*args, **kwargs):
        if error := next(create):
            raise error
        return original(*args, **kwargs)

    monkeypatch.setattr(connection, "create_connection", flaky)
    assert transport.send("POST", "x", json={}).status == 200
    assert len(service.received) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_429_is_repeated_after_the_seconds_asked_for(service, transport, clock, method):
    service.answers(429, b"", {"Retry-After": "7"})
    service.answers(200, {})
    assert transport.send(method, "x").status == 200
    assert clock.slept == [7.0]


def test_429_without_retry_after_is_repeated_after_a_backoff(service, transport, clock):
    service.answers(429)
    service.answers(200, {})
    assert transport.send("POST", "x").status == 200
    assert 0 <= clock.slept[0] <= 0.5


def test_retry_after_may_be_a_date_which_is_compared_with_the_services_own_clock(service, transport, clock):
    dates = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:28:09 GMT"}
    service.answers(429, b"", dates)
    assert transport.send("POST", "x").status == 200
    assert clock.slept == [9.0]


def test_retry_after_without_a_date_of_the_answer_is_compared_with_our_clock(service, transport, clock):
    service.answers(503, b"", {"Retry-After": clock.now().strftime("%a, %d %b %Y %H:%M:11 GMT")})
    assert transport.send("POST", "x").status == 200
    assert clock.slept == [11.0]


def test_a_date_in_the_past_is_no_wait(service, transport, clock):
    service.answers(429, b"", {"Retry-After": "Wed, 21 Oct 2015 07:28:09 GMT"})
    assert transport.send("POST", "x").status == 200
    assert clock.slept == [0.0]


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "", "²", "Wed, 21 Oct 99999999999 07:28:00 GMT"])
def test_a_malformed_retry_after_is_none(service, transport, value):
    service.answers(503, b"", {"Retry-After": value})
    with pytest.raises(OutcomeUnknown):
        transport.send("POST", "x")
    assert len(service.received) == 1


def test_503_with_retry_after_is_repeated_for_a_write_too(service, transport, clock):
    service.answers(503, b"", {"Retry-After": "2"})
    assert transport.send("POST", "x").status == 200
    assert clock.slept == [2.0]


def test_503_with_retry_after_to_the_end_is_a_definite_error(service, transport):
    service.answers(503, b"", {"Retry-After": "1"}, times=4)
    with pytest.raises(ServerError):
        transport.send("POST", "x")
    assert len(service.received) == 4


def test_a_service_that_asks_for_too_long_a_wait_is_not_asked_again(service, connect, clock):
    service.answers(429, b"", {"Retry-After": "31"})
    with pytest.raises(ThrottledError):
        connect(retry_after_max=30).send("POST", "x")
    assert len(service.received) == 1
    assert clock.slept == []


def test_429_to_the_end_is_a_throttled_error(service, connect):
    service.answers(429, {"message": "slow down"}, times=3)
    with pytest.raises(ThrottledError, match="slow down"):
        connect(retries=3).send("POST", "x")
    assert len(service.received) == 3


def test_a_read_that_never_gets_an_answer_is_a_transport_error(service, transport):
    service.cuts(times=4)
    with pytest.raises(TransportError) as caught:
        transport.send("GET", "x")
    assert type(caught.value) is TransportError
    assert len(service.received) == 4


def test_a_read_that_only_gets_errors_raises_the_last(service, transport):
    service.answers(500, times=3)
    service.answers(502, {"message": "the last"})
    with pytest.raises(ServerError, match="the last"):
        transport.send("GET", "x")


def test_a_definite_error_after_a_repeat_is_raised(service, transport):
    service.answers(429)
    service.answers(400, {"message": "no"})
    with pytest.raises(BadRequestError):
        transport.send("POST", "x")


def test_one_attempt_means_one_attempt(service, connect, clock):
    service.answers(500)
    with pytest.raises(ServerError):
        connect(retries=1).send("GET", "x")
    assert clock.slept == []


def test_the_bounds_of_the_waits_double_up_to_the_maximum(service, connect, clock, monkeypatch):
    monkeypatch.setattr("random.uniform", lambda _, high: high)
    service.answers(500, times=6)
    with pytest.raises(ServerError):
        connect(retries=6, backoff_base=1, backoff_max=5).send("GET", "x")
    assert clock.slept == [1, 2, 4, 5, 5]


def test_the_waits_are_random_from_zero_on(service, connect, clock):
    service.answers(500, times=199)
    connect(retries=200, backoff_base=1, backoff_max=1).send("GET", "x")
    assert min(clock.slept) < 0.1
    assert max(clock.slept) > 0.9
    assert all(a != b for a, b in itertools.pairwise(clock.slept))


def test_the_innermost_error_is_the_cause(service, transport):
    service.cuts()
    with pytest.raises(OutcomeUnknown) as caught:
        transport.send("POST", "x")
    assert type(caught.value.__cause__).__name__ == "RemoteDisconnected"
