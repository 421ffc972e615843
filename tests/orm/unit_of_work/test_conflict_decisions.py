"""`commit(on_conflict=...)`: what a program decides about entities that another writer has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import (
    CommitError,
    ConflictError,
    Customer,
    InvalidRequestError,
    Session,
    StaleDataError,
    drain_events,
)
from contacthub_orm.orm import Outcome
from tests.support.world import World, customer, get, refused, seed


def write(world: World, identity: str, **values: Any) -> None:
    """Another writer's change."""
    with Session(world.node()) as other:
        theirs = get(other, identity)
        for name, value in values.items():
            setattr(theirs, name, value)
        other.commit()


def careful(world: World, **settings: Any) -> Session:
    return Session(world.node(), check_version=True, **settings)


def stored(world: World, identity: str) -> Customer:
    with Session(world.node()) as reader:
        return get(reader, identity)


def test_it_is_asked_with_the_entity_theirs_and_mine(world: World) -> None:
    (identity,) = seed(world, "ada")
    asked: list[Any] = []
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "mine"
        write(world, identity, extra="theirs")

        def decide(entity: Any, theirs: Any, changes: Any) -> Any:
            asked.append((entity, theirs["extra"], changes))
            return "rebase"

        session.commit(on_conflict=decide)
    assert asked == [(mine, "theirs", {"extra": "mine"})]


def test_a_rebase_puts_mine_on_top_of_theirs(world: World) -> None:
    (identity,) = seed(world, "ada")
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "mine"
        write(world, identity, externalId="theirs")
        account = session.commit(on_conflict=lambda *_: "rebase")
        assert [entry.outcome for entry in account] == [Outcome.DONE]
        assert (mine.extra, mine.externalId) == ("mine", "theirs")
    found = stored(world, identity)
    assert (found.extra, found.externalId) == ("mine", "theirs")


def test_a_program_may_compute_the_value_from_both(world: World) -> None:
    (identity,) = seed(world, "ada")
    write(world, identity, extra="10")
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "15"  # five more
        write(world, identity, extra="30")

        def add_up(entity: Any, theirs: Any, _: Any) -> Any:
            entity.extra = str(int(theirs["extra"]) + 5)
            return "rebase"

        session.commit(on_conflict=add_up)
    assert stored(world, identity).extra == "35"


def test_theirs_drops_mine_and_its_events(world: World) -> None:
    (identity,) = seed(world, "ada")
    with careful(world) as session:
        got: list[Any] = []
        session.on_commit(got.append)
        mine = get(session, identity)
        mine.extra = "mine"
        mine.record({"about": "mine"})
        write(world, identity, extra="theirs")
        world.sandbox.clear_requests()
        account = session.commit(on_conflict=lambda *_: "theirs")
        assert account.succeeded
        assert len(account) == 0
        assert mine.extra == "theirs"
        assert session.dirty == []
        assert got == []
        assert world.writes() == []
        mine.extra = "again"
        session.commit()  # the version is theirs
    assert stored(world, identity).extra == "again"


def test_to_fail_is_what_happens_without_a_decision(world: World) -> None:
    (identity,) = seed(world, "ada")
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "mine"
        write(world, identity, extra="theirs")
        with pytest.raises(CommitError) as caught:
            session.commit(on_conflict=lambda *_: "fail")
        assert isinstance(caught.value.exceptions[0], StaleDataError)
        assert session.dirty == [mine]
        with pytest.raises(CommitError):
            session.commit()


def test_what_was_not_sent_because_of_a_conflict_is_sent_after_the_decision(world: World) -> None:
    first, second = seed(world, "ada", "bob")
    with careful(world) as session:
        ada, bob = get(session, first), get(session, second)
        ada.extra = bob.extra = "mine"
        session.add(customer("cyd"))
        write(world, first, extra="theirs")
        account = session.commit(on_conflict=lambda *_: "rebase")
        assert len(account) == 3
        assert account.succeeded
    assert {one.extra for one in world.customers()} == {"mine", None}


def test_what_failed_for_another_reason_is_not_sent_again(world: World) -> None:
    first, second = seed(world, "ada", "bob")
    with careful(world, on_error="continue") as session:
        ada, bob = get(session, first), get(session, second)
        ada.extra = bob.extra = "mine"
        write(world, first, extra="theirs")
        world.sandbox.clear_requests()
        world.fault(session.bind, 0, "before", refused())  # type: ignore[arg-type]
        with pytest.raises(CommitError) as caught:
            session.commit(on_conflict=lambda *_: "rebase")
        assert [one.entity for one in caught.value.account.having(Outcome.FAILED)] == [bob]
        assert [one.entity for one in caught.value.account.having(Outcome.DONE)] == [ada]
    assert world.writes() == ["PATCH customers"]


def test_a_writer_who_is_always_faster_wins_after_some_rounds(world: World) -> None:
    (identity,) = seed(world, "ada")
    asked: list[str] = []
    with careful(world) as session:
        get(session, identity).extra = "mine"
        held = session.dirty
        write(world, identity, extra="theirs")

        def decide(_: Any, theirs: Any, __: Any) -> Any:
            asked.append(theirs["extra"])
            write(world, identity, extra=f"theirs {len(asked)}")
            return "rebase"

        with pytest.raises(CommitError):
            session.commit(on_conflict=decide)
        assert session.dirty == held
    assert asked == ["theirs", *(f"theirs {number}" for number in range(1, 5))]


@pytest.mark.parametrize("decision", ["rebase", "theirs"])
def test_the_changes_of_an_entity_that_is_gone_can_only_be_dropped(world: World, decision: Any) -> None:
    (identity,) = seed(world, "ada")
    asked: list[Any] = []
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "mine"
        with Session(world.node()) as other:
            other.delete(get(other, identity))
            other.commit()

        def decide(_: Any, theirs: Any, __: Any) -> Any:
            asked.append(theirs)
            return decision

        if decision == "rebase":
            with pytest.raises(CommitError):
                session.commit(on_conflict=decide)
            assert session.dirty == [mine]
        else:
            session.commit(on_conflict=decide)
            assert mine not in session
    assert asked == [None]


def test_a_deletion_can_be_repeated_or_given_up(world: World) -> None:
    first, second = seed(world, "ada", "bob")
    with careful(world) as session:
        ada, bob = get(session, first), get(session, second)
        session.delete(ada)
        session.delete(bob)
        write(world, first, extra="theirs")
        write(world, second, extra="theirs")
        mine: list[Any] = []

        def decide(entity: Any, _: Any, changes: Any) -> Any:
            mine.append(changes)
            return "rebase" if entity is ada else "theirs"

        session.commit(on_conflict=decide)
        assert bob in session
        assert bob.extra == "theirs"
    assert mine == [None, None]
    assert [one.id for one in world.customers()] == [second]


def test_an_atomic_commit_asks_before_it_undoes_anything(world: World, tmp_path: Path) -> None:
    first, second = seed(world, "ada", "bob")
    path = tmp_path / "journal.sqlite"
    with careful(world, journal=path) as session:
        ada, bob = get(session, first), get(session, second)
        ada.extra = bob.extra = "mine"
        ada.record({"of": "ada"})
        bob.record({"of": "bob"})
        write(world, second, extra="theirs")
        session.commit(atomic=True, on_conflict=lambda *_: "rebase")
    assert {stored(world, one).extra for one in (first, second)} == {"mine"}
    got: list[Any] = []
    drain_events(path, lambda event: got.append(event.data["of"]))
    assert sorted(got) == ["ada", "bob"]


def test_a_later_commit_does_not_ask(world: World) -> None:
    (identity,) = seed(world, "ada")
    with careful(world) as session:
        session.commit(on_conflict=lambda *_: "rebase")
        get(session, identity)
        mine = get(session, identity)
        mine.extra = "mine"
        write(world, identity, extra="theirs")
        with pytest.raises(CommitError):
            session.commit()


def test_a_decision_must_be_one(world: World) -> None:
    (identity,) = seed(world, "ada")
    with careful(world) as session:
        mine = get(session, identity)
        mine.extra = "mine"
        write(world, identity, extra="theirs")
        with pytest.raises(InvalidRequestError, match='"rebase", "theirs" or "fail", got True'):
            session.commit(on_conflict=lambda *_: True)  # type: ignore[arg-type, return-value]
        assert session.dirty == [mine]


def test_it_is_not_asked_about_a_value_that_another_customer_has(world: World) -> None:
    world.sandbox.configure(uniqueness_policy="BLOCK")
    seed(world, "ada")
    with careful(world) as session:
        session.add(customer("ada"))
        with pytest.raises(CommitError) as caught:
            session.commit(on_conflict=lambda *_: pytest.fail("asked"))
    assert isinstance(caught.value.exceptions[0], ConflictError)


@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_what_was_done_is_accounted_for_if_the_repeat_cannot_be_sent(world: World, on_error: str) -> None:
    first, second = seed(world, "ada", "bob")
    with careful(world, on_error=on_error) as session:
        ada, bob = get(session, first), get(session, second)
        ada.extra = bob.extra = "mine"
        ada.record({"of": "ada"})
        got: list[Any] = []
        session.on_commit(lambda event: got.append(event.event))
        write(world, second, extra="theirs")

        def decide(entity: Any, _: Any, __: Any) -> Any:
            entity.base.contacts.email = "no address"
            entity.record(object())
            return "rebase"

        with pytest.raises(CommitError) as caught:
            session.commit(on_conflict=decide)
        assert [one.entity for one in caught.value.account.having(Outcome.DONE)] == [ada]
        assert session.dirty == [bob]
        assert got == [{"of": "ada"}]


def test_a_function_that_raises_stops_the_commit_and_what_was_done_is_done(
    world: World, tmp_path: Path
) -> None:
    first, second = seed(world, "ada", "bob")
    path = tmp_path / "journal.sqlite"
    with careful(world, on_error="continue", journal=path) as session:
        ada, bob = get(session, first), get(session, second)
        ada.extra = bob.extra = "mine"
        ada.record({"of": "ada"})
        write(world, second, extra="theirs")

        def decide(*_: Any) -> Any:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            session.commit(on_conflict=decide)
        assert [one.entity for one in session.account.having(Outcome.DONE)] == [ada]
        assert session.dirty == [bob]
        session.rollback()
        session.commit()
    got: list[Any] = []
    drain_events(path, lambda event: got.append(event.data))
    assert got == [{"of": "ada"}]


def test_the_account_of_what_was_done_outlives_a_decision_that_raises(world: World) -> None:
    ada, bob = seed(world, "ada", "bob")
    asked: list[int] = []
    with careful(world, on_error="continue") as session:
        get(session, ada).extra = "mine"
        get(session, bob).extra = "mine"
        write(world, ada, extra="theirs")

        def decide(*_: Any) -> Any:
            asked.append(len(session.account))
            if len(asked) == 2:
                raise ZeroDivisionError
            write(world, ada, extra="theirs again")
            return "rebase"

        with pytest.raises(ZeroDivisionError):
            session.commit(on_conflict=decide)

        assert asked == [2, 2]
        assert sorted(entry.outcome.value for entry in session.account) == ["done", "failed"]


def test_an_interrupt_of_the_repeat_keeps_what_was_done_before_in_the_account(world: World) -> None:
    ids = seed(world, "ada", "bob", "cid")
    with careful(world, on_error="continue") as session:
        for one in ids:
            get(session, one).extra = "mine"
        write(world, ids[0], extra="theirs")

        def interrupt(ended: int, total: int) -> None:
            if ended == total == 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            session.commit(on_conflict=lambda *_: "rebase", progress=interrupt)

        assert [entry.outcome for entry in session.account] == ["done"] * 3
