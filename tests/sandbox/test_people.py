"""Invented people."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from contacthub_orm import CompletedOrder, Customer, Session
from contacthub_orm.sandbox import Sandbox, people


def test_the_same_seed_gives_the_same_people_in_every_version():
    told = json.dumps(list(people(50, seed=7)), sort_keys=True).encode()
    assert hashlib.sha256(told).hexdigest()[:12] == "d716f9b64920"


def test_another_seed_gives_others_and_a_longer_list_begins_with_the_shorter():
    assert list(people(5, seed=1)) != list(people(5, seed=2))
    assert list(people(9, seed=1))[:5] == list(people(5, seed=1))


def test_nobody_can_be_written_to_or_called():
    for one in people(300):
        contacts = one["base"]["contacts"]
        assert contacts["email"].rpartition("@")[2] in ("example.com", "example.net", "example.org")
        assert contacts["email"].isascii()
        assert contacts.get("mobilePhone", "+1-555-01").startswith("+1-555-01")


def test_external_ids_and_addresses_are_of_one_person_each():
    found = list(people(500))
    assert (
        len({one["externalId"] for one in found})
        == len({one["base"]["contacts"]["email"] for one in found})
        == 500
    )


def test_they_are_seeded_with_their_orders(contacthub_sandbox: Sandbox):
    ids = contacthub_sandbox.seed(people(100))
    with Session(contacthub_sandbox.node) as session:
        customers = session.query(Customer).all()
        orders = session.query(CompletedOrder).all()
        for one in customers:
            one.base.firstName = f"{one.base.firstName} "  # so that all rules are looked at
        assert session.validate() == []
    assert {one.id for one in customers} == set(ids)
    registered = {one.id: one.registeredAt for one in customers}
    assert orders
    for order in orders:
        assert order.date >= registered[order.customerId]
        lines = order.properties.products
        assert round(sum(line.price * line.quantity for line in lines), 2) == order.properties.amount.total


def test_nothing_is_later_than_now():
    now = datetime(2026, 1, 31, tzinfo=UTC)
    for one in people(200, now=now):
        assert (
            max([one["registeredAt"], *(event["date"] for event in one["events"])])
            <= "2026-01-31T00:00:00.000Z"
        )


def test_seeding_events_of_customers_is_all_or_nothing(contacthub_sandbox: Sandbox):
    with pytest.raises(ValueError, match="unknown event type"):
        contacthub_sandbox.seed([{"externalId": "1", "events": [{"type": "nonsense"}]}])
    for wrong in ({"type": "loggedIn"}, [1], "x"):
        with pytest.raises(ValueError, match="events is a list"):
            contacthub_sandbox.seed([{"externalId": "1", "events": wrong}])
    assert contacthub_sandbox.node.query(Customer).count() == 0


@pytest.mark.parametrize("arguments", [{"count": -1}, {"count": 1, "now": datetime(2026, 1, 1)}])
def test_what_makes_no_sense_is_refused(arguments):
    with pytest.raises(ValueError, match="count is|now is"):
        list(people(**arguments))


def test_a_fixture_seeds_them(contacthub_people, contacthub_session):
    assert len(contacthub_people(20, seed=3)) == contacthub_session.query(Customer).count() == 20
