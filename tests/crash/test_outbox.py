"""Domain events of commits and recoveries that die: each is handed over, after its operation, none of one that failed."""

from __future__ import annotations

from collections import Counter

import pytest

from contacthub_orm import CommitError, Customer, DomainEvent, Session, drain_events, recover
from contacthub_orm.contacthub import Node
from tests.crash import scenario
from tests.crash.crash_points import (
    AFTER_ANSWER,
    AFTER_FORGETTING,
    AFTER_HANDLING,
    AFTER_NOTE,
    AFTER_PLAN,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_LOOK,
    BEFORE_NOTE,
    BEFORE_PLAN,
    BEFORE_SEND,
    BEFORE_SETTLE,
    full_after_the_plan,
)
from tests.crash.crash_world import OPERATIONS, CrashWorld, sampled


class Outsider:
    """Commits with events, and is handed them; it looks at the service each time, and outlives the processes that die."""

    def __init__(self, world: CrashWorld) -> None:
        self.world = world
        self.ids: Counter[str] = Counter()
        self._backend = world.world.node().backend

    def handle(self, event: DomainEvent) -> None:
        assert not event.data["refused"]
        if event.resource == "customers":
            assert event.identity is not None
            found = self._backend.fetch(Customer, event.identity)
            if event.data["verb"] == "DELETE":
                assert found is None
            else:
                assert found is not None
                assert event.data["verb"] == "POST" or found["version"] >= 2
        self.ids[event.id] += 1

    def commit(self, node: Node) -> None:
        self._commit(node)

    def commit_with_a_refusal(self, node: Node) -> None:
        self._commit(node, refused=True)

    def _commit(self, node: Node, *, refused: bool = False) -> None:
        with Session(node, journal=self.world.disk.journal, on_error="continue") as session:
            session.on_commit(self.handle)
            scenario.fill(session, refused=refused)
            scenario.record_all(session)
            try:
                session.commit()
            except CommitError:
                if not refused:
                    raise

    def commit_atomically(self, node: Node) -> None:
        with Session(node, journal=self.world.disk.journal) as session:
            session.on_commit(self.handle)
            with session.begin(atomic=True):
                scenario.fill(session, atomic=True)
                scenario.record_all(session)

    def drain(self, _: object = None) -> None:
        drain_events(self.world.disk.journal, self.handle)

    def recover(self) -> None:
        recover(self.world.node(), self.world.disk.journal)
        self.drain()


@pytest.fixture
def outsider(crash_world: CrashWorld) -> Outsider:
    return Outsider(crash_world)


def test_without_a_crash_each_event_is_handed_over_once(outsider: Outsider, crash_world: CrashWorld) -> None:
    outsider.commit(crash_world.node())
    outsider.drain()
    assert set(outsider.ids.values()) == {1}
    assert len(outsider.ids) == OPERATIONS


def test_before_the_plan_is_written_there_is_no_event(outsider: Outsider, crash_world: CrashWorld) -> None:
    assert crash_world.dies(BEFORE_PLAN, 0, outsider.commit)
    outsider.recover()
    assert not outsider.ids


POINTS = [
    (0, AFTER_PLAN),
    (0, BEFORE_SETTLE),
    (0, AFTER_SETTLE),
    *(
        (number, phase)
        for phase in (BEFORE_SEND, AFTER_SEND, AFTER_ANSWER, AFTER_HANDLING, AFTER_FORGETTING)
        for number in range(OPERATIONS)
    ),
]


@pytest.mark.parametrize(("number", "phase"), [*POINTS[:3], *sampled(POINTS[3:], every=41)])
def test_each_event_of_a_killed_commit_is_handed_over_after_its_operation(
    outsider: Outsider, crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, outsider.commit)
    outsider.recover()
    assert len(outsider.ids) == OPERATIONS
    repeated = [one for one, times in outsider.ids.items() if times > 1]
    assert len(repeated) == (1 if phase == AFTER_HANDLING else 0)
    assert crash_world.state() == scenario.complete()


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled(
        [
            *((number, phase) for phase in (BEFORE_NOTE, AFTER_NOTE, BEFORE_LOOK) for number in range(40)),
            (0, BEFORE_SETTLE),
            (0, AFTER_SETTLE),
        ],
        every=40,
    ),
)
def test_each_event_is_handed_over_if_the_recovery_dies_too(
    outsider: Outsider, crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(AFTER_SEND, 30, outsider.commit)
    assert crash_world.dies(phase, number, lambda node: recover(node, crash_world.disk.journal))
    outsider.drain()
    outsider.recover()
    assert len(outsider.ids) == OPERATIONS
    assert set(outsider.ids.values()) == {1}


def test_a_drain_that_dies_again_and_again_repeats_at_most_the_event_it_died_at(
    outsider: Outsider, crash_world: CrashWorld
) -> None:
    assert crash_world.dies(AFTER_SETTLE, 0, outsider.commit)
    deaths = 0
    while crash_world.dies(AFTER_HANDLING, 9, outsider.drain):
        deaths += 1
    assert len(outsider.ids) == OPERATIONS
    assert outsider.ids.total() == OPERATIONS + deaths
    assert max(outsider.ids.values()) == 2


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled(
        [
            (number, phase)
            for number in range(OPERATIONS)
            for phase in (BEFORE_SEND, AFTER_SEND, AFTER_ANSWER)
        ],
        every=53,
    ),
)
def test_an_event_of_a_refused_operation_is_never_handed_over(
    outsider: Outsider, crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, outsider.commit_with_a_refusal)
    outsider.recover()
    outsider.recover()
    assert len(outsider.ids) == OPERATIONS  # `handle` refuses that of the refused one


@pytest.mark.parametrize(
    ("number", "phase"),
    sampled(
        [(number, phase) for number in range(60) for phase in (BEFORE_SEND, AFTER_SEND, AFTER_ANSWER)],
        every=61,
    ),
)
def test_an_atomic_commit_that_is_undone_hands_nothing_over(
    outsider: Outsider, crash_world: CrashWorld, number: int, phase: str
) -> None:
    assert crash_world.dies(phase, number, outsider.commit_atomically)
    outsider.recover()
    assert not outsider.ids


def test_an_atomic_commit_that_dies_after_its_decision_hands_everything_over(
    outsider: Outsider, crash_world: CrashWorld
) -> None:
    assert crash_world.dies(AFTER_SETTLE, 0, outsider.commit_atomically)
    outsider.recover()
    assert len(outsider.ids) == OPERATIONS - 2


def test_on_a_full_disk_each_event_is_handed_over(outsider: Outsider, crash_world: CrashWorld) -> None:
    with full_after_the_plan():
        outsider.commit(crash_world.node())
    outsider.recover()
    assert len(outsider.ids) == OPERATIONS
    assert crash_world.state() == scenario.complete()
