"""The signals of a session: their order, and what a receiver may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contacthub_orm import CommitError, InvalidRequestError, Session, signals
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


@pytest.mark.parametrize("signal", [signals.after_flush, signals.after_commit])
@pytest.mark.parametrize("saves", [Session.flush, Session.commit])
def test_a_commit_gives_its_own_account_whatever_receivers_flush(
    world: World, signal: Any, saves: Any
) -> None:
    accounts: list[Any] = []

    def save_more(session: Session) -> None:
        if not accounts:
            accounts.append(None)
            session.add_all([customer("b"), customer("c")])
            accounts.append(saves(session))

    with Session(world.node()) as session:
        first = customer("a")
        session.add(first)
        with signal.connected_to(save_more):
            account = session.commit()
        assert [entry.entity for entry in account] == [first]
        assert session.account is account
        assert len(accounts[1]) == 2
    assert len(world.customers()) == 3


def test_a_flush_keeps_its_account_when_a_receiver_raises(world: World) -> None:
    def fail(session: Session) -> None:
        if not failed:
            failed.append(True)
            session.flush()
            raise RuntimeError("not my day")

    for signal in (signals.after_flush, signals.after_commit):
        failed: list[bool] = []
        with Session(world.node()) as session:
            session.add(customer("a"))
            with signal.connected_to(fail), pytest.raises(RuntimeError, match="not my day"):
                session.commit()
            assert len(session.account) == 1


def test_a_flush_within_a_flush_is_refused_before_anything_is_sent(world: World) -> None:
    def flush(session: Session) -> None:
        session.flush()

    with Session(world.node()) as session:
        session.add(customer("a"))
        with (
            signals.before_flush.connected_to(flush),
            pytest.raises(InvalidRequestError, match="already flushing"),
        ):
            session.commit()
        assert world.writes() == []
        assert session.commit().succeeded
