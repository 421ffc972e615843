"""The steps of the tour that `contacthub-orm quickstart` gives; it shows their source."""

from __future__ import annotations

from contacthub_orm import Customer, Event, Node, Session

__all__ = ["change", "create", "query", "read_back"]


def create(node: Node) -> None:
    """Create customers and their orders in one commit.

    An order refers to a customer that has no id yet. The plan creates customers first and fills in their ids.
    """
    people = [
        ("C-1", "Ada", "Moretti", "Italy", "ada@example.com"),
        ("C-2", "Bruno", "Keller", "Germany", "bruno@example.com"),
        ("C-3", "Clara", "Moretti", "Italy", None),
    ]
    orders = [
        ("C-1", "O-1", 120.5),
        ("C-1", "O-2", 60.0),
        ("C-2", "O-3", 19.5),
        ("C-3", "O-4", 300.0),
    ]

    with Session(node) as session, session.begin():
        customers = {}
        for number, first, last, country, email in people:
            customer = customers[number] = Customer(externalId=number)
            customer.base.firstName, customer.base.lastName = first, last
            customer.base.address.country = country
            if email:
                customer.base.contacts.email = email
        for number, order, total in orders:
            session.add(
                Event(
                    customer=customers[number],
                    type=Event.TYPES.COMPLETED_ORDER,
                    context=Event.CONTEXTS.ECOMMERCE,
                    properties={"orderId": order, "amount": {"total": total}},
                )
            )
        print(session.plan())


def query(node: Node) -> None:
    """Query with Python operators, which become the service's query language; `compile()` shows it."""
    with Session(node) as session:
        morettis = session.query(Customer).filter(
            Customer.base.lastName == "Moretti",
            Customer.base.contacts.email.is_not(None),
        )
        print(morettis.compile()["query"])
        for customer in morettis:
            base = customer.base
            print(customer.externalId, base.firstName, base.contacts.email)


def change(node: Node) -> None:
    """Change customers in a with-block, which commits at its end.

    Only the changed paths are sent, in one PATCH for each changed customer.
    """
    with Session(node) as session:
        with session.begin():
            lives_in_italy = Customer.base.address.country == "Italy"
            for customer in session.query(Customer).filter(lives_in_italy):
                customer.base.locale = "it_IT"
                if customer.externalId == "C-1":
                    customer.tags.manual.append("vip")
                    customer.base.address.city = "Torino"
            print(session.plan())
        print(session.account)


def read_back(node: Node) -> None:
    """Read the customers back: a new session holds nothing, so these figures come from the server."""
    with Session(node) as session:
        customers = session.query(Customer).order_by(Customer.externalId).all()
        is_order = Event.type == Event.TYPES.COMPLETED_ORDER
        orders = session.query(Event).filter(is_order).all()
    total = sum(order.properties.amount.total for order in orders)
    print(f"{len(customers)} customers, {len(orders)} orders, {total:.2f} in total")
    for customer in customers:
        base, city = customer.base, customer.base.address.city
        tags = customer.tags.manual
        print(customer.externalId, base.firstName, base.locale, city, tags)
