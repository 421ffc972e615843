"""The progress of a commit: how many of its operations have ended."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, Session, sessionmaker
from contacthub_orm.errors import BadRequestError
from tests.support.world import World, customer, get, seed, viewed


def test_it_counts_every_operation_that_has_ended(world: World) -> None:
    told: list[tuple[int, int]] = []
    with Session(world.node(max_in_flight=4)) as session:
        session.add_all([customer(name) for name in "abc"])
        session.add(viewed(session.new[0]))  # type: ignore[arg-type]
        session.commit(progress=lambda *numbers: told.append(numbers))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_blocks_and_flushes_tell_it_too(world: World) -> None:
    told: list[tuple[int, int]] = []

    def note(ended: int, planned: int) -> None:
        told.append((ended, planned))

    make = sessionmaker(world.node())
    with make.begin(progress=note) as session:
        session.add(customer("a"))
    with Session(world.node()) as session:
        with session.begin(atomic=True, progress=note):
            session.add(customer("b"))
        session.add(customer("c"))
        session.commit(atomic=True, progress=note)
        session.add(customer("d"))
        session.flush(progress=note)
    assert told == [(1, 1)] * 4


def test_what_fails_and_what_is_not_sent_has_ended_too(world: World) -> None:
    told: list[int] = []
    node = world.node(max_in_flight=1)
    world.fault(node, 0, "before", BadRequestError(status=400, message="no", method="POST", url="somewhere"))
    with Session(node) as session:
        session.add_all([customer("a"), customer("b")])
        with pytest.raises(CommitError):
            session.commit(progress=lambda ended, _: told.append(ended))
    assert told == [1, 2]


def test_nothing_to_send_tells_nothing(world: World) -> None:
    with Session(world.node()) as session:
        session.commit(progress=lambda *_: pytest.fail("there is nothing to tell"))


@pytest.mark.parametrize("at_once", [1, 4])
def test_an_exception_of_it_stops_the_sending_and_loses_nothing(world: World, at_once: int) -> None:
    class EnoughError(Exception):
        pass

    def stop(ended: int, _: int) -> None:
        if ended == 2:
            raise EnoughError

    names = "abcdefghij"
    with Session(world.node(max_in_flight=at_once)) as session:
        session.add_all([customer(name) for name in names])
        with pytest.raises(EnoughError):
            session.commit(progress=stop)
        stored = {one.externalId for one in world.customers()}
        assert 2 <= len(stored) < len(names)
        assert {one.externalId for one in session.new} == set(names) - stored  # type: ignore[attr-defined]
        session.commit()
    assert sorted(one.externalId or "" for one in world.customers()) == list(names)


def test_an_exception_of_it_undoes_an_atomic_commit(world: World) -> None:
    [first] = seed(world, "a")
    with Session(world.node()) as session:
        one = get(session, first)
        one.extra = "changed"
        session.add(customer("b"))

        def stop(ended: int, planned: int) -> None:
            raise RuntimeError(f"{ended} of {planned}")

        with pytest.raises(RuntimeError, match="1 of 2"):
            session.commit(atomic=True, progress=stop)
        assert (one.extra, len(session.new)) == ("changed", 1)
    assert [(one.externalId, one.extra) for one in world.customers()] == [("a", None)]
