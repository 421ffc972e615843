"""A search that lags behind the session's own writes, and what the session lets go of between two steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Event, Job, Session, signals
from contacthub_orm.sandbox import Fault
from tests.support.world import World, customer, get, seed, viewed


@pytest.fixture
def lagging(world: World) -> Iterator[World]:
    """A world whose search shows nothing that is younger than 45 seconds."""
    world.clock.advance(120)
    yield world
    world.sandbox.configure(search_delay=0)


def _with_job(world: World) -> tuple[Session, Customer]:
    """A session that has written a job on its own route, which the search does not show yet."""
    session = Session(world.node())
    one = get(session, seed(world, "ada")[0])
    world.clock.advance(60)
    world.sandbox.configure(search_delay=45)
    session.add(Job(customer=one, id="j1", companyName="one"))
    session.commit()
    return session, one


def _jobs(one: Customer) -> list[Any]:
    return [job.id for job in one.base.jobs]


def test_a_lagging_row_does_not_take_back_an_element(lagging: World) -> None:
    session, one = _with_job(lagging)

    session.query(Customer).all()

    assert _jobs(one) == ["j1"]


def test_populate_existing_does_not_take_back_what_was_saved(lagging: World) -> None:
    session, one = _with_job(lagging)
    one.extra = "unsaved"

    session.query(Customer).populate_existing().all()

    assert (one.extra, _jobs(one)) == (None, ["j1"])


def test_an_expired_customer_is_not_filled_from_a_lagging_row(lagging: World) -> None:
    session, one = _with_job(lagging)
    session.expire(one)

    session.query(Customer).all()

    assert _jobs(one) == ["j1"]


def test_a_customer_that_was_let_go_of_is_not_loaded_from_a_lagging_row(lagging: World) -> None:
    session, one = _with_job(lagging)
    session.expunge(one)

    (row,) = session.query(Customer).all()

    assert row is not one
    assert _jobs(row) == ["j1"]


def test_a_refresh_takes_what_the_service_holds(lagging: World) -> None:
    session, one = _with_job(lagging)
    with Session(lagging.node()) as other:
        get(other, str(one.id)).extra = "theirs"
        other.commit()

    session.refresh(one)

    assert (one.extra, _jobs(one)) == ("theirs", ["j1"])


def test_a_row_of_another_writer_is_taken_when_the_search_has_caught_up(lagging: World) -> None:
    session, one = _with_job(lagging)
    with Session(lagging.node()) as other:
        get(other, str(one.id)).extra = "theirs"
        other.commit()
    lagging.clock.advance(61)

    session.query(Customer).all()

    assert (one.extra, _jobs(one)) == ("theirs", ["j1"])


def test_a_lagging_row_does_not_take_back_an_update_of_an_event(lagging: World) -> None:
    session = Session(lagging.node())
    event = viewed(get(session, seed(lagging, "ada")[0]), url="https://old.example")
    session.add(event)
    session.commit()
    session.refresh(event)
    lagging.clock.advance(60)
    lagging.sandbox.configure(search_delay=45)
    event.properties.url = "https://new.example"
    session.commit()

    session.query(Event).filter_by(customerId=event.customerId).all()

    assert event.properties.url == "https://new.example"


def test_a_natural_key_that_was_merged_lately_is_one_customer(lagging: World) -> None:
    lagging.sandbox.configure(search_delay=45)
    with Session(lagging.node()) as session:
        for extra in "ab":
            session.merge(Customer(externalId="7", extra=extra), key="externalId")
            session.commit()

    assert [one.extra for one in lagging.customers()] == ["b"]


def test_what_was_written_lately_is_forgotten_after_the_settle_time(world: World) -> None:
    session = Session(world.node(), settle=30)
    session.add(customer("ada"))
    session.commit()
    world.clock.advance(31)
    session.add(customer("bob"))
    session.commit()

    assert len(session._context.recent._entries) == 1


def test_get_many_gives_what_is_let_go_of_while_it_reads(world: World) -> None:
    identities = seed(world, "ada", "bob")
    with Session(world.node()) as session:
        kept = [get(session, identities[0])]

        def drop(*_: Any, **__: Any) -> None:
            kept.clear()

        with signals.after_response.connected_to(drop):
            found = session.get_many(Customer, identities)

    assert [one and one.externalId for one in found] == ["ada", "bob"]


def test_the_text_of_a_commit_error_has_a_line_for_each_failure_and_no_values(world: World) -> None:
    session = Session(world.node(), on_error="continue")
    session.add_all([customer(name) for name in ("ada", "bob", "eve")])
    world.sandbox.faults = [Fault.status(403, method="POST", nth=2)]
    with pytest.raises(CommitError) as caught:
        session.commit()
    world.sandbox.clear_faults()

    text = str(caught.value)
    assert "2 of 3 operations done (2 done, 1 failed)" in text
    assert text.count("ForbiddenError, status 403") == 1
    assert "@example.com" not in text
    assert "@example.com" in str(caught.value.account)
