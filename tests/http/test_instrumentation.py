"""What instruments or stands in for requests sees every request."""

from __future__ import annotations

import json
from functools import partial

import pytest
import requests

from contacthub_orm.errors import NotFoundError
from contacthub_orm.http import Transport


def test_every_attempt_goes_through_the_send_of_requests(service, transport, monkeypatch):
    sent = []
    original = requests.Session.send

    def noting(self, request, **kwargs):
        sent.append((request.method, request.path_url))
        return original(self, request, **kwargs)

    monkeypatch.setattr(requests.Session, "send", noting)
    service.answers(503, {}, {"Retry-After": "1"})
    transport.send("PATCH", "customers/9", json={})
    assert sent == [("PATCH", "/hub/v1/customers/9")] * 2


def test_a_redirect_is_not_even_looked_at(service, transport, monkeypatch):
    monkeypatch.setattr(requests.Session, "get_redirect_target", lambda *_: pytest.fail("looked at"))
    service.answers(404, {"message": "gone", "errors": []}, {"Location": "/elsewhere"})
    with pytest.raises(NotFoundError):
        transport.send("GET", "customers/9")


@pytest.fixture
def spans():
    module = partial(pytest.importorskip, reason="of the group with asyncio")
    instrumentor = module("opentelemetry.instrumentation.requests").RequestsInstrumentor()
    sdk = module("opentelemetry.sdk.trace")
    export = module("opentelemetry.sdk.trace.export")
    in_memory = module("opentelemetry.sdk.trace.export.in_memory_span_exporter")

    exporter = in_memory.InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    instrumentor.instrument(tracer_provider=provider)
    exporter.tracer = provider.get_tracer("tests")
    yield exporter
    instrumentor.uninstrument()


def test_every_attempt_is_a_span(service, transport, spans):
    service.answers(503, {}, {"Retry-After": "1"})
    transport.send("PATCH", "customers/9", json={})
    found = [(span.name, span.attributes["http.status_code"]) for span in spans.get_finished_spans()]
    assert found == [("PATCH", 503), ("PATCH", 200)]


def test_an_error_and_a_lost_answer_are_spans_too(service, transport, spans):
    service.answers(500, {"message": "broken", "errors": []})
    service.cuts()
    for _ in range(2):
        with pytest.raises(Exception, match=r"broken|customers/9"):
            transport.send("PATCH", "customers/9", json={})
    failed = [span.status.is_ok for span in spans.get_finished_spans()]
    assert failed == [False, False]


def test_requests_carry_the_trace_and_spans_no_token(service, transport, spans):
    with spans.tracer.start_as_current_span("ours") as ours:
        transport.send("GET", "customers/9")
    [span] = [span for span in spans.get_finished_spans() if span.name == "GET"]
    assert span.parent.span_id == ours.get_span_context().span_id
    assert f"{span.context.trace_id:032x}" in service.received[0].headers["traceparent"]
    assert "top-secret-token" not in span.to_json()


def test_responses_stands_in_for_the_service():
    responses = pytest.importorskip("responses", reason="of the group with asyncio")
    with responses.RequestsMock() as mock, Transport("https://service.test", "tok") as transport:
        mock.get("https://service.test/customers/9", json={"id": "9"})
        assert transport.send("GET", "customers/9").body == {"id": "9"}
        assert mock.calls[0].request.headers["Authorization"] == "Bearer tok"


def test_requests_mock_stands_in_for_the_service():
    requests_mock = pytest.importorskip("requests_mock", reason="of the group with asyncio")
    with requests_mock.Mocker() as mock, Transport("https://service.test", "tok") as transport:
        mock.post("https://service.test/customers", status_code=409, json={"message": "no", "errors": []})
        with pytest.raises(Exception, match="no"):
            transport.send("POST", "customers", json={"a": 1})
        assert json.loads(mock.last_request.text) == {"a": 1}
