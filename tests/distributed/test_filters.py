"""Comparisons of an engine as criteria: none loses a row that the engine would keep."""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import Customer

pytest.importorskip("pyarrow", reason="needs the extra frames")

from contacthub_orm.distributed.filters import criterion_for

INSTANTS = st.integers(0, 5_000).map(
    lambda micros: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)
MILLISECONDS = st.integers(0, 5).map(
    lambda one: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=one)
)
DAYS = st.integers(0, 3).map(lambda day: date(2024, 1, 1) + timedelta(days=day))
SIGNS = {"==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@given(stored=MILLISECONDS, sign=st.sampled_from(list(SIGNS)), value=INSTANTS)
def test_every_instant_that_an_engine_keeps_is_asked_for(stored, sign, value):
    criterion = criterion_for(Customer, ["registeredAt"], sign, value)
    assert criterion is not None
    if SIGNS[sign](stored, value):
        assert criterion.matches(Customer(registeredAt=stored))


@given(stored=DAYS, sign=st.sampled_from(list(SIGNS)), value=DAYS)
def test_every_day_that_an_engine_keeps_is_asked_for(stored, sign, value):
    criterion = criterion_for(Customer, ["base", "dob"], sign, value)
    assert criterion is not None
    if SIGNS[sign](stored, value):
        assert criterion.matches(Customer(base={"dob": stored}))


@pytest.mark.parametrize(
    ("path", "sign", "value"),
    [
        (["externalId"], "<", "5"),
        (["externalId"], "==", 5),
        (["externalId"], "in", ["5", 6]),
        (["base", "nickname"], "==", "x"),
        (["base"], "is null", None),
        (["registeredAt"], "==", datetime(2024, 1, 1)),
        (["base", "dob"], "==", "2024-01-01"),
        (["externalId"], "like", "5"),
    ],
)
def test_what_the_service_cannot_be_asked_is_left_to_the_engine(path, sign, value):
    assert criterion_for(Customer, path, sign, value) is None


def test_what_it_can_be_asked():
    assert criterion_for(Customer, ["base", "lastName"], "in", ["Kent", None]).matches(
        Customer(base={"lastName": "Kent"})
    )
    assert criterion_for(Customer, ["base", "lastName"], "is null", None).matches(Customer())
