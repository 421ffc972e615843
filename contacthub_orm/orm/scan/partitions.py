"""The partitions of a scan: half-open ranges of positions along its key, each read by one worker, and their splits.

A partition is split at a row and not at a time, since rows may be spread unevenly over time: the page that begins so many
rows further on is fetched, and the position of its first row is where the new partition begins. That page is the first of
the new partition, so no page is fetched for the split alone. An idle worker takes its share off the end of the largest
partition, such that full pages end with its last row: else nearly every split would cost a page of a few rows. One row is
spared there, so that the partition can be split again near the end of the scan, where only splits that cost no request are
made.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.orm.scan.keyset import Keyset, is_last

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.service.search import Page
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Partition", "Partitions", "Split", "TakenPage", "workers_for"]

_PAGES_PER_WORKER: Final = 10
"""A scan employs a worker for so many full pages. A short scan has one: who leaves it early has asked for few pages."""

_WORTH_A_REQUEST: Final = 16
"""A partition with fewer full pages than these is split only where that costs no request."""

_LEAST_SHARE: Final = 2
"""A large partition gives at least so many full pages to a worker."""

_AHEAD: Final = 3
"""A split is at least so many pages ahead: meanwhile the worker before it reads on."""

_LEEWAY: Final = 3
"""A split may be away from where parts would be equal by one part in so many."""

_SMALLER: Final = 5
"""By how many rows the page that makes a split may be smaller than others."""


@attrs.frozen
class LastRow:
    """The last row before a split, and how many rows follow it before `high`, the bound of what was split."""

    id: str
    following: int
    high: int | None


@attrs.define(eq=False)
class Partition:
    """The rows at the positions `low <= position < high`; if `high` is None, there is no upper bound.

    `remaining` says about how many rows are not read yet; if it is `capped`, there are at least so many.
    `unsplit` says how many rows follow at the end that no split can part, such as those of one millisecond.
    `last_row` is the last row before `high`, if the split at `high` showed it.
    `seen_ids` are the ids of the rows at `low` that are read. `first_page` is the first page, if it is
    already there and not yet taken in.
    """

    low: int
    high: int | None = None
    remaining: int = 0
    capped: bool = False
    first_page: Page | None = None
    unsplit: int = 0
    last_row: LastRow | None = None
    seen_ids: set[str] = attrs.field(factory=set)

    def can_split_at(self, position: int) -> bool:
        """Whether a position lies inside, with something before it."""
        return self.low < position and (self.high is None or position < self.high)


@attrs.frozen(eq=False)
class Split:
    """A split of a partition that is planned: before page `number` of its rows from `low` to `high`, in pages of `size`.

    About `rows` rows come after it, up to the next split or the partition's end; if `capped`, at least so
    many.
    """

    partition: Partition
    low: int
    high: int | None
    number: int
    size: int
    rows: int
    capped: bool


@attrs.frozen
class TakenPage:
    """What a page brought: its new rows, whether it is the last, and whether `low` moved on."""

    fresh: list[Document]
    last: bool
    moved: bool


def workers_for(first: Page, at_most: int) -> int:
    """How many workers a scan with this first page employs: one for so many pages."""
    pages = first.total // max(first.size, 1)
    return at_most if first.capped else max(1, min(at_most, pages // _PAGES_PER_WORKER))


class Partitions:
    """The partitions of one scan that are not read to their end. It may be used by several threads."""

    def __init__(self, first: Partition, keyset: Keyset, workers: int) -> None:
        self._open = [first]
        self._workers = workers
        self._page_size = keyset.page_size
        # A page begins with the last row of the one before, so this is how many rows each page brings.
        self._step = max(1, keyset.page_size - 1)
        self._position = keyset.position
        self._identity = keyset.identity
        self._lock = threading.Lock()
        self._pending: list[Split] = []

    def take(self, partition: Partition, page: Page, *, searched: int | None, counted: bool) -> TakenPage:
        """Take in the next page of a partition.

        Args:
            partition: the partition.
            page: the page.
            searched: the partition's upper bound when the page was asked for; a split may have lowered it
                since.
            counted: whether the page's total is that of the partition, up to this bound.
        """
        with self._lock:
            partition.first_page = None
            high = partition.high
            inside = self._inside(page.documents, high)
            fresh = [one for one in inside if self._identity(one) not in partition.seen_ids]
            is_cut = len(inside) < len(page.documents)
            if is_last(page) or is_cut or self._ends(partition, page, searched):
                self._open.remove(partition)
                return TakenPage(fresh, last=True, moved=False)
            if counted and searched == high and not self._is_being_split(partition):
                partition.remaining = page.total - len(inside) - partition.unsplit
                partition.capped = page.capped
            else:
                partition.remaining -= len(fresh)
            return TakenPage(fresh, last=False, moved=self._advance(partition, inside))

    def _ends(self, partition: Partition, page: Page, searched: int | None) -> bool:
        """Whether a page that was asked for before a split ends with the last row before it.

        Its id alone would not tell: rows of one millisecond may come in another order each time, and others be deleted.
        """
        last = partition.last_row
        return (
            last is not None
            and not page.capped
            and last.high == searched
            and last.following == page.total - len(page.documents)
            and last.id == self._identity(page.documents[-1])
        )

    def _inside(self, documents: Sequence[Document], high: int | None) -> Sequence[Document]:
        """The rows before a bound. FASTPATH: they are sorted, so if the last one is inside, all are."""
        if high is None or not documents or self._position(documents[-1]) < high:
            return documents
        return [one for one in documents if self._position(one) < high]

    def _advance(self, partition: Partition, documents: Sequence[Document]) -> bool:
        """Move `low` on to the last key of a page, and say whether it moved: a page may be all at one key."""
        last = self._position(documents[-1])
        moved = last > partition.low
        if moved:
            partition.low, partition.seen_ids = last, set()
        for document in reversed(documents):
            if self._position(document) != last:
                break
            partition.seen_ids.add(self._identity(document))
        return moved

    def pass_instant(self, partition: Partition) -> bool:
        """Move `low` past a millisecond whose rows are all read, and say whether that is still inside."""
        with self._lock:
            partition.low, partition.seen_ids = partition.low + 1, set()
            if partition.high is None or partition.low < partition.high:
                return True
            self._open.remove(partition)
            return False

    # -- splits -------------------------------------------------------------------------------------------------------

    def plan_splits(self, idle: int) -> list[Split]:
        """The splits that are worth making, if so many workers are idle."""
        with self._lock:
            planned: list[Split] = []
            while len(planned) < idle and (split := self._next_split()) is not None:
                planned.append(split)
                self._pending.append(split)
            return planned

    def _next_split(self) -> Split | None:
        """The split that takes a share off the end of the largest partition, if that is worthwhile."""
        begun = (one for one in self._open if one.first_page is None)
        largest = max(begun, key=lambda one: one.remaining, default=None)
        if largest is None:
            return None
        place = self._place_in(largest)
        if place is None:
            return None
        number, size = place
        before = number * size
        split = Split(
            largest, largest.low, largest.high, number, size, largest.remaining - before, largest.capped
        )
        largest.remaining, largest.capped = before, False
        return split

    def _place_in(self, partition: Partition) -> tuple[int, int] | None:
        """The number and size of the page that splits a partition, None if no split is worthwhile."""
        rows, least = partition.remaining, _LEAST_SHARE * self._page_size
        if partition.capped:  # what follows is known once its first pages are read
            return (rows // self._page_size, self._page_size) if rows >= least else None
        share = self._remaining() // self._workers
        if rows < _WORTH_A_REQUEST * self._page_size:
            return self._free_place(min(share, rows // 2), rows)
        return self._place(min(max(least, share), rows // 2), rows)

    def _place(self, rows: int, last: int) -> tuple[int, int]:
        """Where to split off about so many rows, in full pages up to the last one.

        Rows are counted from `low` on. Of places that waste as little, but for a row that is spared, the nearest is chosen.
        """
        leeway = max(1, rows // self._page_size // _LEEWAY)
        spared = 0 if self._is_capped() else 1  # who is done before the end finds other partitions
        places = [
            ((last - rows) // size + step, size, abs(step))
            for size in self._sizes()
            for step in range(-leeway, leeway + 1)
        ]
        number, size, _ = min(places, key=lambda one: self._waste(one[0], one[1], last + spared) + one[2])
        return number, size

    def _free_place(self, rows: int, last: int) -> tuple[int, int] | None:
        """Where to split off about so many rows without a request more, None if that cannot be. The nearest is chosen."""
        places = [
            (number, size)
            for size in self._sizes()
            for number in range(-(-_AHEAD * self._step // size), -(-last // size))
            if not self._costs_a_request(number, size, last)
        ]
        return min(places, key=lambda one: abs(last - rows - one[0] * one[1]), default=None)

    def _sizes(self) -> range:
        return range(max(1, self._page_size - _SMALLER), self._page_size + 1)

    def _waste(self, number: int, size: int, last: int) -> int:
        """How many rows more the pages of a new partition could have brought."""
        return (number * size + size - 1 - last) % self._step + self._page_size - size

    def _is_capped(self) -> bool:
        """Whether more rows may remain than are known."""
        return any(one.capped for one in self._open) or any(one.capped for one in self._pending)

    def _costs_a_request(self, number: int, size: int, rows: int) -> bool:
        """Whether the rows of a partition take more requests once it is split at a page."""
        before = number * size
        after = rows - before - (size - 1)  # its first page brings one row less than its size
        return self._requests_for(before) + 1 + self._requests_for(after) > self._requests_for(rows)

    def _requests_for(self, rows: int) -> int:
        """How many requests bring so many rows."""
        return -(-max(0, rows) // self._step)

    def _remaining(self) -> int:
        """How many rows are known to remain."""
        return sum(one.remaining for one in self._open) + sum(split.rows for split in self._pending)

    def _is_being_split(self, partition: Partition) -> bool:
        return any(split.partition is partition for split in self._pending)

    def make_split(self, split: Split, page: Page) -> Partition | None:
        """Make a split at the page that was fetched for it.

        Returns:
            The new partition, or None if the worker that reads the old one is already past it, or the rows from there on are
            all of one millisecond or are not there any more.
        """
        with self._lock:
            self._pending.remove(split)
            # After the millisecond of the first row, since the page before may hold rows of it too.
            low = self._position(page.documents[0]) + 1 if page.documents else None
            old = next((one for one in self._open if low is not None and one.can_split_at(low)), None)
            if low is None or old is None:
                self._give_back(split, is_late=low is not None and low <= split.partition.low)
                return None
            first = self._first_page(low, page)
            new = Partition(low, old.high, split.rows, split.capped, first, old.unsplit, old.last_row)
            old.high, old.unsplit, old.last_row = low, 0, None
            # Else more rows of that millisecond may follow on the next page, or nobody knows how many follow at all.
            if first is not None and not page.capped:
                old.last_row = LastRow(self._identity(page.documents[0]), first.total, split.high)
            self._open.append(new)
            return new

    @staticmethod
    def _give_back(split: Split, *, is_late: bool) -> None:
        """Leave the rows of a split that cannot be made to its partition. Unless it was late, they are not to be split again."""
        if is_late:
            split.partition.remaining += split.rows
            split.partition.capped |= split.capped
        else:
            split.partition.unsplit += split.rows

    def _first_page(self, low: int, page: Page) -> Page | None:
        """The rows of a page from a key on, as the first page of a partition; None if there are none."""
        rows = [one for one in page.documents if self._position(one) >= low]
        if not rows:
            return None
        before = page.number * page.size + len(page.documents) - len(rows)
        return attrs.evolve(page, documents=rows, total=page.total - before, number=0)
