"""`session.sync`: updates of the service come in under the user's changes."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, Customer, InvalidRequestError, Session, inspect
from contacthub_orm.sandbox import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def node(sandbox):
    return sandbox.node


@pytest.fixture
def session(node):
    with Session(node) as session:
        yield session


@pytest.fixture
def ann(sandbox, session):
    [identity] = sandbox.seed([{"externalId": "1", "base": {"firstName": "Ann", "lastName": "Lee"}}])
    return session.get(Customer, identity)


def by_another(node, identity, **base):
    with Session(node) as other:
        customer = other.get(Customer, identity)
        for name, value in base.items():
            setattr(customer.base, name, value)
        other.commit()


def test_what_others_changed_shows_under_the_users_changes(node, session, ann, sandbox):
    ann.base.firstName = "Anna"
    by_another(node, ann.id, lastName="Moe")
    updates = list(node.updates())
    sandbox.clear_requests()
    synced = session.sync(updates)
    assert sandbox.requests == []
    assert (synced.changed, synced.deleted) == ([ann], [])
    assert (ann.base.firstName, ann.base.lastName) == ("Anna", "Moe")
    session.commit()
    assert sandbox.requests[-1].body == {"base": {"firstName": "Anna"}}


def test_the_same_updates_twice_and_older_ones_change_nothing(node, session, ann):
    by_another(node, ann.id, lastName="Moe")
    by_another(node, ann.id, lastName="Poe")
    updates = list(node.updates())
    session.sync(updates)
    assert session.sync(updates).changed == []
    assert session.sync(updates[:1]).changed == []
    assert ann.base.lastName == "Poe"


def test_what_the_session_does_not_hold_is_passed_over(node, session):
    with Session(node) as other:
        other.add(Customer(externalId="2"))
        other.commit()
    assert session.sync(node.updates()).changed == []
    assert list(session) == []


def test_the_sessions_own_writes_are_no_news(node, session, ann):
    ann.base.lastName = "Moe"
    session.commit()
    assert session.sync(node.updates()).changed == []


def test_what_others_deleted_leaves_the_session(node, session, ann):
    with Session(node) as other:
        other.forget(other.get(Customer, ann.id))
        other.commit()
    synced = session.sync(node.updates())
    assert (synced.changed, synced.deleted) == ([], [ann])
    assert ann not in session
    assert inspect(ann).deleted
    assert session.get(Customer, ann.id) is None


def test_a_deleted_entity_with_changes_stays_and_its_flush_fails(node, session, ann):
    ann.base.lastName = "Moe"
    with Session(node) as other:
        other.delete(other.get(Customer, ann.id))
        other.commit()
    assert session.sync(node.updates()).deleted == [ann]
    assert ann.base.lastName == "Moe"
    with pytest.raises(CommitError):
        session.commit()


def test_a_deletion_that_both_wanted_is_done(node, session, ann):
    session.delete(ann)
    with Session(node) as other:
        other.delete(other.get(Customer, ann.id))
        other.commit()
    assert session.sync(node.updates()).deleted == [ann]
    session.commit()


def test_what_is_no_update_is_refused(session):
    with pytest.raises(InvalidRequestError, match="sync takes updates"):
        session.sync([{"id": "1"}])


def test_a_closed_session_is_not_synced(node):
    session = Session(node)
    session.close()
    with pytest.raises(InvalidRequestError, match="closed"):
        session.sync([])
