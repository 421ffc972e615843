"""The signals that the transport sends."""

from __future__ import annotations

import logging

import pytest

from contacthub_orm import signals
from contacthub_orm.errors import OutcomeUnknown


@pytest.fixture
def heard():
    """What the receivers of both signals were told, in order."""
    told = []

    def before(sender, **details):
        told.append(("before", sender, details))

    def after(sender, **details):
        told.append(("after", sender, details))

    with signals.before_request.connected_to(before), signals.after_response.connected_to(after):
        yield told


def test_every_attempt_and_every_answer_is_announced(service, transport, heard):
    service.answers(429)
    transport.send("post", "customers/9", params={"mode": "STRICT"}, json={"a": 1})
    request = {"method": "POST", "path": "customers/9", "params": {"mode": "STRICT"}, "json": {"a": 1}}
    answer = {"method": "POST", "path": "customers/9", "milliseconds": 0.0}
    assert heard == [
        ("before", transport, request),
        ("after", transport, answer | {"status": 429, "attempt": 1}),
        ("before", transport, request),
        ("after", transport, answer | {"status": 200, "attempt": 2}),
    ]


def test_a_request_without_an_answer_announces_no_answer(service, transport, heard):
    service.cuts()
    with pytest.raises(OutcomeUnknown):
        transport.send("POST", "x")
    assert [name for name, *_ in heard] == ["before"]


def test_one_transport_can_be_listened_to(connect):
    first, second = connect(), connect()
    told = []

    def receiver(sender, **_):
        told.append(sender)

    signals.before_request.connect(receiver, sender=first)
    second.send("GET", "x")
    first.send("GET", "x")
    assert told == [first]


def test_a_receiver_can_stop_a_request(service, transport):
    def refuse(_, **__):
        raise PermissionError("not in this test")

    with signals.before_request.connected_to(refuse), pytest.raises(PermissionError):
        transport.send("POST", "x")
    assert service.received == []


def test_a_receiver_of_answers_that_fails_does_not_hide_the_answer(transport, caplog):
    def fail(_, **__):
        raise ZeroDivisionError

    with signals.after_response.connected_to(fail), caplog.at_level(logging.ERROR, "contacthub_orm"):
        assert transport.send("POST", "x").status == 200
    assert "after_response" in caplog.text


def test_every_signal_says_what_it_is_for():
    for name in signals.__all__:
        signal = getattr(signals, name)
        assert signal.name == name
        assert "Sender: " in signal.__doc__
