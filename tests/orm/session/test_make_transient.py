"""An entity that is made transient is held by nobody, and can be added anywhere as a new one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from contacthub_orm import (
    CommitError,
    Customer,
    Event,
    InvalidRequestError,
    Job,
    Session,
    inspect,
    make_transient,
    selectinload,
)
from contacthub_orm.orm import Verb
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server
from tests.support.world import World, customer, get, seed, viewed


def _nothing(_: Session, __: Customer) -> None: ...


def _edit(_: Session, one: Customer) -> None:
    one.extra = "edited"


def _hand_out(_: Session, one: Customer) -> None:
    one.tags.manual.append("two")


def _delete(session: Session, one: Customer) -> None:
    session.delete(one)


def _replace(session: Session, one: Customer) -> None:
    session.put(one)


def _expire(session: Session, one: Customer) -> None:
    session.expire(one)


STATES = [_nothing, _edit, _hand_out, _delete, _replace, _expire]


@pytest.mark.parametrize(
    "let_go", [Session.expunge, lambda _, one: make_transient(one)], ids=["expunge", "new"]
)
@pytest.mark.parametrize("prepare", STATES)
def test_nothing_in_the_session_holds_it(
    world: World, prepare: Callable[[Session, Customer], None], let_go: Callable[[Session, Customer], None]
) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        one = get(session, a)
        prepare(session, one)
        let_go(session, one)
        freed = weakref.ref(one)
        del one
        gc.collect()

        assert freed() is None
        assert (session.new, session.dirty, session.deleted, list(session)) == ([], [], [], [])


def test_only_the_account_of_the_last_flush_holds_what_it_created(world: World) -> None:
    with Session(world.node()) as session:
        one = customer("a")
        session.add(one)
        session.commit()
        make_transient(one)
        freed = weakref.ref(one)
        del one
        session.commit()
        gc.collect()

        assert freed() is None


def test_nothing_holds_one_whose_write_was_in_doubt(world: World) -> None:
    with Session(world.node()) as session:
        one = customer("a")
        session.add(one)
        world.fault(session.bind, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        make_transient(one)
        freed = weakref.ref(one)
        del one
        session.commit()
        gc.collect()

        assert freed() is None


def test_an_event_that_was_loaded_may_be_given_another_customer(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    a, b = contacthub_sandbox.seed([{"externalId": "a"}, {"externalId": "b"}])
    with Session(contacthub_sandbox.node) as session:
        session.add(viewed(get(session, a)))
        session.commit()
    with Session(contacthub_sandbox.node) as session:
        event = session.query(Event).one()
        make_transient(event)
        event.customer = get(session, b)
        session.add(event)
        session.commit()

    assert [len(server.events(one)) for one in (a, b)] == [1, 1]


def test_a_new_customer_of_a_former_event_is_created_before_it(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        session.add(viewed(get(session, a)))
        session.commit()
        session.expunge_all()
        event = session.query(Event).one()
        make_transient(event)
        event.customer = new = customer("b")
        session.add(event)
        session.commit()

        assert event.customerId == new.id != a
        assert session.dirty == []


def test_a_constructor_is_not_given_a_customer_and_the_id_of_another(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session, pytest.raises(InvalidRequestError, match="give one of them"):
        viewed(get(session, a), customerId="other")


def test_no_customer_in_a_constructor_leaves_the_id_that_is_given() -> None:
    event = Event(customer=None, customerId="x", type="viewedPage", context="WEB", properties={})

    assert event.customerId == "x"


def test_its_body_has_no_nulls_of_the_service(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        one = get(session, a)
        one.extended = {"kept": [None, {"a": None}]}
        make_transient(one)

        assert inspect(one).changes() == {
            "nodeId": one.nodeId,
            "externalId": "a",
            "enabled": True,
            "base": {"firstName": "a", "contacts": {"email": "a@example.com"}},
            "extended": {"kept": [None, {"a": None}]},
            "tags": {"manual": ["one"]},
        }


def test_it_is_added_to_a_session_of_another_node(contacthub_sandbox: Sandbox) -> None:
    (a,) = contacthub_sandbox.seed([{"externalId": "a"}])
    with Session(contacthub_sandbox.node) as session:
        of_a_session = get(session, a)
        make_transient(of_a_session)
    of_a_node = contacthub_sandbox.node.get_customer(a)
    make_transient(of_a_node)
    with Sandbox() as other, Session(other.node) as session:
        for one, name in ((of_a_session, "b"), (of_a_node, "c")):
            one.nodeId = other.node_id
            one.externalId = name
            session.add(one)
        session.commit()

        assert sorted(str(one.externalId) for one in session.query(Customer)) == ["b", "c"]


def test_a_customer_made_for_a_node_is_not_added_to_a_session_of_another(contacthub_sandbox: Sandbox) -> None:
    one = Customer(contacthub_sandbox.node, externalId="a")
    with (
        Sandbox() as other,
        Session(other.node) as session,
        pytest.raises(InvalidRequestError, match="belongs to"),
    ):
        session.add(one)


def test_one_that_was_erased_is_deleted_like_any_other_later(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        one = get(session, a)
        session.forget(one)
        session.commit()
        make_transient(one)
        session.add(one)
        session.commit()
        session.delete(one)

        assert [operation.verb for operation in session.plan()] == [Verb.DELETE]
        assert not inspect(one).to_be_erased


def test_one_that_was_to_be_replaced_is_created_and_nothing_more(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        one = get(session, a)
        session.put(one)
        make_transient(one)
        one.base.contacts.email = "b@example.com"
        session.add(one)
        session.commit()
        world.sandbox.clear_requests()
        session.commit()

        assert world.writes() == []


def test_the_events_of_the_former_customer_are_not_its_own(world: World) -> None:
    (a,) = seed(world, "a")
    with Session(world.node()) as session:
        session.add(viewed(get(session, a)))
        session.commit()
        world.clock.advance(120)
        one = session.query(Customer).options(selectinload(Customer.events)).one()
        assert len(one.events) == 1
        make_transient(one)

        assert list(one.events) == []


def test_elements_handed_out_before_are_not_added_with_it(contacthub_sandbox: Sandbox) -> None:
    (a,) = contacthub_sandbox.seed([{"externalId": "a", "base": {"jobs": [{"id": "1", "companyName": "x"}]}}])
    node = contacthub_sandbox.node
    one = node.get_customer(a)
    one.jobs[0].companyName = "edited"
    make_transient(one)
    with Session(node) as session:
        session.add(one)

        assert session.new == [one]
        assert not any(isinstance(held, Job) for held in session)
