"""Lists and elements that a caller holds since before an entity expired: they stay the entity's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import Sandbox

CONTENT = {
    "base": {"jobs": [{"id": "1", "companyName": "a"}]},
    "extended": {"rows": [{"k": 1}]},
    "tags": {"manual": ["a"]},
}


@pytest.fixture
def session(contacthub_sandbox: Sandbox) -> Iterator[Session]:
    with Session(contacthub_sandbox.node) as first, first.begin():
        first.add(Customer(externalId="1", **CONTENT))  # type: ignore[arg-type]
    with Session(contacthub_sandbox.node) as session:
        yield session


def stored(session: Session) -> dict[str, Any]:
    with Session(session.bind) as other:
        return other.query(Customer).one().to_dict()


def edit_tags(customer: Customer) -> Callable[[], Any]:
    tags = customer.tags.manual
    return lambda: tags.append("b")


def edit_job(customer: Customer) -> Callable[[], Any]:
    job = customer.base.jobs[0]
    return lambda: setattr(job, "companyName", "b")


def edit_row(customer: Customer) -> Callable[[], Any]:
    row = customer.extended.rows[0]
    return lambda: setattr(row, "k", 2)


EDITS = [
    (edit_tags, lambda document: document["tags"]["manual"] == ["a", "b"]),
    (edit_job, lambda document: document["base"]["jobs"][0]["companyName"] == "b"),
    (edit_row, lambda document: document["extended"]["rows"] == [{"k": 2}]),
]


@pytest.mark.parametrize("away", [Session.expire, Session.refresh])
@pytest.mark.parametrize(("hold", "is_saved"), EDITS)
def test_an_edit_of_what_is_held_is_sent(session: Session, away: Any, hold: Any, is_saved: Any) -> None:
    customer = session.query(Customer).one()
    edit = hold(customer)
    away(session, customer)

    edit()

    assert session.dirty == [customer]
    session.commit()
    assert is_saved(stored(session))


@pytest.mark.parametrize(("hold", "is_saved"), EDITS)
def test_an_edit_after_the_entity_was_read_again_is_sent(session: Session, hold: Any, is_saved: Any) -> None:
    customer = session.query(Customer).one()
    edit = hold(customer)
    session.expire(customer)
    assert customer.base.firstName is None

    edit()

    session.commit()
    assert is_saved(stored(session))


@pytest.mark.parametrize(("hold", "is_saved"), EDITS)
def test_an_edit_before_the_expiry_is_dropped(session: Session, hold: Any, is_saved: Any) -> None:
    customer = session.query(Customer).one()
    hold(customer)()
    session.expire(customer)

    assert not session.dirty
    session.commit()
    assert not is_saved(stored(session))


def test_a_list_held_over_an_expiry_is_the_one_that_is_read(session: Session) -> None:
    customer = session.query(Customer).one()
    tags = customer.tags.manual
    session.expire(customer)

    assert customer.tags.manual is tags


def test_a_rollback_undoes_an_edit_of_a_list_held_over_an_expiry(session: Session) -> None:
    customer = session.query(Customer).one()
    tags = customer.tags.manual
    session.expire(customer)
    tags.append("b")

    session.rollback()

    assert tags == ["a"]
    assert not session.dirty


def test_an_expired_entity_whose_lists_were_not_edited_costs_a_commit_nothing(
    contacthub_sandbox: Sandbox, session: Session
) -> None:
    customer = session.query(Customer).one()
    assert customer.tags.manual == ["a"]
    session.expire(customer)
    contacthub_sandbox.clear_requests()

    session.commit()

    assert not contacthub_sandbox.requests
