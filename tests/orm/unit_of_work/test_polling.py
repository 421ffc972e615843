"""Attempts until a deadline: the pauses between them, and the last one at the deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contacthub_orm.orm.unit_of_work.polling import attempts
from tests.orm.fakes import Library


@pytest.mark.parametrize(
    ("seconds", "longest", "at"),
    [
        (0, 5.0, [0]),
        (-1, 5.0, [0]),
        (1, 5.0, [0, 1]),
        (10, float("inf"), [0, 1, 3, 7, 10]),
        (10, 2.0, [0, 1, 3, 5, 7, 9, 10]),
    ],
)
def test_pauses_double_up_to_the_longest_and_end_at_the_deadline(
    seconds: float, longest: float, at: list[float]
) -> None:
    library = Library()
    start = library.now()
    seen = [
        ((library.now() - start).total_seconds(), is_last)
        for is_last in attempts(library, start + timedelta(seconds=seconds), pause=1.0, longest_pause=longest)
    ]

    assert [when for when, _ in seen] == at
    assert [is_last for _, is_last in seen] == [False] * (len(at) - 1) + [True]


def test_nothing_waits_after_an_attempt_that_is_enough() -> None:
    library = Library()
    start = library.now()
    for _ in attempts(library, start + timedelta(seconds=10), pause=1.0):
        break

    assert library.now() == start
