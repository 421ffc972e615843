"""Queries of a mirror: their rows, what is refused, how they are answered."""

from __future__ import annotations

import pytest

from contacthub_orm import (
    ArgumentError,
    CompileError,
    Customer,
    Event,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    Session,
    ViewedPage,
    did,
    load_only,
)
from tests.support.conditions import ShopCustomer, Shopper


@pytest.fixture
def people(sandbox, mirror):
    found = sandbox.seed(
        [
            {"externalId": str(number), "base": {"lastName": name}, "extended": {"points": number}}
            for number, name in enumerate(["Lee", "Moe", "Lee", "Poe"])
        ]
    )
    mirror.pull()
    sandbox.clear_requests()
    return found


def test_a_query_asks_the_file_alone(sandbox, mirror, people):
    query = (
        mirror.query(Customer).filter(Customer.base.lastName == "Lee").order_by(Customer.externalId.desc())
    )
    assert [one.externalId for one in query] == ["2", "0"]
    assert (query.count(), query.exists(), query.first().externalId) == (2, True, "2")
    assert query.limit(1).all()[0].externalId == "2"
    assert query.offset(1).one().externalId == "0"
    assert query.filter_by(externalId="9").first() is None
    assert sandbox.requests == []


def test_rows_are_of_the_class_that_was_asked_for(mirror, people):
    [one] = mirror.query(ShopCustomer).filter(ShopCustomer.extended.points > 2)
    assert type(one) is ShopCustomer
    assert isinstance(one.extended, Shopper)


def test_one_row_is_demanded(mirror, people):
    query = mirror.query(Customer)
    with pytest.raises(NoResultFound):
        query.filter_by(externalId="9").one()
    with pytest.raises(MultipleResultsFound):
        query.one()
    assert mirror.get(Customer, people[1]).externalId == "1"
    assert mirror.get(Customer, "unknown") is None


def test_a_row_cannot_save_itself_and_a_session_takes_it(node, sandbox, mirror, people):
    row = mirror.get(Customer, people[0])
    row.base.firstName = "Ann"
    with pytest.raises(InvalidRequestError, match="belongs to no node"):
        row.patch()
    with Session(node) as session:
        session.add(row)
        session.commit()
    assert sandbox.requests[-1].body == {"base": {"firstName": "Ann"}}
    mirror.pull()
    assert mirror.get(Customer, people[0]).base.firstName == "Ann"


def test_a_class_of_events_finds_its_type_alone(node, mirror, people):
    with Session(node) as session:
        for kind in ("viewedPage", "viewedPage", "genericActiveEvent"):
            session.add(Event(customerId=people[0], type=kind, context="WEB", properties={}))
        session.commit()
    mirror.pull()
    assert mirror.query(ViewedPage).count() == 2
    assert mirror.query(Event).filter(Event.customerId == people[0]).count() == 3


def test_an_index_is_used(mirror, people):
    query = mirror.query(Customer).filter(Customer.base.lastName == "Lee")
    assert "by_customers" not in query.explain()
    mirror.index("base.lastName")
    mirror.index("base.lastName")
    assert "by_customers_base_lastName" in query.explain()
    mirror.index("extended.points", entity=ShopCustomer)
    asked = mirror.query(ShopCustomer).filter(ShopCustomer.extended.points > 2)
    assert "by_customers_extended_points" in asked.explain()
    assert asked.count() == 1


@pytest.mark.parametrize(
    "paths", [("base.nothing",), ("tags.manual",), ("extended.points",), ("base.dob",), ()]
)
def test_what_cannot_be_indexed_is_refused(mirror, paths):
    with pytest.raises(ArgumentError, match="index"):
        mirror.index(*paths)


def test_what_is_tested_afterwards_is_said(mirror, people):
    assert "tested in this process" in mirror.query(Customer).filter(Customer.extended.points == 1).explain()


def test_a_thousand_conditions_and_many_values_are_no_trouble(mirror, people):
    wanted = [str(number) for number in range(40_000)]
    assert mirror.query(Customer).filter(Customer.externalId.in_(wanted)).count() == 4
    criterion = Customer.externalId == "x"
    for number in range(5_000):
        criterion |= Customer.externalId == str(number)
    assert mirror.query(Customer).filter(criterion).count() == 4


@pytest.mark.parametrize("name", ["'", '"', "\\", "é", "a b", "$", "]", "--"])
def test_odd_names_of_properties_are_found(sandbox, mirror, name):
    sandbox.seed([{"extended": {name: "x"}}, {"extended": {"other": "x"}}])
    mirror.pull()
    assert mirror.query(Customer).filter(Customer.extended[name] == "x").count() == 1


def test_odd_values_are_compared_and_never_run(sandbox, mirror):
    values = ["'; drop table meta; --", "\u0000", "\ud83d\ude00", 2**70]
    sandbox.seed([{"externalId": "it's"}])
    mirror.pull()
    assert mirror.query(Customer).filter(Customer.externalId == "it's").count() == 1
    for value in values[:3]:
        try:
            criterion = Customer.externalId == value
        except CompileError:
            continue  # JSON cannot carry it
        assert mirror.query(Customer).filter(criterion).count() == 0
    assert mirror.query(Customer).filter(Customer.intId < values[3]).count() == 1


def test_what_a_mirror_cannot_answer_is_refused(mirror):
    query = mirror.query(Customer)
    with pytest.raises(CompileError, match="only the service can answer"):
        query.filter(did("viewedPage")).all()
    with pytest.raises(CompileError, match="raw"):
        query.raw({})
    with pytest.raises(CompileError, match="options"):
        query.options(load_only(Customer.externalId))
    with pytest.raises(CompileError, match="order_by"):
        query.order_by(Customer.extended.x).all()
    with pytest.raises(InvalidRequestError, match="customers and events"):
        mirror.query(str)


def test_set_operations_and_local_filters_hold(mirror, people):
    query = mirror.query(Customer)
    lees, first = query.filter(Customer.base.lastName == "Lee"), query.filter(Customer.externalId == "0")
    assert {one.externalId for one in lees - first} == {"2"}
    assert {one.externalId for one in lees & first} == {"0"}
    assert (lees | query.filter(Customer.externalId == "1")).count() == 3
    assert query.filter_locally(Customer.extended.points > 2).count() == 1


class Lee(Customer):
    __criteria__ = Customer.base.lastName == "Lee"


def test_default_criteria_hold_for_a_mirror_too(mirror, people):
    query = mirror.query(Lee)
    assert {one.externalId for one in query} == {"0", "2"}
    assert (query.count(), query.without_criteria().count()) == (2, 4)
    assert mirror.get(Lee, people[0]).externalId == "0"
    assert mirror.get(Lee, people[1]) is None
