"""What sends several requests at once shows receivers the context variables of the call, such as the current span."""

from __future__ import annotations

from contextvars import ContextVar

import pytest

from contacthub_orm import Customer, Session, signals

SPAN: ContextVar[str] = ContextVar("SPAN", default="none")


@pytest.fixture
def seen():
    spans = []

    def note(_, **__):
        spans.append(SPAN.get())

    with signals.before_request.connected_to(note):
        token = SPAN.set("ours")
        yield spans
        SPAN.reset(token)


def test_the_requests_of_a_commit_see_it(world, seen):
    with Session(world.node(max_in_flight=4)) as session:
        session.add_all(Customer(externalId=str(number)) for number in range(5))
        session.commit()
    assert seen == ["ours"] * 5


def test_the_requests_of_a_scan_see_it(world, seen):
    world.sandbox.seed([{"externalId": str(number)} for number in range(30)])
    with Session(world.node(max_in_flight=4)) as session:
        assert len(list(session.query(Customer).yield_per(5))) == 30
    assert set(seen) == {"ours"}


def test_the_requests_for_several_ids_see_it(world, seen):
    ids = world.sandbox.seed([{"externalId": str(number)} for number in range(5)])
    with Session(world.node(max_in_flight=4)) as session:
        assert None not in session.get_many(Customer, ids)
    assert set(seen) == {"ours"}
