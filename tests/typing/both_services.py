"""What mypy and basedpyright know of a program that works with both services, and of a third one."""

from __future__ import annotations

from typing import Any, assert_type

from contacthub_orm import Customer, Node, Session, notihub
from contacthub_orm.notihub import (
    ContactType,
    CustomerContact,
    CustomerPreference,
    CustomerStatus,
    Delivery,
    Environment,
    Mechanism,
    Message,
)
from contacthub_orm.orm import Account, Plan, Report, recover
from tests.orm.backends.desk import Desk, Ticket


def reach(node: Node, environment: Environment) -> None:
    """Invite the customers of a node by messages of Notihub."""
    with Session(node) as known, notihub.Session(environment) as reached:
        for customer in known.query(Customer).filter(Customer.base.lastName == "Wayne"):
            assert_type(customer, Customer)
            mail = CustomerContact(
                type=ContactType.EMAIL, value=customer.base.contacts.email or "", primary=True
            )
            target = notihub.Customer(externalId=customer.id, contacts=[mail])
            reached.add(target)
            reached.add(Message(customer=target, templateId="news.welcome", model={"name": "Bruce"}))
        assert_type(reached.plan(), Plan)
        assert_type(reached.commit(), Account)


def entities(environment: Environment) -> None:
    with notihub.Session(environment, journal="journal", check_version=True) as session:
        found = session.get(notihub.Customer, "1")
        assert_type(found, notihub.Customer | None)
        query = session.query(notihub.Customer).filter(notihub.Customer.status == "ENABLED")
        assert_type(query.search("a").limit(10), notihub.Query[notihub.Customer])
        for customer in query:
            assert_type(customer.customerId, str | None)
            assert_type(customer.status, CustomerStatus | None)
            assert_type(customer.contacts, list[CustomerContact])
            assert_type(customer.contacts[0].contactId, int | None)
            assert_type(customer.contacts[0].primary, bool | None)
            assert_type(customer.preferences, tuple[CustomerPreference, ...])
            assert_type(customer.preferences[0].mechanisms, list[Mechanism])
            for message in customer.messages:
                assert_type(message.deliveries, list[Delivery])
                assert_type(message.template.language, str | None)
                assert_type(message.customer, notihub.Customer | None)
                assert_type(message.model, Any)
    assert_type(recover(environment, "journal"), Report)


def calls(environment: Environment) -> None:
    assert_type(environment.customers.create({"externalId": "1"}), notihub.Customer)
    assert_type(environment.customers.list(limit=1, search="a", actives=True), list[notihub.Customer])
    assert_type(environment.contacts.get("1", 2), CustomerContact)
    assert_type(environment.preferences.get("1"), list[CustomerPreference])
    assert_type(environment.messages.send(customerId="1", templateId="t"), Message)


def third(desk: Desk) -> None:
    assert_type(desk.tickets.get("1"), Ticket)
    with Session(desk) as session:
        assert_type(session.query(Ticket).filter(Ticket.number == "1").one().title, str | None)
