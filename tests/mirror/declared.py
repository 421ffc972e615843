"""Customers whose extended properties hold what a class declares of them, and criteria on these."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from contacthub_orm import and_, is_null, or_
from tests.support.conditions import ShopCustomer as S
from tests.support.conditions import Size

POINTS = st.integers(-3, 3) | st.sampled_from([2**53, -(2**62)])
RATES = st.sampled_from([-1.5, 0.0, 1.0, 2.25])
PLATES = st.sampled_from(
    ["", "A", "a", "É", "z", "Ω", "\U0001f600", "2020-01-01", "2020-01-01T00:00:00Z", "12"]
)
DAYS = st.sampled_from([date(1999, 12, 31), date(2020, 1, 1), date(2020, 1, 2)])
INSTANTS = st.sampled_from(
    [datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, 5, 0, 0, 1000, tzinfo=UTC)]
)

_shopper = st.fixed_dictionaries(
    {},
    optional={
        "points": st.none() | POINTS,
        "rate": st.none() | RATES,
        "member": st.none() | st.booleans(),
        "size": st.sampled_from(["S", "L"]),
        "joined": DAYS.map(str),
        "lastSeen": INSTANTS.map(lambda one: one.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"),
        "shops": st.lists(PLATES, max_size=3),
        "car": st.none() | st.fixed_dictionaries({}, optional={"plate": PLATES, "since": DAYS.map(str)}),
        "other": st.none() | st.fixed_dictionaries({}, optional={"x": POINTS | PLATES | st.lists(POINTS)}),
    },
)
SHOPPERS = st.lists(st.builds(lambda one: {"extended": one}, _shopper), min_size=1, max_size=5)

_FIELDS = [
    (S.extended.points, POINTS),
    (S.extended.rate, RATES),
    (S.extended.size, st.sampled_from(list(Size))),
    (S.extended.joined, DAYS),
    (S.extended.seen, INSTANTS),
    (S.extended.car.plate, PLATES),
    (S.extended.car.since, DAYS),
    (S.extended.other.x, POINTS | PLATES),
]


@st.composite
def _comparisons(draw):
    field, values = draw(st.sampled_from(_FIELDS))
    value, other = draw(values), draw(values)
    return draw(
        st.sampled_from(
            [
                lambda: field == value,
                lambda: field != value,
                lambda: field < value,
                lambda: field <= value,
                lambda: field > value,
                lambda: field >= value,
                lambda: field.between(value, other),
                lambda: field.in_([value, other]),
                lambda: field.not_in([value, other]),
                lambda: field.in_([value] * 101),
                lambda: field.is_(None),
                lambda: field.is_not(None),
                lambda: S.extended.member == draw(st.booleans()),
                lambda: S.extended.shops.contains(draw(PLATES)),
                lambda: is_null(S.extended.car),
            ]
        )
    )()


def shopper_criteria():
    """Comparisons, joined and negated."""
    return st.recursive(
        _comparisons(),
        lambda inner: (
            st.builds(lambda one: ~one, inner)
            | st.builds(lambda *parts: and_(*parts), inner, inner)
            | st.builds(lambda *parts: or_(*parts), inner, inner)
        ),
        max_leaves=5,
    )
