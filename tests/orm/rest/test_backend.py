"""What `RestBackend` asks, and which answers it believes, on a service that says anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import CompileError, NotFoundError, OutcomeUnknown, TransportError
from contacthub_orm.http import Answer, ManualClock
from contacthub_orm.orm import Session
from contacthub_orm.orm.entity.detached import loaded
from tests.orm.backends.desk import Desk, Ticket
from tests.support.desk import DeskServer


@pytest.fixture
def server() -> Iterator[DeskServer]:
    server = DeskServer()
    yield server
    server.close()


@pytest.fixture
def desk(server: DeskServer) -> Iterator[Desk]:
    with Desk(server.url, ManualClock()) as desk:
        yield desk


def lie(desk: Desk, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    """Have every success be this one; what is believed is decided as ever."""
    send = desk.transport.send

    def lying(method: str, path: str, **request: Any) -> Answer:
        return send(method, path, **{**request, "decode": lambda _: body})

    monkeypatch.setattr(desk.transport, "send", lying)


@pytest.mark.parametrize("body", [None, [], "x", {}, {"id": None}, {"id": "another"}])
def test_another_document_than_was_asked_for_is_not_believed(
    desk: Desk, server: DeskServer, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    server.write("1", number="1")
    lie(desk, monkeypatch, body)

    with pytest.raises(TransportError):
        desk.tickets.get("1")


@pytest.mark.parametrize(
    "body",
    [None, [], {"items": None}, {"items": [1]}, {"items": [{"number": "1"}]}, {"items": [{"id": "1"}] * 51}],
)
def test_a_page_without_rows_that_can_be_is_not_believed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    lie(desk, monkeypatch, body)

    with Session(desk) as session, pytest.raises(TransportError):
        session.query(Ticket).all()


@pytest.mark.parametrize("body", [None, {}, [], {"id": ""}])
def test_a_creation_that_names_no_id_is_in_doubt(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    lie(desk, monkeypatch, body)

    with pytest.raises(OutcomeUnknown):
        desk.tickets.create(number="1")


def test_a_list_that_never_ends_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(desk, monkeypatch, {"items": [{"id": "1"}], "next": "1"})

    with Session(desk) as session, pytest.raises(TransportError, match="the pages of the list do not end"):
        session.query(Ticket).all()


def test_a_write_that_is_answered_with_nothing_holds_what_was_sent(
    desk: Desk, server: DeskServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.write("1", number="1", title="old")
    with Session(desk) as session:
        ticket = session.get(Ticket, "1")
        assert ticket is not None
        lie(desk, monkeypatch, None)
        ticket.title = "new"
        session.commit()

        assert (ticket.id, ticket.title) == ("1", "new")
    assert server.documents["1"]["title"] == "new"


@pytest.mark.parametrize(
    ("revision", "header"),
    [(7, '"7"'), ("abc", '"abc"'), ('"abc"', '"abc"'), ('W/"abc"', 'W/"abc"')],
)
def test_a_version_is_named_as_an_entity_tag(desk: Desk, revision: Any, header: str) -> None:
    ticket = loaded(Ticket, desk, {"id": "1", "number": "1", "revision": revision})

    assert desk.backend.precondition(ticket) == {"If-Match": header}


def test_without_a_version_there_is_no_precondition(desk: Desk) -> None:
    assert desk.backend.precondition(loaded(Ticket, desk, {"id": "1", "number": "1"})) == {}


def test_two_values_for_one_parameter_cannot_be_asked(desk: Desk) -> None:
    with Session(desk) as session:
        query = session.query(Ticket).filter(Ticket.number == "1", Ticket.number == "2")
        with pytest.raises(CompileError, match="cannot be asked for number EQUALS '2'"):
            query.compile()


def test_an_id_cannot_lead_to_another_route(desk: Desk, server: DeskServer) -> None:
    with pytest.raises(NotFoundError):
        desk.tickets.get("../tickets?x")

    assert server.requests == ["GET /tickets/..%2Ftickets%3Fx"]
