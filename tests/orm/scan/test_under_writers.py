"""A scan reads every customer once while others update, add and delete, which a loop over pages does not."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import CAP, customers
from tests.orm.scan.observing import Senders, searches
from tests.orm.scan.plain import PAGE, Plain, Writers

ROWS = 2_100


class Populated:
    """A node with customers, of which every twentieth is going to be deleted."""

    def __init__(self, sandbox: Sandbox, rows: int) -> None:
        self.sandbox = sandbox
        self.ids = sandbox.seed(customers(rows))
        self.doomed = self.ids[::20]
        self.kept = sorted({*self.ids} - {*self.doomed})
        sandbox.clear_requests()

    def writers(self) -> Writers:
        return Writers(self.sandbox, self.kept, self.doomed)


@pytest.fixture
def populated(sandbox: Sandbox) -> Populated:
    return Populated(sandbox, ROWS)


@pytest.fixture
def smaller(sandbox: Sandbox) -> Populated:
    return Populated(sandbox, ROWS // 3)


def scanned(session: Session, writers: Writers, *, page: int = PAGE) -> list[str]:
    """The ids that a scan gives, read at the pace of the writers."""
    found: list[str] = []
    rows = iter(session.query(Customer).yield_per(page))
    every = writers.keep_pace(range(0, ROWS * 2, PAGE))
    for number, customer in enumerate(rows):
        assert customer.id is not None
        found.append(customer.id)
        if number % PAGE == 0:
            next(every)
    return found


@pytest.mark.parametrize("search_delay", [0.0, 0.3])
def test_a_scan_gives_every_customer_that_was_there_all_along_and_none_twice(
    populated: Populated, session: Session, search_delay: float
) -> None:
    populated.sandbox.configure(search_delay=search_delay)
    with populated.writers() as writers:
        found = scanned(session, writers)
    assert {*populated.kept} - {*found} == set()
    assert len(found) == len({*found})
    assert min(writers.updated, writers.added, writers.deleted) >= 10


def test_a_scan_costs_hardly_more_requests_than_its_rows_fill_pages(
    populated: Populated, session: Session
) -> None:
    with populated.writers() as writers:
        found = scanned(session, writers)
    pages, stretches = -(-len(found) // PAGE), -(-len(found) // CAP)
    # Where the service's cap is, a page may be short. A row that comes or goes may leave a part's last page to one row, and
    # a split may come too late.
    assert searches(populated.sandbox) <= 1.1 * pages + stretches


def test_windows_read_side_by_side_miss_and_repeat_nothing(
    smaller: Populated, session: Session, senders: Senders
) -> None:
    smaller.sandbox.configure(page_cap=ROWS)
    with smaller.writers() as writers:
        found = scanned(session, writers, page=5)
    assert {*smaller.kept} - {*found} == set()
    assert len(found) == len({*found})
    assert len(senders.threads) > 4


def test_a_scan_with_one_request_in_flight_misses_and_repeats_nothing(
    smaller: Populated, sequential: Session
) -> None:
    with smaller.writers() as writers:
        found = scanned(sequential, writers)
    assert {*smaller.kept} - {*found} == set()
    assert len(found) == len({*found})


def test_a_loop_over_pages_repeats_some_customers_and_loses_others(populated: Populated) -> None:
    populated.sandbox.configure(page_cap=10_000)
    client = Plain(populated.sandbox)
    with populated.writers() as writers:
        found = [one for page in writers.keep_pace(client.pages()) for one in page]
    client.close()
    assert len(found) > len({*found})
    assert {*populated.kept} - {*found}


def test_a_loop_over_pages_ends_at_the_cap(populated: Populated) -> None:
    client = Plain(populated.sandbox)
    found = [one for page in client.pages() for one in page]
    client.close()
    assert len(found) == CAP


def test_a_filter_finds_what_matched_throughout_while_others_come_and_go(
    sandbox: Sandbox, session: Session
) -> None:
    documents = list(customers(1_000))
    ids = sandbox.seed(
        {**document, "base": {"lastName": "Wayne" if number % 2 else "Kent"}}
        for number, document in enumerate(documents)
    )
    wayne, kent = ids[1::2], ids[::2]
    with Writers(sandbox, kent, wayne[::10]) as writers:
        pages = writers.keep_pace(range(100))
        found = []
        for number, customer in enumerate(session.query(Customer).filter(Customer.base.lastName == "Wayne")):
            found.append(customer.id)
            if number % PAGE == 0:
                next(pages)
    assert {*wayne} - {*wayne[::10]} <= {*found} <= {*wayne}
    assert len(found) == len({*found})
