"""The verbs of an entity, each a save of it alone, beside what else its session, or a call before, has pending for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import (
    APIError,
    CommitError,
    Customer,
    Event,
    InvalidRequestError,
    Node,
    OutcomeUnknown,
    Session,
    inspect,
    signals,
)
from contacthub_orm.errors import BadRequestError
from tests.support.world import World, customer, seed, viewed


def refused(method: str = "PATCH") -> BadRequestError:
    return BadRequestError(status=400, message="not today", method=method, url="customers")


@pytest.fixture
def node(world: World) -> Node:
    return world.node()


@pytest.fixture
def session(node: Node) -> Iterator[Session]:
    with Session(node) as session:
        yield session


@pytest.fixture
def held(world: World, session: Session) -> Customer:
    """A customer that a session holds."""
    [identity] = seed(world, "a")
    found = session.get(Customer, identity)
    assert found is not None
    world.sandbox.clear_requests()
    return found


def methods(world: World) -> list[str]:
    return [request.method for request in world.sandbox.requests]


# -- in a session -----------------------------------------------------------------------------------------------------


def test_a_save_that_fails_in_a_block_keeps_what_was_written(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    world.fault(node, 0, "before", refused())

    with pytest.raises(APIError), session.begin():
        held.extra = "mine"
        held.patch()
    assert (held.extra, session.dirty) == ("mine", [held])

    session.commit()
    assert [one.extra for one in world.customers()] == ["mine"]


def test_another_exception_after_a_failed_save_rolls_the_block_back(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    world.fault(node, 0, "before", refused())

    with pytest.raises(ZeroDivisionError), session.begin():
        held.extra = "mine"
        with pytest.raises(APIError):
            held.patch()
        raise ZeroDivisionError

    assert (held.extra, session.dirty) == (None, [])


def test_a_put_that_fails_leaves_the_replacement_that_was_pending_before(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    session.put(held)
    world.fault(node, 0, "before", refused("PUT"))

    with pytest.raises(APIError):
        held.put()

    assert [str(one.verb) for one in session.plan()] == ["PUT"]


def test_a_put_that_fails_leaves_nothing_pending_that_was_not_before(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    world.fault(node, 0, "before", refused("PUT"))

    with pytest.raises(APIError):
        held.put()

    assert not session.plan()


@pytest.mark.parametrize("verb", ["delete", "forget"])
def test_a_removal_that_fails_leaves_the_deletion_that_was_pending_before(
    world: World, node: Node, session: Session, held: Customer, verb: str
) -> None:
    session.delete(held)
    world.fault(node, 0, "before", refused("DELETE"))

    with pytest.raises(APIError):
        getattr(held, verb)()

    assert session.deleted == [held]


def test_an_event_in_doubt_is_settled_while_a_session_holds_its_customer(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    session.expunge(held)
    event = Event(node, customer=held, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={})
    world.fault(node, 0, "after")
    with pytest.raises(OutcomeUnknown):
        event.post()
    session.add(held)

    event.post()

    assert [one.id for one in world.events()] == [event.id]
    assert held in session


# -- what receivers add -----------------------------------------------------------------------------------------------


def test_what_a_receiver_adds_goes_with_the_object_that_is_flushed(world: World, session: Session) -> None:
    first, other = customer("a"), customer("b")
    session.add_all([first, other])

    def welcome(sender: Session) -> None:
        if not any(isinstance(one, Event) for one in sender):
            sender.add(viewed(first))

    with signals.before_flush.connected_to(welcome):
        session.flush([first])

    assert world.writes() == ["POST customers", "POST events"]
    assert session.new == [other]


def test_what_a_receiver_adds_is_saved_with_an_object_that_saves_itself(world: World, node: Node) -> None:
    new = Customer(node, externalId="1")

    def welcome(sender: Session) -> None:
        if any(one is new for one in sender.new):
            sender.add(viewed(new))

    with signals.before_flush.connected_to(welcome):
        new.post()

    [event] = world.events()
    assert event.customerId == new.id


def test_what_a_receiver_deletes_is_deleted_with_an_object_that_saves_itself(
    world: World, node: Node
) -> None:
    seed(world, "a", "b")
    first, second = node.query(Customer).order_by(Customer.externalId).all()

    def prune(sender: Session) -> None:
        sender.delete(second)

    with signals.before_flush.connected_to(prune):
        first.extra = "x"
        first.patch()

    assert [(one.externalId, one.extra) for one in world.customers()] == [("a", "x")]


# -- after a deletion whose answer was lost ---------------------------------------------------------------------------


def lost_deletion(world: World, node: Node, phase: str) -> Customer:
    """A customer whose deletion had no answer, with an edit made since."""
    [identity] = seed(world, "a")
    found = node.get_customer(identity)
    world.fault(node, 0, phase)
    with pytest.raises(OutcomeUnknown):
        found.delete()
    found.extra = "kept"
    return found


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_saving_what_a_lost_deletion_has_deleted_is_refused(world: World, node: Node, verb: str) -> None:
    found = lost_deletion(world, node, "after")

    with pytest.raises(InvalidRequestError, match="was deleted"):
        getattr(found, verb)()

    assert (inspect(found).deleted, world.customers()) == (True, [])


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_saving_what_is_deleted_is_refused_even_without_an_edit(world: World, node: Node, verb: str) -> None:
    found = lost_deletion(world, node, "after")
    found.extra = None

    with pytest.raises(InvalidRequestError, match="was deleted"):
        getattr(found, verb)()


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_saving_what_a_lost_deletion_did_not_delete_keeps_it(world: World, node: Node, verb: str) -> None:
    found = lost_deletion(world, node, "before")

    getattr(found, verb)()

    assert [one.extra for one in world.customers()] == ["kept"]
    assert inspect(found).detached


def test_what_was_deleted_before_it_could_be_forgotten_is_told(world: World, node: Node) -> None:
    found = lost_deletion(world, node, "after")

    with pytest.raises(InvalidRequestError, match="was deleted before it could be erased"):
        found.forget()

    assert methods(world).count("POST") == 0


def test_forgetting_what_a_lost_deletion_did_not_delete_erases_it(world: World, node: Node) -> None:
    found = lost_deletion(world, node, "before")

    found.forget()

    assert world.customers() == []
    assert methods(world).count("POST") == 1


def test_a_commit_tells_of_changes_to_what_a_lost_deletion_has_deleted(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    session.delete(held)
    world.fault(node, 0, "after")
    with pytest.raises(CommitError):
        session.commit()
    session.add(held)
    held.extra = "kept"

    with pytest.raises(CommitError) as caught:
        session.commit()

    assert caught.value.remaining == [held]
    assert inspect(held).deleted


# -- where it belongs -------------------------------------------------------------------------------------------------


def test_a_loaded_customer_is_not_saved_through_another_node(world: World, node: Node) -> None:
    [identity] = seed(world, "a")
    other = world.sandbox.workspace.get_node("another")
    found = node.get_customer(identity)
    world.sandbox.clear_requests()

    with Session(other) as session, pytest.raises(InvalidRequestError, match="belongs to Node"):
        session.add(found)

    assert world.sandbox.requests == []


def test_a_customer_that_a_session_let_go_of_is_not_saved_through_another_node(
    world: World, session: Session, held: Customer
) -> None:
    session.expunge(held)

    with (
        Session(world.sandbox.workspace.get_node("another")) as other,
        pytest.raises(InvalidRequestError, match="belongs to Node"),
    ):
        other.add(held)


# -- expired ----------------------------------------------------------------------------------------------------------


def test_what_expired_in_a_session_that_was_closed_says_so_when_it_is_read(
    session: Session, held: Customer
) -> None:
    session.expire(held)
    session.close()

    with pytest.raises(InvalidRequestError, match="has expired, and no session holds it"):
        _ = held.extra


def test_what_expired_is_read_by_the_session_that_holds_it_now(
    world: World, session: Session, held: Customer
) -> None:
    session.expire(held)
    session.close()

    with Session(world.node()) as another:
        another.add(held)
        assert held.base.firstName == "a"


def test_what_expired_is_read_through_the_node_it_was_given(
    world: World, node: Node, session: Session, held: Customer
) -> None:
    session.expire(held)
    session.close()

    held.node = node

    assert held.base.firstName == "a"
    assert inspect(held).detached
