"""What a session has saved and nobody refers to is freed, however it was built; what somebody may edit is kept."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Event, Job, Properties, Session
from contacthub_orm.contacthub.values.enums import EventContext, EventType
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.sandbox import Sandbox
from tests.support.world import World, customer, get, lost, seed

SIZE, COMMITS = 3, 5
PAGE = {"title": "t", "extraProperties": {"a": {"b": 1}, "l": [1]}}


def event(**values: Any) -> Event:
    return Event(type=EventType.VIEWED_PAGE, context=EventContext.WEB, **values)


def edited(customer: Customer, edit: Callable[[Customer], object]) -> Customer:
    edit(customer)
    return customer


MAKERS: dict[str, Callable[[str], Any]] = {
    "event of a dict": lambda name: event(customer=Customer(externalId=name), properties=dict(PAGE)),
    "event of Properties": lambda name: event(
        customer=Customer(externalId=name), properties=Properties(title="t")
    ),
    "event with a context": lambda name: event(
        customer=Customer(externalId=name), contextInfo={"client": {"ip": "1.1.1.1"}}
    ),
    "customer of dicts": lambda name: Customer(
        externalId=name, base={"firstName": "x"}, extended={"a": [1], "b": {"c": [{}]}}
    ),
    "customer with a list": lambda name: Customer(externalId=name, tags={"manual": ["a"]}),
    "customer with elements": lambda name: Customer(
        externalId=name, base={"jobs": [{"id": "1", "companyName": "x"}]}
    ),
    "attributes": lambda name: edited(
        Customer(externalId=name), lambda one: setattr(one.base.contacts, "phone", "1")
    ),
    "append": lambda name: edited(Customer(externalId=name), lambda one: one.tags.manual.append("x")),
    "element appended": lambda name: edited(
        Customer(externalId=name), lambda one: one.base.jobs.append(Job(id="1", companyName="x"))
    ),
    "child": lambda name: Job(customer=Customer(externalId=name), id="1", companyName="x"),
    "only read": lambda name: edited(Customer(externalId=name), lambda one: (one.tags.manual, one.base.jobs)),
}


@pytest.fixture
def session(contacthub_sandbox: Sandbox) -> Iterator[Session]:
    with Session(contacthub_sandbox.node) as session:
        yield session


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def stored(session: Session) -> dict[str, Any]:
    with Session(session.bind) as other:
        return other.query(Customer).one().to_dict()


@contextmanager
def counted_calls(found: list[int]) -> Iterator[None]:
    """Append the number of function calls of the block."""
    calls = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
    found.append(calls)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_an_importer_keeps_no_more_than_its_last_commit_and_its_commits_cost_the_same(
    session: Session, make: Callable[[str], Any]
) -> None:
    made: list[weakref.ref[Any]] = []
    calls: list[int] = []
    created: list[int] = []
    for commit in range(COMMITS):
        session.add_all([make(f"{commit}-{index}") for index in range(SIZE)])
        session.plan()  # draws in what the new ones refer to
        made += [weakref.ref(one) for one in session.new]
        created.append(len(session.new))
        with counted_calls(calls):
            session.commit()

    alive = [one for one in made if one() is not None]

    assert len(alive) <= created[-1]  # those of `session.account`
    assert calls[-1] <= 1.1 * calls[1]


@pytest.mark.parametrize("held", ["list", "element", "inside an open object"])
def test_an_edit_is_saved_of_what_is_held_over_the_commit_without_the_entity(
    session: Session, held: str
) -> None:
    content: dict[str, Any] = {
        "base": {"jobs": [{"id": "1", "companyName": "a"}]},
        "extended": {"rows": [{"k": 1}]},
        "tags": {"manual": ["a"]},
    }
    session.add(Customer(externalId="1", **content))
    session.commit()
    customer = session.query(Customer).one()
    kept: Any
    match held:
        case "list":
            kept = customer.tags.manual
        case "element":
            kept = customer.base.jobs[0]
        case _:
            kept = customer.extended.rows[0]
    del customer
    session.commit()
    gc.collect()

    match held:
        case "list":
            kept.append("b")
        case "element":
            kept.companyName = "b"
        case _:
            kept["k"] = 2
    session.commit()

    document = stored(session)
    assert {
        "list": document["tags"]["manual"],
        "element": document["base"]["jobs"][0]["companyName"],
        "inside an open object": document["extended"]["rows"],
    }[held] == {"list": ["a", "b"], "element": "b", "inside an open object": [{"k": 2}]}[held]


def test_an_edit_of_a_list_that_nobody_holds_is_saved_before_it_is_let_go_of(session: Session) -> None:
    customer = Customer(externalId="1", tags={"manual": ["a"]})
    session.add(customer)
    session.commit()

    customer.tags.manual.append("b")
    session.commit()

    assert stored(session)["tags"]["manual"] == ["a", "b"]
    assert customer.tags.manual == ["a", "b"]


@pytest.mark.usefixtures("no_collector")
def test_an_expired_entity_is_freed_once_nobody_holds_its_lists(session: Session) -> None:
    customer = Customer(externalId="1", tags={"manual": ["a"]})
    session.add(customer)
    session.commit()
    tags, freed = customer.tags.manual, weakref.ref(customer)
    session.expire(customer)
    session.account = type(session.account)([])
    del customer
    assert freed() is not None
    assert tags == ["a"]

    del tags
    session.commit()

    assert freed() is None


def test_a_reference_stays_after_the_save(session: Session) -> None:
    customer = Customer(externalId="1")
    made = event(customer=customer, properties={"title": "t"})
    session.add(made)
    session.commit()

    assert made.customer is customer
    assert not state_of(made).handed_out_container


@pytest.mark.usefixtures("no_collector")
def test_what_a_look_up_settled_is_freed_after_the_next_commit(world: World) -> None:
    node = world.node()
    [identity] = seed(world, "bruce")
    with Session(node) as session:
        held = get(session, identity)
        held.base.firstName = "Bruce"
        world.fault(node, 0, "after", lost("PATCH"))
        with pytest.raises(CommitError):
            session.commit()

        session.commit()
        assert world.customers()[0].base.firstName == "Bruce"
        session.add(customer("other"))
        session.commit()  # of which the account is
        gc.collect()  # the error, whose traceback has the entity
        freed = weakref.ref(held)
        del held

        assert freed() is None
