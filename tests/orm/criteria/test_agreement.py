"""A criterion means the same on a document, on an entity in memory and, compiled, on the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm import Criterion, Customer, Session
from contacthub_orm.orm.criteria.expressions import Ordering
from contacthub_orm.orm.criteria.set_operations import is_condition
from contacthub_orm.sandbox import Sandbox
from tests.orm.criteria.random_criteria import (
    DECLARED,
    EQUALITY,
    LISTS,
    ORDER,
    SCALARS,
    UNDECLARED,
    C,
    comparison,
    comparisons,
    criteria,
    populations,
)
from tests.support.examples import examples

COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def check_agreement(sandbox: Sandbox, population: list[dict[str, Any]], criterion: Criterion) -> None:
    sandbox.reset()
    ids = set(sandbox.seed(population))
    with Session(sandbox.node) as session:
        everyone = session.query(Customer).all()
        found = {one.id for one in session.query(Customer).filter(criterion)}
        beside = {one.id for one in session.query(Customer).filter(~criterion)}
        in_memory = {one.id for one in session.query(Customer).filter(criterion).run_on(everyone)}
        in_documents = {one.id for one in everyone if criterion.holds_for(one.to_dict())}

    assert found == in_memory == in_documents
    assert found | beside == ids
    assert not found & beside


@given(population=populations(), criterion=criteria())
@examples(30, **COMMON)
def test_service_and_memory_agree_and_a_negation_finds_the_others(
    sandbox: Sandbox, population: list[dict[str, Any]], criterion: Criterion
) -> None:
    check_agreement(sandbox, population, criterion)


@pytest.mark.soak
@given(population=populations(), criterion=criteria())
@settings(max_examples=5_000, **COMMON)
def test_service_and_memory_agree_for_long(
    sandbox: Sandbox, population: list[dict[str, Any]], criterion: Criterion
) -> None:
    check_agreement(sandbox, population, criterion)


@given(population=populations(), criterion=criteria())
@examples(40, **COMMON)
def test_a_negation_is_the_complement_and_a_double_one_the_same(
    population: list[dict[str, Any]], criterion: Criterion
) -> None:
    for document in population:
        holds = criterion.holds_for({"id": "1", **document})
        assert (~criterion).holds_for({"id": "1", **document}) is not holds
        assert (~~criterion).holds_for({"id": "1", **document}) is holds


@given(criterion=comparisons(DECLARED, [*ORDER, *EQUALITY]))
def test_a_negated_comparison_of_what_a_class_declares_stays_a_condition(criterion: Criterion) -> None:
    assert is_condition(~criterion)


@given(criterion=comparisons([*UNDECLARED, *LISTS], EQUALITY))
def test_a_negated_equality_stays_a_condition_wherever_it_looks(criterion: Criterion) -> None:
    assert is_condition(~criterion)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "between"])
def test_a_negated_order_of_what_may_be_a_list_finds_all_but_those_where_one_element_fits(
    sandbox: Sandbox, operator: str
) -> None:
    sandbox.reset()
    sandbox.seed(
        [{"externalId": str(value), "extended": {"many": value}} for value in ([1, 5], [9], [], 2, None)]
    )
    criterion = comparison(C.extended.many, operator, 2, 4)
    with Session(sandbox.node) as session:
        found = {one.externalId for one in session.query(Customer).filter(criterion)}
        others = {one.externalId for one in session.query(Customer).filter(~criterion)}
    assert found
    assert others == {"[1, 5]", "[9]", "[]", "2", "None"} - found


def test_service_and_memory_agree_on_the_order_of_values_of_different_kinds(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.seed([{"extended": {"any": value}} for value in SCALARS])
    with Session(sandbox.node) as session:
        everyone = session.query(Customer).all()
        for value in SCALARS:
            for operator in ("<", "<=", ">", ">=", "=="):
                query = session.query(Customer).filter(comparison(C.extended.any, operator, value, value))
                assert {one.id for one in query} == {one.id for one in query.run_on(everyone)}


KEYS = st.sampled_from(
    [C.extra, C.base.firstName, C.base.dob, C.extended.number, C.registeredAt, C.externalId]
)


@st.composite
def orders(draw: st.DrawFn) -> list[Ordering]:
    """One to three sort keys, the id at last, so that there is one order."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=3))
    return [key.desc() if draw(st.booleans()) else key.asc() for key in (*keys, C.id)]


@given(
    population=populations(), order=orders(), limit=st.none() | st.integers(0, 4), offset=st.integers(0, 3)
)
@examples(30, **COMMON)
def test_service_and_memory_agree_on_the_order_of_rows(
    sandbox: Sandbox,
    population: list[dict[str, Any]],
    order: list[Ordering],
    limit: int | None,
    offset: int,
) -> None:
    sandbox.reset()
    sandbox.seed(population)
    with Session(sandbox.node) as session:
        everyone = session.query(Customer).all()
        query = session.query(Customer).order_by(*order).offset(offset)
        query = query if limit is None else query.limit(limit)

        assert [one.id for one in query] == [one.id for one in query.run_on(everyone)]
