"""The session's calls: flushing, blocks, replacing, and the account of a commit."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import (
    CommitError,
    Customer,
    Event,
    InvalidRequestError,
    Job,
    Session,
    StaleDataError,
    inspect,
)
from contacthub_orm.errors import BadRequestError
from contacthub_orm.orm import Outcome, Verb
from tests.support.world import World, customer, get, refused, seed, viewed

# -- flush ------------------------------------------------------------------------------------------------------------


def test_flushing_some_objects_leaves_the_others(world: World) -> None:
    with Session(world.node()) as session:
        a, b = customer("a"), customer("b")
        session.add_all([a, b])
        session.flush([b])
        assert (inspect(a).pending, inspect(b).persistent) == (True, True)


def test_flushing_an_object_flushes_the_new_ones_that_it_refers_to(world: World) -> None:
    with Session(world.node()) as session:
        a, b = customer("a"), customer("b")
        event = viewed(a)
        session.add_all([b, event])
        account = session.flush([event])
        assert [entry.entity for entry in account] == [a, event]
        assert session.new == [b]


def test_with_autoflush_a_query_flushes_first(world: World) -> None:
    with Session(world.node(), autoflush=True) as session:
        session.add(customer("a"))
        assert len(session.query(Customer).all()) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [("count", 1), ("exists", True), ("first", True), ("one", True)],
)
def test_with_autoflush_every_way_to_ask_flushes_first(world: World, asked: str, found: object) -> None:
    with Session(world.node(), autoflush=True) as session:
        session.add(customer("a"))
        answer = getattr(session.query(Customer), asked)()
        assert (isinstance(answer, Customer) or answer) == found


def test_no_autoflush_holds_it_back(world: World) -> None:
    with Session(world.node(), autoflush=True) as session:
        session.add(customer("a"))
        with session.no_autoflush:
            assert session.query(Customer).count() == 0
        assert session.query(Customer).count() == 1


# -- blocks -----------------------------------------------------------------------------------------------------------


def test_a_block_in_a_block_is_refused(world: World) -> None:
    with (
        Session(world.node()) as session,
        session.begin(),
        pytest.raises(InvalidRequestError, match="begin_nested"),
        session.begin(),
    ):
        pass


def test_a_block_that_is_left_by_an_exception_is_rolled_back(world: World) -> None:
    with Session(world.node()) as session:
        with pytest.raises(RuntimeError), session.begin():
            session.add(customer("a"))
            raise RuntimeError
        assert session.new == []
    assert world.writes() == []


def test_a_commit_error_that_leaves_a_block_keeps_what_was_not_done(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 0, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin():
            session.add(customer("a"))
        assert session.new == caught.value.remaining
        session.commit()
    assert len(world.customers()) == 1


def test_a_nested_block_goes_back_to_its_start_in_place_and_sends_nothing(world: World) -> None:
    a, b = seed(world, "a", "b")
    with Session(world.node()) as session:
        held, other, new = get(session, a), get(session, b), customer("new")
        held.extra = "outer"
        tags = held.tags.manual
        session.add(new)
        with pytest.raises(RuntimeError), session.begin_nested():
            tags.append("two")
            held.extra = "inner"
            new.extra = "inner"
            session.delete(other)
            session.add(customer("newer"))
            raise RuntimeError
        assert (tags, held.tags.manual is tags, held.extra, new.extra) == (["one"], True, "outer", None)
        assert (session.new, session.dirty, session.deleted) == ([new], [held], [])
    assert world.writes() == []


def test_the_changes_of_a_nested_block_that_succeeds_wait_for_the_commit(world: World) -> None:
    with Session(world.node()) as session:
        with session.begin_nested():
            session.add(customer("a"))
        assert world.writes() == []
        session.commit()
    assert world.writes() == ["POST customers"]


def test_what_was_saved_in_a_nested_block_is_not_saved_again_after_it(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.base.jobs.append(Job(id="1", jobTitle="spy"))
        with pytest.raises(RuntimeError), session.begin_nested():
            session.flush()
            raise RuntimeError
        assert session.dirty == []


def test_a_nested_block_keeps_the_objects_of_a_new_entity_in_place(world: World) -> None:
    with Session(world.node()) as session:
        new = customer("a")
        contacts = new.base.contacts
        session.add(new)
        with pytest.raises(RuntimeError), session.begin_nested():
            contacts.phone = "555"
            raise RuntimeError
        assert (new.base.contacts is contacts, contacts.phone, contacts.email) == (
            True,
            None,
            "a@example.com",
        )


def test_edits_from_before_a_nested_block_come_back_though_nothing_was_changed_at_its_end(
    world: World,
) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extended["a"] = 0
        with pytest.raises(RuntimeError), session.begin_nested():
            del held.extended["a"]
            session.rebase(held)
            raise RuntimeError
        assert (session.dirty, held.extended["a"]) == ([held], 0)


def test_a_deletion_is_taken_back_by_a_nested_block(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        session.delete(held)
        with pytest.raises(RuntimeError), session.begin_nested():
            session.add(held)
            raise RuntimeError
        assert session.deleted == [held]


# -- replacing --------------------------------------------------------------------------------------------------------


def test_put_replaces_the_whole_document_with_what_has_no_declared_name_too(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        session.put(held)
        assert session.dirty == [held]
        (operation,) = session.plan()
        assert operation.verb is Verb.REPLACE
        assert operation.body["tags"]["manual"] == ["one"]
        assert not {"id", "version", "registeredAt"} & operation.body.keys()
        session.commit()
        assert session.dirty == []
    assert world.writes() == ["PUT customers"]


# -- conflicts --------------------------------------------------------------------------------------------------------


def test_with_check_version_another_writers_change_is_found_before_ours_is_sent(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node(), check_version=True) as session:
        held = get(session, a)
        held.extra = "mine"
        with Session(world.node()) as other, other.begin():
            get(other, a).extra = "theirs"
        world.sandbox.clear_requests()
        with pytest.raises(CommitError) as caught:
            session.commit()
        (error,) = caught.value.exceptions
        assert isinstance(error, StaleDataError)
        assert error.current is not None
        assert error.current["extra"] == "theirs"
        assert world.writes() == []
        session.rebase(held)
        session.commit()
    assert [one.extra for one in world.customers()] == ["mine"]


def test_with_check_version_a_commit_without_conflict_reads_once_and_writes_once(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node(), check_version=True) as session:
        get(session, a).extra = "mine"
        world.sandbox.clear_requests()
        session.commit()
    assert [one.method for one in world.sandbox.requests] == ["GET", "PATCH"]


# -- the account ------------------------------------------------------------------------------------------------------


def test_an_account_names_operation_entity_request_outcome_status_message_and_logref(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        a, b = customer("a"), customer("b")
        session.add_all([a, b])
        world.fault(node, 0, "before", refused())
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert isinstance(caught.value, ExceptionGroup)
        failed, unsent = caught.value.account
        assert (failed.operation.verb, failed.entity, failed.request.method) == (Verb.CREATE, a, "POST")
        assert (failed.outcome, failed.status, failed.message) == (Outcome.FAILED, 400, "not today")
        assert failed.logref == "ref-1"
        assert (unsent.entity, unsent.outcome, unsent.error) == (b, Outcome.NOT_SENT, None)
        assert caught.value.exceptions == (failed.error,)
        assert caught.value.remaining == [a, b]


def test_an_account_can_be_caught_by_the_kind_of_failure(world: World) -> None:
    node = world.node()
    seen: list[Any] = []
    with Session(node) as session:
        session.add(customer("a"))
        world.fault(node, 0, "before", refused())
        try:
            session.commit()
        except* BadRequestError as group:
            seen.append(group)
    assert isinstance(seen[0], CommitError)
    assert len(seen[0].account) == 1


def test_on_error_continue_sends_all_that_does_not_depend_on_the_failure(world: World) -> None:
    node = world.node()
    with Session(node, on_error="continue") as session:
        a, b = customer("a"), customer("b")
        session.add_all([viewed(a), viewed(b)])
        world.fault(node, 0, "before", refused())
        with pytest.raises(CommitError) as caught:
            session.commit()
        outcomes = {(type(e.entity), e.outcome) for e in caught.value.account}
        assert outcomes == {
            (Customer, Outcome.FAILED),
            (Customer, Outcome.DONE),
            (Event, Outcome.NOT_SENT),
            (Event, Outcome.DONE),
        }
        assert len(session.commit()) == 2


def test_what_remains_of_a_commit_can_be_saved_by_another_session(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        session.add_all([customer("a"), customer("b")])
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError) as caught:
            session.commit()
    with Session(world.node()) as other, other.begin():
        other.add_all(caught.value.remaining)
    assert len(world.customers()) == 2


# -- what is known of an entity ---------------------------------------------------------------------------------------


def test_history_tells_the_old_and_the_new_value_of_a_path(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.base.firstName = "b"
        found = inspect(held).history("base.firstName")
        assert (found.old, found.new, found.changed) == ("a", "b", True)
        assert not inspect(held).history("base.contacts.email").changed


def test_in_flight_is_what_is_being_sent_and_an_edit_made_meanwhile_stays(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extra = "first"
        seen: list[Any] = []

        def edit(method: str, _: str) -> None:
            if method == "PATCH" and not seen:
                seen.append(inspect(held).in_flight)
                held.extra = "second"

        world.transports[-1].observers.append(edit)
        session.commit()
        assert (seen, inspect(held).in_flight) == ([{"extra": "first"}], None)
        assert (held.extra, inspect(held).changes()) == ("second", {"extra": "second"})
        session.commit()
    assert [one.extra for one in world.customers()] == ["second"]
