"""What a session that is closed in mid-commit leaves to recovery, and a service whose clock is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contacthub_orm import CommitError, Education, Session, recover
from contacthub_orm.errors import BadRequestError, message_of
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.support.world import Crash, World, customer, viewed


def refused() -> BadRequestError:
    return BadRequestError(status=400, message="no", method="POST", url="somewhere")


@pytest.mark.parametrize("max_in_flight", [1, 4])
def test_what_an_interrupt_kept_from_being_sent_is_finished_by_recovery(
    world: World, tmp_path: Path, max_in_flight: int
) -> None:
    node = world.node(max_in_flight=max_in_flight)
    session = Session(node, journal=tmp_path / "journal")
    session.add_all([customer(f"c{number}") for number in range(20)])
    world.fault(node, 3, "before", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        session.commit()
    session.close()
    report = recover(world.node(), tmp_path / "journal")
    assert report.complete, str(report)
    assert len(world.customers()) == 20


def test_what_was_refused_before_a_crash_is_not_sent_by_recovery(world: World, tmp_path: Path) -> None:
    node = world.node()
    session = Session(node, journal=tmp_path / "journal", on_error="continue")
    session.add_all([customer("a"), customer("b"), customer("c")])
    world.fault(node, 0, "before", refused())
    world.fault(node, 2, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()
    report = recover(world.node(), tmp_path / "journal")
    assert [message_of(entry.error) for entry in report.failed] == ["it was refused before the crash"]
    assert sorted(str(one.externalId) for one in world.customers()) == ["b", "c"]


@pytest.fixture(params=[-30, 30])
def skewed(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service whose clock is half a minute off ours."""
    clock = ManualClock()
    with Sandbox(clock=lambda: clock.now() + timedelta(seconds=request.param)) as sandbox:
        world = World(sandbox, clock)
        yield world
        for transport in world.transports:
            transport.close()


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_event_is_there_once_whatever_the_services_clock_says(skewed: World, phase: str) -> None:
    node = skewed.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.add(viewed(bruce, date=skewed.clock.now()))
        skewed.fault(node, 0, phase)
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert len(skewed.events()) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_customer_without_email_is_there_once_whatever_the_services_clock_says(
    skewed: World, phase: str
) -> None:
    node = skewed.node()
    with Session(node) as session:
        nameless = customer("nameless")
        nameless.base.contacts.email = None
        session.add(nameless)
        skewed.fault(node, 0, phase)
        with pytest.raises(CommitError):
            session.commit()
        session.commit()
    assert len(skewed.customers()) == 1


def test_an_atomic_block_undoes_elements_and_the_customer_above_them(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce", extra="before")
        school = Education(customer=bruce, id="1", schoolName="before")
        session.add(school)
        session.commit()
        world.fault(node, 3, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            bruce.extra = "changed"
            school.schoolName = "changed"
            session.add(Education(customer=bruce, id="2"))
            session.add(customer("other"))
        assert [one.reason for one in caught.value.undone] == [None] * 3
    (found,) = world.customers()
    assert found.extra == "before"
    assert [(one.id, one.schoolName) for one in found.base.educations] == [("1", "before")]


def test_a_customer_that_somebody_else_changed_keeps_that_though_elements_moved_its_version(
    world: World,
) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce", extra="before")
        session.add(bruce)
        session.commit()

        def meddle(method: str, _: str) -> None:
            if transport.writes == start + 2 and method == "POST":
                with Session(world.node()) as other, other.begin():
                    found = other.get(type(bruce), str(bruce.id))
                    assert found is not None
                    found.extra = "theirs"

        transport = world.transports[0]
        start = transport.writes
        transport.observers.append(meddle)
        world.fault(node, 2, "before", refused())
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            bruce.extra = "ours"
            session.add(Education(customer=bruce, id="1"))
            session.add(Education(customer=bruce, id="2"))
        reasons = [one.reason for one in caught.value.undone if one.reason is not None]
        assert reasons == ["it was changed since by another writer"]
    (found,) = world.customers()
    assert found.extra == "theirs"
    assert found.base.educations == []
