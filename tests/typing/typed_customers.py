"""What mypy and basedpyright know of customers and events; read by the checkers, run by nothing but their import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, assert_type

from contacthub_orm import (
    APIError,
    CommitError,
    Criterion,
    Customer,
    CustomerBase,
    Education,
    Event,
    Properties,
    Query,
    Session,
    Subscription,
    and_,
    between_,
    in_,
    inspect,
    is_null,
    not_,
    not_in_,
    or_,
)
from contacthub_orm.contacthub.values.enums import EventContext, EventType, SchoolType
from contacthub_orm.orm import Account, Entity, Expression, InstanceState, Plan
from contacthub_orm.orm.unit_of_work.compensation import Compensation


def attributes_of_an_object(customer: Customer, event: Event) -> None:
    assert_type(customer.id, str | None)
    assert_type(customer.externalId, str | None)
    assert_type(customer.base, CustomerBase)
    assert_type(customer.base.firstName, str | None)
    assert_type(customer.base.dob, date | None)
    assert_type(customer.base.contacts.email, str | None)
    assert_type(customer.base.address.geo.lat, float | None)
    assert_type(customer.base.educations, list[Education])
    assert_type(customer.base.educations[0].schoolType, SchoolType | None)
    assert_type(customer.base.subscriptions[0].subscribed, bool | None)
    assert_type(customer.tags.manual, list[str])
    assert_type(customer.consents.marketing.automatic.sms.status, bool | None)
    assert_type(customer.registeredAt, datetime | None)
    assert_type(customer.extended, Any)
    assert_type(event.type, EventType | None)
    assert_type(event.context, EventContext | None)
    assert_type(event.date, datetime | None)
    assert_type(event.customer, Customer | None)


def attributes_of_a_class() -> None:
    assert_type(Customer.externalId, Expression[str | None])
    assert_type(Customer.base, type[CustomerBase])
    assert_type(Customer.base.dob, Expression[date | None])
    assert_type(Customer.base.educations, Expression[list[Education]])
    assert_type(Customer.tags.manual, Expression[list[str]])
    assert_type(Customer.base.contacts.email == "x", Criterion)
    assert_type(Customer.base.contacts.email != None, Criterion)  # noqa: E711
    assert_type(Customer.base.dob < date(2000, 1, 1), Criterion)
    assert_type(Customer.registeredAt >= datetime(2020, 1, 1), Criterion)
    assert_type(Customer.base.firstName.in_(["Bruce", "Alfred"]), Criterion)
    assert_type(Customer.base.firstName.is_not(None), Criterion)
    assert_type(Customer.base.dob.between("1990-01-01", "1999-12-31"), Criterion)
    assert_type(Customer.tags.manual.contains("vip"), Criterion)
    assert_type(Customer.extended.points, Any)
    assert_type(Event.type == Event.TYPES.VIEWED_PAGE, Criterion)


def criteria() -> None:
    known = Customer.base.contacts.email.is_not(None)
    wayne = Customer.base.lastName == "Wayne"
    assert_type(known & wayne, Criterion)
    assert_type(known | ~wayne, Criterion)
    assert_type(and_(known, wayne), Criterion)
    assert_type(or_(known, not_(wayne)), Criterion)
    assert_type(in_("vip", Customer.tags.manual), Criterion)
    assert_type(not_in_(["1", "2"], Customer.externalId), Criterion)
    assert_type(between_(Customer.base.dob, date(1990, 1, 1), date(1999, 12, 31)), Criterion)
    assert_type(is_null(Customer.base), Criterion)


def queries(session: Session) -> None:
    query = session.query(Customer)
    assert_type(query, Query[Customer])
    assert_type(query.filter(Customer.base.lastName == "Wayne"), Query[Customer])
    assert_type(query.order_by(Customer.base.lastName.desc()).limit(3), Query[Customer])
    assert_type(query.first(), Customer | None)
    assert_type(query.one(), Customer)
    assert_type(query.one_or_none(), Customer | None)
    assert_type(query.all(), list[Customer])
    assert_type(query.count(), int)
    assert_type([customer.base.firstName for customer in query], list[str | None])
    assert_type(session.get(Event, "1"), Event | None)
    assert_type(session.plan(), Plan)


def writes(customer: Customer, session: Session) -> None:
    customer.base.firstName = "Bruce"
    customer.base.firstName = None
    customer.base.dob = date(1990, 12, 12)
    customer.base.educations = [Education(id="1", schoolName="Gotham High")]
    customer.base.subscriptions.append(Subscription(id="1"))
    customer.base = None
    customer.base = CustomerBase(firstName="Bruce")
    customer.base.contacts = {"email": "bruce@wayne.com"}
    customer.extended.points = 3
    customer.extended = Properties(points=3)
    assert_type(inspect(customer), InstanceState)
    assert_type(inspect(customer).changes(), dict[str, Any])
    session.add_all([Customer(externalId="1"), Customer()])
    session.add(
        Event(
            customer=customer, type=Event.TYPES.VIEWED_PAGE, context=Event.CONTEXTS.WEB, properties={"a": 1}
        )
    )


def failed(error: CommitError) -> None:
    assert_type(error.account, Account)
    assert_type(error.remaining, list[Entity])
    assert_type(error.undone, list[Compensation])
    assert_type(error.undone[0].reason, str | None)


def saved_alone(error: APIError) -> None:
    assert_type(error.flush_account, Account | None)
