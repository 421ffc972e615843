"""However a scan ends, it says why and leaves no thread."""

from __future__ import annotations

import gc
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress

import pytest

from contacthub_orm import BadRequestError, Customer, Session
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.scan.partitions import Partition, Split
from contacthub_orm.orm.scan.workers import WorkerPool
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.sandbox import Fault, Sandbox
from tests.orm.scan.customers import customers
from tests.orm.scan.observing import Senders, scan_threads, searches

ROWS = 600


@pytest.fixture
def rows(sandbox: Sandbox, session: Session) -> Iterator[Customer]:
    """A scan of many small pages, by all threads."""
    sandbox.configure(page_cap=10_000)
    sandbox.seed(customers(ROWS))
    return iter(session.query(Customer).yield_per(5))


def test_a_scan_that_is_read_to_its_end_leaves_no_thread(rows: Iterator[Customer]) -> None:
    assert sum(1 for _ in rows) == ROWS
    assert scan_threads() == []


def test_breaking_out_of_a_scan_leaves_no_thread(sandbox: Sandbox, session: Session) -> None:
    sandbox.configure(page_cap=10_000)
    sandbox.seed(customers(ROWS))
    for number, _ in enumerate(session.query(Customer).yield_per(5)):
        if number == 100:
            assert scan_threads()
            break
    assert scan_threads() == []


def test_a_scan_that_is_left_reads_no_more_than_its_queue_holds(
    sandbox: Sandbox, rows: Iterator[Customer]
) -> None:
    next(rows)
    del rows
    assert searches(sandbox) < ROWS / 5 / 1.5


def test_an_exception_in_the_loop_leaves_no_thread(sandbox: Sandbox, session: Session) -> None:
    sandbox.configure(page_cap=10_000)
    sandbox.seed(customers(ROWS))
    with suppress(ZeroDivisionError):
        for _ in session.query(Customer).yield_per(5):
            raise ZeroDivisionError
    assert scan_threads() == []


def test_a_scan_forgotten_in_a_cycle_is_ended_by_the_collector(sandbox: Sandbox, session: Session) -> None:
    sandbox.configure(page_cap=10_000)
    sandbox.seed(customers(ROWS))
    cycle: list[object] = [iter(session.query(Customer).yield_per(5))]
    cycle += [cycle, next(cycle[0])]  # type: ignore[call-overload]
    del cycle
    gc.collect()
    assert scan_threads() == []


def test_a_scan_may_be_ended_in_a_thread_of_its_own() -> None:
    all_at_work, ended = threading.Event(), threading.Event()

    class Stopping:
        def read(self, _: Partition, __: object) -> Iterator[list[Document]]:
            yield [{}]
            all_at_work.wait(10)
            pool.stop()
            ended.set()

        def plan_splits(self, _: int) -> list[Split]:
            return []

        def make_split(self, _: Split) -> None:
            raise AssertionError("there are no splits")

    pool = WorkerPool(Partition(0), Stopping(), 2)
    next(pool.pages())
    all_at_work.set()
    assert ended.wait(10)
    pool.stop()
    assert scan_threads() == []


def test_an_error_answer_in_the_middle_reaches_the_loop(sandbox: Sandbox, rows: Iterator[Customer]) -> None:
    sandbox.faults = [Fault.status(400, method="GET", path="/customers", nth=40)]
    with pytest.raises(BadRequestError):
        for _ in rows:
            pass
    assert scan_threads() == []


def test_an_error_answer_with_one_request_in_flight_reaches_the_loop(
    sandbox: Sandbox, sequential: Session
) -> None:
    sandbox.seed(customers(ROWS))
    sandbox.faults = [Fault.status(400, method="GET", path="/customers", nth=7)]
    with pytest.raises(BadRequestError):
        for _ in sequential.query(Customer):
            pass


def test_a_request_that_is_worth_repeating_does_not_end_a_scan(
    sandbox: Sandbox, rows: Iterator[Customer]
) -> None:
    sandbox.faults = [Fault.throttled(0, method="GET", path="/customers", nth={5, 40})]
    assert len({customer.id for customer in rows}) == ROWS


def test_a_session_closed_in_the_middle_ends_its_scan(session: Session, rows: Iterator[Customer]) -> None:
    next(rows)
    session.close()
    with pytest.raises(InvalidRequestError, match="closed"):
        for _ in rows:
            pass
    assert scan_threads() == []


def test_one_request_in_flight_is_sent_by_the_calling_thread(
    sandbox: Sandbox, sequential: Session, senders: Senders
) -> None:
    sandbox.seed(customers(ROWS))
    for _ in sequential.query(Customer).yield_per(5):
        assert scan_threads() == []
    assert senders.threads == {threading.get_ident()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_is_told_that_the_scan_is_its_parents(rows: Iterator[Customer]) -> None:
    next(rows)
    assert in_a_child(rows) == 7
    assert len({customer.id for customer in rows}) == ROWS - 1


def in_a_child(rows: Iterator[Customer]) -> int:
    """What a forked child exits with: 7 where going on is refused and letting go is done at once."""
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads, which is the very thing under test.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            for _ in rows:
                pass
        except InvalidRequestError as error:
            os._exit(7 if "forked process" in str(error) else 1)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
