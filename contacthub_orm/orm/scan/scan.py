"""Scans: every match of a criterion, past the service's cap and while others write.

The service gives at most so many matches per search and moves rows between pages as they are updated. A scan therefore
walks a key that never changes (the moment of registration): each request asks for the rows from the last one seen on, so
that it is always a first page, and rows with the same key as the last are recognised by their ids. To use several
connections the key's range is cut into half-open windows (see `windows`), which a crew walks side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from contacthub_orm.orm.scan.keyset import MILLISECOND, KeyOrder, is_last, whole_milliseconds
from contacthub_orm.orm.scan.partitions import Cut, Window, Windows, walkers_for
from contacthub_orm.orm.scan.workers import Crew

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["count", "scan"]


def scan(order: KeyOrder, max_in_flight: int) -> Iterator[list[Document]]:
    """All rows, a list a page, in no particular order, with so many requests under way at once."""
    first = order.fetch()
    if is_last(first):
        yield list(first.documents)
        return
    window = Window(order.moment(first.documents[0]), None, first.total, first.capped, first)
    walk = _Walk(order, window)
    if max_in_flight == 1:
        yield from walk.walk(window)
        return
    crew = Crew(window, walk, walkers_for(first, max_in_flight))
    try:
        yield from crew.pages()
    finally:
        crew.stop()


def count(order: KeyOrder) -> int:
    """The number of rows, summed over ranges of the key that are each under the cap."""
    first = order.fetch(size=1)
    if not first.capped:
        return first.total
    low = order.moment(first.documents[0])
    return _count(order, low, order.end(low))


def _count(order: KeyOrder, low: datetime, high: datetime) -> int:
    page = order.fetch(low, high, size=0)
    if not page.capped:
        return page.total
    middle = whole_milliseconds(low + (high - low) / 2)
    if middle <= low:
        raise order.too_many(low, page)
    return _count(order, low, middle) + _count(order, middle, high)


class _Walk:
    """What a crew does: it walks windows, and cuts them where walkers wait."""

    def __init__(self, order: KeyOrder, window: Window) -> None:
        self._order = order
        self._windows = Windows(window, order)

    def walk(self, window: Window, share: Callable[[Window], None] | None = None) -> Iterator[list[Document]]:
        """The rows of a window, always from the last key seen on."""
        while True:
            searched, first = window.high, window.first
            page = first or self._order.fetch(window.low, searched)
            window.first = None
            taken = self._windows.take(window, page, searched=searched, counted=first is None)
            if taken.last:
                yield taken.fresh
                return
            if share is not None:
                share(window)
            yield taken.fresh
            if not taken.moved:
                yield from self._moment(window)
                if not self._windows.pass_moment(window):
                    return

    def _moment(self, window: Window) -> Iterator[list[Document]]:
        """More rows than a page within one millisecond: by offset, which is all there is to tell them apart.

        A row that goes away meanwhile moves those behind it. They are read again until a reading finds as many rows as
        each of its pages says there are.
        """
        order = self._order
        found: set[str] = set()
        totals: set[int] = set()
        number = 0
        while True:
            page = order.fetch(window.low, window.low + MILLISECOND, number)
            if page.capped:
                raise order.too_many(window.low, page)
            yield [one for one in page.documents if order.identity(one) not in window.seen]
            found.update(map(order.identity, page.documents))
            window.seen |= found
            totals.add(page.total)
            number += 1
            if page.documents and number * order.page_size < page.total:
                continue
            if totals == {len(found)}:
                return
            found, totals, number = set(), set(), 0

    def cuts_of(self, window: Window, waiting: int) -> list[Cut]:
        return self._windows.cuts_of(window, waiting)

    def open(self, cut: Cut) -> Window | None:
        return self._windows.split(cut, self._order.fetch(cut.low, cut.high, cut.number))
