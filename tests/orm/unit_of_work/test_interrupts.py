"""Ctrl-C during a commit: whatever the moment, what was sent is looked up by the next commit and not sent twice."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from queue import SimpleQueue
from types import FrameType
from typing import Any
from weakref import WeakSet

import pytest

from contacthub_orm import Customer, Session, ValidationError
from contacthub_orm.orm import Outcome
from contacthub_orm.orm.unit_of_work import execution
from contacthub_orm.orm.unit_of_work.execution import Progress
from tests.support.world import World, customer, viewed

TRACED = ("context/flushing.py", "unit_of_work/execution.py", "transaction/committing.py")


class InterruptedPool(ThreadPoolExecutor):
    """An executor in which Ctrl-C strikes the thread that starts workers, once the work was done."""

    strikes_at = 3

    def submit(self, *args: Any, **options: Any) -> Future[Any]:
        future = super().submit(*args, **options)
        self.submitted = getattr(self, "submitted", 0) + 1
        if self.submitted == self.strikes_at:
            future.result()
            raise KeyboardInterrupt
        return future


class InterruptedQueue(SimpleQueue[Any]):
    """A queue in which Ctrl-C strikes the thread that waits for results, once it has got some."""

    got = 0

    def get(self, *args: Any, **options: Any) -> Any:
        self.got += 1
        found = super().get(*args, **options)
        if self.got == 3:
            raise KeyboardInterrupt  # what was got is lost
        return found


@pytest.mark.parametrize(
    ("name", "replacement"), [("ThreadPoolExecutor", InterruptedPool), ("SimpleQueue", InterruptedQueue)]
)
def test_what_was_sent_when_ctrl_c_struck_is_not_sent_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, replacement: Any
) -> None:
    with Session(world.node(max_in_flight=4)) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        visits = [viewed(bruce, f"https://example.com/{number}") for number in range(6)]
        session.add_all(visits)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(execution, name, replacement)
            session.commit()
        assert world.writes().count("POST events") >= 3
        assert session.commit().succeeded
        assert session.new == []
    assert sorted(event.properties.url for event in world.events()) == [
        visit.properties.url for visit in visits
    ]


def test_an_outcome_that_was_being_taken_in_when_ctrl_c_struck_is_taken_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(world.node(max_in_flight=4)) as session:
        session.add_all([customer("bruce"), customer("clark")])
        concluded = execution.Execution._conclude
        strikes = iter([False, True])  # at the last outcome, when all has been sent

        def conclude(self: execution.Execution, entry: Any) -> None:
            if next(strikes, False):
                raise KeyboardInterrupt
            concluded(self, entry)

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(execution.Execution, "_conclude", conclude)
            session.commit()
        assert session.new == []
    assert len(world.customers()) == 2


def stopping_after(count: int) -> Progress:
    """A progress callback that interrupts a flush when so many operations have ended."""

    def stop(ended: int, _: int) -> None:
        if ended == count:
            raise KeyboardInterrupt

    return stop


def test_the_account_of_an_interrupted_commit_tells_what_was_done_and_what_was_not_sent(world: World) -> None:
    with Session(world.node(max_in_flight=1)) as session:
        session.add(customer("earlier"))
        session.commit()
        heroes = [customer(name) for name in ("bruce", "clark", "diana")]
        session.add_all(heroes)
        with pytest.raises(KeyboardInterrupt):
            session.commit(progress=stopping_after(2))

        assert [entry.entity for entry in session.account] == heroes
        assert [entry.outcome for entry in session.account] == ["done", "done", "not sent"]


def test_a_commit_that_sends_nothing_leaves_the_account_of_the_one_before(world: World) -> None:
    with Session(world.node()) as session:
        session.add(customer("bruce"))
        account = session.commit()
        session.add(Customer())
        with pytest.raises(ValidationError):
            session.commit()

        assert session.account is account


def test_the_entries_of_the_commit_before_are_freed_while_the_next_one_sends(world: World) -> None:
    with Session(world.node(max_in_flight=1)) as session:
        heroes = [customer(str(number)) for number in range(10)]
        session.add_all(heroes)
        former = WeakSet(session.commit())
        for hero in heroes:
            hero.extra = "changed"
        left = []
        session.commit(progress=lambda *_: left.append(len(former)))

        assert left == list(range(9, -1, -1))


def test_while_a_commit_sends_its_account_tells_what_has_ended(world: World) -> None:
    told: list[list[str]] = []
    with Session(world.node(max_in_flight=1)) as session:
        session.add_all([customer("bruce"), customer("clark")])
        session.commit(progress=lambda *_: told.append([entry.outcome.value for entry in session.account]))

    assert told == [["done", "not sent"], ["done", "done"]]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4])
def test_wherever_ctrl_c_strikes_the_account_denies_nothing_that_was_sent(world: World, workers: int) -> None:
    node = world.node(max_in_flight=workers)
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        for strikes_at in range(10_000):
            session.add_all([viewed(bruce, f"https://example.com/{strikes_at}/{one}") for one in range(3)])
            world.sandbox.clear_requests()
            with interrupt_at_line(strikes_at) as struck:
                session.commit()
            sent = world.writes().count("POST events")
            told = len(session.account) - len(session.account.having(Outcome.NOT_SENT))
            assert sent == 0 or told >= sent, struck
            if not struck:
                break
            session.commit()
    urls = [event.properties.url for event in world.events()]
    assert len(urls) == len(set(urls)) == 3 * (strikes_at + 1)


def is_last_word(frame: FrameType) -> bool:
    """Whether a line ends a flush, whatever struck: Python looks for no signal between it and its `finally`."""
    return "self.flushing = False" in linecache.getline(frame.f_code.co_filename, frame.f_lineno)


@contextmanager
def interrupt_at_line(number: int) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt in this thread at a line of the flush, counted from 0; yields where it struck."""
    struck: list[str] = []
    lines = count()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" and not is_last_word(frame) and next(lines) == number:
            struck.append(f"{frame.f_code.co_name} {frame.f_lineno}")
            sys.settrace(None)
            raise KeyboardInterrupt
        return local

    def entered(frame: FrameType, _: str, __: Any) -> Any:
        return local if frame.f_code.co_filename.endswith(TRACED) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        yield struck
    except KeyboardInterrupt:
        assert struck
    finally:
        sys.settrace(before)
