"""Partitions and their splits, without threads: whatever order things happen in, each row is found once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import Customer
from contacthub_orm.orm.criteria.criteria import ALWAYS, Operator
from contacthub_orm.orm.scan.keyset import Keyset, is_last
from contacthub_orm.orm.scan.partitions import Partition, Partitions, Split, workers_for
from contacthub_orm.orm.service.search import Page, ScanKey, Search
from contacthub_orm.orm.wire.conversion import dump_datetime
from contacthub_orm.orm.wire.documents import Document
from tests.support.examples import examples

BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)
START = int(BEGINNING.timestamp()) * 1_000
DAY = 24 * 60 * 60 * 1_000
YEARS = 5 * 365 * DAY


class Rows:
    """Documents sorted by the moment of registration, and a search of them that no more than `cap` matches come of.

    If they are `shuffled`, each search has the rows of one millisecond in an order of its own.
    """

    def __init__(
        self, milliseconds: Sequence[int], page_size: int, cap: int = 10_000, shuffled: Random | None = None
    ) -> None:
        moments = [dump_datetime(BEGINNING + timedelta(milliseconds=each)) for each in sorted(milliseconds)]
        self.documents: list[Document] = [
            {"id": str(number), "registeredAt": moment} for number, moment in enumerate(moments)
        ]
        self.cap = cap
        self.requests = 0
        self._shuffled = shuffled
        self.keyset = Keyset(self._send, Customer, ALWAYS, ScanKey("registeredAt"), page_size)

    def _send(self, search: Search) -> Page:
        self.requests += 1
        if self._shuffled is not None:
            self._shuffled.shuffle(self.documents)
            self.documents.sort(key=itemgetter("registeredAt"))
        size = self.keyset.page_size if search.size is None else search.size
        low, high = 0, len(self.documents)
        for bound in search.criterion.comparisons():
            place = bisect_left(self.documents, bound.value, key=itemgetter("registeredAt"))
            low, high = (place, high) if bound.operator is Operator.GTE else (low, place)
        total = max(0, high - low)
        begin = low + search.page * size
        assert begin + size <= low + self.cap
        documents = self.documents[begin : min(high, begin + size)]
        return Page(documents, min(total, self.cap), search.page, size, capped=total >= self.cap)


def fetched_for(rows: Rows, split: Split) -> Page:
    """The page that a split needs."""
    return rows.keyset.fetch(split.low, split.high, split.number, size=split.size)


@attrs.define(eq=False)
class Worker:
    """One who walks a partition in two steps, asking for a page and taking it in, between which anything may happen."""

    partition: Partition
    page: Page | None = None
    searched: int | None = None
    counted: bool = True


class Simulation:
    """Workers and splits of one scan, of which a step at a time is made."""

    def __init__(self, rows: Rows, size: int) -> None:
        self.rows = rows
        self.size = size
        self.found: list[str] = []
        first = rows.keyset.fetch()
        self.workers: list[Worker] = []
        self.asked: list[tuple[Split, Page | None]] = []
        if is_last(first):
            self._give(list(first.documents))
            return
        partition = Partition(
            rows.keyset.position(first.documents[0]), None, first.total, first.capped, first
        )
        self.partitions = Partitions(partition, rows.keyset, size)
        self.workers.append(Worker(partition))

    def run(self, random: Random, deletions: int = 0) -> None:
        """Make steps in any order until all is done; meanwhile another writer deletes some rows."""
        while self.workers or self.asked:
            if deletions and self.rows.documents and random.random() < 0.3:
                del self.rows.documents[random.randrange(len(self.rows.documents))]
                deletions -= 1
            number = random.randrange(len(self.workers) + len(self.asked))
            if number < len(self.workers):
                self._work(self.workers[number])
            else:
                self._split(number - len(self.workers))

    def turns(self) -> int:
        """Let all go on at the same speed, one request a turn, and give the number of turns."""
        turns = 0
        while self.workers or self.asked:
            turns += 1
            asked, self.asked = self.asked, []
            workers = list(self.workers)
            fetched = [(split, fetched_for(self.rows, split)) for split, _ in asked]
            for worker in workers:
                for _ in range(
                    1 if worker.page is not None or worker.partition.first_page is not None else 2
                ):
                    self._work(worker)
            for split, page in fetched:
                self._begin(split, page)
        return turns

    def _work(self, worker: Worker) -> None:
        keyset, partition = self.rows.keyset, worker.partition
        if worker.page is None and partition.first_page is None:
            worker.searched, worker.counted = partition.high, True
            worker.page = keyset.fetch(partition.low, partition.high)
            return
        if worker.page is None:
            worker.page, worker.searched, worker.counted = partition.first_page, partition.high, False
        page, worker.page = worker.page, None
        assert page is not None
        taken = self.partitions.take(partition, page, searched=worker.searched, counted=worker.counted)
        self._give(taken.fresh)
        if taken.last:
            self.workers.remove(worker)
            self._share()
        elif not taken.moved:
            self._read_instant(worker)
        else:
            self._share()

    def _share(self) -> None:
        idle = self.size - len(self.workers) - len(self.asked)
        self.asked += [(split, None) for split in self.partitions.plan_splits(idle)]

    def _read_instant(self, worker: Worker) -> None:
        partition = worker.partition
        rest = [
            one
            for one in self.rows.documents
            if self.rows.keyset.position(one) == partition.low
            and self.rows.keyset.identity(one) not in partition.seen_ids
        ]
        self._give(rest)
        if not self.partitions.pass_instant(partition):
            self.workers.remove(worker)

    def _split(self, number: int) -> None:
        split, page = self.asked[number]
        if page is None:
            self.asked[number] = split, fetched_for(self.rows, split)
            return
        del self.asked[number]
        self._begin(split, page)

    def _begin(self, split: Split, page: Page) -> None:
        partition = self.partitions.make_split(split, page)
        if partition is not None:
            self.workers.append(Worker(partition))

    def _give(self, documents: Sequence[Document]) -> None:
        self.found += [str(one["id"]) for one in documents]


SPREADS = {
    "evenly": lambda random: random.randrange(YEARS),
    "in a bulk import": lambda random: (
        YEARS // 2 + random.randrange(3_600_000) if random.random() < 0.9 else random.randrange(YEARS)
    ),
    "on a few days": lambda random: random.choice([1, 700, 701, 1_500]) * DAY + random.randrange(DAY),
    "ever more": lambda random: int(YEARS * random.random() ** 0.1),
}


@examples(75, derandomize=True)
@given(
    milliseconds=st.lists(st.integers(0, 2_000) | st.sampled_from([7, 500, 501]), min_size=1, max_size=700),
    page_size=st.integers(1, 3),
    cap=st.sampled_from([30, 90, 10_000]),
    seed=st.integers(0, 10),
)
def test_each_row_is_found_once_in_whatever_order_pages_and_splits_arrive(
    milliseconds: list[int], page_size: int, cap: int, seed: int
) -> None:
    rows = Rows(milliseconds, page_size, cap - cap % page_size)
    simulation = Simulation(rows, 8)

    simulation.run(Random(seed))

    assert sorted(simulation.found, key=int) == [str(number) for number in range(len(milliseconds))]


@examples(150, derandomize=True)
@given(
    milliseconds=st.lists(st.integers(0, 200), min_size=60, max_size=200),
    page_size=st.integers(2, 8),
    deletions=st.integers(0, 30),
    seed=st.integers(0, 10),
)
def test_each_row_that_stays_is_found_once_while_others_are_deleted(
    milliseconds: list[int], page_size: int, deletions: int, seed: int
) -> None:
    rows = Rows(milliseconds, page_size, shuffled=Random(seed))
    simulation = Simulation(rows, 8)

    simulation.run(Random(seed), deletions)

    assert len(set(simulation.found)) == len(simulation.found)
    assert {str(one["id"]) for one in rows.documents} <= set(simulation.found)


@pytest.mark.parametrize("spread", SPREADS)
def test_the_workers_share_the_rows_however_those_lie_in_time(spread: str) -> None:
    random = Random(3)
    rows = Rows(list({SPREADS[spread](random) for _ in range(4_000)}), 10, 2_000)
    simulation = Simulation(rows, 16)

    turns = simulation.turns()

    full_pages = -(-len(rows.documents) // 10)
    assert len(simulation.found) == len(rows.documents)
    assert turns <= 1.35 * full_pages / 16


@pytest.mark.parametrize("spread", SPREADS)
def test_splits_cost_few_requests_and_leave_no_worker_idle_for_long(spread: str) -> None:
    random = Random(4)
    rows = Rows(list({SPREADS[spread](random) for _ in range(20_000)}), 50, 10_000)
    simulation = Simulation(rows, 16)

    turns = simulation.turns()

    assert turns <= 29  # 27, if all workers were busy from the second turn on
    assert rows.requests <= 1.03 * -(-len(rows.documents) // 50)


def test_a_short_scan_is_not_split() -> None:
    rows = Rows(range(0, 19_000, 100), 10)

    assert workers_for(rows.keyset.fetch(), 16) == 1


def test_a_scan_of_some_pages_employs_some_workers() -> None:
    rows = Rows(range(0, 61_000, 100), 10)
    simulation = Simulation(rows, workers_for(rows.keyset.fetch(), 16))

    assert simulation.turns() <= 14  # of 68 requests that a single worker makes
    assert rows.requests <= 70


@pytest.mark.parametrize(("remaining", "is_split"), [(65, True), (63, False), (153, True)])
def test_a_small_partition_is_split_only_where_that_costs_no_request(remaining: int, is_split: bool) -> None:
    rows = Rows(range(1_000), 10)  # each page brings 9 new rows, so that 63 and 153 fill all their pages
    partitions = Partitions(Partition(START, None, remaining), rows.keyset, 2)

    assert bool(partitions.plan_splits(1)) is is_split


def test_a_partition_whose_worker_is_past_the_split_is_not_split() -> None:
    rows = Rows(range(1_000), 10)
    partition = Partition(START, None, 1_000)
    partitions = Partitions(partition, rows.keyset, 2)
    [split, *_] = partitions.plan_splits(1)
    page = fetched_for(rows, split)
    partition.low = START + 999

    assert partitions.make_split(split, page) is None
    assert (partition.high, partition.remaining) == (None, 1_000)


def test_a_split_where_no_rows_are_any_more_changes_nothing() -> None:
    rows = Rows(range(1_000), 10)
    partition = Partition(START, None, 1_000)
    partitions = Partitions(partition, rows.keyset, 2)
    [split, *_] = partitions.plan_splits(1)
    del rows.documents[10:]

    assert partitions.make_split(split, fetched_for(rows, split)) is None
    assert partition.high is None


def test_rows_of_one_millisecond_are_not_asked_for_again_to_be_split() -> None:
    rows = Rows([*range(10), *[10] * 990], 10)
    partition = Partition(START, START + 11, 1_000)
    partitions = Partitions(partition, rows.keyset, 8)
    failed = 0
    while splits := partitions.plan_splits(1):
        assert partitions.make_split(splits[0], fetched_for(rows, splits[0])) is None
        failed += 1

    assert 1 <= failed <= 20  # each leaves less to split
    assert partition.remaining + partition.unsplit == 1_000


def test_rows_of_the_millisecond_of_a_split_stay_in_the_partition_before_it() -> None:
    rows = Rows([*range(495), *[495] * 10, *range(496, 1_000)], 10)
    partition = Partition(START, None, 1_000)
    partitions = Partitions(partition, rows.keyset, 2)
    [split, *_] = partitions.plan_splits(1)
    page = fetched_for(rows, split)

    other = partitions.make_split(split, page)

    assert other is not None
    assert other.low == partition.high == rows.keyset.position(page.documents[0]) + 1
    assert other.first_page is not None
    assert all(rows.keyset.position(one) >= other.low for one in other.first_page.documents)


def split_in_flight(rows: Rows) -> tuple[Partitions, Partition, Split, Page]:
    """A partition whose next page is asked for, with the last row before a split that is planned at its end."""
    partition = Partition(START, None, len(rows.documents) - 1, seen_ids={"0"})
    partitions = Partitions(partition, rows.keyset, 2)
    [split, *_] = partitions.plan_splits(1)
    partition.low = rows.keyset.position(rows.documents[split.number * split.size - 9])
    return partitions, partition, split, rows.keyset.fetch(partition.low)


def test_a_page_that_ends_with_the_last_row_before_a_split_is_the_last_of_its_partition() -> None:
    rows = Rows(range(1_000), 10)
    partitions, partition, split, page = split_in_flight(rows)
    assert partitions.make_split(split, fetched_for(rows, split)) is not None

    assert partitions.take(partition, page, searched=None, counted=True).last


def test_a_page_is_not_the_last_if_another_row_of_the_splits_millisecond_follows() -> None:
    rows = Rows(range(1_000), 10)
    partitions, partition, split, _ = split_in_flight(rows)
    last = split.number * split.size
    rows.documents[last - 1]["registeredAt"] = rows.documents[last]["registeredAt"]
    assert partitions.make_split(split, fetched_for(rows, split)) is not None
    # The service gives the rows of one millisecond in another order than for the split.
    rows.documents[last - 1 : last + 1] = reversed(rows.documents[last - 1 : last + 1])
    page = rows.keyset.fetch(partition.low - 1)

    assert page.documents[-1]["id"] == str(last)
    assert not partitions.take(partition, page, searched=None, counted=True).last


def test_a_page_is_not_the_last_if_a_deletion_has_moved_the_split_on() -> None:
    rows = Rows(range(1_000), 10)
    partitions, partition, split, page = split_in_flight(rows)
    del rows.documents[split.number * split.size - 5]
    rows.documents.append({"id": "new", "registeredAt": "2030-01-01T00:00:00.000Z"})
    assert partitions.make_split(split, fetched_for(rows, split)) is not None

    assert not partitions.take(partition, page, searched=None, counted=True).last


def test_a_page_is_not_the_last_if_its_total_is_that_of_another_range() -> None:
    rows = Rows(range(1_000), 10)
    partitions, partition, split, _ = split_in_flight(rows)
    last, high = split.number * split.size, START + 999
    rows.documents[last - 1]["registeredAt"] = rows.documents[last]["registeredAt"]
    assert partitions.make_split(split, fetched_for(rows, split)) is not None
    rows.documents[last - 1 : last + 1] = reversed(rows.documents[last - 1 : last + 1])
    page = rows.keyset.fetch(partition.low - 1, high)  # one row less, but for that of the same millisecond

    assert page.documents[-1]["id"] == str(last)
    assert not partitions.take(partition, page, searched=high, counted=True).last


def test_a_split_whose_total_is_capped_does_not_show_the_last_row() -> None:
    rows = Rows(range(1_000), 10, cap=700)
    partition = Partition(START, None, 700, capped=True)
    partitions = Partitions(partition, rows.keyset, 2)
    split = Split(partition, START, None, 10, 10, 600, capped=True)
    partitions._pending.append(split)

    assert partitions.make_split(split, fetched_for(rows, split)) is not None
    assert partition.last_row is None
