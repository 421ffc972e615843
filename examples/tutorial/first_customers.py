"""The first chapter: customers are created, found and changed.

python -m examples.tutorial.first_customers
"""

from __future__ import annotations

from contacthub_orm import Customer, Node, Session, Workspace


def create(node: Node) -> None:
    with Session(node) as session, session.begin():
        for number, first, last, city in [
            ("1", "Ada", "Moretti", "Torino"),
            ("2", "Bruno", "Keller", "Zürich"),
            ("3", "Clara", "Moretti", "Torino"),
        ]:
            customer = Customer(externalId=number)
            customer.base.firstName, customer.base.lastName = first, last
            customer.base.address.city = city
            session.add(customer)


def find(node: Node, city: str) -> list[str]:
    with Session(node) as session:
        query = session.query(Customer).filter(Customer.base.address.city == city)
        return [f"{one.base.firstName} {one.base.lastName}" for one in query.order_by(Customer.externalId)]


def move(node: Node, number: str, city: str) -> str:
    with Session(node) as session:
        customer = session.query(Customer).filter_by(externalId=number).one()
        customer.base.address.city = city
        plan = str(session.plan())
        session.commit()
    return plan


def main() -> None:
    node = Workspace.from_env().get_node()
    create(node)
    print(find(node, "Torino"))
    print(move(node, "3", "Milano"))
    print(find(node, "Torino"))


if __name__ == "__main__":
    main()
