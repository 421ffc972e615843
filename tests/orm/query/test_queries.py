"""Queries: generative and reusable; what each way of asking sends, and how rows are loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import (
    Customer,
    Education,
    MultipleResultsFound,
    NoResultFound,
    Session,
    inspect,
    object_session,
)
from tests.support.conditions import atomic, simple
from tests.support.world import World

C: Any = Customer
NAMES = [("1", "Ada", "x"), ("2", "Bob", None), ("3", "Ada", "y"), ("4", None, "x"), ("5", "Cid", "x"), ("6", "Ada", None)]  # fmt: skip


@pytest.fixture
def ids(world: World) -> list[str]:
    return world.sandbox.seed(
        [{"externalId": key, "base": {"firstName": name}, "extra": extra} for key, name, extra in NAMES]
    )


@pytest.fixture
def session(world: World, ids: list[str]) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


def keys(rows: Any) -> str:
    return "".join(row.externalId for row in rows)


def asked(world: World) -> list[dict[str, str]]:
    """The parameters of what was sent, without the node; forgotten then."""
    found = [dict(request.query) for request in world.sandbox.requests]
    world.sandbox.clear_requests()
    return [{name: value for name, value in one.items() if name != "nodeId"} for one in found]


# -- generative -------------------------------------------------------------------------------------------------------


def test_every_method_gives_a_new_query(session: Session) -> None:
    query = session.query(Customer)

    for other in (
        query.filter(C.externalId == "1"),
        query.filter_by(externalId="1"),
        query.order_by(C.externalId),
        query.limit(1),
        query.offset(1),
        query.populate_existing(),
        query.no_tracking(),
        query.yield_per(10),
        query.filter_locally(C.externalId == "1"),
    ):
        assert other is not query
    assert query.count() == 6


def test_a_query_cannot_be_changed(session: Session) -> None:
    with pytest.raises(AttributeError):
        session.query(Customer).limited = 1  # type: ignore[misc]


def test_a_query_is_asked_anew_each_time(session: Session, world: World) -> None:
    query = session.query(Customer).filter(C.externalId == "7")
    assert query.all() == []

    world.sandbox.seed([{"externalId": "7"}])

    assert keys(query) == "7"


def test_making_a_query_sends_nothing(session: Session, world: World) -> None:
    session.query(Customer).filter(C.externalId == "1").order_by(C.extra).limit(3)

    assert not asked(world)


def test_criteria_of_all_filters_hold(session: Session) -> None:
    query = session.query(Customer).filter(C.base.firstName == "Ada", C.extra.is_not(None))

    assert keys(query.where(C.externalId > "1")) == "3"
    assert keys(query.filter_by(extra="x")) == "1"


def test_filter_by_none_asks_for_what_is_missing(session: Session) -> None:
    assert sorted(keys(session.query(Customer).filter_by(extra=None))) == ["2", "6"]


# -- what is sent -----------------------------------------------------------------------------------------------------


def test_one_asks_for_two_rows(session: Session, world: World) -> None:
    session.query(Customer).filter(C.externalId == "1").one()

    assert [one["size"] for one in asked(world)] == ["2"]


def test_one_or_none_asks_for_two_rows(session: Session, world: World) -> None:
    assert session.query(Customer).filter(C.externalId == "9").one_or_none() is None

    assert [one["size"] for one in asked(world)] == ["2"]


def test_first_asks_for_one_row(session: Session, world: World) -> None:
    first = session.query(Customer).order_by(C.externalId.desc()).first()

    assert first is not None
    assert first.externalId == "6"
    assert asked(world) == [{"sort": "externalId,desc", "size": "1"}]


def test_first_of_no_rows_is_none(session: Session, world: World) -> None:
    assert session.query(Customer).limit(0).first() is None
    assert not asked(world)


@pytest.mark.parametrize(("method", "expected"), [("count", 6), ("exists", True)])
def test_counting_asks_for_no_rows(session: Session, world: World, method: str, expected: Any) -> None:
    assert getattr(session.query(Customer), method)() == expected

    assert [one["size"] for one in asked(world)] == ["0"]
    assert not list(session)


def test_count_takes_limit_and_offset_into_account(session: Session) -> None:
    query = session.query(Customer)

    assert query.limit(4).count() == 4
    assert query.offset(4).count() == 2
    assert query.offset(9).count() == 0
    assert query.limit(0).count() == 0


def test_exists_takes_limit_and_offset_into_account(session: Session) -> None:
    query = session.query(Customer)

    assert query.offset(5).exists()
    assert not query.offset(6).exists()
    assert not query.limit(0).exists()


def test_one_demands_one(session: Session) -> None:
    query = session.query(Customer)

    with pytest.raises(NoResultFound, match=r"filter\(externalId EQUALS '9'\) found no Customer"):
        query.filter(C.externalId == "9").one()
    with pytest.raises(MultipleResultsFound, match="found more than one Customer"):
        query.filter(C.base.firstName == "Ada").one()
    with pytest.raises(MultipleResultsFound):
        query.filter(C.base.firstName == "Ada").one_or_none()


def test_pages_are_counted_from_zero(session: Session, world: World) -> None:
    query = session.query(Customer).order_by(C.externalId)

    assert [keys(query.page(number, 4)) for number in range(3)] == ["1234", "56", ""]
    assert [one.get("page") for one in asked(world)] == [None, "1", "2"]


def test_a_raw_query_is_sent_as_it_is(session: Session, world: World) -> None:
    query = {"name": "mine", "query": simple(atomic("externalId", "IN", ["1", "3"]))}
    raw = session.query(Customer).raw(query)

    assert json.loads(raw.compile()["query"]) == query
    assert keys(raw.order_by(C.externalId.desc())) == "31"
    assert raw.count() == 2
    assert keys(raw.filter_locally(C.extra == "y")) == "3"


def test_a_query_gets_by_id(session: Session, world: World, ids: list[str]) -> None:
    one = session.query(Customer).get(ids[0])

    assert one is not None
    assert one.externalId == "1"
    assert session.query(Customer).get("nobody") is None
    assert world.sandbox.requests[0].path.endswith(ids[0])


# -- in words ---------------------------------------------------------------------------------------------------------


def test_a_query_reads_as_it_was_written(session: Session) -> None:
    query = session.query(Customer).filter(C.externalId == "1").order_by(C.extra, C.externalId.desc())

    assert str(session.query(Customer)) == "query(Customer)"
    assert str(query.limit(3).offset(2)) == (
        "query(Customer).filter(externalId EQUALS '1').order_by(extra asc, externalId desc).limit(3).offset(2)"
    )


def test_a_query_explains_how_it_is_answered(session: Session, world: World) -> None:
    query = session.query(Customer)

    assert "a scan along registeredAt, pages of 50" in query.explain()
    sorted_here = query.order_by(C.extra, C.externalId).filter_locally(C.extra == "x").explain()
    assert "one search" in sorted_here
    assert "sorted by externalId in this process" in sorted_here
    assert "filtered in this process by extra EQUALS 'x'" in sorted_here
    assert "so nothing is asked" in query.filter(C.extra.in_([])).explain()
    assert not asked(world)


# -- order ------------------------------------------------------------------------------------------------------------


def test_missing_values_come_last_whichever_way_a_key_runs(session: Session) -> None:
    query = session.query(Customer)

    assert keys(query.order_by(C.base.firstName, C.externalId)) == "136254"
    assert keys(query.order_by(C.base.firstName.desc(), C.externalId)) == "521364"


def test_rows_that_are_equal_by_one_key_are_sorted_by_the_next(session: Session) -> None:
    query = session.query(Customer)

    assert keys(query.order_by(C.extra, C.base.firstName.desc(), C.externalId)) == "514326"
    assert keys(query.order_by(C.extra).order_by(C.externalId.desc())) == "541362"


def test_limit_and_offset_apply_after_all_keys(session: Session) -> None:
    query = session.query(Customer).order_by(C.base.firstName, C.externalId.desc())

    assert keys(query.limit(2)) == "63"
    assert keys(query.offset(2).limit(2)) == "12"


def test_objects_in_memory_are_sorted_and_cut_alike(session: Session) -> None:
    query = (
        session.query(Customer).order_by(C.base.firstName.desc(), C.extra, C.externalId).offset(1).limit(4)
    )

    assert keys(query.run_on(reversed(session.query(Customer).all()))) == keys(query)


def test_a_query_in_memory_sees_unsaved_changes_and_sends_nothing(session: Session, world: World) -> None:
    rows = session.query(Customer).order_by(C.externalId).all()
    new = Customer(externalId="7", base={"firstName": "Cid"})
    rows[0].base.firstName = "Cid"
    asked(world)

    found = session.query(Customer).filter(C.base.firstName == "Cid").run_on([*rows, new])

    assert sorted(keys(found)) == ["1", "5", "7"]
    assert not asked(world)


# -- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_keeps_the_changes_of_an_entity_that_is_held(session: Session) -> None:
    one = session.query(Customer).filter_by(externalId="1").one()
    one.extra = "mine"

    assert session.query(Customer).filter_by(externalId="1").one() is one
    assert one.extra == "mine"


def test_populate_existing_overwrites_them(session: Session) -> None:
    one = session.query(Customer).filter_by(externalId="1").one()
    one.extra = "mine"

    assert session.query(Customer).filter_by(externalId="1").populate_existing().one() is one
    assert one.extra == "x"
    assert not session.dirty


def test_rows_without_tracking_are_detached_and_the_session_holds_nothing(session: Session) -> None:
    rows = session.query(Customer).no_tracking().all()

    assert len(rows) == 6
    assert all(inspect(row).detached and object_session(row) is None for row in rows)
    assert not list(session)


def test_rows_without_tracking_leave_held_entities_alone(session: Session) -> None:
    one = session.query(Customer).filter_by(externalId="1").one()
    one.extra = "mine"

    [other] = session.query(Customer).filter_by(externalId="1").no_tracking()

    assert other is not one
    assert (one.extra, other.extra) == ("mine", "x")


def test_a_row_without_tracking_can_be_added_and_saved(
    session: Session, world: World, ids: list[str]
) -> None:
    [row] = session.query(Customer).filter_by(externalId="1").no_tracking()
    row.extra = "new"
    session.add(row)
    session.commit()

    assert [(one.method, one.body) for one in world.sandbox.requests if one.method != "GET"] == [
        ("PATCH", {"extra": "new"})
    ]


def test_rows_can_be_saved_while_they_are_read(session: Session, world: World) -> None:
    world.sandbox.seed([{"externalId": f"n{number:03}"} for number in range(120)])
    seen = []
    for one in session.query(Customer):
        one.extra = "seen"
        seen.append(one.id)
        if len(seen) % 40 == 0:
            session.commit()
    session.commit()

    assert len(seen) == len(set(seen)) == 126
    world.clock.advance(120)
    with Session(world.node()) as other:
        assert other.query(Customer).filter(C.extra == "seen").count() == 126


def test_rows_can_be_deleted_and_added_to_while_they_are_read(session: Session, world: World) -> None:
    world.sandbox.seed([{"externalId": f"n{number:03}"} for number in range(120)])
    seen = []
    for one in session.query(Customer).yield_per(20):
        seen.append(one.id)
        if len(seen) % 2:
            session.delete(one)
        else:
            session.add(Education(customer=one, id="e1"))
        if len(seen) % 10 == 0:
            session.commit()
    session.commit()

    assert len(seen) == len(set(seen)) == 126


def test_pages_can_be_small(session: Session, world: World) -> None:
    assert len(list(session.query(Customer).yield_per(2))) == 6

    assert {one["size"] for one in asked(world)} == {"2"}
