"""The windows of a scan: which rows of the key's range are done, and where a window is cut for another walker.

A window is cut at a row, not at a moment, since rows may lie anyhow in time: the page that begins so many rows further on
is fetched, its first row's key says where the window is cut, and the page is the first of the new window. No page is
fetched for the cut alone, but the old window now ends with a part of a page. So that scans send few requests more than
full pages there may be one cut for every twenty.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.orm.scan.keyset import MILLISECOND, KeyOrder, is_last

if TYPE_CHECKING:
    from contacthub_orm.orm.service.search import Page
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Cut", "Taken", "Window", "Windows", "walkers_for"]

_REQUESTS_PER_CUT: Final = 20
_UNCUT: Final = 2
"""Cuts that a scan must be long enough for before the first is made: what it costs besides."""
_SMALLEST_CUT: Final = 4
"""Full pages that there must still be for a cut to be worth another's while."""
_LARGE: Final = 0.7
_PAST_THE_CAP: Final = 40
"""Pages between the cuts of a window whose end is past what one search gives: there are more cuts to come."""


@attrs.define(eq=False)
class Window:
    """Rows with `low <= key < high`, or without an end; `seen` are the ids at `low` that are done.

    `left` is about how many more rows there are, at least so many where the window is `capped`. `first` is the first page,
    where it is there already.
    """

    low: datetime
    high: datetime | None = None
    left: int = 0
    capped: bool = False
    first: Page | None = None
    seen: set[str] = attrs.field(factory=set)

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies inside, so that the window can be cut there."""
        return self.low < moment and (self.high is None or moment < self.high)


@attrs.frozen(eq=False)
class Cut:
    """A cut of a window before page `number` of its rows from `low` to `high`.

    About `rows` rows come after it, up to the next cut or the window's end; at least so many where it is `capped`.
    """

    window: Window
    low: datetime
    high: datetime | None
    number: int
    rows: int
    capped: bool


@attrs.frozen
class Taken:
    """What became of a page: its rows that are new; whether it is the last; whether the window's `low` moved by it."""

    fresh: list[Document]
    last: bool
    moved: bool


def walkers_for(first: Page, at_most: int) -> int:
    """How many walkers a scan with this first page can ever employ: one more than it may be cut."""
    if first.capped:
        return at_most
    pages = -(-first.total // max(first.size, 1))
    return max(1, min(at_most, pages // _REQUESTS_PER_CUT - _UNCUT + 1))


class Windows:
    """The windows of one scan that are not done yet. May be used by several threads."""

    def __init__(self, first: Window, order: KeyOrder) -> None:
        self._open = [first]
        self._page_size = order.page_size
        self._moment = order.moment
        self._identity = order.identity
        self._lock = threading.Lock()
        self._pending: list[Cut] = []
        self._requests = 0
        self._cuts = 0

    def take(self, window: Window, page: Page, *, searched: datetime | None, counted: bool) -> Taken:
        """Take in the next page of a window, whose end was `searched` when it was asked for, and may be earlier by now.

        `counted` says that the page's total is that of the window, up to this end.
        """
        with self._lock:
            self._requests += 1
            high = window.high
            inside = [one for one in page.documents if high is None or self._moment(one) < high]
            fresh = [one for one in inside if self._identity(one) not in window.seen]
            if is_last(page) or len(inside) < len(page.documents):
                self._open.remove(window)
                return Taken(fresh, last=True, moved=False)
            if counted and searched == high and not self._is_being_cut(window):
                window.left, window.capped = page.total - len(inside), page.capped
            else:
                window.left -= len(inside)
            return Taken(fresh, last=False, moved=self._advance(window, inside))

    def _advance(self, window: Window, documents: Sequence[Document]) -> bool:
        """Go on to the last key of a page; False where all of the page is at one key, so that there is nowhere to go."""
        last = self._moment(documents[-1])
        moved = last > window.low
        if moved:
            window.low, window.seen = last, set()
        for document in reversed(documents):
            if self._moment(document) != last:
                break
            window.seen.add(self._identity(document))
        return moved

    def pass_moment(self, window: Window) -> bool:
        """Go on after a millisecond all of which is done; False where that is the window's end."""
        with self._lock:
            window.low, window.seen = window.low + MILLISECOND, set()
            if window.high is None or window.low < window.high:
                return True
            self._open.remove(window)
            return False

    # -- cuts ---------------------------------------------------------------------------------------------------------

    def cuts_of(self, window: Window, waiting: int) -> list[Cut]:
        """The cuts of a window that are worth while, where so many walkers have nothing to do."""
        with self._lock:
            pages = window.left // self._page_size
            most = min(self._share(window, waiting), self._share(window, self._allowed()))
            numbers = _past_the_cap(pages, most) if window.capped else _even(pages, most)
            if not numbers or self._is_being_cut(window):
                return []
            cuts = self._cuts_at(window, numbers)
            self._pending += cuts
            self._cuts += len(cuts)
            return cuts

    def _is_being_cut(self, window: Window) -> bool:
        return any(cut.window is window for cut in self._pending)

    def _share(self, window: Window, whole: int) -> int:
        """A window's part of walkers or cuts, one at least: by its part of what is left in the large windows.

        Large are those not much smaller than the largest; nothing is for the others.
        """
        large = _LARGE * max(self._sizes())
        if whole <= 0 or window.left == 0 or window.left < large:
            return 0
        return max(1, round(whole * window.left / sum(size for size in self._sizes() if size >= large)))

    def _sizes(self) -> list[int]:
        """What is left in each window, those to come included."""
        return [one.left for one in self._open] + [cut.rows for cut in self._pending]

    def _allowed(self) -> int:
        """How many more cuts there may be."""
        left = sum(self._sizes()) // self._page_size
        return (self._requests + left) // _REQUESTS_PER_CUT - _UNCUT - self._cuts

    def _cuts_at(self, window: Window, numbers: list[int]) -> list[Cut]:
        """Cuts before pages of a window, the last first, since what comes after it may be more than is known."""
        cuts = []
        for number in reversed(numbers):
            begin = number * self._page_size
            cuts.append(Cut(window, window.low, window.high, number, window.left - begin, window.capped))
            window.left, window.capped = begin, False
        return cuts

    def split(self, cut: Cut, page: Page) -> Window | None:
        """Make a cut at the page that was fetched for it; None where the window's walker is past that by now."""
        with self._lock:
            self._requests += 1
            self._pending.remove(cut)
            # After the first row's millisecond, since the page before may hold rows of it too.
            low = self._moment(page.documents[0]) + MILLISECOND if page.documents else None
            window = next((one for one in self._open if low is not None and one.holds(low)), None)
            if low is None or window is None:
                cut.window.left += cut.rows
                cut.window.capped |= cut.capped
                return None
            other = Window(low, window.high, cut.rows, cut.capped, self._from(low, page))
            window.high = low
            self._open.append(other)
            return other

    def _from(self, low: datetime, page: Page) -> Page | None:
        """The rows of a page from a key on, as the first page there; None where there are none."""
        rows = [one for one in page.documents if self._moment(one) >= low]
        if not rows:
            return None
        before = page.number * page.size + len(page.documents) - len(rows)
        return attrs.evolve(page, documents=rows, total=page.total - before, number=0)


def _past_the_cap(pages: int, most: int) -> list[int]:
    """Where to cut a window whose end is past what one search gives, so many pages: not near, but as far as can be."""
    count = min(most, max(1, pages // _PAST_THE_CAP))
    return [pages * (part + 1) // count for part in range(count)] if pages else []


def _even(pages: int, most: int) -> list[int]:
    """Where to cut a window of so many pages into equal parts."""
    count = min(most, pages // _SMALLEST_CUT)
    return [pages * (part + 1) // (count + 1) for part in range(count)]
