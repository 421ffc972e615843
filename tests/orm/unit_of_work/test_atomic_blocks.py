"""`begin(atomic=True)`: all, or what was done is undone in reverse."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, Customer, InvalidRequestError, Session, inspect
from contacthub_orm.errors import BadRequestError
from tests.support.world import World, customer, viewed


def refused() -> BadRequestError:
    return BadRequestError(status=400, message="no", method="POST", url="somewhere")


def test_a_failure_deletes_the_customers_that_the_block_created(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 2, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            session.add_all([customer(name) for name in ("a", "b", "c")])
        assert [one.reason for one in caught.value.undone] == [None, None]
    assert world.customers() == []


def test_a_failure_patches_old_values_back(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        people = [customer(name, tags={"manual": ["one"]}) for name in ("a", "b")]
        session.add_all(people)
        session.commit()
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError), session.begin(atomic=True):
            for one in people:
                one.base.firstName = "changed"
                one.base.address.city = "Gotham"
                one.tags.manual.append("two")
        assert [(one.base.firstName, one.tags.manual) for one in people] == [("a", ["one"]), ("b", ["one"])]
        assert session.dirty == []
    for found in world.customers():
        assert found.base.firstName in ("a", "b")
        assert found.base.address.city is None
        assert found.tags.manual == ["one"]


def test_a_failure_deletes_the_events_once_they_are_stored(world: World) -> None:
    world.sandbox.configure(search_delay=10)
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError), session.begin(atomic=True):
            session.add_all([viewed(bruce), viewed(bruce)])
        assert session.new == []
    assert world.events() == []


def test_a_customer_that_was_merged_is_never_deleted(world: World) -> None:
    with Session(world.node()) as session, session.begin():
        session.add(customer("bruce", extra="first"))
    node = world.node()
    with Session(node) as session:
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            session.add_all([customer("bruce", extra="second"), customer("other")])
        assert "merged" in caught.value.undone[0].reason
        assert any("not undone" in note for note in caught.value.__notes__)
    assert [one.externalId for one in world.customers()] == ["bruce"]


def test_what_another_writer_changed_meanwhile_is_not_undone(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        people = [customer(name) for name in ("a", "b")]
        session.add_all(people)
        session.commit()

        def meddle(method: str, _: str) -> None:
            if method == "PATCH" and transport.writes == start + 1:
                with Session(world.node()) as other, other.begin():
                    found = other.get(Customer, str(people[0].id))
                    assert found is not None
                    found.extra = "theirs"

        transport = world.transports[0]
        start = transport.writes
        transport.observers.append(meddle)
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            for one in people:
                one.base.firstName = "changed"
        assert "another writer" in caught.value.undone[0].reason
    assert {(one.externalId, one.base.firstName, one.extra) for one in world.customers()} == {
        ("a", "changed", "theirs"),
        ("b", "b", None),
    }


def test_a_block_that_needs_a_delete_before_a_write_is_refused(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        old = customer("bruce")
        session.add(old)
        session.commit()
        with (
            pytest.raises(InvalidRequestError, match="cannot delete before it writes"),
            session.begin(atomic=True),
        ):
            session.delete(old)
            session.add(customer("bruce"))
    assert len(world.customers()) == 1


def test_an_exception_in_the_block_undoes_what_it_flushed(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        with pytest.raises(RuntimeError), session.begin(atomic=True):
            session.add(customer("bruce"))
            session.flush()
            raise RuntimeError
        assert session.new == []
    assert world.customers() == []


def test_the_session_is_as_it_was_before_the_block(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        held = customer("held")
        session.add(held)
        session.commit()
        held.extra = "before"
        waiting = customer("waiting")
        session.add(waiting)
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError), session.begin(atomic=True):
            held.extra = "inside"
        assert held.extra == "before"
        assert session.new == [waiting]
        assert inspect(waiting).pending
        session.commit()
    assert {(one.externalId, one.extra) for one in world.customers()} == {
        ("held", "before"),
        ("waiting", None),
    }


def test_a_block_without_failure_commits_everything(world: World) -> None:
    with Session(world.node()) as session, session.begin(atomic=True):
        bruce = customer("bruce")
        session.add_all([bruce, viewed(bruce)])
    assert len(world.customers()) == 1
    assert len(world.events()) == 1


def test_several_flushes_in_one_block_are_undone_together(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce", extra="0")
        session.add(bruce)
        session.commit()
        with pytest.raises(RuntimeError), session.begin(atomic=True):
            bruce.extra = "1"
            session.flush()
            bruce.extra = "2"
            session.flush()
            raise RuntimeError
        assert bruce.extra == "0"
    assert [one.extra for one in world.customers()] == ["0"]
