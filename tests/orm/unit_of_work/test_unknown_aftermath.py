"""What follows a lost answer: a rollback, an atomic block, a closed session, another writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import (
    CommitError,
    ConflictError,
    Customer,
    NotFoundError,
    Session,
    StaleDataError,
    inspect,
    recover,
)
from tests.support.world import World, customer, get, lost, seed, viewed


def meddle(world: World, name: str) -> None:
    """Another writer changes the first name of the customer with an e-mail of this name, or makes that customer."""
    with Session(world.node()) as other, other.begin():
        found = other.merge(customer(name), key="externalId")
        found.base.firstName = "theirs"


def test_an_event_left_unknown_is_recovered_though_its_customer_has_left_the_journal(
    world: World, tmp_path: Path
) -> None:
    node = world.node()
    with Session(node, journal=tmp_path / "journal") as session:
        bruce = customer("bruce")
        session.add_all([bruce, viewed(bruce)])
        world.fault(node, 1, "after")
        with pytest.raises(CommitError):
            session.commit()
    report = recover(world.node(), tmp_path / "journal")
    assert (report.complete, len(report.adopted)) == (True, 1)
    assert len(world.events()) == 1


def test_a_conflict_is_given_up_by_a_rollback(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.extra = "ours"
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        meddle(world, "bruce")
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert isinstance(caught.value.exceptions[0], StaleDataError)
        session.rollback()
        assert len(session.commit()) == 0
    (found,) = world.customers()
    assert (found.base.firstName, found.extra) == ("theirs", None)


def test_what_was_rolled_back_before_the_look_up_meets_no_conflict(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.extra = "ours"
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        session.rollback()
        meddle(world, "bruce")
        assert len(session.commit()) == 0


def test_a_creation_in_conflict_is_given_up_by_a_rollback(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add_all([bruce, viewed(bruce)])
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        meddle(world, "bruce")
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert isinstance(caught.value.exceptions[0], ConflictError)
        session.rollback()
        assert session.new == []
        assert len(session.commit()) == 0


def test_an_atomic_block_leaves_a_creation_that_was_found_without_an_answer(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 1, "after")
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            session.add_all([customer(name) for name in ("a", "b", "c")])
        reasons = {one.entry.request.body["externalId"]: one.reason for one in caught.value.undone}
    assert reasons == {"a": None, "b": "the answer was lost, and what was found may be another writer's"}
    assert [one.externalId for one in world.customers()] == ["b"]


def test_an_atomic_block_leaves_alone_what_was_unknown_before_it(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        earlier = customer("earlier")
        session.add(earlier)
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        world.fault(node, 1, "before", lost())
        with pytest.raises(CommitError), session.begin(atomic=True):
            session.add_all([customer(name) for name in ("a", "b")])
        assert inspect(earlier).persistent
    assert [one.externalId for one in world.customers()] == ["earlier"]


def test_an_atomic_block_says_what_it_could_not_look_up(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        world.fault(node, 0, "before")
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            bruce.extra = "ours"
            meddle(world, "bruce")
        assert ["another writer" in str(one.reason) for one in caught.value.undone] == [True]
        assert bruce.extra is None
        assert len(session.commit()) == 0


def test_a_creation_rolled_back_with_its_nested_block_is_not_sent_again(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 0, "before")
        with pytest.raises(RuntimeError), session.begin_nested():
            session.add(customer("bruce"))
            with pytest.raises(CommitError):
                session.flush()
            raise RuntimeError
        assert session.new == []
        session.commit()
    assert world.customers() == []


def test_an_event_that_holds_less_does_not_take_the_place_of_one_that_holds_more(world: World) -> None:
    node = world.node(max_in_flight=1)
    date = world.clock.now()
    with Session(node, on_error="continue") as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        less, more = viewed(bruce, date=date), viewed(bruce, date=date)
        more.properties.title = "more"
        session.add_all([less, more])
        world.fault(node, 0, "before")
        world.fault(node, 1, "after")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
        assert less.id != more.id
    assert sorted(
        str(one.properties["title"]) if "title" in one.properties else "" for one in world.events()
    ) == [
        "",
        "more",
    ]


def test_a_search_that_lags_is_no_sign_of_another_writer(world: World) -> None:
    node = world.node()
    world.sandbox.configure(search_delay=30)
    with Session(node, settle=10) as session:
        old = customer("bruce")
        session.add(old)
        session.commit()
        world.clock.advance(60)
        old.base.contacts.email = "moved@example.com"
        new = customer("bruce")
        session.add(new)
        world.fault(node, 1, "before")
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
        assert new.version == 1
    assert len(world.customers()) == 2


def test_an_event_of_a_deleted_customer_does_not_stand_in_the_way(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        event = viewed(bruce)
        session.add_all([bruce, event])
        session.commit()
        assert event.properties.url
        session.delete(bruce)
        session.commit()
        session.add(Customer(externalId="next"))
        session.commit()
    assert len(world.customers()) == 1


@pytest.mark.parametrize("repeated", [False, True])
def test_a_deletion_that_finds_nothing_is_done_only_if_it_was_sent_before(
    world: World, *, repeated: bool
) -> None:
    [one] = seed(world, "a")
    node = world.node()
    transport = world.transports[-1]
    with Session(node) as session:
        doomed = get(session, one)
        session.delete(doomed)
        if repeated:
            world.fault(node, 0, "before")
            with pytest.raises(CommitError):
                session.commit()

        def delete_first(method: str, _: str) -> None:
            if method == "DELETE":
                transport.observers.clear()
                with Session(world.node()) as other, other.begin():
                    other.delete(get(other, one))

        transport.observers.append(delete_first)
        if repeated:
            assert [entry.outcome for entry in session.commit()] == ["done"]
        else:
            with pytest.raises(CommitError) as caught:
                session.commit()
            assert [entry.status for entry in caught.value.account] == [404]


def test_a_replacement_whose_answer_was_lost_is_undone_with_what_it_added(world: World) -> None:
    [one] = seed(world, "a")
    node = world.node()
    with Session(node) as session:
        replaced = get(session, one)
        world.fault(node, 0, "after")
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            replaced.extra = "added"
            replaced.base.firstName = "replaced"
            session.put(replaced)
        assert [undone.reason for undone in caught.value.undone] == [None]
    [found] = world.customers()
    assert (found.extra, found.base.firstName) == (None, "a")


def test_a_repeated_deletion_that_is_not_found_fails_while_the_entity_is_there(world: World) -> None:
    [one] = seed(world, "a")
    node = world.node()
    with Session(node) as session:
        session.delete(get(session, one))
        world.fault(node, 0, "before")
        world.fault(
            node, 1, "before", NotFoundError(status=404, message="no route", method="DELETE", url="x")
        )
        for outcome in ("unknown", "failed"):
            with pytest.raises(CommitError) as caught:
                session.commit()
            assert [entry.outcome for entry in caught.value.account] == [outcome]
        assert session.commit().succeeded
    assert world.customers() == []
