"""A message of Notihub: sent to a customer the way they prefer, with what became of it.

    python examples/preferred_message.py ada@example.com news.weekly --group news --prefer PHONE --prefer PUSH

It works in the environment that the NOTIHUB_* variables name. `--prefer` first says how the customer wants messages of
the group from now on; without it, what they said before holds. NONE turns the group off. The exit code is 1 if nobody
has the address, or if no way led to the customer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from contacthub_orm import ContacthubError
from contacthub_orm.notihub import Customer, CustomerPreference, Environment, Mechanism, Message, Session


def customer_at(session: Session, address: str) -> Customer | None:
    """The customer with the address; the service's search also finds longer ones that contain it."""
    for customer in session.query(Customer).search(address):
        if any((contact.value or "").casefold() == address.casefold() for contact in customer.contacts):
            return customer
    return None


def prefer(session: Session, customer: Customer, group: str, mechanisms: list[str]) -> None:
    """Set by what the customer gets messages of a group."""
    chosen = [Mechanism(name) for name in mechanisms]
    known = next((one for one in customer.preferences if one.templateGroupId == group), None)
    with session.begin():
        if known is None:
            session.add(CustomerPreference(customer=customer, templateGroupId=group, mechanisms=chosen))
        else:
            known.mechanisms = chosen


def send(session: Session, customer: Customer, template: str) -> Message:
    """Send a message. If the answer is lost, the session finds out whether it was sent before it sends it again."""
    message = Message(customer=customer, templateId=template, model={"email": customer.contacts[0].value})
    with session.begin():
        session.add(message)
    return message


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Send a customer a message the way they prefer.")
    parser.add_argument("address", help="an e-mail or phone of the customer")
    parser.add_argument("template", help="the id of the message's template")
    parser.add_argument("--group", help="the id of the template's group")
    parser.add_argument(
        "--prefer", action="append", choices=[*Mechanism], help="a mechanism; may be repeated"
    )
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.prefer and not given.group:
        parser.error("--prefer needs --group")
    try:
        with Environment.from_env() as notihub, Session(notihub) as session:
            customer = customer_at(session, given.address)
            if customer is None:
                print(f"nobody has the address {given.address}")
                return 1
            if given.prefer:
                prefer(session, customer, given.group, given.prefer)
            deliveries = send(session, customer, given.template).deliveries
    except ContacthubError as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 2
    for delivery in deliveries:
        print(f"{delivery.mechanism}: {delivery.status}")
    return 0 if any(not (delivery.status or "").startswith("SKIPPED") for delivery in deliveries) else 1


if __name__ == "__main__":
    sys.exit(main())
