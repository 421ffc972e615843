"""Pending changes as JSON: what is exported and imported is what the first session would have sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from contacthub_orm import (
    ArgumentError,
    Attr,
    CommitError,
    CompletedOrder,
    Customer,
    CustomerBase,
    CustomerSession,
    Education,
    Embedded,
    Event,
    InvalidRequestError,
    Properties,
    Session,
    ValidationError,
    attr,
    embedded,
    load_only,
)
from tests.support.world import World


class Extended(Properties):
    points: Attr[int | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Extended] = embedded(default=None)


@pytest.fixture
def ids(world: World) -> list[str]:
    return world.sandbox.seed(
        [
            {
                "externalId": key,
                "base": {"firstName": "Ada", "lastName": key, "jobs": [{"id": "j", "companyName": "x"}]},
            }
            for key in "abcd"
        ]
    )


@pytest.fixture
def here(world: World, ids: list[str]) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


@pytest.fixture
def there(world: World, ids: list[str]) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


def get(session: Session, identity: str) -> Customer:
    found = session.get(Customer, identity)
    assert found is not None
    return found


def sent(session: Session) -> Any:
    return json.loads(json.dumps(session.export_changes()))


def plan(session: Session) -> list[str]:
    return sorted(str(operation) for operation in session.plan())


def edit(session: Session, ids: list[str]) -> None:
    a, b, c, d = (get(session, one) for one in ids)
    a.base.lastName, a.base.dob, a.extra = "Kent", date(1990, 1, 2), None
    a.tags.manual.append("vip")
    a.base.contacts.email = "a@example.com"
    b.base.address.geo.lat = 1.5
    b.base.educations.append(Education(id="e1", schoolName="Home"))
    session.put(b)
    session.delete(c)
    fresh = Customer(externalId="new", base=CustomerBase(firstName="New"))
    for customer in (fresh, d):
        customer.events.append(
            CompletedOrder(
                context=Event.CONTEXTS.ECOMMERCE,
                properties={"orderId": "1", "type": "sale", "amount": {"total": 1.0}},
            )
        )
    session.add(fresh)
    session.add(Education(customer=fresh, id="e2", schoolName="There"))
    session.add(CustomerSession(customer=d, value="cookie"))


def test_another_session_would_send_the_same(here: Session, there: Session, ids: list[str]) -> None:
    edit(here, ids)
    changes = sent(here)
    taken = there.import_changes(changes)

    assert sent(there) == changes
    assert len(taken) == len(changes["new"]) + len(changes["changed"]) + len(changes["deleted"])
    assert plan(there) == plan(here)


def test_what_was_imported_is_stored(here: Session, there: Session, world: World, ids: list[str]) -> None:
    edit(here, ids)
    there.import_changes(sent(here))
    here.rollback()
    there.commit()

    with Session(world.node()) as third:
        assert get(third, ids[0]).base.lastName == "Kent"
        assert third.get(Customer, ids[2]) is None
        new = third.query(Customer).filter_by(externalId="new").one()
        assert [event.type for event in new.events] == ["completedOrder"]
        assert [one.schoolName for one in new.base.educations] == ["There"]


def test_disjoint_changes_meanwhile_fit(here: Session, there: Session, ids: list[str]) -> None:
    get(here, ids[0]).base.lastName = "Kent"
    changes = sent(here)
    get(there, ids[0]).base.firstName = "Clark"
    there.commit()
    [one] = there.import_changes(changes)

    assert (one.base.firstName, one.base.lastName) == ("Clark", "Kent")  # type: ignore[attr-defined]
    assert [operation.body for operation in there.plan()] == [{"base": {"lastName": "Kent"}}]


def test_an_import_reads_what_the_session_held_before(
    here: Session, there: Session, world: World, ids: list[str]
) -> None:
    get(here, ids[0]).base.lastName = "Kent"
    changes = sent(here)
    held = get(there, ids[0])
    with Session(world.node()) as third:
        get(third, ids[0]).base.lastName = "Luthor"
        third.commit()
    with pytest.raises(InvalidRequestError, match=r"base\.lastName was changed since"):
        there.import_changes(changes)
    assert held.base.lastName == "Luthor"


def test_all_that_no_longer_fits_is_listed_and_nothing_is_taken_in(
    here: Session, there: Session, ids: list[str]
) -> None:
    edit(here, ids)
    get(here, ids[3]).extra = "x"
    changes = sent(here)
    get(there, ids[0]).base.lastName = "Luthor"
    get(there, ids[2]).extra = "still needed"
    there.delete(get(there, ids[3]))
    there.commit()
    with pytest.raises(InvalidRequestError) as refused:
        there.import_changes(changes)

    lines = str(refused.value).splitlines()[1:]
    assert any("base.lastName was changed since" in line for line in lines)
    assert any("to be deleted, and was changed since" in line for line in lines)
    assert any("no longer exists" in line for line in lines)
    assert "Luthor" not in str(refused.value)
    assert not there.plan()
    assert there.new == []


def test_an_unsaved_change_of_the_same_path_is_in_the_way(
    here: Session, there: Session, ids: list[str]
) -> None:
    get(here, ids[0]).base.lastName = "Kent"
    mine = get(there, ids[0])
    mine.base.lastName = "Luthor"
    with pytest.raises(InvalidRequestError, match=r"base\.lastName"):
        there.import_changes(sent(here))
    assert mine.base.lastName == "Luthor"


def test_a_second_import_of_changes_does_nothing_more(here: Session, there: Session, ids: list[str]) -> None:
    get(here, ids[0]).base.lastName = "Kent"
    here.delete(get(here, ids[1]))
    changes = sent(here)
    there.import_changes(changes)
    there.commit()

    there.import_changes(changes)
    assert not there.plan()


def test_what_was_deleted_meanwhile_need_not_be_deleted(
    here: Session, there: Session, ids: list[str]
) -> None:
    here.delete(get(here, ids[0]))
    changes = sent(here)
    there.delete(get(there, ids[0]))
    there.commit()

    assert there.import_changes(changes) == []


def test_an_erasure_stays_one(here: Session, there: Session, ids: list[str]) -> None:
    here.forget(get(here, ids[0]))
    there.import_changes(sent(here))

    assert plan(there) == plan(here)
    assert sent(there)["deleted"][0]["erase"] is True


def test_a_partly_loaded_entity_is_exported_with_its_old_values(here: Session, ids: list[str]) -> None:
    one = here.query(Customer).options(load_only("externalId")).filter_by(externalId="a").one()
    one.base.lastName = "Kent"

    assert here.export_changes()["changed"][0]["before"] == {"base": {"lastName": "a"}}


def test_subclasses_are_named(here: Session, there: Session, ids: list[str]) -> None:
    member = here.get(Member, ids[0])
    assert member is not None
    member.extended.points = 3
    here.add(Member(externalId="m", extended=Extended(points=1)))
    changes = sent(here)
    with pytest.raises(ArgumentError, match=r"classes=\[Member\]"):
        there.import_changes(changes)
    there.expunge_all()
    new, changed = there.import_changes(changes, classes=[Member])

    assert isinstance(new, Member)
    assert isinstance(changed, Member)
    assert changed.extended.points == 3


def test_an_event_may_be_given_to_a_new_customer(here: Session, there: Session) -> None:
    event = Event(type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB, properties={})
    event.customer = Customer(externalId="n")
    here.add(event)
    there.import_changes(sent(here))

    assert [operation.verb for operation in there.plan()] == ["POST", "POST"]
    there.commit()


def test_the_session_of_another_place_refuses(here: Session, world: World) -> None:
    changes = {**here.export_changes(), "place": "elsewhere"}
    with Session(world.node()) as other, pytest.raises(InvalidRequestError, match="are for elsewhere"):
        other.import_changes(changes)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "{}",
        {},
        {"format": 2, "place": "x", "new": [], "changed": [], "deleted": []},
        {"format": 1, "place": 3, "new": [], "changed": [], "deleted": []},
        {"format": 1, "place": "x", "new": [3], "changed": [], "deleted": []},
        {"format": 1, "place": "x", "new": [{"entity": "Customer"}], "changed": [], "deleted": []},
        {
            "format": 1,
            "place": "x",
            "new": [
                {
                    "entity": "Event",
                    "resource": "events",
                    "document": {},
                    "links": {"customerId": 7},
                    "parent": None,
                }
            ],
            "changed": [],
            "deleted": [],
        },
    ],
)
def test_anything_but_an_export_is_refused(there: Session, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="import_changes takes what export_changes gave"):
        there.import_changes(wrong)


def test_an_unknown_resource_is_refused(here: Session, there: Session) -> None:
    here.add(Customer(externalId="n"))
    changes = sent(here)
    changes["new"][0]["resource"] = "pets"
    changes["new"][0]["entity"] = "Pet"
    with pytest.raises(ArgumentError, match="has no 'pets'"):
        there.import_changes(changes)


def deep(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = {"a": found}
    return found


@pytest.mark.parametrize(
    "record",
    [
        {"entity": "Customer", "resource": "customers", "document": {"base": 3}, "parent": None},
        {"entity": "Customer", "resource": "customers", "document": {"extended": deep(5000)}, "parent": None},
        {"entity": "Education", "resource": "educations", "document": {"id": "e"}, "parent": 0},
    ],
)
def test_values_that_no_export_holds_are_refused(there: Session, record: dict[str, Any]) -> None:
    changes = {**there.export_changes(), "new": [{**record, "links": {}}]}
    with pytest.raises((ArgumentError, ValidationError)):
        there.import_changes(changes)
        there.plan()
    assert there.new == [] or record["parent"] is None


def test_a_write_in_doubt_is_not_handed_on(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(Customer(externalId="n"))
        world.fault(node, 0, "after")
        with pytest.raises(CommitError):
            session.commit()
        with pytest.raises(InvalidRequestError, match="unknown outcome"):
            session.export_changes()


def test_an_export_sends_nothing(here: Session, world: World, ids: list[str]) -> None:
    get(here, ids[0]).extra = "x"
    before = len(world.sandbox.requests)
    here.export_changes()

    assert len(world.sandbox.requests) == before
    assert here.is_modified(get(here, ids[0]))
