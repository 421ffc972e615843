"""What a person may demand by law: `session.forget` in the unit of work, `session.export` beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import CommitError, Customer, Event, InvalidRequestError, NotFoundError, Session, recover
from contacthub_orm.orm import object_session
from tests.support.world import Crash, World, customer, lost, viewed


def seeded(world: World, session: Session) -> Customer:
    [identity] = world.sandbox.seed([{"externalId": "1", "base": {"contacts": {"email": "a@example.com"}}}])
    found = session.get(Customer, identity)
    assert found is not None
    world.sandbox.clear_requests()
    return found


def requests_of(world: World) -> list[str]:
    return [f"{one.method} {one.path.split('/', 5)[5]}" for one in world.sandbox.requests]


def test_forgetting_waits_for_the_flush_and_is_one_request(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)

        session.forget(held)
        assert str(session.plan()) == f"POST customers/{held.id}/forget"
        assert (session.deleted, world.sandbox.requests) == ([held], [])
        session.commit()

        assert requests_of(world) == [f"POST customers/{held.id}/forget"]
        assert session.get(Customer, str(held.id)) is None
    assert world.customers() == []


def test_a_rollback_takes_it_back_and_a_deletion_after_it_is_a_deletion(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.forget(held)
        session.rollback()
        assert not session.plan()

        session.delete(held)

        assert str(session.plan()) == f"DELETE customers/{held.id}"


def test_a_nested_block_gives_back_the_deletion_that_was_there_before_it(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.delete(held)

        with pytest.raises(ZeroDivisionError), session.begin_nested():
            session.add(held)
            session.forget(held)
            raise ZeroDivisionError

        assert str(session.plan()) == f"DELETE customers/{held.id}"


def test_what_frees_an_email_by_being_forgotten_goes_before_what_claims_it(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.forget(held)
        session.add(customer("a"))

        session.commit()

    assert requests_of(world)[0] == f"POST customers/{held.id}/forget"
    assert [one.externalId for one in world.customers()] == ["a"]


def test_a_forgetting_whose_answer_was_lost_is_looked_up(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        held = seeded(world, session)
        session.forget(held)
        world.fault(node, 0, "after", lost())
        with pytest.raises(CommitError):
            session.commit()

        account = session.commit()

    assert [entry.outcome for entry in account] == ["done"]
    assert world.writes() == ["POST customers"]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_forgetting_that_a_crash_cut_short_is_finished_by_recovery(
    world: World, tmp_path: Path, phase: str
) -> None:
    node = world.node()
    with Session(node, journal=tmp_path / "journal") as session:
        held = seeded(world, session)
        session.forget(held)
        world.fault(node, 0, phase, Crash())
        with pytest.raises(Crash):
            session.commit()

    assert recover(world.node(), tmp_path / "journal").complete
    assert world.customers() == []


def test_only_a_customer_is_forgotten_and_exported(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        event = viewed(held)
        session.add(event)
        session.commit()
        world.sandbox.clear_requests()

        with pytest.raises(InvalidRequestError, match="is not erased by itself, only with the person"):
            session.forget(event)
        with pytest.raises(InvalidRequestError, match="is not exported by itself, only with the person"):
            session.export(event)
        with pytest.raises(InvalidRequestError, match="is not saved"):
            session.forget(customer("b"))
        with pytest.raises(InvalidRequestError, match="is not persistent"):
            session.export(customer("b"))
    assert world.sandbox.requests == []


def test_an_export_is_all_that_the_service_holds_and_nothing_else(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.add_all([viewed(held, f"https://example.com/{number}") for number in range(60)])
        session.commit()
        world.clock.advance(120)
        held.extra = "unsaved"
        world.sandbox.clear_requests()

        exported = session.export(held)

        assert requests_of(world) == [f"GET customers/{held.id}/export"]
        assert exported["customer"]["extra"] is None
        assert {one["customerId"] for one in exported["events"]} == {held.id}
        assert len(exported["events"]) == 60


def test_node_object_and_session_do_the_same(world: World) -> None:
    node = world.node()
    first, second, third = world.sandbox.seed([{"externalId": number} for number in "123"])
    loaded = node.get_customer(second)

    exports = [node.export_customer(first), loaded.export()]
    assert [one["customer"]["id"] for one in exports] == [first, second]
    node.forget_customer(first)
    loaded.forget()
    with Session(node) as session:
        held = session.get(Customer, third)
        assert held is not None
        assert held.export() == node.export_customer(third)
        held.forget()
        assert object_session(held) is None

    assert world.customers() == []


def test_a_customer_that_is_not_there_can_neither_be_forgotten_nor_exported(world: World) -> None:
    node = world.node()

    with pytest.raises(NotFoundError):
        node.forget_customer("nobody")
    with pytest.raises(NotFoundError):
        node.export_customer("nobody")


def test_events_of_a_forgotten_customer_are_gone_too(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.add(viewed(held))
        session.commit()
        world.clock.advance(120)
        held.forget()

    with Session(world.node()) as session:
        assert session.query(Event).count() == 0


def test_reading_what_is_to_be_forgotten_does_not_keep_it(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.forget(held)

        held.export()
        held.get_events()
        session.commit()

    assert world.customers() == []


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_saving_what_is_to_be_forgotten_is_refused_and_sends_nothing(world: World, verb: str) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.forget(held)

        with pytest.raises(InvalidRequestError, match="is to be deleted"):
            getattr(held, verb)()

        assert (session.deleted, world.sandbox.requests) == ([held], [])


def test_a_deletion_does_not_lessen_what_is_to_be_forgotten(world: World) -> None:
    with Session(world.node()) as session:
        held = seeded(world, session)
        session.forget(held)
        session.delete(held)

        assert str(session.plan()) == f"POST customers/{held.id}/forget"
