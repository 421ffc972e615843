"""The signals of a session: their order, and what a receiver may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contacthub_orm import CommitError, Session, signals
from tests.support.world import World, customer, refused

ORDER = ["before_commit", "before_flush", "before_request", "after_response", "after_flush", "after_commit"]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The names of the signals that are sent, in order."""
    names: list[str] = []

    def receiver(name: str) -> Any:
        return lambda *_, **__: names.append(name)

    with ExitStack() as stack:
        for name in [*ORDER, "after_rollback"]:
            stack.enter_context(getattr(signals, name).connected_to(receiver(name)))
        yield names


def test_a_commit_sends_its_signals_in_order(world: World, heard: list[str]) -> None:
    with Session(world.node()) as session:
        session.add(customer("a"))
        session.commit()
    assert heard == ORDER


def test_a_rollback_sends_its_signal(world: World, heard: list[str]) -> None:
    with Session(world.node()) as session:
        session.rollback()
    assert heard == ["after_rollback"]


def test_a_commit_that_fails_says_neither_after_flush_nor_after_commit(
    world: World, heard: list[str]
) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(customer("a"))
        world.fault(node, 0, "before", refused())
        with pytest.raises(CommitError):
            session.commit()
    assert heard == ["before_commit", "before_flush"]


@pytest.mark.parametrize("signal", [signals.before_commit, signals.before_flush])
def test_a_receiver_that_raises_before_anything_is_sent_stops_the_commit(world: World, signal: Any) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("not now")

    with Session(world.node()) as session:
        new = customer("a")
        session.add(new)
        with signal.connected_to(refuse), pytest.raises(RuntimeError, match="not now"):
            session.commit()
        assert (session.new, world.writes()) == ([new], [])
        session.commit()
    assert world.writes() == ["POST customers"]


def test_what_a_receiver_adds_before_the_flush_is_part_of_it(world: World) -> None:
    with Session(world.node()) as session:

        def add(sender: Session) -> None:
            sender.add(customer("b"))

        session.add(customer("a"))
        with signals.before_flush.connected_to(add):
            session.commit()
    assert len(world.customers()) == 2
