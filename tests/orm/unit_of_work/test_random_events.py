"""Many random commits, faults, rollbacks and blocks: the events that are handed over are those of what took effect.

Every change writes a number of its own and records it, so that the service's log of requests tells which took effect.
"""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, DomainEvent, Session, drain_events
from tests.support.world import World, get, lost, refused, seed

STEPS = 25


class Trial:
    """One session and the model: the numbers that wait, and those whose change took effect, of each customer."""

    def __init__(self, world: World, path: Path, number: int) -> None:
        self.world = world
        self.random = random.Random(number)
        settings: dict[str, Any] = {"journal": path} if self.random.random() < 0.6 else {}
        self.session = Session(
            world.node(), on_error=self.random.choice(["stop", "continue"]), settle=1, **settings
        )
        self.people = [get(self.session, one) for one in seed(world, "ada", "bob", "cyd")]
        self.waiting: dict[str, list[int]] = {str(one.id): [] for one in self.people}
        self.expected: set[int] = set()
        self.handed: list[int] = []
        self.ids: set[str] = set()
        self.session.on_commit(self.handle)
        self._numbers = 0

    def handle(self, event: DomainEvent) -> None:
        self.note_what_took_effect()
        assert event.data["number"] in self.expected
        self.handed.append(event.data["number"])
        self.ids.add(event.id)

    def edit(self) -> None:
        for one in self.random.sample(self.people, self.random.randint(1, 3)):
            self._edit(one)

    def _edit(self, one: Customer) -> None:
        self._numbers += 1
        one.extra = str(self._numbers)
        one.record({"number": self._numbers})
        self.waiting[str(one.id)].append(self._numbers)

    def fault(self) -> None:
        phase, error = self.random.choice(
            [("before", refused()), ("before", lost("PATCH")), ("after", lost("PATCH"))]
        )
        self.world.fault(self.session.bind, self.random.randint(0, 2), phase, error)  # type: ignore[arg-type]

    def clear_faults(self) -> None:
        self.world.transports[0].faults.clear()

    def flush(self) -> None:
        with suppress(CommitError):
            self.session.flush()

    def commit(self) -> None:
        with suppress(CommitError):
            self.session.commit()

    def commit_atomically(self) -> None:
        self.settle()
        self.edit()
        if self.random.random() < 0.7:
            self.fault()
        try:
            self.session.commit(atomic=True)
        except CommitError:
            self.world.sandbox.clear_requests()  # what took effect was undone

    def rollback(self) -> None:
        self.session.rollback()
        for numbers in self.waiting.values():
            numbers.clear()

    def nested(self) -> None:
        before = {name: numbers[:] for name, numbers in self.waiting.items()}
        with suppress(ZeroDivisionError), self.session.begin_nested():
            self.edit()
            if self.random.random() < 0.5:
                self.flush()
            raise ZeroDivisionError
        self.note_what_took_effect()
        self.waiting = {
            name: [one for one in numbers if one not in self.expected] for name, numbers in before.items()
        }

    def settle(self) -> None:
        """Bring the session to where nothing is in doubt and nothing pending."""
        self.clear_faults()
        self.world.clock.advance(120)
        self.session.commit()
        self.note_what_took_effect()

    def note_what_took_effect(self) -> None:
        """Before the handlers run: what the service has taken in since, and the model has not seen."""
        for request in self.world.sandbox.requests:
            if request.method == "PATCH" and request.applied:
                number = int(request.body["extra"])
                waiting = self.waiting[request.path.split("/")[-1]]
                self.expected |= {one for one in waiting if one <= number}
                waiting[:] = [one for one in waiting if one > number]
        self.world.sandbox.clear_requests()

    def step(self) -> None:
        """Edit, perhaps have a request fail, and do something about it."""
        actions = [
            self.flush,
            self.commit,
            self.commit,
            self.rollback,
            self.nested,
            self.commit_atomically,
            self.edit,
        ]
        self.edit()
        if self.random.random() < 0.5:
            self.fault()
        self.random.choice(actions)()
        self.note_what_took_effect()
        if self.random.random() < 0.3:
            self.clear_faults()


@pytest.mark.parametrize(
    "number", [*range(8), *(pytest.param(number, marks=pytest.mark.soak) for number in range(8, 300))]
)
def test_each_event_of_a_change_that_took_effect_is_handed_over_once_and_no_other(
    world: World, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "journal.sqlite"
    trial = Trial(world, path, number)
    world.sandbox.clear_requests()
    for _ in range(STEPS):
        trial.step()
    trial.settle()
    trial.session.close()
    assert sorted(trial.handed) == sorted(trial.expected)
    assert len(trial.ids) == len(trial.handed)
    assert trial.expected
    if path.exists():
        assert drain_events(path, trial.handle) == 0
