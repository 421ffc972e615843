"""The partitions of a scan: half-open ranges of positions along its key, each read by one worker, and their splits.

A partition is split at a row and not at a time, since rows may be spread unevenly over time: the page
that begins so many rows further on is fetched, and the position of its first row is where the new partition
begins. That page is the first of the new partition, so no page is fetched for the split alone, but the old
partition now ends within a page. To let scans send few requests more than there are full pages, there is at
most one split for every twenty requests.
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

_REQUESTS_PER_SPLIT: Final = 20
"""A scan makes at most one split for this many of its requests, since a split may cost one request more."""

_SPLITS_WITHHELD: Final = 2
"""Splits withheld from that number, to pay for what splitting itself costs. A short scan makes none."""

_PAGES_PER_SPLIT: Final = 4
"""A partition gets at most one split for this many full pages that remain in it, to make it worthwhile."""

_PAGES_PER_CAPPED_SPLIT: Final = 40
"""Full pages between the splits of a partition that holds more rows than one search reaches.

They lie further apart than those of other partitions, since the rows past the cap will be split again.
"""

_LARGE: Final = 0.7
"""Only partitions with at least this part of the rows of the largest one are split."""


@attrs.define(eq=False)
class Partition:
    """The rows at the positions `low <= position < high`; if `high` is None, there is no upper bound.

    `remaining` says about how many rows are not read yet; if it is `capped`, there are at least so many.
    `seen_ids` are the ids of the rows at `low` that are read. `first_page` is the first page, if it is
    already there.
    """

    low: int
    high: int | None = None
    remaining: int = 0
    capped: bool = False
    first_page: Page | None = None
    seen_ids: set[str] = attrs.field(factory=set)

    def can_split_at(self, position: int) -> bool:
        """Whether a position lies inside, with something before it."""
        return self.low < position and (self.high is None or position < self.high)


@attrs.frozen(eq=False)
class Split:
    """A split of a partition that is planned: before page `number` of its rows from `low` to `high`.

    About `rows` rows come after it, up to the next split or the partition's end; if `capped`, at least so
    many.
    """

    partition: Partition
    low: int
    high: int | None
    number: int
    rows: int
    capped: bool


@attrs.frozen
class TakenPage:
    """What a page brought: its new rows, whether it is the last, and whether `low` moved on."""

    fresh: list[Document]
    last: bool
    moved: bool


def workers_for(first: Page, at_most: int) -> int:
    """How many workers a scan with this first page can ever employ: one more than there may be splits."""
    if first.capped:
        return at_most
    pages = -(-first.total // max(first.size, 1))
    return max(1, min(at_most, pages // _REQUESTS_PER_SPLIT - _SPLITS_WITHHELD + 1))


class Partitions:
    """The partitions of one scan that are not read to their end. It may be used by several threads."""

    def __init__(self, first: Partition, keyset: Keyset) -> None:
        self._open = [first]
        self._page_size = keyset.page_size
        self._position = keyset.position
        self._identity = keyset.identity
        self._lock = threading.Lock()
        self._pending: list[Split] = []
        self._requests = 0
        self._splits = 0

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
            self._requests += 1
            high = partition.high
            inside = [one for one in page.documents if high is None or self._position(one) < high]
            fresh = [one for one in inside if self._identity(one) not in partition.seen_ids]
            if is_last(page) or len(inside) < len(page.documents):
                self._open.remove(partition)
                return TakenPage(fresh, last=True, moved=False)
            if counted and searched == high and not self._is_being_split(partition):
                partition.remaining, partition.capped = page.total - len(inside), page.capped
            else:
                partition.remaining -= len(inside)
            return TakenPage(fresh, last=False, moved=self._advance(partition, inside))

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

    def plan_splits(self, partition: Partition, idle: int) -> list[Split]:
        """The splits of a partition that are worth making, if so many workers are idle."""
        with self._lock:
            pages = partition.remaining // self._page_size
            most = min(self._share(partition, idle), self._share(partition, self._allowed()))
            numbers = _capped_splits(pages, most) if partition.capped else _even_splits(pages, most)
            if not numbers or self._is_being_split(partition):
                return []
            splits = self._splits_before(partition, numbers)
            self._pending += splits
            self._splits += len(splits)
            return splits

    def _is_being_split(self, partition: Partition) -> bool:
        return any(split.partition is partition for split in self._pending)

    def _share(self, partition: Partition, whole: int) -> int:
        """How many of `whole` workers or splits go to a partition.

        Only large partitions get a share. It follows the number of their rows, and is at least one.
        """
        large = _LARGE * max(self._sizes())
        if whole <= 0 or partition.remaining == 0 or partition.remaining < large:
            return 0
        return max(
            1, round(whole * partition.remaining / sum(size for size in self._sizes() if size >= large))
        )

    def _sizes(self) -> list[int]:
        """The rows that remain in each partition, those included that are still to be split off."""
        return [one.remaining for one in self._open] + [split.rows for split in self._pending]

    def _allowed(self) -> int:
        """How many more splits there may be."""
        pages = sum(self._sizes()) // self._page_size
        return (self._requests + pages) // _REQUESTS_PER_SPLIT - _SPLITS_WITHHELD - self._splits

    def _splits_before(self, partition: Partition, numbers: list[int]) -> list[Split]:
        """The splits before some pages, the last first: the rows after it may be more than are known."""
        splits = []
        for number in reversed(numbers):
            begin = number * self._page_size
            rows = partition.remaining - begin
            splits.append(Split(partition, partition.low, partition.high, number, rows, partition.capped))
            partition.remaining, partition.capped = begin, False
        return splits

    def make_split(self, split: Split, page: Page) -> Partition | None:
        """Make a split at the page that was fetched for it.

        Returns:
            The new partition, or None if the worker that reads the old one is already past it.
        """
        with self._lock:
            self._requests += 1
            self._pending.remove(split)
            # After the millisecond of the first row, since the page before may hold rows of it too.
            low = self._position(page.documents[0]) + 1 if page.documents else None
            old = next((one for one in self._open if low is not None and one.can_split_at(low)), None)
            if low is None or old is None:
                split.partition.remaining += split.rows
                split.partition.capped |= split.capped
                return None
            new = Partition(low, old.high, split.rows, split.capped, self._first_page(low, page))
            old.high = low
            self._open.append(new)
            return new

    def _first_page(self, low: int, page: Page) -> Page | None:
        """The rows of a page from a key on, as the first page of a partition; None if there are none."""
        rows = [one for one in page.documents if self._position(one) >= low]
        if not rows:
            return None
        before = page.number * page.size + len(page.documents) - len(rows)
        return attrs.evolve(page, documents=rows, total=page.total - before, number=0)


def _capped_splits(pages: int, most: int) -> list[int]:
    """The pages to split before, if more rows follow: evenly spaced, the last at the end of what is known."""
    count = min(most, max(1, pages // _PAGES_PER_CAPPED_SPLIT))
    return [pages * (part + 1) // count for part in range(count)] if pages else []


def _even_splits(pages: int, most: int) -> list[int]:
    """The pages to split before, to make equal parts of so many."""
    count = min(most, pages // _PAGES_PER_SPLIT)
    return [pages * (part + 1) // (count + 1) for part in range(count)]
