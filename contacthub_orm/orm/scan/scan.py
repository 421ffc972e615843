"""Scans: every match of a criterion, past the service's cap and while others write.

The service gives at most so many matches for one search, and rows move between its pages as they are updated.
A scan therefore uses keyset pagination along a key that a write does not change (such as the
instant of registration): each request asks for the rows from the last key seen on, so that it always asks
for a first page, and rows with the same key as the last are recognised by their ids. To use several connections, the
range of the key is split into half-open partitions (see `partitions`), which a pool of workers reads side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from contacthub_orm.orm.scan.keyset import FRUITLESS_READINGS, Keyset, disagreement, is_last
from contacthub_orm.orm.scan.partitions import Partition, Partitions, Split, workers_for
from contacthub_orm.orm.scan.workers import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Range", "count", "counted_ranges", "scan"]


def scan(keyset: Keyset, max_in_flight: int) -> Iterator[list[Document]]:
    """Read all rows. One worker reads them in the order of the key, several in no particular order.

    Args:
        keyset: the rows.
        max_in_flight: how many requests may be under way at once.

    Returns:
        The documents of each page.

    Raises:
        InvalidRequestError: if more rows have the same key than the service gives for one search.
    """
    first = keyset.fetch()
    if is_last(first):
        yield list(first.documents)
        return
    whole = Partition(keyset.position(first.documents[0]), None, first.total, first.capped, first)
    workers = workers_for(first, max_in_flight)
    reader = _Reader(keyset, whole, workers)
    if max_in_flight == 1:
        yield from reader.read(whole)
        return
    pool = WorkerPool(whole, reader, workers)
    try:
        yield from pool.pages()
    finally:
        pool.stop()


def count(keyset: Keyset) -> int:
    """Count the rows, summed over ranges of the key that are each under the service's cap.

    Raises:
        InvalidRequestError: if more rows have the same key than the service counts.
    """
    first = keyset.fetch(size=1)
    if not first.capped:
        return first.total
    return sum(one.rows for one in counted_ranges(keyset, keyset.position(first.documents[0])))


@attrs.frozen
class Range:
    """A range of positions, `low <= position < high`, and the number of its rows."""

    low: int
    high: int
    rows: int


def counted_ranges(keyset: Keyset, low: int) -> Iterator[Range]:
    """Count the rows from a position on in ranges, each of which is under the service's cap.

    Raises:
        InvalidRequestError: if more rows have the same key than the service counts.
    """
    return _counted(keyset, low, keyset.end(low))


def _counted(keyset: Keyset, low: int, high: int) -> Iterator[Range]:
    page = keyset.fetch(low, high, size=0)
    if not page.capped:
        yield Range(low, high, page.total)
        return
    middle = (low + high) // 2
    if middle <= low:
        raise keyset.too_many(low, page)
    yield from _counted(keyset, low, middle)
    yield from _counted(keyset, middle, high)


class _Reader:
    """Reads the partitions of one scan, and splits them for idle workers."""

    def __init__(self, keyset: Keyset, whole: Partition, workers: int) -> None:
        self._keyset = keyset
        self._partitions = Partitions(whole, keyset, workers)

    def read(self, partition: Partition, share: Callable[[], None] | None = None) -> Iterator[list[Document]]:
        """Give the pages of a partition; each is asked for from the last key seen on."""
        while True:
            searched, first = partition.high, partition.first_page
            page = first or self._keyset.fetch(partition.low, searched)
            taken = self._partitions.take(partition, page, searched=searched, counted=first is None)
            if taken.last:
                yield taken.fresh
                return
            if share is not None:
                share()
            yield taken.fresh
            if not taken.moved:
                yield from self._read_instant(partition)
                if not self._partitions.pass_instant(partition):
                    return

    def _read_instant(self, partition: Partition) -> Iterator[list[Document]]:
        """Give the rows of one millisecond that do not fit in a page; only their offset tells them apart.

        A row that is deleted meanwhile moves those behind it to an earlier page. So the pages are read again
        until one reading finds as many rows as each of its pages says there are.
        """
        keyset = self._keyset
        found: set[str] = set()
        totals: set[int] = set()
        number = fruitless = 0
        before = (-1, 0)  # how many rows are known, and how few there are said to be
        while True:
            page = keyset.fetch(partition.low, partition.low + 1, number)
            if page.capped:
                raise keyset.too_many(partition.low, page)
            yield [one for one in page.documents if keyset.identity(one) not in partition.seen_ids]
            found.update(map(keyset.identity, page.documents))
            partition.seen_ids |= found
            totals.add(page.total)
            number += 1
            if page.documents and number * keyset.page_size < page.total:
                continue
            if totals == {len(found)}:
                return
            now = (len(partition.seen_ids), -max(totals))
            fruitless = 0 if now > before else fruitless + 1
            if fruitless == FRUITLESS_READINGS:
                raise disagreement(keyset.entity, max(totals), len(found))
            before = now
            found, totals, number = set(), set(), 0

    def plan_splits(self, idle: int) -> list[Split]:
        """The splits by which so many idle workers get something to read."""
        return self._partitions.plan_splits(idle)

    def make_split(self, split: Split) -> Partition | None:
        """Fetch the page that a split needs, and make it."""
        page = self._keyset.fetch(split.low, split.high, split.number, size=split.size)
        return self._partitions.make_split(split, page)
