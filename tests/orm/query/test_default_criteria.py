"""Default criteria: what `__criteria__` of a class says holds wherever its entities are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import (
    Attr,
    CompileError,
    CompletedOrder,
    ConfigurationError,
    Customer,
    Embedded,
    Event,
    Properties,
    Session,
    and_,
    attr,
    did,
    embedded,
    load_only,
    or_,
)
from contacthub_orm.orm.query.relations import related
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server
from tests.support.world import World

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Details(Properties):
    points: Attr[int | None] = attr(default=None)
    deletedAt: Attr[datetime | None] = attr(default=None)


class Active(Customer):
    __criteria__ = Customer.enabled == True  # noqa: E712 - a criterion


class Member(Customer):
    """Deleted softly: a date in its properties hides it."""

    __criteria__ = lambda cls: cls.extended.deletedAt.is_(None)  # noqa: E731 - it names an attribute of the class

    extended: Embedded[Details] = embedded(default=None)


class Rich(Member):
    __criteria__ = Member.extended.points >= 100


class WebEvent(Event):
    __criteria__ = Event.context == Event.CONTEXTS.WEB


class Visitor(Customer):
    web_events = related(lambda: WebEvent, lambda query, identity: query.filter(Event.customerId == identity))


@pytest.fixture
def ids(world: World) -> list[str]:
    """A customer that is enabled, and one that is not."""
    found: list[str] = world.sandbox.seed(
        [{"externalId": "on", "enabled": True}, {"externalId": "off", "enabled": False}]
    )
    return found


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


def names(rows: Any) -> list[Any]:
    return sorted(row.externalId for row in rows)


def test_queries_counts_and_scans_find_only_what_satisfies_them(ids: list[str], session: Session) -> None:
    query = session.query(Active)

    assert names(query) == names(query.all()) == ["on"]
    assert names(query.order_by(Customer.externalId)) == names(query.yield_per(1)) == ["on"]
    assert query.count() == 1
    assert query.filter_by(externalId="off").first() is None
    assert not query.filter_by(externalId="off").exists()
    assert names(query.page(0, 10)) == ["on"]


def test_queries_of_a_node_keep_them_too(ids: list[str], world: World) -> None:
    query = world.node().query(Active)

    assert names(query) == ["on"]
    assert [query.get(identity) is None for identity in ids] == [False, True]
    assert query.without_criteria().get(ids[1]) is not None


def test_get_gives_none_for_what_does_not_satisfy_them(ids: list[str], session: Session) -> None:
    on, off = ids

    assert session.get(Active, off) is None
    assert session.query(Active).get(off) is None
    assert [one and one.id for one in session.get_many(Active, [off, on])] == [None, on]


def test_without_criteria_is_the_way_out(ids: list[str], session: Session) -> None:
    query = session.query(Active).without_criteria()

    assert names(query) == ["off", "on"]
    assert query.count() == 2
    found = query.get(ids[1])
    assert found is not None
    assert found.id == ids[1]


def test_what_the_session_holds_is_judged_by_its_unsaved_values(ids: list[str], session: Session) -> None:
    held = session.get(Active, ids[0])
    assert held is not None
    held.enabled = False

    assert session.get(Active, ids[0]) is None
    assert session.query(Active).all() == []


def test_explain_shows_them(session: Session) -> None:
    assert "only those of the default criteria: enabled EQUALS True" in session.query(Active).explain()
    assert "default criteria" not in session.query(Active).without_criteria().explain()
    assert "default criteria" not in session.query(Customer).explain()


def test_partial_rows_are_loaded_with_the_paths_that_they_ask_for(ids: list[str], session: Session) -> None:
    query = session.query(Active).options(load_only("externalId"))

    assert ("enabled",) in query.fields
    assert names(query) == ["on"]


def test_a_subclass_has_those_of_its_bases(world: World, session: Session) -> None:
    world.sandbox.seed(
        [
            {"externalId": "rich", "extended": {"points": 100}},
            {"externalId": "poor", "extended": {"points": 1}},
            {"externalId": "gone", "extended": {"points": 100, "deletedAt": "2026-01-02T00:00:00.000Z"}},
        ]
    )

    assert names(session.query(Rich)) == ["rich"]


def test_a_relation_to_the_class_keeps_them(world: World, session: Session) -> None:
    (identity,) = world.sandbox.seed([{"externalId": "1"}])
    common = {"customerId": identity, "type": "viewedPage", "date": "2024-01-01T12:00:00Z"}
    url = {"properties": {"url": "https://example.com"}}
    world.sandbox.seed_events([{**common, **url, "context": "WEB"}, {**common, **url, "context": "MOBILE"}])
    visitor = session.get(Visitor, identity)
    assert visitor is not None

    assert [event.context for event in visitor.web_events] == ["WEB"]


def test_a_soft_deletion_hides_a_customer_before_any_search_knows_of_it(world: World) -> None:
    world.sandbox.seed([{"externalId": "1"}])
    with Session(world.node()) as session:
        member = session.query(Member).one()
        member.extended.deletedAt = NOW
        session.commit()

        assert session.query(Member).all() == []
        assert session.get(Member, member.id or "") is None


def test_a_merge_finds_what_they_hide_and_makes_no_double(
    server: Server, contacthub_sandbox: Sandbox
) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "enabled": False}])
    with Session(contacthub_sandbox.node) as session:
        session.merge(Active(externalId="1", enabled=True), key="externalId")
        session.commit()

    assert [one["enabled"] for one in server.customers()] == [True]


def test_a_raw_query_says_first_that_it_leaves_them_out(session: Session) -> None:
    raw = {"name": "", "query": {"type": "simple", "name": "q", "are": {}}}

    with pytest.raises(CompileError, match="without_criteria"):
        session.query(Active).raw(raw)
    assert session.query(Active).without_criteria().raw(raw).json == raw


@pytest.mark.parametrize("operation", ["union", "intersect", "except_"])
def test_set_operations_keep_them(ids: list[str], session: Session, operation: str) -> None:
    everybody = session.query(Active).without_criteria()
    query = getattr(session.query(Active), operation)(everybody.filter(Customer.externalId != "other"))

    assert set(names(query)) <= {"on"}
    assert query.count() == len(query.all())


def test_what_customers_did_is_asked_of_the_events_that_satisfy_them() -> None:
    class WebOrder(CompletedOrder):
        __criteria__ = Event.context == Event.CONTEXTS.WEB

    assert did(WebOrder) == did(CompletedOrder, Event.context == Event.CONTEXTS.WEB)


def test_criteria_that_only_the_service_can_check_are_refused(session: Session) -> None:
    class Buyer(Customer):
        __criteria__ = did(CompletedOrder)

    with pytest.raises(ConfigurationError, match=r"Buyer.__criteria__"):
        session.query(Buyer)


def test_what_is_no_criterion_is_refused(session: Session) -> None:
    class Broken(Customer):
        __criteria__ = lambda cls: True  # type: ignore[assignment]  # noqa: E731

    with pytest.raises(ConfigurationError, match=r"Broken.__criteria__ is a criterion"):
        session.query(Broken)


# -- no operation leaks a row ----------------------------------------------------------------------------------------

CONDITIONS = st.recursive(
    st.sampled_from(
        [
            Customer.externalId == "a",
            Customer.externalId != "a",
            Customer.base.lastName == "x",
            Customer.base.lastName.is_(None),
            Customer.enabled == False,  # noqa: E712
        ]
    ),
    lambda inner: st.builds(and_, inner, inner) | st.builds(or_, inner, inner) | inner.map(lambda one: ~one),
    max_leaves=5,
)


@pytest.mark.slow
@given(
    rows=st.lists(st.tuples(st.booleans(), st.sampled_from(["x", None])), max_size=4), condition=CONDITIONS
)
def test_no_query_leaks_a_row(
    served: tuple[Sandbox, Any], rows: list[tuple[bool, str | None]], condition: Any
) -> None:
    sandbox, _ = served
    sandbox.reset()
    documents = [
        {"externalId": "abcd"[index], "enabled": enabled, "base": {"lastName": name}}
        for index, (enabled, name) in enumerate(rows)
    ]
    sandbox.seed(documents)
    wanted = sorted(one["externalId"] for one in documents if one["enabled"] and condition.holds_for(one))
    with Session(sandbox.node) as session:
        query = session.query(Active).filter(condition)

        assert names(query) == names(query.order_by(Customer.externalId)) == wanted
        assert query.count() == len(wanted)
        assert names(query.run_on(session.query(Active).without_criteria().all())) == wanted
