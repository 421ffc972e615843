"""What cannot be asked is refused before anything is sent; the message names the expression and the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contacthub_orm import (
    CompileError,
    CompletedOrder,
    Customer,
    Education,
    Event,
    InvalidRequestError,
    Session,
    ViewedPage,
    between_,
    did,
    in_,
    is_null,
    load_only,
    raiseload,
    selectinload,
)
from tests.support.conditions import ShopCustomer
from tests.support.world import World

C: Any = Customer
S: Any = ShopCustomer

EXPRESSIONS: list[tuple[Callable[[], Any], str]] = [
    (lambda: C.base.fristName == "x", "Customer.base declares no attribute 'fristName'; did you mean 'firstName'?"),
    (lambda: C.base.contacts.mail == "x", "Customer.base.contacts declares no attribute 'mail'; did you mean 'email'?"),
    (lambda: S.extended.pionts == 1, "ShopCustomer.extended declares no attribute 'pionts'; did you mean 'points'?"),
    (lambda: C.base.jobs.companyName == "x", "Customer.base.jobs.companyName: Customer.base.jobs is a list, and no source tells how a path leads into one"),
    (lambda: C.tags.manual.first == "x", "Customer.tags.manual.first: Customer.tags.manual is a list"),
    (lambda: C.externalId.length == 1, "Customer.externalId.length: Customer.externalId is a string, which has no attributes"),
    (lambda: C.base.dob.year == 1815, "Customer.base.dob.year: Customer.base.dob is a date, which has no attributes"),
    (lambda: C.externalId == 1, "Customer.externalId EQUALS: Customer.externalId holds a string, got 1"),
    (lambda: C.externalId != 1, "Customer.externalId NOT_EQUALS: Customer.externalId holds a string, got 1"),
    (lambda: C.version == "1", "Customer.version EQUALS: Customer.version holds an integer, got '1'"),
    (lambda: C.version > 1.5, "Customer.version GT: Customer.version holds an integer, got 1.5"),
    (lambda: C.version >= True, "Customer.version GTE: Customer.version holds an integer, got True"),
    (lambda: C.base.address.geo.lat < "1", "Customer.base.address.geo.lat LT: Customer.base.address.geo.lat holds a number, got '1'"),
    (lambda: C.base.address.geo.lat == float("inf"), "Customer.base.address.geo.lat compares with a string, a number or a date, got inf"),
    (lambda: C.enabled == 0, "Customer.enabled EQUALS: Customer.enabled holds a boolean, got 0"),
    (lambda: C.enabled == "true", "Customer.enabled EQUALS: Customer.enabled holds a boolean, got 'true'"),
    (lambda: C.base.dob <= "yesterday", "Customer.base.dob LTE: Customer.base.dob holds a date, got 'yesterday'"),
    (lambda: C.registeredAt > 1577836800000, "Customer.registeredAt GT: Customer.registeredAt holds a date and time, got 1577836800000"),
    (lambda: S.extended.size == "M", "ShopCustomer.extended.size EQUALS: ShopCustomer.extended.size holds one of S, L, got 'M'"),
    (lambda: S.extended.sizes.contains("M"), "ShopCustomer.extended.sizes contains: ShopCustomer.extended.sizes holds a list (each one of S, L), got 'M'"),
    (lambda: C.externalId < None, "Customer.externalId LT: Customer.externalId cannot be compared with None"),
    (lambda: C.externalId.in_(["1", None]), "Customer.externalId IN: Customer.externalId cannot be compared with None"),
    (lambda: C.version.between(1, None), "Customer.version between: Customer.version cannot be compared with None"),
    (lambda: C.version.between("a", 2), "Customer.version between: Customer.version holds an integer, got 'a'"),
    (lambda: C.externalId.in_("12"), "Customer.externalId in_('12'): Customer.externalId takes a list of values"),
    (lambda: C.externalId.not_in(12), "Customer.externalId not_in(12): Customer.externalId takes a list of values"),
    (lambda: C.externalId.not_in([1]), "Customer.externalId NOT_IN: Customer.externalId holds a string, got 1"),
    (lambda: C.externalId.contains("1"), "Customer.externalId contains('1'): Customer.externalId is not a list"),
    (lambda: C.tags.manual == ["vip"], "Customer.tags.manual EQUALS ['vip']: Customer.tags.manual is a list: ask what it holds with contains"),
    (lambda: C.tags.manual > "a", "Customer.tags.manual GT 'a': Customer.tags.manual is a list"),
    (lambda: C.tags.manual.between("a", "b"), "Customer.tags.manual between: Customer.tags.manual is a list"),
    (lambda: C.tags.manual.contains(1), "Customer.tags.manual contains: Customer.tags.manual holds a list (each a string), got 1"),
    (lambda: C.base.jobs.contains({"id": "1"}), "Customer.base.jobs compares with a string, a number or a date, got {'id': '1'}"),
    (lambda: C.externalId.is_("1"), "Customer.externalId is_('1'): Customer.externalId takes None alone"),
    (lambda: C.base == {"firstName": "x"}, "Customer.base == {'firstName': 'x'}: Customer.base is an object"),
    (lambda: C.base.contacts >= 1, "Customer.base.contacts >= 1: Customer.base.contacts is an object"),
    (lambda: C.extended.points == [1], "Customer.extended.points compares with a string, a number or a date, got [1]"),
    (lambda: C.extended["a.b"] == 1, "Customer.extended['a.b']: a path is made of names without a dot"),
    (lambda: C.extended.points == object(), "Customer.extended.points EQUALS: object has no JSON form"),
    (lambda: C.externalId == C.extra, "Customer.externalId holds a string, got <Expression Customer.extra>"),
    (lambda: in_("x", "externalId"), "in_: expected an attribute of an entity class, got 'externalId'"),
    (lambda: between_(C.base, 1, 2), "between_: expected an attribute of an entity class, got <EmbeddedExpression Customer.base>"),
    (lambda: is_null("base"), "is_null: expected an attribute of an entity class, got 'base'"),
    (lambda: did("boughtSomething"), "did: 'boughtSomething' is not a type of event"),
    (lambda: did(Event), "did: <class 'contacthub_orm.contacthub.entities.event.Event'> is not a type of event"),
    (lambda: did(CompletedOrder, C.externalId == "1"), "did(completedOrder): externalId EQUALS '1' is a condition on Customer, not on an event"),
    (lambda: did(CompletedOrder, ViewedPage.properties.url == "x"), "did(completedOrder): properties.url EQUALS 'x' is a condition on ViewedPage, another type of event"),
    (lambda: did(CompletedOrder, did(ViewedPage)), "did(completedOrder): expected a condition such as Event.properties.orderId == x, got"),
    (lambda: did(CompletedOrder, between=(date(2020, 1, 1),)),  # type: ignore[arg-type]
        "did(completedOrder): between must be a first and a last instant, got (datetime.date(2020, 1, 1),)"),
    (lambda: did(CompletedOrder, between=("soon", "later")), "Event.date between: Event.date holds a date and time, got 'soon'"),
    (lambda: load_only(), "load_only: names no path"),
    (lambda: load_only(""), "load_only: expected a path such as 'base.firstName' or an attribute, got ''"),
    (lambda: selectinload(Customer.base), "selectinload: expected a relation such as Author.books, got"),
    (lambda: raiseload("events"), "raiseload: expected a relation such as Author.books, got 'events'"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), EXPRESSIONS, ids=[message[:60] for _, message in EXPRESSIONS])
def test_an_expression_is_refused_where_it_is_written(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(CompileError) as refusal:
        build()

    assert message in str(refusal.value)


ASKED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda q: q.filter("externalId = 1"), "filter: expected a criterion such as Customer.id == x, got 'externalId = 1'"),
    (lambda q: q.filter(Event.mode == "ACTIVE"), "mode EQUALS 'ACTIVE': Event.mode is not an attribute of Customer"),
    (lambda q: q.filter(S.extended.points > 1), "extended.points GT 1: ShopCustomer.extended.points is not an attribute of Customer"),
    (lambda q: q.filter_by(extrenalId="1"), "Customer declares no attribute 'extrenalId'; did you mean 'externalId'?"),
    (lambda q: q.filter_by(base="x"), "Customer.base == 'x': Customer.base is an object"),
    (lambda q: q.filter_locally(did(ViewedPage)), "filter_locally: did(viewedPage) asks for events"),
    (lambda q: q.order_by("externalId"), "order_by: expected an attribute or its asc() or desc(), got 'externalId'"),
    (lambda q: q.order_by(C.base), "order_by: expected an attribute or its asc() or desc(), got <EmbeddedExpression Customer.base>"),
    (lambda q: q.order_by(Event.date), "order_by: date is not an attribute of Customer"),
    (lambda q: q.limit(-1), "limit: expected an integer that is not negative, got -1"),
    (lambda q: q.limit(1.5), "limit: expected an integer that is not negative, got 1.5"),
    (lambda q: q.offset(True), "offset: expected an integer that is not negative, got True"),
    (lambda q: q.page(-1, 10), "page: expected an integer that is not negative, got -1"),
    (lambda q: q.page(0, 0), "size: expected an integer from 1 on, got 0"),
    (lambda q: q.page(0, 51), "a page holds 50 elements at most, got 51"),
    (lambda q: q.limit(5).page(0, 10), "page: query(Customer).limit(5) has a limit or an offset"),
    (lambda q: q.offset(5).page(0, 10), "page: query(Customer).offset(5) has a limit or an offset"),
    (lambda q: q.order_by(C.externalId, C.extra).page(0, 10), "page: query(Customer).order_by(externalId asc, extra asc) is sorted by several attributes"),
    (lambda q: q.distinct(), "distinct: the rows of query(Customer) are entities, of which no two are the same"),
    (lambda q: q.union("x"), "UNION: expected a query, got 'x'"),
    (lambda q: q.limit(1).union(q), "UNION: query(Customer).limit(1) has an order, a limit, an offset"),
    (lambda q: q & q.order_by(C.externalId), "INTERSECT: query(Customer).order_by(externalId asc) has an order"),
    (lambda q: q - q.filter_locally(C.externalId == "1"), "EXCEPT: query(Customer).filter_locally(externalId EQUALS '1') has an order, a limit, an offset, a local filter"),
    (lambda q: q.raw({}) | q, "UNION: query(Customer).filter(raw) has an order, a limit, an offset, a local filter or a raw query"),
    (lambda q: q | q.session.query(Event), "UNION: query(Customer) and query(Event) are not of the same entities"),
    (lambda q: q.raw(None), "raw: expected the query as an object, as json.loads gives it, got None"),
    (lambda q: q.raw("{}"), "raw: expected the query as an object, as json.loads gives it, got '{}'"),
    (lambda q: q.filter(C.externalId == "1").raw({}), "raw: query(Customer).filter(externalId EQUALS '1') has criteria already"),
    (lambda q: q.raw({}).filter(C.externalId == "1"), "filter: a raw query cannot be narrowed"),
    (lambda q: q.raw({}).run_on([]), "run_on: a raw query is for the service alone"),
    (lambda q: q.filter(did(ViewedPage)).run_on([]), "run_on: did(viewedPage) asks for events, which are not part of the rows: only the service can answer"),
    (lambda q: q.options("events"), "options: expected load_only, selectinload or raiseload, got 'events'"),
    (lambda q: q.options(load_only("bsae")), "load_only: Customer declares no attribute 'bsae'; did you mean 'base'?"),
    (lambda q: q.options(load_only("base.fristName")), "load_only: Customer.base declares no attribute 'fristName'; did you mean 'firstName'?"),
    (lambda q: q.options(load_only("base.jobs.id")), "load_only: Customer.base.jobs is loaded whole: nothing below it can be asked for, got 'id'"),
    (lambda q: q.options(load_only(Event.date)), "load_only: an attribute of Event is not one of Customer"),
    (lambda q: q.session.query(Event).options(load_only("type")).all(), "load_only: the service returns only whole events"),
    (lambda q: q.session.query(Event).options(selectinload(Customer.events)), "selectinload: Customer.events is not a relation of Event"),
    (lambda q: q.session.query(Event).raw({}).all(), "raw: events have no query language"),
    (lambda q: q.session.query(Event).filter(did(ViewedPage)).all(), "did(viewedPage): an event query takes =="),
    (lambda q: (q.session.query(Event) & q.session.query(Event).filter(Event.type == "viewedPage") - q.session.query(Event).filter(Event.mode == "ACTIVE")).all(), "EXCEPT mode EQUALS 'ACTIVE'): an event query takes =="),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "message"), ASKED, ids=[message[:60] for _, message in ASKED])
def test_a_query_is_refused_before_anything_is_sent(
    world: World, ask: Callable[[Any], Any], message: str
) -> None:
    with Session(world.node()) as session, pytest.raises(CompileError) as refusal:
        ask(session.query(Customer))

    assert message in str(refusal.value)
    assert not world.sandbox.requests


def test_what_lives_below_a_customer_cannot_be_searched(world: World) -> None:
    with (
        Session(world.node()) as session,
        pytest.raises(InvalidRequestError, match="Education cannot be queried"),
    ):
        session.query(Education).all()


@pytest.mark.parametrize(
    "build",
    [
        lambda: C.externalId == "1" and C.extra == "x",
        lambda: C.externalId == "1" or C.extra == "x",
        lambda: not (C.externalId == "1"),  # noqa: SIM201
        lambda: 1 < C.version < 3,
        lambda: "vip" in C.tags.manual,
        lambda: "vip" in C.extended.shops,
        lambda: C.base.jobs[0],
    ],
)
def test_python_operators_that_would_mislead_are_refused(build: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        build()


def test_an_undeclared_attribute_is_an_attribute_error_too() -> None:
    assert not hasattr(C.base.jobs, "companyName")
    assert not hasattr(C.base, "fristName")
