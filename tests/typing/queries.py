"""What mypy and basedpyright know of queries; read by the checkers, run by nothing but their import."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

from contacthub_orm import (
    CompletedOrder,
    Criterion,
    Customer,
    CustomerSession,
    Education,
    Event,
    Job,
    Like,
    Query,
    Result,
    Select,
    Session,
    Subscription,
    did,
    load_only,
    raiseload,
    select,
    selectinload,
)
from contacthub_orm.contacthub.events import CompletedOrderProperties
from contacthub_orm.orm import RelatedView


def making_a_query(session: Session) -> None:
    query = session.query(Customer)
    assert_type(query, Query[Customer])
    assert_type(query.filter(Customer.externalId == "1"), Query[Customer])
    assert_type(query.where(Customer.externalId == "1"), Query[Customer])
    assert_type(query.filter_by(externalId="1"), Query[Customer])
    assert_type(query.filter_locally(Customer.externalId == "1"), Query[Customer])
    assert_type(query.order_by(Customer.externalId.desc()), Query[Customer])
    assert_type(query.limit(1).offset(1), Query[Customer])
    assert_type(query.populate_existing().no_tracking().yield_per(10), Query[Customer])
    assert_type(query.options(load_only("extra"), selectinload(Customer.events)), Query[Customer])
    assert_type(query.options(raiseload(Customer.events)), Query[Customer])
    assert_type(query.raw({}), Query[Customer])
    assert_type(query & query, Query[Customer])
    assert_type(query | query, Query[Customer])
    assert_type(query - query, Query[Customer])
    assert_type(query.union(query).intersect(query).except_(query), Query[Customer])


def statements_without_a_session(session: Session) -> None:
    statement = select(Customer).where(Customer.externalId == "1").order_by(Customer.externalId)
    assert_type(statement, Select[Customer])
    assert_type(statement & statement, Select[Customer])
    assert_type(session.scalars(statement), Query[Customer])
    assert_type(session.scalars(select(Customer)).all(), list[Customer])
    assert_type(session.scalars(select(CompletedOrder)).first(), CompletedOrder | None)
    assert_type(session.scalars(statement).one(), Customer)
    assert_type(session.scalar(statement), Customer | None)
    assert_type(session.execute(statement), Result[Customer])
    assert_type(session.execute(statement).all(), list[tuple[Customer]])
    assert_type(session.execute(statement).scalars().all(), list[Customer])
    assert_type(session.execute(statement).scalar_one(), Customer)
    assert_type(session.execute(statement).scalar_one_or_none(), Customer | None)


def asking_a_query(session: Session) -> None:
    query = session.query(Customer)
    assert_type(query.all(), list[Customer])
    assert_type(query.first(), Customer | None)
    assert_type(query.one(), Customer)
    assert_type(query.one_or_none(), Customer | None)
    assert_type(query.get("1"), Customer | None)
    assert_type(query.page(0, 10), list[Customer])
    assert_type(query.run_on([Customer()]), list[Customer])
    assert_type(query.count(), int)
    assert_type(query.exists(), bool)
    assert_type(query.explain(), str)
    for customer in query:
        assert_type(customer, Customer)


def typed_events(session: Session) -> None:
    assert_type(session.query(CompletedOrder), Query[CompletedOrder])
    order = session.query(CompletedOrder).first()
    assert_type(order, CompletedOrder | None)
    assert order is not None
    assert_type(order.properties, CompletedOrderProperties)
    assert_type(order.customer, Customer | None)


def conditions_on_events() -> None:
    assert_type(did(CompletedOrder), Criterion)
    assert_type(did(CompletedOrder, CompletedOrder.properties.orderId == "1"), Criterion)
    assert_type(
        did("completedOrder", between=("2024-01-01", "2024-12-31")) & ~did(Event.TYPES.LOGGED_IN), Criterion
    )


def relations(customer: Customer) -> None:
    assert_type(customer.events, RelatedView[Event])
    assert_type(customer.events.all(), list[Event])
    assert_type(customer.events[0], Event)
    assert_type(customer.events.query, Query[Event])
    for event in customer.events:
        assert_type(event, Event)
    assert_type(customer.educations, tuple[Education, ...])
    assert_type(customer.jobs, tuple[Job, ...])
    assert_type(customer.likes, tuple[Like, ...])
    assert_type(customer.subscriptions, tuple[Subscription, ...])
    assert_type(customer.sessions, tuple[CustomerSession, ...])


def what_is_refused(session: Session, customer: Customer, anything: Any) -> None:
    session.query(Customer).filter("externalId = 1")  # type: ignore[arg-type]
    session.query(Customer).limit("1")  # type: ignore[arg-type]
    session.query(Customer).options("events")  # type: ignore[arg-type]
    session.query(Customer).union(session.query(Event))  # type: ignore[arg-type]
    did(anything, 3)  # type: ignore[arg-type]
