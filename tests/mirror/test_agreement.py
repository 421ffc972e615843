"""A criterion gives the same rows on the mirror, in memory and on the service."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm import Customer, Session, and_
from contacthub_orm.mirror import Mirror
from contacthub_orm.sandbox import Sandbox
from tests.mirror.declared import SHOPPERS, shopper_criteria
from tests.orm.criteria.random_criteria import C, criteria, populations
from tests.support.conditions import ShopCustomer

COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


def check_agreement(sandbox, population, entity, *criteria):
    sandbox.reset()
    sandbox.seed(population)
    with tempfile.TemporaryDirectory() as folder, Mirror(sandbox.node, Path(folder, "m")) as mirror:
        mirror.pull()
        with Session(sandbox.node) as session:
            everyone = session.query(entity).all()
            for asked in (*criteria, *(~one for one in criteria)):
                query = session.query(entity).filter(asked)
                on_service = {one.id for one in query}
                in_memory = {one.id for one in query.run_on(everyone)}
                local = mirror.query(entity).filter(asked)
                assert {one.id for one in local} == in_memory == on_service
                assert local.count() == len(in_memory)
                assert local.exists() == bool(in_memory)


@pytest.mark.slow
@given(population=populations(), criterion=criteria())
@settings(max_examples=60, **COMMON)
def test_mirror_memory_and_service_agree(sandbox, population, criterion):
    check_agreement(sandbox, population, Customer, criterion)


@pytest.mark.slow
@given(population=SHOPPERS, criterion=shopper_criteria())
@settings(max_examples=80, **COMMON)
def test_mirror_memory_and_service_agree_on_declared_properties(sandbox, population, criterion):
    check_agreement(sandbox, population, ShopCustomer, criterion)


def five(criteria):
    """Five criteria: most of the time goes into making a mirror, on which then all are asked."""
    return st.lists(criteria, min_size=5, max_size=5)


@pytest.mark.soak
@given(population=populations(), several=five(criteria()))
@settings(max_examples=1_000, **COMMON)
def test_mirror_memory_and_service_agree_for_long(sandbox, population, several):
    check_agreement(sandbox, population, Customer, *several)


@pytest.mark.soak
@given(population=SHOPPERS, several=five(shopper_criteria()))
@settings(max_examples=1_000, **COMMON)
def test_mirror_memory_and_service_agree_on_declared_properties_for_long(sandbox, population, several):
    check_agreement(sandbox, population, ShopCustomer, *several)


KEYS = st.sampled_from([C.extra, C.base.firstName, C.base.dob, C.registeredAt, C.externalId])


@st.composite
def orders(draw):
    keys = draw(st.lists(KEYS, min_size=1, max_size=3))
    return [key.desc() if draw(st.booleans()) else key.asc() for key in (*keys, C.id)]


@pytest.mark.slow
@given(
    population=populations(),
    criterion=st.just(and_()) | criteria(),
    order=orders(),
    limit=st.none() | st.integers(0, 4),
    offset=st.integers(0, 3),
)
@settings(max_examples=60, **COMMON)
def test_mirror_and_memory_agree_on_the_order_of_rows(sandbox, population, criterion, order, limit, offset):
    sandbox.reset()
    sandbox.seed(population)
    with tempfile.TemporaryDirectory() as folder, Mirror(sandbox.node, Path(folder, "m")) as mirror:
        mirror.pull()
        with Session(sandbox.node) as session:
            everyone = session.query(Customer).all()
            query = session.query(Customer).filter(criterion).order_by(*order).offset(offset)
            local = mirror.query(Customer).filter(criterion).order_by(*order).offset(offset)
            if limit is not None:
                query, local = query.limit(limit), local.limit(limit)
            assert [one.id for one in local] == [one.id for one in query.run_on(everyone)]
            assert local.count() == len(query.run_on(everyone))
