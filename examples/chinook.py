"""The Chinook shop in Contacthub: its customers, one `completedOrder` event per invoice, then questions and changes.

    python examples/chinook.py chinook.sqlite

It works on the node that the CONTACTHUB_* variables name, or on a sandbox of its own if they are unset. A second run
sends only what is missing: the search finds customers by `externalId`, and orders by `properties.orderId`. A search sees a
write up to a minute late, so wait a minute before you repeat an interrupted run.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from contacthub_orm import (
    Address,
    CommitError,
    Contacts,
    Customer,
    CustomerBase,
    Event,
    Job,
    Node,
    Sandbox,
    Session,
    Workspace,
    in_,
)

SEARCH_LAG = 90.0
"""The longest time, in seconds, to wait until the search shows what was written."""

SHOWN = 4
"""The number of names to print for a question."""

LINE_WIDTH = 100
"""The number of characters to print of a request that creates something."""


# -- the shop --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Client:
    id: str
    first_name: str
    last_name: str
    company: str | None
    street: str | None
    city: str | None
    state: str | None
    country: str | None
    zip: str | None
    phone: str | None
    fax: str | None
    email: str


@dataclass(frozen=True)
class Line:
    id: int
    track_id: str
    track: str
    genre: str | None
    price: Decimal
    quantity: int


@dataclass(frozen=True)
class Invoice:
    number: str
    client_id: str
    date: datetime
    total: Decimal
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Shop:
    clients: dict[str, Client]
    invoices: dict[str, Invoice]

    @classmethod
    def read(cls, path: str) -> Shop:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            clients = [
                Client(str(number), *rest)
                for number, *rest in database.execute(
                    "SELECT CustomerId, FirstName, LastName, Company, Address, City, State, Country, PostalCode, "
                    "Phone, Fax, Email FROM Customer ORDER BY CustomerId"
                )
            ]
            invoices = {
                number: Invoice(str(number), str(client), utc(date), money(total))
                for number, client, date, total in database.execute(
                    "SELECT InvoiceId, CustomerId, InvoiceDate, Total FROM Invoice ORDER BY InvoiceId"
                )
            }
            for number, line_id, track_id, track, genre, price, quantity in database.execute(
                "SELECT InvoiceId, InvoiceLineId, TrackId, Track.Name, Genre.Name, InvoiceLine.UnitPrice, Quantity "
                "FROM InvoiceLine JOIN Track USING (TrackId) LEFT JOIN Genre USING (GenreId) ORDER BY InvoiceLineId"
            ):
                invoices[number].lines.append(
                    Line(line_id, str(track_id), track, genre, money(price), quantity)
                )
        return cls(
            {client.id: client for client in clients},
            {invoice.number: invoice for invoice in invoices.values()},
        )

    @property
    def total(self) -> Decimal:
        return sum((invoice.total for invoice in self.invoices.values()), Decimal())

    @property
    def best_client(self) -> Client:
        spent = dict.fromkeys(self.clients, Decimal())
        for invoice in self.invoices.values():
            spent[invoice.client_id] += invoice.total
        return self.clients[max(spent, key=spent.__getitem__)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def money(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


# -- the shop's rows as customers and events -------------------------------------------------------------------------

PROVINCE = {"Canada", "Italy"}
"""The countries in which the shop's State is a province; elsewhere it is a region."""


def known(**values: Any) -> dict[str, Any]:
    """The values that the shop knows. The others are left out, because None would erase the customer's."""
    return {name: value for name, value in values.items() if value is not None}


def new_customer(client: Client) -> Customer:
    state = "province" if client.country in PROVINCE else "region"
    base = CustomerBase(
        firstName=client.first_name,
        lastName=client.last_name,
        contacts=Contacts(**known(email=client.email, phone=client.phone, fax=client.fax)),
        address=Address(
            **known(street=client.street, city=client.city, country=client.country, zip=client.zip),
            **known(**{state: client.state}),
        ),
    )
    if client.company:
        base.jobs.append(Job(id="company", companyName=client.company))
    return Customer(externalId=client.id, base=base)


def new_order(invoice: Invoice, customer: Customer) -> Event:
    return Event(
        customer=customer,
        type=Event.TYPES.COMPLETED_ORDER,
        context=Event.CONTEXTS.ECOMMERCE,
        date=invoice.date,
        properties={
            "orderId": invoice.number,
            "type": "sale",
            "amount": {"total": float(invoice.total)},
            "products": [product(line) for line in invoice.lines],
        },
    )


def product(line: Line) -> dict[str, Any]:
    return {
        "orderLineId": line.id,
        "type": "sale",
        "id": line.track_id,
        "name": line.track,
        "category": [line.genre] if line.genre else [],
        "price": float(line.price),
        "quantity": line.quantity,
        "subtotal": float(line.price * line.quantity),
    }


# -- the job ---------------------------------------------------------------------------------------------------------


def find(session: Session, shop: Shop) -> tuple[dict[str, Customer], dict[str, Event]]:
    """The shop's customers and orders that the search finds, by CustomerId and invoice number."""
    ids = list(shop.clients)
    customers = {
        str(customer.externalId): customer
        for start in range(0, len(ids), 100)
        for customer in session.query(Customer).filter(in_(ids[start : start + 100], Customer.externalId))
    }
    orders = {
        event.properties["orderId"]: event
        for event in session.query(Event).filter(
            Event.type == Event.TYPES.COMPLETED_ORDER, Event.context == Event.CONTEXTS.ECOMMERCE
        )
        if "orderId" in event.properties and event.properties["orderId"] in shop.invoices
    }
    return customers, orders


def wait_for_search(node: Node, shop: Shop) -> tuple[dict[str, Customer], dict[str, Event]]:
    """Read the shop back in new sessions, until the search shows all of it or the time is up."""
    deadline = time.monotonic() + SEARCH_LAG
    while True:
        with Session(node) as session:
            customers, orders = find(session, shop)
        complete = len(customers) == len(shop.clients) and len(orders) == len(shop.invoices)
        if complete or time.monotonic() > deadline:
            return customers, orders
        time.sleep(1)


def create(session: Session, shop: Shop) -> None:
    """Create all missing customers and orders in one commit: an order may refer to a customer that has no id yet."""
    with session.begin():
        customers, orders = find(session, shop)
        for client in shop.clients.values():
            if client.id not in customers:
                customers[client.id] = new_customer(client)
        session.add_all(customers.values())
        session.add_all(
            new_order(invoice, customers[invoice.client_id])
            for invoice in shop.invoices.values()
            if invoice.number not in orders
        )
        show("Plan: customers and orders", session.plan())
    show("Account", session.account)


def ask(session: Session, shop: Shop) -> None:
    someone = next(iter(shop.clients.values()))
    country = Customer.base.address.country == someone.country
    questions = {
        f"last name {someone.last_name}": Customer.base.lastName == someone.last_name,
        f"country {someone.country}": country,
        "e-mail present": Customer.base.contacts.email.is_not(None),
        f"country {someone.country}, a fax, another last name": (
            country & Customer.base.contacts.fax.is_not(None) & ~(Customer.base.lastName == someone.last_name)
        ),
    }
    heading("Queries")
    for question, criterion in questions.items():
        rows = session.query(Customer).filter(criterion).order_by(Customer.base.lastName).all()
        names = [full_name(customer) for customer in rows[:SHOWN]] + ["..."] * (len(rows) > SHOWN)
        print(f"{question}: {len(rows)} ({', '.join(names)})")


def change(session: Session, shop: Shop) -> None:
    """Change a nested property, a list of tags and an address. Values that are already right are not sent."""
    with session.begin():
        best = session.query(Customer).filter(Customer.externalId == shop.best_client.id).one()
        if "vip" not in best.tags.manual:
            best.tags.manual.append("vip")
        names = ["Czech Republic", "Czechia"]
        for customer in session.query(Customer).filter(Customer.base.address.country.in_(names)):
            customer.base.locale = "cs_CZ"
            customer.base.address.country = "Czechia"
        show("Plan: changes", session.plan())
    show("Account", session.account)
    print(f"{full_name(best)} is tagged {', '.join(best.tags.manual)}")


def read_back(node: Node, shop: Shop) -> bool:
    """Print what the server holds. Returns whether it is what the shop holds."""
    customers, orders = wait_for_search(node, shop)
    total = sum((money(order.properties.amount.total) for order in orders.values()), Decimal())
    heading("Read back from the server")
    print(f"{len(customers)} customers")
    print(f"{len(orders)} events")
    print(f"order total {total:,.2f}")
    return (len(customers), len(orders), total) == (len(shop.clients), len(shop.invoices), shop.total)


# -- what is printed -------------------------------------------------------------------------------------------------


def full_name(customer: Customer) -> str:
    return f"{customer.base.firstName} {customer.base.lastName}"


def heading(title: str) -> None:
    print(f"\n{title}\n{'-' * len(title)}")


def show(title: str, lines: Any) -> None:
    """Print a plan or an account, one request per line, with the bodies of POSTs cut short."""
    heading(f"{title} ({len(lines)} requests)")
    for line in map(str, lines):
        print(f"{line[: LINE_WIDTH - 3]}..." if len(line) > LINE_WIDTH and "POST" in line[:14] else line)


# -- the command -----------------------------------------------------------------------------------------------------


@contextmanager
def open_node() -> Iterator[Node]:
    """The node that the environment names, or one of a sandbox that runs during the block."""
    if any(os.environ.get(f"CONTACTHUB_{name}") for name in ("WORKSPACE_ID", "TOKEN", "NODE_ID")):
        with Workspace.from_env() as workspace:
            yield workspace.get_node()
    else:
        with Sandbox() as sandbox, sandbox.workspace:
            yield sandbox.node


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the Chinook shop to Contacthub.")
    parser.add_argument("database", metavar="DATABASE", help="the Chinook SQLite file")
    shop = Shop.read(parser.parse_args().database)
    with open_node() as node:
        try:
            with Session(node) as session:
                create(session, shop)
            wait_for_search(node, shop)
            with Session(node) as session:
                ask(session, shop)
                change(session, shop)
        except CommitError as error:
            show("Account of a commit that did not fully succeed", error.account)
            return 1
        return 0 if read_back(node, shop) else 1


if __name__ == "__main__":
    sys.exit(main())
