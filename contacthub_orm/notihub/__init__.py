"""Notihub, a second service on the same mapper: customers who receive messages by e-mail, phone or push.

notihub = Environment(public_key="...", secret_key="...", client_id="...", client_secret="...")
with Session(notihub) as session, session.begin():
    session.add(Customer(externalId="42", contacts=[CustomerContact(type="EMAIL", value="bruce@wayne.com", primary=True)]))
"""

from contacthub_orm.notihub.entities import (
    Customer,
    CustomerContact,
    CustomerPreference,
    Delivery,
    Message,
    MessageTemplate,
    Recipient,
)
from contacthub_orm.notihub.environment import Environment
from contacthub_orm.notihub.session import Query, Session
from contacthub_orm.notihub.values import ContactType, CustomerStatus, Mechanism

__all__ = [
    "ContactType",
    "Customer",
    "CustomerContact",
    "CustomerPreference",
    "CustomerStatus",
    "Delivery",
    "Environment",
    "Mechanism",
    "Message",
    "MessageTemplate",
    "Query",
    "Recipient",
    "Session",
]
