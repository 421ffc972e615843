"""How much a commit computes for each operation, in function calls: these are the same on any machine, however busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count

from contacthub_orm import Session
from tests.support.world import World, customer

FEW, MANY = 5, 15
MOST_CALLS = 1_660
"""It was 1,590 with requests 2.34 and urllib3 2.8, which make about 1,000 of them. A plain `session.patch` makes 3,600."""


def calls_of(action: Callable[[], object]) -> int:
    """The calls of functions, in Python and in C, that an action makes in this thread."""
    calls = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def test_an_operation_of_a_commit_makes_few_calls(world: World) -> None:
    numbers = count()
    with Session(world.node()) as session:
        customers = [customer(f"bruce.{number}") for number in range(MANY)]
        session.add_all(customers)
        session.commit()

        def commit(some: int) -> int:
            for one in customers[:some]:
                one.base.contacts.email = f"{next(numbers)}@example.com"
            return calls_of(session.commit)

        commit(MANY)  # what is made on first use
        assert (commit(MANY) - commit(FEW)) / (MANY - FEW) <= MOST_CALLS
