"""Secrets and personal data stay out of texts, logs and exceptions."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import pytest

from contacthub_orm.errors import APIError, ContacthubError, NotSent, OutcomeUnknown
from contacthub_orm.http import Settings, Transport
from contacthub_orm.http.redaction import Redactor, masked, without_credentials

TOKEN = "top-secret-token"
PASSWORD = "pr0xy-pass"


def everything_in(error):
    """All that a handler could print of an exception: texts, attributes and the local variables of the frames."""
    shown, seen, ends = [], [], [error]
    while ends:
        link = ends.pop()
        if link is None or link in seen:
            continue
        seen.append(link)
        ends += [link.__cause__, link.__context__]
        report = traceback.TracebackException.from_exception(link, capture_locals=True)
        shown += [repr(link), str(link), repr(link.args), repr(vars(link)), *report.format()]
        for value in vars(link).values():
            shown.append(repr(getattr(value, "headers", None)))
            shown.append(repr(getattr(value, "proxy", None)))
    return "\n".join(shown)


def fails(transport, method="POST", path="x"):
    # Its own function, so that the frames of a test, which hold the secrets themselves, do not come in.
    try:
        transport.send(method, path, json={"email": "bruce@wayne.com"}, params={"q": "bruce@wayne.com"})
    except ContacthubError as error:
        error.__traceback__ = error.__traceback__.tb_next
        return error
    raise AssertionError("nothing was raised")


def test_the_token_is_in_no_representation(transport):
    assert repr(transport).startswith("Transport('http://127.0.0.1")
    assert TOKEN not in repr(vars(transport))


def test_the_passwords_of_proxies_are_in_no_representation_of_the_settings():
    settings = Settings(
        proxies={"http": f"http://user:{PASSWORD}@proxy:3128", "https": f"user:{PASSWORD}@proxy"}
    )
    assert PASSWORD not in repr(settings)
    assert "proxy:3128" in repr(settings)


@pytest.mark.parametrize("how", ["cuts", "resets", "truncates", "says_nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_exception_of_a_broken_exchange_shows_the_token_or_the_query(service, connect, method, how):
    getattr(service, how)()
    error = fails(connect(read_timeout=0.05, retries=1), method)
    assert TOKEN not in everything_in(error)
    assert "wayne.com" not in str(error) + str(error.__cause__)


def test_no_exception_of_an_error_answer_shows_the_token(service, connect):
    service.answers(401, {"message": f"unknown Bearer {TOKEN}", "errors": [TOKEN], "data": {"token": TOKEN}})
    error = fails(connect())
    assert isinstance(error, APIError)
    assert error.message == "unknown Bearer ***"
    assert TOKEN not in everything_in(error)


def test_an_error_answer_that_leaves_the_outcome_unknown_does_not_show_the_token(service, connect):
    service.answers(500, f"<p>{TOKEN}</p>".encode())
    error = fails(connect())
    assert isinstance(error, OutcomeUnknown)
    assert TOKEN not in everything_in(error)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_exception_shows_the_password_of_a_proxy(connect, closed_port, scheme, caplog):
    caplog.set_level(logging.DEBUG)
    proxy = f"http://user:{PASSWORD}@127.0.0.1:{closed_port}"
    error = fails(connect(f"{scheme}://contacthub.invalid", proxies={scheme: proxy}))
    assert isinstance(error, NotSent)
    assert PASSWORD not in everything_in(error)
    assert PASSWORD not in caplog.text


def test_texts_that_the_http_libraries_quote_are_masked(service, connect):
    service.sends(f"HTTP/1.1 407 for {TOKEN} and http://user:{PASSWORD}@proxy\r\n\r\n".encode())
    error = fails(connect("https://contacthub.invalid", proxies={"https": service.url}, retries=1))
    assert "407 for *** and http://***@proxy" in str(error)
    assert TOKEN not in everything_in(error)
    assert PASSWORD not in everything_in(error)


def test_an_error_can_be_told_from_the_outside_by_requests_own_class(service, connect):
    import requests

    service.cuts()
    assert isinstance(fails(connect()), requests.exceptions.RequestException)


def test_credentials_of_urls_are_masked():
    assert (
        without_credentials("via http://u:p@ss@host:1/x and https://host/")
        == "via http://***@host:1/x and https://host/"
    )


def test_a_redactor_knows_the_token_and_the_passwords_quoted_or_not():
    redactor = Redactor(lambda: ["tok"], ["http://user:p%40ss@proxy", "user:other@proxy", "http://proxy"])
    assert redactor.text("tok p%40ss p@ss other user proxy") == "*** *** *** *** user proxy"


def test_a_secret_within_another_is_masked_whole():
    assert Redactor(lambda: ["abc"], ["http://u:abcdef@h"]).text("abcdef abc") == "*** ***"


def test_masking_keeps_names_and_structure_and_hides_values():
    document = {
        "base": {"email": "bruce@wayne.com", "age": 40, "vip": True, "title": None},
        "tags": ["a", 1.5],
        "e": {},
    }
    assert json.loads(masked(document)) == {
        "base": {"email": "***", "age": "***", "vip": True, "title": None},
        "tags": ["***", "***"],
        "e": {},
    }


def test_masking_reads_no_more_of_a_document_than_it_shows():
    read = 0

    class Endless(list):
        def __iter__(self):
            nonlocal read
            while True:
                read += 1
                yield "x"

    text = masked(Endless(), limit=100)
    assert len(text) == 103
    assert read < 100


def test_a_request_leaves_one_line_at_info(transport, caplog):
    caplog.set_level(logging.INFO, "contacthub_orm")
    transport.send("GET", "customers/9", params={"q": "bruce@wayne.com"})
    [record] = caplog.records
    assert record.levelno == logging.INFO
    assert record.name == "contacthub_orm"
    assert record.getMessage() == "GET customers/9 200 0 ms"


def test_an_error_leaves_its_logref(service, transport, caplog):
    caplog.set_level(logging.INFO, "contacthub_orm")
    service.answers(400, {"message": "bruce@wayne.com is wrong", "logref": "L-1"})
    fails(transport)
    assert [record.getMessage() for record in caplog.records] == ["POST x 400 0 ms logref=L-1"]


def test_a_lost_answer_and_a_repeat_leave_a_line_each(service, transport, caplog):
    caplog.set_level(logging.INFO, "contacthub_orm")
    service.cuts()
    service.answers(500, {"message": "bruce@wayne.com"})
    transport.send("GET", "x")
    levels = [record.levelname for record in caplog.records]
    assert levels == ["INFO", "WARNING", "INFO", "WARNING", "INFO"]
    assert caplog.records[0].getMessage() == "GET x no answer (TransportError) 0 ms"
    assert "wayne" not in caplog.text


def test_bodies_are_logged_at_debug_only_and_masked(service, transport, caplog):
    caplog.set_level(logging.DEBUG, "contacthub_orm")
    service.answers(200, {"id": "77", "name": "Bruce"})
    transport.send("POST", "x", json={"email": "bruce@wayne.com"})
    assert caplog.messages[0] == 'POST x request body: {"email": "***"}'
    assert caplog.messages[-1] == 'POST x answer body: {"id": "***", "name": "***"}'


def test_bodies_are_not_even_masked_below_debug(transport, caplog, monkeypatch):
    caplog.set_level(logging.INFO, "contacthub_orm")
    monkeypatch.setattr("contacthub_orm.http.log.masked", lambda *_: pytest.fail("masked for nothing"))
    transport.send("POST", "x", json={"a": 1})


def test_the_token_is_in_no_log_line_of_any_logger(service, connect, caplog):
    caplog.set_level(logging.DEBUG)
    service.answers(429)
    service.answers(401, {"message": TOKEN})
    fails(connect())
    assert len(caplog.records) > 5
    assert TOKEN not in caplog.text


def test_a_transport_cannot_be_pickled_token_and_all(transport):
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(transport)


def test_a_refused_token_is_not_in_the_error():
    with pytest.raises(ContacthubError) as caught:
        Transport("https://host", f"{TOKEN}\n")
    assert TOKEN not in str(caught.value)
