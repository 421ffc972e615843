"""The session's calls: reading, merging, expiring and letting go."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from contacthub_orm import (
    CommitError,
    ConflictError,
    Customer,
    InvalidRequestError,
    Session,
    inspect,
    sessionmaker,
)
from contacthub_orm.orm import TooManyRequests, Verb, make_transient, object_session, scoped_session
from tests.support.world import World, customer, get, seed, viewed


def gets(world: World) -> int:
    """How many GETs were received since this was last asked."""
    count = sum(one.method == "GET" for one in world.sandbox.requests)
    world.sandbox.clear_requests()
    return count


# -- get_many ---------------------------------------------------------------------------------------------------------


def test_get_many_gives_what_was_asked_for_in_that_order_with_none_for_what_is_not_there(
    world: World,
) -> None:
    a, b = seed(world, "a", "b")
    with Session(world.node()) as session:
        found = session.get_many(Customer, [b, "nobody", a, b])
        assert [one and one.externalId for one in found] == ["b", None, "a", "b"]
        assert found[0] is found[3]


def test_get_many_reads_each_missing_id_once_and_nothing_that_is_held(world: World) -> None:
    a, b, c = seed(world, "a", "b", "c")
    with Session(world.node(max_in_flight=4)) as session:
        held = get(session, a)
        gets(world)
        found = session.get_many(Customer, [a, b, c, b, a])
        assert found[0] is held
        assert gets(world) == 2


def test_get_many_reads_concurrently(world: World) -> None:
    identities = seed(world, *"abcd")
    node = world.node(max_in_flight=4)
    together = threading.Barrier(4, timeout=10)
    world.transports[-1].observers.append(lambda *_: together.wait())
    with Session(node) as session:
        assert None not in session.get_many(Customer, identities)


def test_get_many_gives_none_for_what_this_session_has_deleted(world: World) -> None:
    a, b = seed(world, "a", "b")
    with Session(world.node()) as session:
        session.delete(get(session, a))
        session.commit()
        assert session.get_many(Customer, [a, b])[0] is None


# -- merge ------------------------------------------------------------------------------------------------------------


def test_merge_by_id_writes_what_is_set_onto_the_entity_and_leaves_the_rest(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        given = Customer(extra="merged")
        assert session.merge(given, identity=a) is held
        assert inspect(held).changes() == {"extra": "merged"}
        assert inspect(given).transient


def test_merge_by_a_natural_key_finds_what_the_session_holds_without_a_request(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        gets(world)
        assert session.merge(Customer(externalId="a", extra="merged"), key="externalId") is held
        assert gets(world) == 0


def test_merge_by_a_natural_key_finds_a_new_entity_of_the_session(world: World) -> None:
    with Session(world.node()) as session:
        new = customer("a")
        session.add(new)
        assert session.merge(Customer(externalId="a", extra="merged"), key="externalId") is new
        assert (session.new, new.extra) == ([new], "merged")


def test_merge_by_a_natural_key_asks_the_service(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        found = session.merge(Customer(externalId="a", extra="merged"), key="externalId")
        assert (found.id, gets(world)) == (a, 1)


def test_merge_by_a_natural_key_adds_what_is_nowhere(world: World) -> None:
    with Session(world.node()) as session:
        given = Customer(externalId="a", extra="merged")
        assert session.merge(given, key="externalId") is given
        assert session.new == [given]


def test_merge_of_an_id_that_is_gone_is_refused(world: World) -> None:
    with Session(world.node()) as session, pytest.raises(InvalidRequestError, match="no longer exists"):
        session.merge(Customer(extra="merged"), identity="nobody")


def test_a_conflict_is_resolved_by_merging_onto_the_customer_it_names(world: World) -> None:
    (a,) = seed(world, "a")
    world.sandbox.configure(uniqueness_policy="BLOCK")
    with Session(world.node()) as session:
        mine = customer("a", extra="mine")
        session.add(mine)
        with pytest.raises(CommitError) as caught:
            session.commit()
        (error,) = caught.value.exceptions
        assert isinstance(error, ConflictError)
        assert error.conflicting_id == a
        session.expunge(mine)
        session.merge(mine, identity=error.conflicting_id)
        session.commit()
    (found,) = world.customers()
    assert (found.id, found.extra) == (a, "mine")


# -- refresh, rebase, expire ------------------------------------------------------------------------------------------


def test_refresh_reads_anew_and_loses_edits_in_place(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        tags = held.tags.manual
        tags.append("two")
        held.extra = "mine"
        gets(world)
        session.refresh(held)
        assert (held.extra, tags, held.tags.manual is tags, gets(world)) == (None, ["one"], True, 1)


def test_rebase_reads_anew_and_keeps_edits(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extra = "mine"
        with Session(world.node()) as other, other.begin():
            get(other, a).base.firstName = "theirs"
        session.rebase(held)
        assert (held.extra, held.base.firstName, held.version) == ("mine", "theirs", 2)
        assert inspect(held).changes() == {"extra": "mine"}


def test_an_expired_entity_is_read_by_one_get_at_its_first_touch(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        gets(world)
        session.expire(held)
        assert gets(world) == 0
        assert (held.base.firstName, held.externalId, held.tags.manual) == ("a", "a", ["one"])
        assert gets(world) == 1


def test_embedded_objects_that_the_user_still_holds_follow_an_expired_entity(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        contacts = held.base.contacts
        session.expire(held)
        with Session(world.node()) as other, other.begin():
            get(other, a).base.contacts.phone = "555"
        assert contacts.phone == "555"
        assert held.base.contacts is contacts


def test_expiring_loses_edits_and_keeps_those_made_after_it(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extra = "before"
        session.expire(held)
        held.base.lastName = "after"
        assert inspect(held).changes() == {"base": {"lastName": "after"}}
        session.commit()
    (found,) = world.customers()
    assert (found.extra, found.base.lastName) == (None, "after")


def test_expire_all_expires_every_entity(world: World) -> None:
    with Session(world.node()) as session:
        people = session.get_many(Customer, seed(world, "a", "b"))
        gets(world)
        session.expire_all()
        assert [one and one.externalId for one in people] == ["a", "b"]
        assert gets(world) == 2


def test_with_expire_on_commit_every_entity_is_read_anew_after_a_commit(world: World) -> None:
    with Session(world.node(), expire_on_commit=True) as session:
        held = customer("a")
        session.add(held)
        session.commit()
        assert gets(world) == 0
        assert held.externalId == "a"
        assert gets(world) == 1


# -- taking in --------------------------------------------------------------------------------------------------------


def test_an_entity_that_is_refused_for_what_it_refers_to_is_not_taken_in(world: World) -> None:
    seed(world, "a")
    with Session(world.node()) as one, Session(world.node()) as other:
        held_elsewhere = one.query(Customer).one()
        event = viewed(held_elsewhere)

        with pytest.raises(InvalidRequestError, match="another session"):
            other.add(event)

        assert list(other.new) == []
        assert inspect(event).transient


# -- letting go -------------------------------------------------------------------------------------------------------


def test_an_expunged_entity_is_detached_with_its_values_and_saved_no_more(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extra = "mine"
        session.expunge(held)
        assert (inspect(held).detached, held.extra, held in session) == (True, "mine", False)
        assert len(session.commit()) == 0
        assert get(session, a) is not held


def test_an_expunged_entity_can_be_added_to_another_session_with_its_edits(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        held.extra = "mine"
        session.expunge(held)
    with Session(world.node()) as other:
        other.add(held)
        other.commit()
    assert [one.extra for one in world.customers()] == ["mine"]


def test_expunge_all_lets_go_of_everything(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held, new = get(session, a), customer("b")
        session.add(new)
        session.expunge_all()
        assert (list(session), session.new) == ([], [])
        assert (inspect(held).detached, inspect(new).transient) == (True, True)


def test_a_transient_made_of_a_persistent_entity_is_created_anew(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        held = get(session, a)
        make_transient(held)
        assert (inspect(held).transient, held.id, held.base.firstName) == (True, None, "a")
        held.base.contacts.email = "copy@example.com"
        session.add(held)
        session.commit()
    assert len(world.customers()) == 2


def test_object_session_names_the_session_that_holds_an_entity(world: World) -> None:
    held = customer("a")
    assert object_session(held) is None
    with Session(world.node()) as session:
        session.add(held)
        assert object_session(held) is session
    assert object_session(held) is None


# -- sessions and their settings --------------------------------------------------------------------------------------


def test_a_sessionmaker_makes_sessions_with_its_settings(world: World) -> None:
    sessions = sessionmaker(world.node(), autoflush=True)
    with sessions() as session, sessions(autoflush=False) as other:
        assert (session.autoflush, other.autoflush) == (True, False)


def test_a_sessionmakers_block_commits_and_closes(world: World) -> None:
    with sessionmaker(world.node()).begin() as session:
        session.add(customer("a"))
    assert len(world.customers()) == 1
    with pytest.raises(InvalidRequestError, match="closed"):
        session.commit()


def test_a_scoped_session_is_one_per_thread(world: World) -> None:
    sessions = scoped_session(sessionmaker(world.node()))
    mine, theirs = sessions(), []
    thread = threading.Thread(target=lambda: (theirs.append(sessions()), sessions.remove()))
    thread.start()
    thread.join()
    assert sessions() is mine
    assert theirs[0] is not mine
    sessions.remove()
    assert sessions() is not mine
    sessions.remove()


def test_more_reads_than_max_requests_are_warned_of_once(world: World) -> None:
    identities = seed(world, *"abcd")
    with Session(world.node(), max_requests=2) as session:
        get(session, identities[0])
        get(session, identities[1])
        with pytest.warns(TooManyRequests, match="more than 2 times") as caught:
            assert session.get(Customer, identities[2]) is not None
        assert caught[0].filename == __file__
        get(session, identities[3])


@pytest.mark.parametrize("let_go", [lambda s, _: s.close(), lambda s, one: s.expunge(one)])
@pytest.mark.parametrize("removal", ["delete", "forget"])
def test_what_was_still_to_be_deleted_when_it_was_let_go_is_not_any_more(
    world: World, removal: str, let_go: Callable[[Session, Customer], None]
) -> None:
    seed(world, "a")
    first = Session(world.node())
    held = first.query(Customer).one()
    getattr(first, removal)(held)

    let_go(first, held)

    assert inspect(held).detached
    with Session(world.node()) as session, session.begin():
        session.add(held)
        held.extra = "kept"
        assert [operation.verb for operation in session.plan()] == [Verb.UPDATE]
    assert [one.extra for one in world.customers()] == ["kept"]


def test_what_was_deleted_is_refused_by_its_name_when_it_is_deleted_again(world: World) -> None:
    seed(world, "a")
    with Session(world.node()) as session:
        held = session.query(Customer).one()
        session.delete(held)
        session.commit()

        with pytest.raises(InvalidRequestError, match="was deleted"):
            session.delete(held)
