"""Another writer at each step of a look-up and an undo: what it has written stays, in a block as in a recovery.

The writer comes just before a read, since nothing keeps it from coming between a read and the write that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Education, Event, Session, recover
from contacthub_orm.contacthub import Node
from contacthub_orm.orm import Verb
from contacthub_orm.orm.unit_of_work.compensation import Compensation
from tests.crash.crash_world import sampled
from tests.support.world import Crash, World, abandon, customer, lost, refused, seed, viewed

HELD = ("held0", "held1")
NEW = "new"
WRITES = 5
"""A PATCH, a PUT, an element, a customer and an event; a sixth is refused."""
READS = 12


class Rival:
    """Another writer, and what it has written."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.wrote: list[Callable[[Session], bool]] = []

    def strike(self, act: str) -> None:
        """Write to all that is there of the commit."""
        with Session(self._world.node()) as session:
            for one in session.query(Customer).all():
                getattr(self, act)(session, one)
            with suppress(CommitError):
                session.commit()

    def changes_beside(self, _: Session, one: Customer) -> None:
        one.base.lastName = "theirs"
        self._expect(one, lambda there: there.base.lastName == "theirs")

    def changes_the_same(self, _: Session, one: Customer) -> None:
        one.extra = "theirs"
        self._expect(one, lambda there: there.extra == "theirs")

    def refers(self, session: Session, one: Customer) -> None:
        event = viewed(one, "https://example.com/theirs")
        session.add(event)
        self.wrote.append(lambda other: any(other.query(Event).filter(Event.customerId == one.id)))

    def changes_an_element(self, _: Session, one: Customer) -> None:
        for element in one.base.educations:
            element.schoolName = "theirs"
            self._expect(one, lambda there: "theirs" in {found.schoolName for found in there.base.educations})

    def deletes(self, session: Session, one: Customer) -> None:
        session.delete(one)
        self.wrote.append(lambda other: other.get(Customer, str(one.id)) is None)

    def creates(self, session: Session, one: Customer) -> None:
        """Once: the same customer as the commit does."""
        if one.externalId == HELD[0]:
            session.add(customer(NEW))
            self.wrote.append(lambda other: other.query(Customer).filter_by(externalId=NEW).count() == 1)

    def _expect(self, one: Customer, holds: Callable[[Customer], bool]) -> None:
        def is_there(session: Session) -> bool:
            found = session.get(Customer, str(one.id))
            return found is not None and holds(found)

        self.wrote.append(is_there)


ACTS = ["changes_beside", "changes_the_same", "refers", "changes_an_element", "deletes", "creates"]


def arm(world: World, node: Node, act: str, read: int) -> Rival:
    """Let the other writer come before a read, counted from now.

    What refers to a customer is seen by a search for events alone, so that is the read which it comes before, or a later one.
    """
    rival, transport = Rival(world), node.workspace.transport
    reads: Iterator[int] = iter(range(10**6))
    struck: list[bool] = []

    def observe(method: str, path: str) -> None:
        if method != "GET" or struck or next(reads) < read:
            return
        if act != "refers" or path.endswith("/events"):
            struck.append(True)
            rival.strike(act)

    transport.observers.append(observe)  # type: ignore[attr-defined]
    return rival


def fill(session: Session, people: list[Customer]) -> None:
    """The writes of the commit, the last of which is to be refused."""
    people[0].extra = "ours"
    people[1].extra = "ours"
    session.put(people[1])
    new = customer(NEW)
    session.add_all([Education(customer=people[0], id="e1", schoolName="ours"), new, viewed(new)])
    session.flush()
    session.add(customer("refused"))


def load(world: World, node: Node, **settings: Any) -> tuple[Session, list[Customer]]:
    seed(world, *HELD)
    world.clock.advance(3600)
    session = Session(node, **settings)
    return session, session.query(Customer).order_by(Customer.externalId).all()


def check(world: World, rival: Rival, undone: list[Compensation]) -> None:
    """What the other writer wrote is there, and what is called undone is."""
    world.clock.advance(120)
    with Session(world.node()) as session:
        assert [wrote(session) for wrote in rival.wrote] == [True] * len(rival.wrote)
        for one in undone:
            if one.reason is not None or not isinstance(one.entry.entity, Customer):
                continue
            identity = str(one.entry.entity.id or one.entry.request.path[-1])
            there = session.get(Customer, identity)
            if one.entry.operation.verb is Verb.CREATE:
                assert there is None
            elif there is not None:  # or the other writer has deleted it
                assert there.extra != "ours"


@pytest.mark.parametrize(
    ("act", "read", "number", "phase"),
    sampled(
        [
            (act, read, number, phase)
            for act in ACTS
            for number in range(WRITES)
            for phase in ("none", "before", "after")
            for read in range(READS)
        ],
        every=31,
    ),
)
def test_an_undo_in_a_block_leaves_what_another_writer_has_written(
    world: World, act: str, read: int, number: int, phase: str
) -> None:
    node = world.node()
    session, people = load(world, node)
    world.fault(node, number if phase != "none" else WRITES, phase.replace("none", "before"), None)
    if phase == "none":
        world.fault(node, WRITES, "before", refused())
    else:
        world.fault(node, number, phase, lost())
    rival = arm(world, node, act, read)
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        fill(session, people)
    check(world, rival, caught.value.undone)


@pytest.mark.parametrize(
    ("act", "read", "number", "phase"),
    sampled(
        [
            (act, read, number, phase)
            for act in ACTS
            for number in range(WRITES)
            for phase in ("before", "after")
            for read in range(READS)
        ],
        every=31,
    ),
)
def test_an_undo_by_a_recovery_leaves_what_another_writer_has_written(
    world: World, tmp_path: Path, act: str, read: int, number: int, phase: str
) -> None:
    node = world.node()
    session, people = load(world, node, journal=tmp_path / "journal")
    world.fault(node, number, phase, Crash())
    with pytest.raises(Crash), session.begin(atomic=True):
        fill(session, people)
    abandon(session)
    second = world.node()
    rival = arm(world, second, act, read)
    report = recover(second, tmp_path / "journal")
    check(world, rival, report.undone)
