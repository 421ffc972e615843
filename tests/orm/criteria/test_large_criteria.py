"""Criteria of thousands of parts, and criteria that are nested thousands of levels deep."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from functools import reduce
from typing import Any

import pytest

from contacthub_orm import CompileError, Customer, ViewedPage, and_, did, not_, or_
from contacthub_orm.orm import Criterion
from contacthub_orm.orm.criteria.criteria import ALWAYS, MAX_DEPTH, NEVER
from contacthub_orm.orm.criteria.set_operations import SetOperation, combined
from tests.orm.shelf import Book

B: Any = Book
MANY = 5_000
TITLES: list[Criterion] = [B.title == str(number) for number in range(MANY)]
DEEP: dict[str, Callable[[Criterion, Criterion], Criterion]] = {
    "and of or": lambda held, one: (held | one) & (B.pages > 0),
    "negated": lambda held, one: ~(held & one) | (B.pages > 0),
    "except": lambda held, one: combined(SetOperation.EXCEPT, B.pages > 0, held, one),
    "union of intersections": lambda held, one: combined(
        SetOperation.UNION, combined(SetOperation.INTERSECT, held, B.pages > 0), one
    ),
}


def looped() -> Criterion:
    """What a loop of `|` makes."""
    return reduce(lambda held, one: held | one, TITLES)


def test_a_loop_of_joins_is_the_same_as_one_join_of_all() -> None:
    assert looped() == or_(*TITLES)
    assert hash(looped()) == hash(or_(*TITLES))
    assert str(looped()) == str(or_(*TITLES))
    assert repr(looped()) == repr(or_(*TITLES))


def test_a_loop_of_joins_does_not_copy_what_was_joined_before() -> None:
    joins = [TITLES[0]]
    for one in TITLES[1:]:
        joins.append(joins[-1] | one)
    assert all(len(join.joined) == 2 for join in joins[1:])  # type: ignore[attr-defined]


def test_a_criterion_of_thousands_of_parts_is_evaluated_and_negated() -> None:
    for criterion in (looped(), ~~looped()):
        assert criterion.holds_for({"title": "4999"})
        assert not criterion.holds_for({"title": "x"})
        assert (~criterion).holds_for({"title": "x"})


@pytest.mark.parametrize(
    "copied", [deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"]
)
def test_a_criterion_of_thousands_of_parts_can_be_copied(copied: Callable[[Criterion], Criterion]) -> None:
    assert copied(looped()) == looped()


def test_what_always_holds_or_never_does_is_resolved_when_it_is_joined() -> None:
    one = TITLES[0]
    assert one & ALWAYS is one
    assert one | NEVER is one
    assert one & NEVER is NEVER
    assert one | ALWAYS is ALWAYS
    assert or_(ALWAYS & NEVER, NEVER) is NEVER


@pytest.mark.parametrize("how", DEEP)
def test_a_criterion_nested_thousands_of_levels_deep_is_refused_while_it_is_built(how: str) -> None:
    with pytest.raises(CompileError, match="at most 50 levels deep"):
        reduce(DEEP[how], TITLES)


@pytest.mark.parametrize("how", DEEP)
def test_the_deepest_criterion_can_be_used_in_every_way(how: str) -> None:
    criterion = TITLES[0]
    for one in TITLES[1:]:
        held = criterion
        try:
            criterion = DEEP[how](held, one)
        except CompileError:
            break
    assert MAX_DEPTH - 3 <= criterion.depth <= MAX_DEPTH
    assert str(criterion)
    assert pickle.loads(pickle.dumps(criterion)) == criterion
    assert hash(criterion) == hash(deepcopy(criterion))
    assert {comparison.path for comparison in criterion.comparisons()} == {("title",), ("pages",)}
    assert criterion.holds_for({"title": "0", "pages": 1}) in (True, False)


def test_conditions_on_events_count_as_a_level() -> None:
    viewed: Any = ViewedPage
    deep = viewed.properties.url == "0"
    with pytest.raises(CompileError, match="at most 50 levels deep"):
        for number in range(100):
            deep = (deep | (viewed.properties.title == str(number))) & (viewed.properties.url == "x")
            did(ViewedPage, deep)


def test_a_negation_twice_is_no_deeper() -> None:
    criterion = Customer.externalId == "1"
    for _ in range(1_000):
        criterion = not_(criterion)
    assert criterion == (Customer.externalId == "1")
    assert and_(criterion).depth == 0
