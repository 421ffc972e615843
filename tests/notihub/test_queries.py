"""Queries on Notihub: what its lists can be asked, what is refused, what is checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contacthub_orm import CompileError, load_only
from contacthub_orm.notihub import Customer, CustomerContact, Message, Query, Session
from tests.support.notihub import NotihubWorld


@pytest.fixture
def session(notihub_world: NotihubWorld) -> Iterator[Session]:
    with Session(notihub_world.environment()) as session:
        yield session


def test_a_query_compiles_to_the_parameters_of_the_list(session: Session) -> None:
    query = session.query(Customer).filter(Customer.status == "ENABLED").search("some@email.com").limit(10)

    assert query.compile() == {"actives": "true", "search": "some@email.com", "limit": "10", "page": "1"}
    assert str(query) == "query(Customer).filter(status EQUALS 'ENABLED').limit(10).search('some@email.com')"


def test_what_is_compiled_is_what_is_sent(session: Session, notihub_world: NotihubWorld) -> None:
    query = session.query(Customer).filter_by(status="ENABLED").search("x").limit(10)
    query.all()

    [sent] = [one for one in notihub_world.sandbox.requests if one.path == "/customers/"]
    assert dict(sent.query) == query.compile()


def test_pages_are_asked_by_number_from_one(session: Session, notihub_world: NotihubWorld) -> None:
    notihub_world.sandbox.seed([{"externalId": str(number)} for number in range(401)])

    found = session.query(Customer).all()

    pages = [one.query for one in notihub_world.sandbox.requests if one.path == "/customers/"]
    assert [one.externalId for one in found] == [str(number) for number in range(401)]
    assert [(page["limit"], page["page"]) for page in map(dict, pages)] == [
        ("200", "1"),
        ("200", "2"),
        ("200", "3"),
    ]


def test_messages_are_found_by_customer_and_template(session: Session, notihub_world: NotihubWorld) -> None:
    one, two = notihub_world.sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    for customer, template in ((one, "a"), (one, "b"), (two, "a")):
        session.add(Message(customerId=customer, templateId=template))
    session.commit()
    query = session.query(Message).filter(Message.customerId == one)

    assert query.compile() == {"customerId": one, "limit": "200", "page": "1"}
    assert {message.templateId for message in query} == {"a", "b"}
    assert query.filter(Message.templateId == "b").one().templateId == "b"
    assert query.count() == 2


def test_other_conditions_are_checked_here_on_request(session: Session, notihub_world: NotihubWorld) -> None:
    notihub_world.sandbox.seed(
        [
            {"externalId": "1", "language": "it_IT"},
            {"externalId": "2"},
            {"externalId": "3", "language": "it_IT"},
        ]
    )
    query = session.query(Customer).filter_locally(Customer.language == "it_IT")

    assert [one.externalId for one in query] == ["1", "3"]
    assert [one.externalId for one in query.limit(1)] == ["1"]
    assert query.exists()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (
            lambda q: q.filter(Customer.language == "it_IT"),
            "filter: .* cannot be asked for language EQUALS 'it_IT'",
        ),
        (lambda q: q.filter(Customer.status == "DISABLED"), "status EQUALS 'DISABLED'"),
        (lambda q: q.filter(Customer.status != "ENABLED"), "status NOT_EQUALS 'ENABLED'"),
        (
            lambda q: q.filter((Customer.status == "ENABLED") | (Customer.externalId == "1")),
            "cannot be asked for .*status EQUALS 'ENABLED'.*externalId EQUALS '1'",
        ),
        (lambda q: q.order_by(Customer.externalId), "order_by: .* sorts customers by nothing"),
        (lambda q: q.options(load_only(Customer.externalId)), "load_only: .* returns only whole customers"),
        (lambda q: q.raw({"a": 1}), "raw: .* has no query language"),
    ],
)
def test_what_a_list_cannot_be_asked_is_refused_by_name(
    session: Session, notihub_world: NotihubWorld, query: Callable[[Any], Any], named: str
) -> None:
    asked = query(session.query(Customer))
    with pytest.raises(CompileError, match=named):
        asked.compile()
    with pytest.raises(CompileError, match=named):
        asked.all()
    assert notihub_world.requests() == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (lambda q: q.search(""), "search: expected a text"),
        (lambda q: q.search("a").search("b"), "search: .* has a text already"),
        (lambda q: q.search("a") | q, "UNION: a search text cannot be combined"),
        (lambda q: q & q.search("a"), "INTERSECT: a search text cannot be combined"),
        (lambda q: q.search("a").run_on([]), "run_on: .* has a text"),
    ],
)
def test_a_search_text_stands_alone(session: Session, query: Callable[[Any], Any], named: str) -> None:
    with pytest.raises(CompileError, match=named):
        query(session.query(Customer))


def test_only_customers_are_searched(session: Session) -> None:
    with pytest.raises(CompileError, match="searches customers alone, not Message"):
        session.query(Message).search("a")
    with pytest.raises(Exception, match="cannot be queried: read it through its customer"):
        session.query(CustomerContact)


def test_a_query_keeps_its_class(session: Session) -> None:
    assert isinstance(session.query(Customer).filter(Customer.status == "ENABLED").limit(1), Query)
