"""What the cassettes hold: a session at work, told as plain data without ids and times.

`prepare` brings the node into the state that `play` starts from and is not recorded; `play` is. Customers have external
ids that begin with "cassette-", by which they are removed again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contacthub_orm import CommitError, Contacts, Customer, CustomerBase, Event, Session
from tests.cassettes.chapters import CHAPTERS, manual_add

PEOPLE = {
    "cassette-ada": ("Ada", "Lovelace", "ada@example.com"),
    "cassette-charles": ("Charles", "Babbage", "charles@example.com"),
    "cassette-mary": ("Mary", "Somerville", None),
}


def customer(key: str) -> Customer:
    first, last, email = PEOPLE[key]
    base = CustomerBase(firstName=first, lastName=last)
    if email is not None:
        base.contacts = Contacts(email=email)
    return Customer(externalId=key, base=base)


def find(session: Session, key: str) -> Customer:
    return session.query(Customer).filter(Customer.externalId == key).one()


def account(session: Session) -> list[str]:
    """Outcome, method and resource of every operation."""
    return [f"{entry.outcome} {entry.request.method} {entry.request.path[0]}" for entry in session.account]


def nobody(session: Session) -> None:
    """The node as it is."""


def everybody(session: Session) -> None:
    with session.begin():
        session.add_all(map(customer, PEOPLE))


def create(session: Session) -> Any:
    ada = customer("cassette-ada")
    visit = Event(
        customer=ada,
        type=Event.TYPES.VIEWED_PAGE,
        context=Event.CONTEXTS.WEB,
        date=datetime(2024, 5, 1, 10, 30, tzinfo=UTC),
        properties={"url": "https://example.com/engine", "title": "The Engine · №1"},
    )
    with session.begin():
        session.add(visit)
    return {
        "account": account(session),
        "attached": visit.customerId == ada.id,
        "last name": ada.base.lastName,
    }


def query(session: Session) -> Any:
    ours = session.query(Customer).filter(Customer.externalId.in_(list(PEOPLE)))
    reachable = ours.filter(Customer.base.contacts.email.is_not(None)).order_by(Customer.base.lastName)
    unreachable = ours.filter(~Customer.base.contacts.email.is_not(None))
    return {
        "count": ours.count(),
        "reachable": [one.base.firstName for one in reachable],
        "unreachable": [one.base.firstName for one in unreachable],
        "nobody": ours.filter(Customer.base.lastName == "Nobody").first(),
    }


def change(session: Session) -> Any:
    with session.begin():
        charles = find(session, "cassette-charles")
        charles.base.address.city = "London"
        charles.tags.manual.append("engineer")
        plan = [operation.body for operation in session.plan()]
    session.refresh(charles)
    return {
        "plan": plan,
        "account": account(session),
        "city": charles.base.address.city,
        "tags": charles.tags.manual,
        "e-mail": charles.base.contacts.email,
    }


def delete(session: Session) -> Any:
    mary = find(session, "cassette-mary")
    identity = mary.id
    assert identity is not None
    with session.begin():
        session.delete(mary)
    with Session(session.bind) as other:
        found = other.get(Customer, identity)
    return {"account": account(session), "found": found}


def refuse(session: Session) -> Any:
    """The service refuses a property it does not know; the edit stays until it is taken back."""
    ada = find(session, "cassette-ada")
    ada.base["favouriteEngine"] = "analytical"
    try:
        session.commit()
    except CommitError as error:
        refusals = [(type(one).__name__, getattr(one, "status", None)) for one in error.exceptions]
        kept = [dict(operation.body) for operation in session.plan()]
        session.rollback()
        return {"refusals": [list(one) for one in refusals], "kept": kept, "left": len(session.plan())}
    return "accepted"


@dataclass(frozen=True)
class Scenario:
    prepare: Callable[[Session], None]
    play: Callable[[Session], Any]

    @property
    def name(self) -> str:
        return self.play.__name__


SCENARIOS = [
    Scenario(nobody, create),
    Scenario(everybody, query),
    Scenario(everybody, change),
    Scenario(everybody, delete),
    Scenario(everybody, refuse),
    *(Scenario(nobody if play is manual_add else everybody, play) for play in CHAPTERS),
]
