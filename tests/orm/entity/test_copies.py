"""Pickled and copied entities: detached, with their changes."""

from __future__ import annotations

import copy
import pickle

import pytest

from contacthub_orm import Customer, Education, Event, InvalidRequestError, Properties, Session, inspect
from contacthub_orm.sandbox import Sandbox


@pytest.fixture
def session(contacthub_sandbox: Sandbox) -> Session:
    return Session(contacthub_sandbox.node)


def saved(session: Session) -> Customer:
    bruce = Customer(externalId="1", base={"contacts": {"email": "b@example.com"}}, tags={"manual": ["one"]})
    session.add(bruce)
    session.commit()
    bruce.base.firstName = "Bruce"
    bruce.tags.manual.append("two")
    return bruce


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_detached_and_has_the_unsaved_changes(session: Session, again) -> None:
    bruce = saved(session)
    other = again(bruce)
    assert inspect(other).detached
    assert inspect(other).changes() == inspect(bruce).changes()
    assert other.to_dict() == bruce.to_dict()
    other.tags.manual.append("three")
    assert bruce.tags.manual == ["one", "two"]
    session.close()


def test_a_pickled_change_can_be_saved_in_another_session(
    contacthub_sandbox: Sandbox, session: Session
) -> None:
    pickled = pickle.dumps(saved(session))
    session.close()
    with Session(contacthub_sandbox.node) as other, other.begin():
        other.add(pickle.loads(pickled))
    with Session(contacthub_sandbox.node) as third:
        (found,) = third.query(Customer).all()
        assert (found.base.firstName, found.tags.manual) == ("Bruce", ["one", "two"])


def test_a_copied_part_is_below_no_entity(session: Session) -> None:
    bruce = saved(session)
    base = copy.deepcopy(bruce.base)
    base.firstName = "other"
    assert bruce.base.firstName == "Bruce"
    assert pickle.loads(pickle.dumps(Properties(a=[1, {"b": 2}]))) == {"a": [1, {"b": 2}]}
    session.close()


def test_an_entity_is_not_iterable() -> None:
    with pytest.raises(TypeError):
        list(Customer())  # type: ignore[call-overload]


def test_an_event_with_two_different_customers_is_refused(session: Session) -> None:
    bruce = saved(session)
    with pytest.raises(InvalidRequestError, match="Event.customerId is 'other', but customer is"):
        Event(customer=bruce, customerId="other", type="viewedPage", context="WEB", properties={})
    session.close()


def test_what_lives_below_a_customer_cannot_be_queried(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="Education cannot be queried"):
        session.query(Education)
    session.close()


def test_a_session_is_opened_on_a_node() -> None:
    with pytest.raises(InvalidRequestError, match="opened on something with a backend"):
        Session("node")  # type: ignore[arg-type]


def test_a_settle_time_is_not_negative(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(InvalidRequestError, match="settle is a number of seconds"):
        Session(contacthub_sandbox.node, settle=-1)
