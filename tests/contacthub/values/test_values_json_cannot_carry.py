"""Values that JSON, dates or limits cannot carry are violations with their path, wherever they are met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from contacthub_orm import Customer, Session, ValidationError, inspect
from contacthub_orm.orm import Properties
from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.sandbox import Sandbox

HALF = "Bert \ud83d"
EAST, WEST = timezone(timedelta(hours=1)), timezone(timedelta(hours=-5))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


class NaT(datetime):
    """The missing date of pandas, which is a datetime and equals nothing."""

    __hash__ = datetime.__hash__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True


class Float64(float):
    """A number as numpy has them: compared with a list, it answers with an array, which has no truth value."""

    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list | dict):
            raise ValueError("the truth value of an array is ambiguous")
        return float(self) == other


def cycle() -> list[Any]:
    """A list that contains itself."""
    found: list[Any] = []
    found.append(found)
    return found


def built_inside_out() -> Properties:
    """An object nested thousands of levels deep, of which no level was assigned to a deep one."""
    return reduce(lambda inner, _: Properties(inner=inner), range(3_000), Properties(x=1))


VALUES: dict[str, Callable[[], Any]] = {
    "half a surrogate pair": lambda: HALF,
    "a key with half a surrogate pair": lambda: [{HALF: 1}],
    "the missing date": lambda: NaT(2020, 1, 1),
    "before year 1": lambda: datetime.min.replace(tzinfo=EAST),
    "after year 9999": lambda: datetime.max.replace(tzinfo=WEST),
    "a decimal of too many digits": lambda: Decimal("0.12345678901234567891"),
    "a decimal that is no number": lambda: Decimal("sNaN"),
    "an integer of too many digits": lambda: 10**5_000,
    "not a number": lambda: Float64("nan"),
    "infinite": lambda: float("inf"),
    "bytes": lambda: b"x",
    "too deep": lambda: reduce(lambda inner, _: [inner], range(3_000), 1),
    "a cycle": cycle,
    "built inside out": built_inside_out,
}


@pytest.mark.parametrize("name", VALUES)
def test_it_is_a_validation_error_that_names_the_field_and_sends_nothing(sandbox: Sandbox, name: str) -> None:
    with Session(sandbox.node) as session:
        good, bad = Customer(externalId="good"), Customer(externalId="bad")
        session.add_all([good, bad])
        bad.extended.value = VALUES[name]()
        sandbox.clear_requests()

        for ask in (session.plan, session.commit):
            with pytest.raises(ValidationError, match="^Customer") as refusal:
                ask()
            assert {id(violation.entity) for violation in refusal.value.violations} == {id(bad)}
        assert sandbox.requests == []
        assert session.new == [good, bad]

        bad.extended = {}
        session.commit()
        assert [one.id is not None for one in (good, bad)] == [True, True]


@pytest.mark.parametrize(
    "name", [name for name in VALUES if name not in ("half a surrogate pair", "not a number")]
)
def test_looking_at_it_ends_in_no_raw_error(name: str) -> None:
    customer = Customer(externalId="1")
    customer.extended.value = VALUES[name]()
    for look in (
        customer.to_dict,
        lambda: inspect(customer).changes(),
        lambda: repr(customer),
        lambda: customer == 1,
    ):
        with suppress(ValidationError):
            look()


def test_a_mapping_that_is_too_deep_is_refused_where_it_is_assigned() -> None:
    customer = Customer(externalId="1")
    looped: dict[str, Any] = {}
    looped["again"] = looped
    with pytest.raises(
        ValidationError, match="deep: is nested more than 100 levels deep, or contains itself"
    ):
        customer.extended.deep = looped


def test_the_path_leads_to_the_part_that_cannot_be_sent() -> None:
    customer = Customer(
        externalId="1", extended={"rows": [{"cells": ["a", HALF]}], "more": [{"at": object()}]}
    )
    assert [violation.path for violation in violations(customer)] == [
        "Customer.extended.rows[0].cells[1]",
        "Customer.extended.more[0].at",
    ]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Decimal("19.90"), 19.9),
        (Decimal("12345678901234567890"), 12345678901234567890),
        (Float64(12.5), 12.5),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
    ],
)
def test_what_json_can_carry_arrives_as_it_is(sandbox: Sandbox, value: Any, sent: Any) -> None:
    with Session(sandbox.node) as session, session.begin():
        session.add(customer := Customer(externalId="1", extended={"value": value}))
    with Session(sandbox.node) as another:
        found = another.get(Customer, customer.id)
        assert found is not None
        assert found.extended.value == sent


def test_what_the_service_holds_can_be_edited_elsewhere(sandbox: Sandbox) -> None:
    document = {"id": "1", "externalId": "1", "extended": {"name": HALF, "names": [HALF, "b"]}}
    customer = from_document(Customer, sandbox.node, document)
    assert customer.extended.name == HALF
    customer.extra = "edited"
    customer.extended.names.append("c")
    assert violations(customer) == []
    assert inspect(customer).changes() == {"extra": "edited", "extended": {"names": [HALF, "b", "c"]}}

    customer.extended.names.append(HALF + "!")
    assert [violation.path for violation in violations(customer)] == ["Customer.extended.names[3]"]
