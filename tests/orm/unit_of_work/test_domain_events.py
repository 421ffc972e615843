"""Domain events: recorded on entities, handed over once the operation of the entity is done for good."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import attrs
import pytest

from contacthub_orm import (
    CommitError,
    Customer,
    DomainEvent,
    InvalidRequestError,
    Job,
    Session,
    drain_events,
    make_transient,
    recover,
    signals,
)
from contacthub_orm.orm.unit_of_work.journal import Journal
from tests.support.world import World, abandon, customer, get, lost, refused, seed, viewed


@attrs.frozen
class Earned:
    points: int


class Unsendable:
    pass


def collecting(session: Session) -> list[Any]:
    """What the session hands over from now on."""
    got: list[Any] = []
    session.on_commit(lambda event: got.append(event.event))
    return got


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture(params=["plain", "journal"])
def session(request: pytest.FixtureRequest, world: World, path: Path) -> Any:
    settings: dict[str, Any] = {"journal": path} if request.param == "journal" else {}
    with Session(world.node(), **settings) as made:
        yield made


def fail(session: Session, world: World, number: int, phase: str = "before", error: Any = None) -> None:
    world.fault(session.bind, number, phase, error or refused())  # type: ignore[arg-type]


# -- when ------------------------------------------------------------------------------------------------------------


def test_an_event_is_handed_over_once_its_entity_is_saved(session: Session) -> None:
    got = collecting(session)
    new = customer("ada")
    new.record(Earned(5))
    session.add(new)
    assert got == []
    session.commit()
    session.commit()
    assert got == [Earned(5)]


def test_an_event_says_what_it_is_and_of_which_entity(session: Session) -> None:
    got: list[DomainEvent] = []
    session.on_commit(got.append)
    new = customer("ada")
    session.add(new)
    new.record(Earned(5))
    session.commit()
    (event,) = got
    assert (event.name, event.resource, event.identity) == ("Earned", "customers", new.id)
    assert event.data == {"points": 5}
    assert len(event.id) == 32


def test_a_handler_sees_the_saved_entity_and_may_commit_itself(session: Session) -> None:
    got: list[tuple[int, str | None]] = []
    new = customer("ada")
    session.add(new)

    @session.on_commit
    def react(event: DomainEvent) -> None:
        got.append((event.event.points, new.id))
        if event.event.points == 1:
            new.extra = "reacted"
            new.record(Earned(2))
            session.commit()

    new.record(Earned(1))
    session.commit()
    assert got == [(1, new.id), (2, new.id)]


def test_a_flush_hands_over_too_since_nothing_undoes_it(session: Session) -> None:
    got = collecting(session)
    new = customer("ada")
    session.add(new)
    new.record(Earned(1))
    session.flush()
    session.rollback()
    assert got == [Earned(1)]


def test_only_the_events_of_done_operations_are_handed_over(world: World, path: Path) -> None:
    with Session(world.node(), journal=path, on_error="continue") as session:
        got = collecting(session)
        for name, points in (("ada", 1), ("bob", 2), ("cyd", 3)):
            one = customer(name)
            one.record(Earned(points))
            session.add(one)
        fail(session, world, 1)
        with pytest.raises(CommitError):
            session.commit()
        assert got == [Earned(1), Earned(3)]
        session.commit()
        assert got == [Earned(1), Earned(3), Earned(2)]
    assert drain_events(path, got.append) == 0


def test_an_entity_that_breaks_rules_keeps_its_events(world: World) -> None:
    with Session(world.node(), on_error="continue") as session:
        got = collecting(session)
        good, bad = customer("ada"), customer("bob")
        good.record(Earned(1))
        bad.record(Earned(2))
        bad.base.contacts.email = "no address"
        session.add_all([good, bad])
        with pytest.raises(CommitError):
            session.commit()
        assert got == [Earned(1)]
        bad.base.contacts.email = "bob@example.com"
        session.commit()
        assert got == [Earned(1), Earned(2)]


def test_an_event_of_an_entity_with_nothing_to_save_is_handed_over_by_the_next_flush(
    world: World, session: Session
) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    get(session, identity).record(Earned(1))  # nothing else refers to the entity
    session.commit()
    assert got == [Earned(1)]
    assert [one for one in world.writes() if one.startswith("P")] == []


def test_a_flush_of_some_leaves_the_events_of_the_others(session: Session) -> None:
    got = collecting(session)
    ada, bob = customer("ada"), customer("bob")
    session.add_all([ada, bob])
    ada.record(Earned(1))
    bob.record(Earned(2))
    session.flush([ada])
    assert got == [Earned(1)]
    session.commit()
    assert got == [Earned(1), Earned(2)]


def test_the_event_of_a_deletion_is_handed_over(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.record(Earned(0))
    session.delete(one)
    session.commit()
    assert got == [Earned(0)]
    with pytest.raises(InvalidRequestError, match="was deleted"):
        one.record(Earned(1))


def test_the_event_of_an_element_that_folds_into_its_customer_is_handed_over(
    world: World, session: Session
) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    job = Job(customer=one, id="j1", jobTitle="spy")
    session.add(job)
    one.base.jobs.append(Job(id="j2", jobTitle="clerk"))
    job.record(Earned(7))
    assert len(session.commit()) == 1
    assert got == [Earned(7)]


# -- what is undone ---------------------------------------------------------------------------------------------------


def test_a_rollback_discards_the_events_with_the_changes(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.extra = "changed"
    one.record(Earned(1))
    session.rollback()
    one.extra = "again"
    session.commit()
    assert got == []


@pytest.mark.parametrize("forget", ["refresh", "expire"])
def test_forgetting_the_changes_forgets_the_events(world: World, session: Session, forget: str) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.extra = "changed"
    one.record(Earned(1))
    getattr(session, forget)(one)
    session.commit()
    assert got == []


def test_a_nested_block_that_fails_undoes_only_its_own_events(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.record(Earned(1))
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        one.extra = "changed"
        one.record(Earned(2))
        raise ZeroDivisionError
    session.commit()
    assert got == [Earned(1)]


def test_a_nested_block_that_fails_after_a_flush_hands_nothing_over_twice(session: Session) -> None:
    got = collecting(session)
    new = customer("ada")
    session.add(new)
    new.record(Earned(1))
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        session.flush()
        raise ZeroDivisionError
    session.commit()
    assert got == [Earned(1)]


def test_an_atomic_block_hands_over_at_its_end(session: Session) -> None:
    got = collecting(session)
    with session.begin(atomic=True):
        new = customer("ada")
        session.add(new)
        new.record(Earned(1))
        session.flush()
        assert got == []
        new.extra = "changed"
        new.record(Earned(2))
    assert got == [Earned(1), Earned(2)]


def test_an_atomic_block_that_is_undone_hands_nothing_over(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        got = collecting(session)
        ada = customer("ada")
        with pytest.raises(CommitError), session.begin(atomic=True):
            session.add(ada)
            ada.record(Earned(1))
            session.flush()
            session.add(viewed(ada))
            fail(session, world, 0)
        assert got == []
        session.commit()
    assert drain_events(path, got.append) == 0
    assert got == []


def test_an_atomic_commit_that_is_undone_keeps_the_events_for_the_next(
    world: World, session: Session
) -> None:
    got: list[DomainEvent] = []
    session.on_commit(got.append)
    ada = customer("ada")
    session.add_all([ada, viewed(ada)])
    ada.record(Earned(1))
    fail(session, world, 1)
    with pytest.raises(CommitError):
        session.commit(atomic=True)
    assert got == []
    session.commit(atomic=True)
    assert [one.event for one in got] == [Earned(1)]


def test_a_handler_may_commit_after_an_atomic_block(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        ada = customer("ada")

        @session.on_commit
        def react(_: DomainEvent) -> None:
            ada.extra = "reacted"
            session.commit()

        with session.begin(atomic=True):
            session.add(ada)
            ada.record(Earned(1))
    assert not Journal(path, None).unsettled


# -- writes in doubt --------------------------------------------------------------------------------------------------


def test_the_event_of_a_write_in_doubt_waits_for_its_look_up(world: World, session: Session) -> None:
    got = collecting(session)
    ada = customer("ada")
    session.add(ada)
    ada.record(Earned(1))
    fail(session, world, 0, "after", lost())
    with pytest.raises(CommitError):
        session.commit()
    assert got == []
    session.commit()
    assert got == [Earned(1)]


def test_the_event_of_a_write_that_never_arrived_goes_with_the_repeat(world: World, session: Session) -> None:
    got = collecting(session)
    ada = customer("ada")
    session.add(ada)
    ada.record(Earned(1))
    fail(session, world, 0, "before", lost())
    with pytest.raises(CommitError):
        session.commit()
    world.clock.advance(120)
    session.commit()
    session.commit()
    assert got == [Earned(1)]


def test_a_rollback_keeps_the_event_of_a_write_that_may_have_taken_effect(
    world: World, session: Session
) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.extra = "changed"
    one.record(Earned(1))
    fail(session, world, 0, "after", lost("PATCH"))
    with pytest.raises(CommitError):
        session.commit()
    one.record(Earned(2))
    session.rollback()
    session.commit()
    assert got == [Earned(1)]


def test_a_write_that_was_rolled_back_and_never_arrived_takes_its_event_along(
    world: World, session: Session
) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    one = get(session, identity)
    one.extra = "changed"
    one.record(Earned(1))
    fail(session, world, 0, "before", lost("PATCH"))
    with pytest.raises(CommitError):
        session.commit()
    session.rollback()
    session.commit()
    session.commit()
    assert got == []


# -- merging ----------------------------------------------------------------------------------------------------------


def test_what_is_merged_hands_its_events_on(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got: list[DomainEvent] = []
    session.on_commit(got.append)
    row = customer("ada", extra="merged")
    row.record(Earned(1))
    assert session.merge(row, identity=identity) is session.merge(row, identity=identity)
    session.commit()
    assert [(one.event, one.identity) for one in got] == [(Earned(1), identity)]


def test_an_interrupted_flush_leaves_no_event_of_an_entity_that_is_rolled_back(
    world: World, session: Session
) -> None:
    (identity,) = seed(world, "ada")
    got = collecting(session)
    get(session, identity).record(Earned(1))
    session.add(customer("bob"))
    fail(session, world, 0, "before", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    session.rollback()
    session.expunge_all()
    session.add(customer("cyd"))
    session.commit()
    assert got == []


def test_the_events_of_an_interrupted_flush_are_handed_over_by_the_next(
    world: World, session: Session
) -> None:
    got = collecting(session)
    for name, points in (("ada", 1), ("bob", 2)):
        one = customer(name)
        one.record(Earned(points))
        session.add(one)
    fail(session, world, 1, "before", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    assert got == []
    world.clock.advance(120)
    session.commit()
    assert got == [Earned(1), Earned(2)]


def test_the_events_of_one_commit_come_in_the_order_in_which_they_were_recorded(session: Session) -> None:
    got = collecting(session)
    ada, bob = customer("ada"), customer("bob")
    session.add_all([ada, bob])
    for points, one in enumerate([bob, ada, bob]):
        one.record(Earned(points))
    session.commit()
    assert got == [Earned(0), Earned(1), Earned(2)]


# -- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_carries_the_events_under_their_ids(world: World, copied: Any) -> None:
    ids: list[str] = []
    ada = customer("ada")
    ada.record(Earned(1))
    other = copied(ada)
    for one in (ada, other):
        with Session(world.node()) as session:
            session.on_commit(lambda event: ids.append(event.id))
            session.add(one)
            session.commit()
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_copy_that_is_made_an_entity_of_its_own_has_events_of_its_own(world: World) -> None:
    ids: set[str] = set()
    ada = customer("ada")
    ada.record(Earned(1))
    other = copy.deepcopy(ada)
    make_transient(other)
    other.base.contacts.email = "other@example.com"
    with Session(world.node()) as session:
        session.on_commit(lambda event: ids.add(event.id))
        session.add_all([ada, other])
        session.commit()
    assert len(ids) == 2


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_with_a_journal_an_event_without_a_json_form_is_refused_when_it_is_recorded(
    world: World, path: Path
) -> None:
    with Session(world.node(), journal=path) as session:
        ada = customer("ada")
        session.add(ada)
        with pytest.raises(InvalidRequestError, match="records Unsendable, which the journal cannot keep"):
            ada.record(Unsendable())


def test_with_a_journal_an_event_without_a_json_form_stops_the_commit_before_it_sends_anything(
    world: World, path: Path
) -> None:
    ada = customer("ada")
    ada.record(Unsendable())
    with Session(world.node(), journal=path) as session:
        session.add(ada)
        with pytest.raises(InvalidRequestError, match="records Unsendable"):
            session.commit()
    assert world.writes() == []


def test_without_a_journal_any_object_may_be_recorded(world: World) -> None:
    with Session(world.node()) as session:
        got = collecting(session)
        ada, event = customer("ada"), Unsendable()
        ada.record(event)
        session.add(ada)
        session.commit()
    assert got == [event]


def test_an_entity_that_saves_itself_has_nobody_to_hand_its_events_to(world: World) -> None:
    ada = world.node().add_customer(externalId="ada")
    ada.extra = "changed"
    ada.record(Earned(1))
    world.sandbox.clear_requests()
    with pytest.raises(InvalidRequestError, match="add the entity to one"):
        ada.patch()
    assert world.writes() == []


def test_none_is_no_event() -> None:
    with pytest.raises(InvalidRequestError, match="an object, got None"):
        customer("ada").record(None)


def test_a_handler_must_be_callable(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="on_commit"):
        session.on_commit("print")  # type: ignore[arg-type]


# -- handlers that raise ----------------------------------------------------------------------------------------------


def test_an_event_whose_handler_raises_is_handed_over_again_and_only_to_that_handler(
    session: Session,
) -> None:
    first, second = [], []
    session.on_commit(lambda event: first.append(event.id))

    @session.on_commit
    def failing(event: DomainEvent) -> None:
        second.append(event.id)
        if len(second) == 1:
            raise ZeroDivisionError

    for name in ("ada", "bob"):
        one = customer(name)
        one.record(Earned(1))
        session.add(one)
    with pytest.raises(ZeroDivisionError):
        session.commit()
    assert session.new == []
    session.commit()
    assert len(first) == 2
    assert second == [first[0], *first]


def test_a_commit_that_failed_says_so_even_if_a_handler_raises(world: World) -> None:
    with Session(world.node(), on_error="continue") as session:

        @session.on_commit
        def failing(_: DomainEvent) -> None:
            raise ZeroDivisionError

        for name in ("ada", "bob"):
            one = customer(name)
            one.record(Earned(1))
            session.add(one)
        fail(session, world, 1)
        with pytest.raises(CommitError) as caught:
            session.commit()
    assert any("ZeroDivisionError" in note for note in caught.value.__notes__)


# -- the journal ------------------------------------------------------------------------------------------------------


def test_without_a_handler_the_events_stay_in_the_journal(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        for points, name in enumerate(("ada", "bob")):
            one = customer(name)
            one.record(Earned(points))
            session.add(one)
        session.commit()
        ids = [one.id for one in (session.query(Customer).all())]
    got: list[DomainEvent] = []
    assert drain_events(path, got.append) == 2
    assert [(one.name, one.data, one.event) for one in got] == [
        ("Earned", {"points": 0}, None),
        ("Earned", {"points": 1}, None),
    ]
    assert {one.identity for one in got} == set(ids)
    assert drain_events(path, got.append) == 0


def test_a_drain_whose_handler_raises_leaves_the_rest(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        for points, name in enumerate(("ada", "bob")):
            one = customer(name)
            one.record(Earned(points))
            session.add(one)
        session.commit()
    got: list[int] = []

    def failing(event: DomainEvent) -> None:
        got.append(event.data["points"])
        if got == [0, 1]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drain_events(path, failing)
    assert drain_events(path, failing) == 1
    assert got == [0, 1, 1]


def test_what_a_session_left_is_handed_over_by_the_next(world: World, path: Path) -> None:
    with Session(world.node(), journal=path) as session:
        ada = customer("ada")
        ada.record(Earned(1))
        session.add(ada)
        session.commit()
    with Session(world.node(), journal=path) as later:
        got: list[Any] = []
        later.on_commit(lambda event: got.append(event.data))
        later.commit()
    assert got == [{"points": 1}]
    assert drain_events(path, got.append) == 0


def test_an_event_of_a_write_in_doubt_is_due_once_a_recovery_has_found_the_write(
    world: World, path: Path
) -> None:
    session = Session(world.node(), journal=path)
    ada = customer("ada")
    ada.record(Earned(1))
    session.add(ada)
    fail(session, world, 0, "after", lost())
    with pytest.raises(CommitError):
        session.commit()
    session.close()
    got: list[DomainEvent] = []
    assert drain_events(path, got.append) == 0
    report = recover(world.node(), path)
    assert "Earned of customers" in str(report)
    assert drain_events(path, got.append) == 1
    (found,) = world.customers()
    assert got[0].identity == found.id


def test_an_event_with_nothing_to_save_survives_a_death_after_the_plan(world: World, path: Path) -> None:
    (identity,) = seed(world, "ada")
    session = Session(world.node(), journal=path)
    get(session, identity).record(Earned(1))
    session.add(customer("bob"))
    fail(session, world, 0, "after", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    abandon(session)
    recover(world.node(), path)
    got: list[DomainEvent] = []
    assert drain_events(path, got.append) == 1
    assert got[0].identity == identity


# -- signals ----------------------------------------------------------------------------------------------------------


def test_after_commit_carries_the_account_the_changes_and_the_events(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got: list[Any] = []

    def after(_: Session, account: Any, changes: Any, events: Any) -> None:
        got.append(
            (
                len(account),
                [(one.entity, one.path, one.old, one.new) for one in changes],
                [one.event for one in events],
            )
        )

    one = get(session, identity)
    with signals.after_commit.connected_to(after, sender=session):
        one.extra = "flushed"
        session.flush()
        one.extra = "changed"
        one.record(Earned(1))
        session.commit()
        session.commit()
    assert got == [
        (1, [(one, "extra", None, "flushed"), (one, "extra", "flushed", "changed")], [Earned(1)]),
        (0, [], []),
    ]


def test_changes_that_an_atomic_block_undid_are_not_announced(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    got: list[str] = []

    def after(_: Session, *, changes: Any) -> None:
        got.extend(one.path for one in changes)

    one = get(session, identity)
    with signals.after_commit.connected_to(after, sender=session):
        with pytest.raises(ZeroDivisionError), session.begin(atomic=True):
            one.extra = "undone"
            session.flush()
            raise ZeroDivisionError
        one.base.firstName = "kept"
        session.commit()
    assert got == ["base.firstName"]


def test_before_flush_carries_the_changes_to_come(world: World, session: Session) -> None:
    kept, gone = seed(world, "ada", "bob")
    got: list[Any] = []

    def before(_: Session, **facts: Any) -> None:
        got.extend((str(one.verb), one.path, one.old, one.new) for one in facts["changes"])

    one, other = get(session, kept), get(session, gone)
    one.tags.manual.append("two")
    session.delete(other)
    session.add(Customer(externalId="new"))
    with signals.before_flush.connected_to(before, sender=session):
        session.flush()
    assert ("PATCH", "tags.manual", ["one"], ["one", "two"]) in got
    assert ("POST", "externalId", None, "new") in got
    assert ("DELETE", "externalId", "bob", None) in got


def test_the_changes_of_a_replacement_are_those_of_its_paths(world: World, session: Session) -> None:
    (identity,) = seed(world, "ada")
    one = get(session, identity)
    session.put(one)
    one.extra = "new"
    one.tags = None
    account = session.commit()
    assert {
        (change.path, change.old, change.new) for change in account.changes() if change.path != "tags"
    } == {("extra", None, "new")}


def test_a_receiver_that_names_no_facts_is_called_with_the_session_alone(session: Session) -> None:
    got: list[Session] = []
    with signals.after_commit.connected_to(got.append, sender=session):
        session.commit()
    assert got == [session]
