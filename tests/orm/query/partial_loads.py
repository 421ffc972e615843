"""A full customer, partial loads of it, and what was sent for them."""

from __future__ import annotations

from typing import Any

from contacthub_orm import Customer, Session, load_only
from tests.support.world import World

FULL: dict[str, Any] = {
    "externalId": "1",
    "extra": "note",
    "tags": {"manual": ["vip", "old"], "auto": []},
    "base": {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "contacts": {"email": "ada@example.com", "phone": "1"},
        "address": {"city": "London", "zip": "N1"},
        "educations": [{"id": "e1", "schoolName": "Home"}],
        "subscriptions": [{"id": "s1", "name": "News"}, {"id": "s2", "name": "Sales"}],
    },
    "extended": {"points": 7, "shop": {"town": "Bath", "street": "High"}},
}


def partial(session: Session, *paths: Any) -> Customer:
    """The customer with some paths loaded."""
    return session.query(Customer).options(load_only(*(paths or ("base.firstName",)))).one()


def sent(world: World) -> list[tuple[str, Any]]:
    """Method and body of what was sent since this was last asked."""
    found = [(request.method, request.body) for request in world.sandbox.requests]
    world.sandbox.clear_requests()
    return found


def stored(world: World, identity: str) -> dict[str, Any]:
    with Session(world.node()) as other:
        one = other.get(Customer, identity)
        assert one is not None
        return one.to_dict()


def reads(world: World) -> int:
    return sum(method == "GET" for method, _ in sent(world))
