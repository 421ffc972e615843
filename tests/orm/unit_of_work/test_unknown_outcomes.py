"""Writes whose answer was lost: looked up by the next commit, never sent twice."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, Customer, Event, OutcomeUnknown, Session, StaleDataError, inspect
from contacthub_orm.contacthub.backend.matching_policy import ASSUMED
from contacthub_orm.orm import Outcome
from tests.support.world import World, customer, viewed


def test_a_creation_that_was_applied_is_adopted_by_the_next_commit(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        world.fault(node, 0, "after")
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN]
        assert caught.value.remaining == [bruce]
        assert inspect(bruce).pending
        account = session.commit()
        assert [entry.outcome for entry in account] == [Outcome.DONE]
        assert inspect(bruce).persistent
        assert bruce.version == 1
    assert len(world.customers()) == 1
    assert world.writes() == ["POST customers"]


def test_a_creation_that_was_not_applied_is_sent_again_after_the_settle_time(world: World) -> None:
    node = world.node()
    with Session(node, settle=60) as session:
        session.add(customer("bruce"))
        world.fault(node, 0, "before")
        started = world.clock.now()
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
        assert (world.clock.now() - started).total_seconds() >= 60
    assert len(world.customers()) == 1


def test_an_event_that_appears_late_is_not_sent_twice(world: World) -> None:
    node = world.node()
    world.sandbox.configure(search_delay=45)
    with Session(node, settle=60) as session:
        bruce = customer("bruce")
        session.add_all([bruce, viewed(bruce), viewed(bruce)])
        world.fault(node, 1, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert len(world.events()) == 2


def test_equal_events_are_settled_by_count(world: World) -> None:
    node = world.node(max_in_flight=4)
    date = world.clock.now()
    with Session(node, on_error="continue") as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.add_all([viewed(bruce, date=date) for _ in range(3)])
        world.fault(node, 0, "after")
        world.fault(node, 1, "before")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert len(world.events()) == 3


def test_an_update_that_was_applied_is_taken_in_without_a_second_request(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.base.firstName = "Bruce"
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        assert bruce.base.firstName == "Bruce"
        session.commit()
        assert session.dirty == []
        assert bruce.version == 2
    assert world.writes() == ["POST customers", "PATCH customers"]


def test_an_update_that_was_not_applied_is_sent_again_at_once(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.base.firstName = "Bruce"
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
        assert bruce.version == 2


def test_an_edit_made_after_the_answer_was_lost_is_saved_too(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.base.firstName = "Bruce"
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        bruce.base.lastName = "Wayne"
        session.commit()
    (found,) = world.customers()
    assert (found.base.firstName, found.base.lastName) == ("Bruce", "Wayne")


def test_an_update_that_met_another_writer_is_a_conflict_until_it_is_rebased(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.base.firstName = "Bruce"
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        with Session(world.node()) as other, other.begin():
            held = other.get(Customer, str(bruce.id))
            assert held is not None
            held.base.firstName = "Batman"
        with pytest.raises(CommitError) as caught:
            session.commit()
        (error,) = caught.value.exceptions
        assert isinstance(error, StaleDataError)
        assert error.current is not None
        assert error.current["base"]["firstName"] == "Batman"
        session.rebase(bruce)
        assert bruce.base.firstName == "Bruce"
        session.commit()
    (found,) = world.customers()
    assert found.base.firstName == "Bruce"


def test_a_delete_whose_answer_was_lost_is_done_when_the_entity_is_gone(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.delete(bruce)
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
        assert bruce not in session
    assert world.customers() == []


def test_without_the_nodes_matching_policy_a_lost_creation_stays_unknown(world: World) -> None:
    node = world.node(matching=None)
    node.backend._policy = lambda: ASSUMED  # type: ignore[method-assign]
    with Session(node, settle=1) as session:
        session.add(customer("bruce"))
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert isinstance(caught.value.exceptions[0], OutcomeUnknown)
    assert world.writes() == []


def test_a_customer_without_matching_values_is_found_by_what_was_submitted(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(Customer(externalId="7", base={"firstName": "Nameless"}))
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert len(world.customers()) == 1


def test_dependants_of_an_unknown_creation_follow_once_it_is_settled(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        event = viewed(bruce)
        session.add(event)
        world.fault(node, 0, "after")
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN, Outcome.NOT_SENT]
        session.commit()
        assert event.customerId == bruce.id
    assert len(world.events()) == 1
    assert len(world.customers()) == 1


def test_what_waits_for_a_creation_that_stays_unknown_is_accounted_for_as_not_sent(world: World) -> None:
    node = world.node(matching=None)
    node.backend._policy = lambda: ASSUMED  # type: ignore[method-assign]
    with Session(node, settle=1, on_error="continue") as session:
        bruce = customer("bruce")
        event = viewed(bruce)
        session.add(event)
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        session.add(other := customer("other"))
        with pytest.raises(CommitError) as caught:
            session.commit()
        outcomes = {entry.entity: entry.outcome for entry in caught.value.account}
        assert outcomes == {bruce: Outcome.UNKNOWN, event: Outcome.NOT_SENT, other: Outcome.DONE}
        assert caught.value.remaining == [bruce, event]


def test_an_unknown_event_of_a_session_id_is_found_again(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(
            Event(
                bringBackProperties={"type": "SESSION_ID", "value": "s-1", "nodeId": node.node_id},
                type=Event.TYPES.VIEWED_PAGE,
                context=Event.CONTEXTS.WEB,
                properties={"url": "https://example.com"},
            )
        )
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert world.writes() == ["POST events"]
