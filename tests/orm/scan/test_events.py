"""Events past what one search gives are read in parts by their date, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from contacthub_orm import Event, LoggedIn, Session
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import BEGINNING, CAP, YEARS, customers, moment
from tests.orm.scan.observing import Senders, searches

ROWS = 1_000
MILLISECONDS = YEARS // timedelta(milliseconds=1)


def viewed(identity: str, date: str) -> dict[str, Any]:
    return {"customerId": identity, "type": "viewedPage", "context": "WEB", "properties": {}, "date": date}


def seed(sandbox: Sandbox, dates: Iterable[str]) -> list[str]:
    """Store an event of one customer for each date, and give their ids."""
    [identity] = sandbox.seed(customers(1))
    ids = sandbox.seed_events(viewed(identity, date) for date in dates)
    sandbox.clear_requests()
    return sorted(ids)


def spread(count: int) -> list[str]:
    """Dates at random over some years."""
    random = Random(1)
    return [moment(random.randrange(MILLISECONDS)) for _ in range(count)]


def ids_of(events: Iterable[Event]) -> list[str]:
    return sorted(str(event.id) for event in events)


def test_all_gives_every_event_past_the_cap_once(sandbox: Sandbox, session: Session) -> None:
    ids = seed(sandbox, spread(ROWS))
    assert ids_of(session.query(Event).all()) == ids


def test_iteration_gives_every_event_past_the_cap_once(sandbox: Sandbox, sequential: Session) -> None:
    ids = seed(sandbox, spread(ROWS))
    assert ids_of(iter(sequential.query(Event))) == ids


def test_yield_per_gives_every_event_past_the_cap_once(sandbox: Sandbox, session: Session) -> None:
    ids = seed(sandbox, spread(ROWS))
    assert ids_of(session.query(Event).yield_per(20)) == ids


def test_bounds_on_the_date_are_kept_in_every_part(sandbox: Sandbox, session: Session) -> None:
    dates = sorted(spread(ROWS))
    seed(sandbox, dates)
    between = session.query(Event).filter(Event.date.between(dates[100], dates[899])).all()
    assert len(between) == 800
    assert min(event.date for event in between if event.date) == datetime.fromisoformat(dates[100])


def test_a_type_is_kept_in_every_part(sandbox: Sandbox, session: Session) -> None:
    seed(sandbox, spread(ROWS))
    assert session.query(LoggedIn).all() == []


@pytest.mark.parametrize("first", [0, 400])
def test_count_sums_parts(sandbox: Sandbox, session: Session, first: int) -> None:
    dates = sorted(spread(ROWS))
    seed(sandbox, dates)
    assert session.query(Event).filter(Event.date >= dates[first]).count() == ROWS - first
    assert {request.query["size"] for request in sandbox.requests} == {"0", "1"}


def test_one_worker_reads_the_newest_event_first(sandbox: Sandbox, sequential: Session) -> None:
    seed(sandbox, spread(ROWS))
    dates = [event.date for event in sequential.query(Event) if event.date]
    assert dates == sorted(dates, reverse=True)


def test_no_order_is_asked_for_since_only_the_services_own_is_documented(
    sandbox: Sandbox, session: Session
) -> None:
    seed(sandbox, spread(ROWS))
    session.query(Event).all()
    assert all("sort" not in request.query for request in sandbox.requests)


def test_several_parts_are_read_at_a_time(sandbox: Sandbox, session: Session, senders: Senders) -> None:
    ids = seed(sandbox, spread(5 * ROWS))
    assert ids_of(session.query(Event)) == ids
    assert len(senders.threads) > 2


def test_the_events_of_one_customer_take_a_request_for_each_page(sandbox: Sandbox, session: Session) -> None:
    first, second = sandbox.seed(customers(2))
    sandbox.seed_events(viewed(first, date) for date in spread(120))
    sandbox.seed_events(viewed(second, date) for date in spread(20))
    sandbox.clear_requests()
    events = session.query(Event).filter(Event.customerId == first).all()
    assert {event.customerId for event in events} == {first}
    assert len({event.id for event in events}) == len(events) == 120
    assert searches(sandbox) == 3


def test_more_events_at_one_instant_than_a_page_holds_are_all_found(
    sandbox: Sandbox, session: Session
) -> None:
    ids = seed(sandbox, [moment(0)] * 120 + [moment(1)] * 120 + [moment(-1)] * 120)
    assert ids_of(session.query(Event)) == ids


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_events_at_the_ends_of_the_calendar_are_found(sandbox: Sandbox, session: Session, date: str) -> None:
    ids = seed(sandbox, [*spread(CAP), *[date] * 60])
    assert ids_of(session.query(Event)) == ids
    assert session.query(Event).count() == len(ids)


def test_more_events_at_one_instant_than_the_service_gives_are_refused(
    sandbox: Sandbox, session: Session
) -> None:
    seed(sandbox, [moment(0)] * CAP)
    with pytest.raises(InvalidRequestError, match="300 or more events have the same date"):
        session.query(Event).all()
    with pytest.raises(InvalidRequestError, match="300 or more events have the same date"):
        session.query(Event).count()


def test_events_deleted_while_they_are_read_hide_no_other(sandbox: Sandbox, sequential: Session) -> None:
    seed(sandbox, spread(130))
    for event in sequential.query(Event):
        sequential.delete(event)
        sequential.commit()
    assert sequential.query(Event).count() == 0


def test_an_event_whose_date_moves_while_it_is_read_comes_once(sandbox: Sandbox, sequential: Session) -> None:
    ids = seed(sandbox, spread(130))
    seen = []
    for event in sequential.query(Event):
        seen.append(event)
        if len(seen) == 1:
            event.date = BEGINNING - timedelta(days=1)
            sequential.commit()
    assert ids_of(seen) == ids


def test_events_that_arrive_meanwhile_are_not_read(sandbox: Sandbox, sequential: Session) -> None:
    ids = seed(sandbox, spread(130))
    seen = []
    for event in sequential.query(Event):
        if not seen:
            sandbox.seed_events(
                [viewed(str(event.customerId), datetime(2026, 1, 1, tzinfo=UTC).isoformat())] * 30
            )
        seen.append(event)
    assert ids_of(seen) == ids


def test_an_order_needs_one_search_which_is_refused_past_the_cap(sandbox: Sandbox, session: Session) -> None:
    seed(sandbox, spread(CAP))
    with pytest.raises(InvalidRequestError, match="leave out order_by to scan it"):
        session.query(Event).order_by(Event.date).all()
