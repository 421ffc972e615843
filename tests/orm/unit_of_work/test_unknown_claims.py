"""Matching values that the session does not know: nothing that a commit creates is deleted by the same commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contacthub_orm import CommitError, Customer, Event, Session, inspect, load_only, recover
from contacthub_orm.orm import Outcome
from tests.support.world import Crash, World, abandon, customer, lost, viewed

Loaded = Callable[[Session, str], Customer]


def stored(world: World, name: str, **values: object) -> str:
    """A customer that was stored before, by another session."""
    one = customer(name, **values)
    with Session(world.node()) as session:
        session.add(one)
        session.commit()
    return str(one.id)


def in_part(session: Session, identity: str) -> Customer:
    return session.query(Customer).options(load_only("externalId")).filter(Customer.id == identity).one()


def expired(session: Session, identity: str) -> Customer:
    one = session.get(Customer, identity)
    assert one is not None
    session.expire(one)
    return one


def outcomes(session: Session) -> list[tuple[str, str]]:
    return [(entry.request.method, entry.outcome.value) for entry in session.commit()]


@pytest.mark.parametrize("load", [in_part, expired])
def test_a_delete_goes_first_if_it_may_free_what_is_claimed(world: World, load: Loaded) -> None:
    identity = stored(world, "bruce", extra="old")
    with Session(world.node()) as session:
        session.delete(load(session, identity))
        session.add(customer("bruce", extra="new"))
        assert outcomes(session) == [("DELETE", "done"), ("POST", "done")]
    assert [one.extra for one in world.customers()] == ["new"]


def test_a_change_of_an_email_that_is_not_loaded_goes_before_the_claim(world: World) -> None:
    identity = stored(world, "bruce")
    with Session(world.node()) as session:
        old = in_part(session, identity)
        old.base.contacts.email = "moved@example.com"
        session.add(customer("bruce", extra="new"))
        assert outcomes(session) == [("PATCH", "done"), ("POST", "done")]
    assert {one.base.contacts.email for one in world.customers()} == {
        "moved@example.com",
        "bruce@example.com",
    }


def test_a_change_of_something_else_of_a_partial_load_does_not_wait(world: World) -> None:
    identity = stored(world, "bruce")
    with Session(world.node()) as session:
        in_part(session, identity).extra = "changed"
        session.add(customer("ann"))
        assert len(session.plan().batches) == 1


def test_an_atomic_block_loads_what_it_deletes_rather_than_to_delete_first(world: World) -> None:
    identity = stored(world, "bruce")
    with Session(world.node()) as session:
        with session.begin(atomic=True):
            session.delete(in_part(session, identity))
            session.add(customer("ann"))
        assert world.writes()[-2:] == ["POST customers", "DELETE customers"]


def changed_by_another(world: World, session: Session) -> Customer:
    """A customer that the session holds under another e-mail than it has by now, which is bruce's."""
    held = session.get(Customer, stored(world, "ann"))
    assert held is not None
    with Session(world.node()) as other:
        same = other.get(Customer, str(held.id))
        assert same is not None
        same.base.contacts.email = "bruce@example.com"
        other.commit()
    world.clock.advance(60)
    return held


def test_a_delete_of_what_a_creation_was_merged_into_is_not_sent(world: World) -> None:
    with Session(world.node()) as session:
        held = changed_by_another(world, session)
        new = customer("bruce", extra="new")
        session.delete(held)
        session.add(new)
        assert outcomes(session) == [("POST", "done"), ("DELETE", "superseded")]
        assert held.extra == "new"
        assert inspect(held).persistent
        assert session.deleted == []
        assert outcomes(session) == []
    assert [(one.id, one.extra) for one in world.customers()] == [(held.id, "new")]


def test_the_account_says_why_a_delete_is_not_sent(world: World) -> None:
    with Session(world.node()) as session:
        session.delete(changed_by_another(world, session))
        session.add(customer("bruce"))
        session.commit()
        [entry] = session.account.having(Outcome.SUPERSEDED)
    assert "stays: the service merged an entity that was to be created into it" in str(entry)


def test_a_policy_that_the_session_was_not_told_deletes_nothing_that_was_merged(world: World) -> None:
    world.sandbox.configure(matching=["externalId"])
    identity = stored(world, "bruce", extra="old")
    with Session(world.node(matching=None)) as session:
        session.delete(session.get(Customer, identity))
        session.add(Customer(externalId="bruce", extra="new"))
        assert outcomes(session) == [("POST", "done"), ("DELETE", "superseded")]
    assert [one.extra for one in world.customers()] == ["new"]


def test_other_failures_are_raised_without_the_deletes_that_were_not_sent(world: World) -> None:
    node = world.node()
    with Session(node, on_error="continue") as session:
        held = changed_by_another(world, session)
        session.delete(held)
        session.add_all([customer("bruce"), failing := customer("failing")])
        world.fault(node, 1, "before", lost())
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert caught.value.remaining == [failing]
        assert len(caught.value.exceptions) == 1


def test_a_lost_creation_that_is_found_to_be_merged_keeps_the_delete_from_being_sent(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        held = changed_by_another(world, session)
        session.delete(held)
        session.add(customer("bruce", extra="new"))
        world.fault(node, 0, "after", lost())
        with pytest.raises(CommitError):
            session.commit()
        assert outcomes(session) == [("POST", "done"), ("DELETE", "superseded")]
    assert [one.extra for one in world.customers()] == ["new"]


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("number", [0, 1])
def test_a_recovery_deletes_nothing_that_the_commit_was_merged_into(
    world: World, tmp_path: object, phase: str, number: int
) -> None:
    path = f"{tmp_path}/journal"
    node = world.node()
    session = Session(node, journal=path)
    session.delete(changed_by_another(world, session))
    new = customer("bruce", extra="new")
    session.add_all([new, viewed(new)])
    world.fault(node, number, phase, Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    report = recover(world.node(), path)
    assert report.complete
    assert "superseded DELETE" in str(report)
    assert [one.extra for one in world.customers()] == ["new"]
    with Session(world.node()) as plain:
        assert plain.query(Event).count() == 1
