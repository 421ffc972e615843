"""Windows and their cuts, without threads: whatever order things happen in, each row is found once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacthub_orm import Customer
from contacthub_orm.orm.criteria.criteria import ALWAYS, Operator
from contacthub_orm.orm.scan.keyset import MILLISECOND, KeyOrder, is_last
from contacthub_orm.orm.scan.partitions import Cut, Window, Windows
from contacthub_orm.orm.service.backend import Page, Search
from contacthub_orm.orm.wire.conversion import dump_datetime
from contacthub_orm.orm.wire.documents import Document

BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)
DAY = 24 * 60 * 60 * 1_000
YEARS = 5 * 365 * DAY


class Rows:
    """Documents sorted by the moment of registration, and a search of them that no more than `cap` matches come of."""

    def __init__(self, milliseconds: Sequence[int], page_size: int, cap: int = 10_000) -> None:
        moments = [dump_datetime(BEGINNING + timedelta(milliseconds=each)) for each in sorted(milliseconds)]
        self.documents: list[Document] = [
            {"id": str(number), "registeredAt": moment} for number, moment in enumerate(moments)
        ]
        self.cap = cap
        self.requests = 0
        self.order = KeyOrder(self._send, Customer, ALWAYS, "registeredAt", page_size)

    def _send(self, search: Search) -> Page:
        self.requests += 1
        size = self.order.page_size
        low, high = 0, len(self.documents)
        for bound in search.criterion.comparisons():
            place = bisect_left(self.documents, bound.value, key=itemgetter("registeredAt"))
            low, high = (place, high) if bound.operator is Operator.GTE else (low, place)
        total = max(0, high - low)
        begin = low + search.page * size
        assert begin + size <= low + self.cap
        documents = self.documents[begin : min(high, begin + size)]
        return Page(documents, min(total, self.cap), search.page, size, capped=total >= self.cap)


@attrs.define(eq=False)
class Walker:
    """One who walks a window in two steps, asking for a page and taking it in, between which anything may happen."""

    window: Window
    page: Page | None = None
    searched: datetime | None = None
    counted: bool = True


class Simulation:
    """Walkers and cuts of one scan, of which a step at a time is made."""

    def __init__(self, rows: Rows, size: int) -> None:
        self.rows = rows
        self.size = size
        self.found: list[str] = []
        first = rows.order.fetch()
        self.walkers: list[Walker] = []
        self.asked: list[tuple[Cut, Page | None]] = []
        if is_last(first):
            self._give(list(first.documents))
            return
        window = Window(rows.order.moment(first.documents[0]), None, first.total, first.capped, first)
        self.windows = Windows(window, rows.order)
        self.walkers.append(Walker(window))

    def run(self, random: Random) -> None:
        """Make steps in any order until all is done."""
        while self.walkers or self.asked:
            number = random.randrange(len(self.walkers) + len(self.asked))
            if number < len(self.walkers):
                self._walk(self.walkers[number])
            else:
                self._cut(number - len(self.walkers))

    def turns(self) -> int:
        """Let all go on at the same speed, one request a turn, and give the number of turns."""
        turns = 0
        while self.walkers or self.asked:
            turns += 1
            asked, self.asked = self.asked, []
            walkers = list(self.walkers)
            fetched = [(cut, self.rows.order.fetch(cut.low, cut.high, cut.number)) for cut, _ in asked]
            for walker in walkers:
                for _ in range(1 if walker.page is not None or walker.window.first is not None else 2):
                    self._walk(walker)
            for cut, page in fetched:
                self._begin(cut, page)
        return turns

    def _walk(self, walker: Walker) -> None:
        order, window = self.rows.order, walker.window
        if walker.page is None and window.first is None:
            walker.searched, walker.counted = window.high, True
            walker.page = order.fetch(window.low, window.high)
            return
        if walker.page is None:
            walker.page, walker.searched, walker.counted = window.first, window.high, False
            window.first = None
        page, walker.page = walker.page, None
        assert page is not None
        taken = self.windows.take(window, page, searched=walker.searched, counted=walker.counted)
        self._give(taken.fresh)
        if taken.last:
            self.walkers.remove(walker)
        elif not taken.moved:
            self._walk_moment(walker)
        else:
            idle = self.size - len(self.walkers) - len(self.asked)
            cuts = self.windows.cuts_of(window, idle) if idle > 0 else []
            self.asked += [(cut, None) for cut in cuts]

    def _walk_moment(self, walker: Walker) -> None:
        window = walker.window
        rest = [
            one
            for one in self.rows.documents
            if self.rows.order.moment(one) == window.low and self.rows.order.identity(one) not in window.seen
        ]
        self._give(rest)
        if not self.windows.pass_moment(window):
            self.walkers.remove(walker)

    def _cut(self, number: int) -> None:
        cut, page = self.asked[number]
        if page is None:
            self.asked[number] = cut, self.rows.order.fetch(cut.low, cut.high, cut.number)
            return
        del self.asked[number]
        self._begin(cut, page)

    def _begin(self, cut: Cut, page: Page) -> None:
        window = self.windows.split(cut, page)
        if window is not None:
            self.walkers.append(Walker(window))

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


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    milliseconds=st.lists(st.integers(0, 2_000) | st.sampled_from([7, 500, 501]), min_size=1, max_size=700),
    page_size=st.integers(1, 3),
    cap=st.sampled_from([30, 90, 10_000]),
    seed=st.integers(0, 10),
)
def test_each_row_is_found_once_in_whatever_order_pages_and_cuts_arrive(
    milliseconds: list[int], page_size: int, cap: int, seed: int
) -> None:
    rows = Rows(milliseconds, page_size, cap - cap % page_size)
    simulation = Simulation(rows, 8)

    simulation.run(Random(seed))

    assert sorted(simulation.found, key=int) == [str(number) for number in range(len(milliseconds))]


@pytest.mark.parametrize("spread", SPREADS)
def test_the_walkers_share_the_rows_however_those_lie_in_time(spread: str) -> None:
    random = Random(3)
    rows = Rows(list({SPREADS[spread](random) for _ in range(4_000)}), 10, 2_000)
    simulation = Simulation(rows, 16)

    turns = simulation.turns()

    full_pages = -(-len(rows.documents) // 10)
    assert len(simulation.found) == len(rows.documents)
    assert turns <= 1.6 * full_pages / 16


@pytest.mark.parametrize("spread", SPREADS)
def test_cuts_cost_few_requests(spread: str) -> None:
    random = Random(4)
    rows = Rows(list({SPREADS[spread](random) for _ in range(20_000)}), 50, 5_000)
    simulation = Simulation(rows, 16)

    simulation.turns()

    assert rows.requests <= 1.06 * -(-len(rows.documents) // 50)


def test_a_short_scan_is_not_cut() -> None:
    rows = Rows(range(0, 39_000, 100), 10)
    simulation = Simulation(rows, 16)

    assert simulation.turns() == rows.requests


def test_a_window_whose_walker_is_past_the_cut_is_not_cut() -> None:
    rows = Rows(range(1_000), 10)
    window = Window(BEGINNING, None, 1_000)
    windows = Windows(window, rows.order)
    [cut, *_] = windows.cuts_of(window, 1)
    page = rows.order.fetch(cut.low, cut.high, cut.number)
    window.low = BEGINNING + timedelta(milliseconds=999)

    assert windows.split(cut, page) is None
    assert (window.high, window.left) == (None, 1_000)


def test_a_cut_where_no_rows_are_any_more_changes_nothing() -> None:
    rows = Rows(range(1_000), 10)
    window = Window(BEGINNING, None, 1_000)
    windows = Windows(window, rows.order)
    [cut, *_] = windows.cuts_of(window, 1)
    del rows.documents[10:]

    assert windows.split(cut, rows.order.fetch(cut.low, cut.high, cut.number)) is None
    assert window.high is None


def test_rows_of_the_millisecond_of_a_cut_stay_in_the_window_before_it() -> None:
    rows = Rows([*range(495), *[495] * 10, *range(496, 1_000)], 10)
    window = Window(BEGINNING, None, 1_000)
    windows = Windows(window, rows.order)
    [cut, *_] = windows.cuts_of(window, 1)
    page = rows.order.fetch(cut.low, cut.high, cut.number)

    other = windows.split(cut, page)

    assert other is not None
    assert other.low == window.high == rows.order.moment(page.documents[0]) + MILLISECOND
    assert other.first is not None
    assert all(rows.order.moment(one) >= other.low for one in other.first.documents)
