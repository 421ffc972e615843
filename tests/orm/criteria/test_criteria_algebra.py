"""The algebra of criteria, on random documents and criteria: `~` is the exact complement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm.orm import Criterion, and_, or_
from contacthub_orm.orm.criteria.criteria import Conjunction
from tests.orm.shelf import Book
from tests.support.examples import examples

B: Any = Book

SCALARS = st.booleans() | st.integers(-1, 2) | st.sampled_from(
    [0.5, "", "a", "b", "B", "1", "2020-01-01", "2020-01-01T00:00:00Z", "2020-06-01T12:00:00+02:00", "2020-13-45"]
)  # fmt: skip
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | st.sampled_from(["", "a", "b"]),
        "pages": st.none() | st.integers(0, 3),
        "published": st.none() | st.sampled_from(["2020-01-01", "2021-01-01T00:00:00Z"]),
        "tags": st.none() | st.lists(st.sampled_from("ab"), max_size=2),
        "publisher": st.none()
        | st.just("no object")
        | st.fixed_dictionaries({}, optional={"name": st.none() | st.sampled_from("ab")}),
        "notes": st.none() | st.fixed_dictionaries({}, optional={"x": st.none() | SCALARS}),
    },
)


@st.composite
def leaves(draw: st.DrawFn) -> Criterion:
    attribute, values = draw(
        st.sampled_from(
            [
                (B.title, st.sampled_from(["", "a", "b"])),
                (B.pages, st.integers(0, 3)),
                (B.published, st.sampled_from([date(2020, 1, 1), "2020-06-01", "2021-01-01"])),
                (B.publisher.name, st.sampled_from("ab")),
                (B.notes.x, SCALARS),
            ]
        )
    )
    compare = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "null"]))
    one, other = draw(values), draw(values)
    match compare:
        case "==":
            return attribute == one
        case "!=":
            return attribute != one
        case "<":
            return attribute < one
        case "<=":
            return attribute <= one
        case ">":
            return attribute > one
        case ">=":
            return attribute >= one
        case "in":
            return attribute.in_(draw(st.sampled_from([[], [one], [one, other]])))
        case "not in":
            return attribute.not_in(draw(st.sampled_from([[], [one], [one, other]])))
        case "between":
            return attribute.between(one, other)
        case _:
            return draw(
                st.sampled_from(
                    [attribute.is_(None), attribute.is_not(None), B.tags.contains("a"), B.publisher == None]  # noqa: E711
                )
            )


CRITERIA = st.recursive(
    leaves(),
    lambda inner: (
        st.builds(lambda parts: and_(*parts), st.lists(inner, max_size=3))
        | st.builds(lambda parts: or_(*parts), st.lists(inner, max_size=3))
        | st.builds(lambda part: ~part, inner)
    ),
    max_leaves=6,
)


@given(CRITERIA, DOCUMENTS)
@examples(100)
def test_the_negation_is_the_exact_complement(criterion: Criterion, document: dict[str, Any]) -> None:
    assert (~criterion).holds_for(document) is not criterion.holds_for(document)


@given(CRITERIA, DOCUMENTS)
def test_a_double_negation_means_the_same(criterion: Criterion, document: dict[str, Any]) -> None:
    assert (~~criterion).holds_for(document) is criterion.holds_for(document)


@given(CRITERIA, CRITERIA, DOCUMENTS)
def test_de_morgans_laws_hold(one: Criterion, other: Criterion, document: dict[str, Any]) -> None:
    assert (~(one & other)).holds_for(document) is (~one | ~other).holds_for(document)
    assert (~(one | other)).holds_for(document) is (~one & ~other).holds_for(document)


@given(CRITERIA, CRITERIA, DOCUMENTS)
def test_and_and_or_mean_what_they_say(one: Criterion, other: Criterion, document: dict[str, Any]) -> None:
    left, right = one.holds_for(document), other.holds_for(document)

    assert (one & other).holds_for(document) is (left and right)
    assert (one | other).holds_for(document) is (left or right)


@given(CRITERIA)
def test_conjunctions_of_one_kind_are_never_nested(criterion: Criterion) -> None:
    if isinstance(criterion, Conjunction):
        assert len(criterion.parts) != 1
        for part in criterion.parts:
            assert not isinstance(part, Conjunction) or (part.kind is not criterion.kind and part.parts)


@given(SCALARS, SCALARS)
def test_any_two_values_have_an_order(one: Any, other: Any) -> None:
    document = {"notes": {"x": one}}

    found = [test.holds_for(document) for test in (B.notes.x < other, B.notes.x == other, B.notes.x > other)]

    assert found.count(True) == 1
    assert (B.notes.x <= other).holds_for(document) is (found[0] or found[1])
    assert (B.notes.x >= other).holds_for(document) is (found[2] or found[1])


MISSING = [{}, {"notes": None}, {"notes": {}}, *({"notes": {"x": nothing}} for nothing in (None, [], {}, {"y": None}, [None]))]  # fmt: skip


@pytest.mark.parametrize("document", MISSING)
def test_a_missing_value_satisfies_three_operators_only(document: dict[str, Any]) -> None:
    x = B.notes.x

    satisfied = [x.is_(None), x != 1, x.not_in([1])]
    others = [
        x.is_not(None),
        x == 1,
        x > 1,
        x >= 1,
        x < 1,
        x <= 1,
        x.in_([1]),
        x.between(0, 2),
        x.contains(1),
    ]

    assert all(criterion.holds_for(document) for criterion in satisfied)
    assert not any(criterion.holds_for(document) for criterion in others)


def test_a_path_through_a_list_asks_for_one_of_its_elements() -> None:
    document = {"notes": {"press": [{"stars": 1}, {"stars": 3}], "readers": ["Ann", "Bob"]}}

    assert (B.notes.press.stars == 3).holds_for(document)
    assert not (B.notes.press.stars != 3).holds_for(document)
    assert B.notes.readers.contains("Ann").holds_for(document)
    assert (B.notes.press.stars > 2).holds_for(document)
    assert not (B.notes.press.stars > 3).holds_for(document)
