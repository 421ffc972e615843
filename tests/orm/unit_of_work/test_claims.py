"""Matching values: what frees one goes before what claims it."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, InvalidRequestError, Session, inspect
from tests.support.world import World, customer, viewed


def test_a_delete_that_frees_an_email_precedes_the_creation_that_claims_it(world: World) -> None:
    with Session(world.node()) as session:
        old = customer("bruce")
        session.add(old)
        session.commit()
        new = customer("bruce", extra="new")
        session.add(new)
        session.delete(old)
        assert [str(operation).split()[0] for operation in session.plan()] == ["DELETE", "POST"]
        session.commit()
        assert new.version == 1
    assert [one.extra for one in world.customers()] == ["new"]


def test_an_update_that_frees_an_email_precedes_the_one_that_claims_it(world: World) -> None:
    with Session(world.node()) as session:
        first, second = customer("first"), customer("second")
        session.add_all([first, second])
        session.commit()
        second.base.contacts.email = first.base.contacts.email
        first.base.contacts.email = "moved@example.com"
        batches = session.plan().batches
        assert [batch[0].entity for batch in batches] == [first, second]
        session.commit()


def test_two_customers_that_swap_their_emails_are_refused(world: World) -> None:
    with Session(world.node()) as session:
        first, second = customer("first"), customer("second")
        session.add_all([first, second])
        session.commit()
        one, other = first.base.contacts.email, second.base.contacts.email
        first.base.contacts.email, second.base.contacts.email = other, one
        with pytest.raises(InvalidRequestError, match="wait for each other"):
            session.commit()
        first.base.contacts.email = "interim@example.com"
        session.commit()
        first.base.contacts.email = other
        session.commit()


def test_two_claims_of_one_email_are_refused(world: World) -> None:
    with Session(world.node()) as session:
        session.add_all([customer("bruce"), customer("bruce")])
        with pytest.raises(
            InvalidRequestError, match="claim the same base.contacts.email 'bruce@example.com'"
        ):
            session.commit()
    assert world.writes() == []


def test_claims_follow_the_case_rule_of_the_node(world: World) -> None:
    with Session(world.node()) as session:
        other = customer("bruce")
        other.base.contacts.email = "BRUCE@example.com"
        session.add_all([customer("bruce"), other])
        with pytest.raises(InvalidRequestError, match="claim the same"):
            session.plan()


def test_other_deletes_go_last(world: World) -> None:
    with Session(world.node()) as session:
        old, kept = customer("old"), customer("kept")
        event = viewed(old)
        session.add_all([old, kept, event])
        session.commit()
        world.clock.advance(60)
        session.delete(old)
        session.delete(event)
        kept.extra = "changed"
        session.add(customer("new"))
        verbs = [[(one.verb, one.request.path[0]) for one in batch] for batch in session.plan().batches]
        assert verbs == [
            [("POST", "customers"), ("PATCH", "customers")],
            [("DELETE", "events")],
            [("DELETE", "customers")],
        ]
        session.commit()


def test_a_new_customer_that_the_service_merges_gives_way_to_the_held_one(world: World) -> None:
    with Session(world.node()) as session:
        held = customer("bruce")
        session.add(held)
        session.commit()
        held.extra = "unsaved"
        again = customer("bruce", consents={"softSpam": {"email": {"status": True}}})
        event = viewed(again)
        session.add(event)
        session.flush([event])
        assert inspect(again).merged_into is held
        assert inspect(again).detached
        assert event.customerId == held.id
        assert held.consents.softSpam.email.status is True
        assert held.extra == "unsaved"
        assert session.get(Customer, str(held.id)) is held


def sharing_an_email(world: World) -> tuple[Session, list[Customer]]:
    """Two customers of one e-mail, as they may be there since before the node matched by it."""
    world.sandbox.configure(matching=["externalId"])
    with Session(world.node(matching=("externalId",))) as other:
        second = customer("second")
        second.base.contacts.email = "first@example.com"
        other.add_all([customer("first"), second])
        other.commit()
    world.clock.advance(60)
    session = Session(world.node())
    return session, session.query(Customer).all()


def test_a_value_that_does_not_change_is_no_claim(world: World) -> None:
    session, people = sharing_an_email(world)
    for one in people:
        one.extra = "changed"
    assert session.commit().succeeded
    assert [one.extra for one in world.customers()] == ["changed"] * 2


def test_a_value_that_does_not_change_is_not_freed(world: World) -> None:
    session, [first, second] = sharing_an_email(world)
    first.extra = "changed"
    second.base.contacts.email = None
    session.add(customer("first"))
    waiting = [{one.entity for one in operation.after} for operation in session.plan()]
    assert [after for after in waiting if after] == [{second}]
