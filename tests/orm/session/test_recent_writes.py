"""`RecentWrites`: what a session has written lately, by the values that may be part of a natural key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contacthub_orm import Customer
from contacthub_orm.http import ManualClock
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.session.context.recent_writes import RecentWrites

EMAIL = ("base", "contacts", "email")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def recent(clock: ManualClock) -> RecentWrites:
    return RecentWrites(clock.now, timedelta(seconds=60))


def note(recent: RecentWrites, identity: str, **document: Any) -> Key:
    key = Key("customers", identity)
    recent.note(key, Customer, {"id": identity, **document}, has_version=True)
    return key


def emailed(email: str) -> dict[str, Any]:
    return {"contacts": {"email": email}}


def test_an_identity_is_found_by_a_value_that_was_written_whatever_its_case(recent: RecentWrites) -> None:
    ada = note(recent, "1", base=emailed("ada@example.com"))
    note(recent, "2", base=emailed("bob@example.com"))

    assert recent.find("customers", (EMAIL,), ["ADA@example.com"]) == [ada]


def test_the_last_write_counts(recent: RecentWrites) -> None:
    ada = note(recent, "1", base=emailed("ada@example.com"))
    assert recent.find("customers", (EMAIL,), ["ada@example.com"]) == [ada]
    note(recent, "1", base=emailed("lovelace@example.com"))

    assert recent.find("customers", (EMAIL,), ["ada@example.com"]) == []
    assert recent.find("customers", (EMAIL,), ["lovelace@example.com"]) == [ada]


def test_a_value_where_another_document_has_an_object_is_found_too(recent: RecentWrites) -> None:
    plain = note(recent, "1", extended={"car": "Mini"})
    note(recent, "2", extended={"car": {"plate": "Mini"}})

    assert recent.find("customers", (("extended", "car"),), ["mini"]) == [plain]


def test_a_write_is_forgotten_after_the_lag(recent: RecentWrites, clock: ManualClock) -> None:
    note(recent, "1", externalId="1")
    clock.advance(60)

    assert recent.find("customers", (("externalId",),), ["1"]) == []


def test_a_document_may_be_nested_more_deeply_than_functions_may_be(recent: RecentWrites) -> None:
    deep: dict[str, Any] = {"value": "found"}
    for _ in range(2_000):
        deep = {"in": deep}
    key = note(recent, "1", extended=deep)

    assert recent.find("customers", (("extended", *["in"] * 2_000, "value"),), ["found"]) == [key]
