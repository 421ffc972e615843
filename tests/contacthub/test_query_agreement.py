"""A compiled query finds on the server what the criterion finds in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm import Criterion, Customer, Session, and_, is_null, or_
from contacthub_orm.sandbox import Sandbox

C: Any = Customer

DATES = ["1990-12-12", "1991-01-01", "2000-06-15"]
EXTENDED = ["a", "b", 1, 2, 2.5, True, ["a", "b"], {"deep": "a"}]


def a_customer(chance: random.Random) -> dict[str, Any]:
    """A customer with some of the properties that the criteria ask for, others missing or empty."""

    def maybe(*values: Any) -> Any:
        return chance.choice([None, *values])

    return {
        "externalId": maybe("1", "2", "3"),
        "enabled": chance.choice([True, False]),
        "extra": maybe("x", ""),
        "tags": maybe({"manual": [], "auto": ["a"]}, {"manual": ["vip", "a"]}, {"manual": ["b"]}),
        "base": maybe(
            {},
            {"contacts": {}},
            {
                "firstName": maybe("Ann", "ann", "Bob"),
                "dob": maybe(*DATES),
                "contacts": maybe({"email": chance.choice(["a@x.com", "b@x.com"])}),
                "address": maybe({"geo": {"lat": chance.choice([1, 2.5])}}),
            },
        ),
        "extended": maybe({}, {"text": chance.choice("ab")}, {"number": chance.choice([1, 2, 2.5])})
        or {"any": chance.choice(EXTENDED), "day": chance.choice(["2020-01-01", "2020-01-01T00:00:00Z"])},
        "registeredAt": chance.choice(["2020-01-01T00:00:00Z", "2021-01-01T00:00:00.123Z"]),
    }


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    chance = random.Random(1)
    with Sandbox() as running:
        running.seed([a_customer(chance) for _ in range(30)])
        yield running


@pytest.fixture(scope="module")
def documents(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    with Session(sandbox.node) as session:
        return {customer.id: customer.to_dict() for customer in session.query(Customer)}


ORDERED: list[tuple[Any, Any]] = [
    (C.base.firstName, st.sampled_from(["Ann", "Bob", "B"])),
    (C.base.dob, st.sampled_from([date(1991, 1, 1), "1990-12-12", "1995-01-01"])),
    (C.base.contacts.email, st.sampled_from(["a@x.com", "c@x.com"])),
    (C.base.address.geo.lat, st.sampled_from([1, 2, 2.5])),
    (C.externalId, st.sampled_from("123")),
    (C.extra, st.sampled_from(["x", ""])),
    (
        C.registeredAt,
        st.sampled_from(["2020-06-01", "2020-01-01T01:00:00+01:00", "2021-01-01T00:00:00.123Z"]),
    ),
    (C.extended.text, st.sampled_from("ab")),
    (C.extended.number, st.sampled_from([1, 2, 2.5])),
    (C.extended.day, st.sampled_from(["2020-01-01", "2020-06-01T00:00:00Z"])),
]
EQUAL: list[tuple[Any, Any]] = [
    *ORDERED,
    (C.enabled, st.booleans()),
    (C.extended.any, st.sampled_from([value for value in EXTENDED if not isinstance(value, list | dict)])),
    (C.extended.any.deep, st.just("a")),
]
OBJECTS = [C.base, C.base.contacts, C.base.address.geo, C.extended, C.tags, C.extended.any]


def comparison(attribute: Any, operator: str, one: Any, other: Any) -> Criterion:
    found: Criterion = {
        "==": lambda: attribute == one,
        "!=": lambda: attribute != one,
        "<": lambda: attribute < one,
        "<=": lambda: attribute <= one,
        ">": lambda: attribute > one,
        ">=": lambda: attribute >= one,
        "between": lambda: attribute.between(one, other),
        "in": lambda: attribute.in_([one, other]),
        "not in": lambda: attribute.not_in([one, other]),
        "null": lambda: attribute.is_(None),
    }[operator]()
    return found


def of(pairs: list[tuple[Any, Any]], *operators: str) -> Any:
    return st.sampled_from(pairs).flatmap(
        lambda pair: st.builds(comparison, st.just(pair[0]), st.sampled_from(operators), pair[1], pair[1])
    )


ANY_KIND: list[tuple[Any, Any]] = [
    (C.extended.any, st.sampled_from(["a", 1, 2.5, True, False, "2020-01-01"])),
    (C.extended.day, st.sampled_from(["a", 1, True, "2020-01-01", "2020-01-01T00:00:00", "2019"])),
]

LEAVES = (
    of([*ORDERED, *ANY_KIND], "<", "<=", ">", ">=", "between")
    | of([*EQUAL, *ANY_KIND], "==", "!=", "in", "not in", "null")
    | st.sampled_from(OBJECTS).map(is_null)
    | st.sampled_from(["vip", "a", "c"]).map(C.tags.manual.contains)
    | st.sampled_from(["a", "c"]).map(C.extended.any.contains)
)
CRITERIA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: and_(*parts))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: or_(*parts))
        | inner.map(lambda part: ~part)
    ),
    max_leaves=4,
)


def found_on_the_server(sandbox: Sandbox, criterion: Criterion) -> set[str]:
    with Session(sandbox.node) as session:
        return {customer.id for customer in session.query(C).filter(criterion)}


def found_in_memory(documents: dict[str, dict[str, Any]], criterion: Criterion) -> set[str]:
    return {identity for identity, document in documents.items() if criterion.holds_for(document)}


@given(criterion=CRITERIA)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_server_and_memory_find_the_same(
    sandbox: Sandbox, documents: dict[str, dict[str, Any]], criterion: Criterion
) -> None:
    assert found_on_the_server(sandbox, criterion) == found_in_memory(documents, criterion)


def test_server_and_memory_agree_on_the_order_of_values_of_different_kinds(
    sandbox: Sandbox, documents: dict[str, dict[str, Any]]
) -> None:
    for value in ("a", 2, True, "2020-01-01"):
        for operator in ("<", "<=", ">", ">="):
            criterion = comparison(C.extended.any, operator, value, value)
            assert found_on_the_server(sandbox, criterion) == found_in_memory(documents, criterion)
