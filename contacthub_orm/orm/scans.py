"""Scans: every match of a criterion, past the service's cap and while others write.

The service gives at most so many matches per search and moves rows between pages as they are updated. A scan therefore
walks a key that never changes (the moment of registration): each request asks for the rows from the last one seen on, so
that it is always a first page, and rows with the same key as the last are recognised by their ids. To use several
connections the key's range is cut into half-open windows, walked side by side; a walker that has nothing to do takes over
the later half of another's window. Each cut costs about half a request, since a window ends with a part of a page, so that
there may be one for every twenty requests; a scan of less than eighty is not cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.backend import Page, Search
from contacthub_orm.orm.conversion import dump_datetime, parse_datetime
from contacthub_orm.orm.crews import Crew
from contacthub_orm.orm.criteria import Comparison, Criterion, Operator, and_
from contacthub_orm.orm.expressions import Ordering

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document
    from contacthub_orm.orm.entity import Entity

__all__ = ["Scan", "Window"]

_REQUESTS_PER_CUT: Final = 20
_UNCUT: Final = 4
"""Cuts that a scan must be long enough for before the first is made: what windows cost besides."""
_SMALLEST_CUT: Final = 4
"""Requests that a window must still need for a half of it to be worth another's while."""

_MILLISECOND: Final = timedelta(milliseconds=1)

FetchPage = Callable[[Search], Page]


@attrs.define
class Window:
    """Rows with `low <= key < high`; `seen` are the ids at `low` that are done, `left` about how many there are.

    The last window of a scan that is not cut has no end. `page` is the first page, where it is there already.
    """

    low: datetime
    high: datetime | None
    left: int
    page: Page | None = None
    seen: set[str] = attrs.field(factory=set)

    def cut(self) -> Window | None:
        """Give away the later half; None where a millisecond is all there is."""
        if self.high is None:
            return None
        middle = _whole_milliseconds(self.low + (self.high - self.low) / 2)
        if middle <= self.low:
            return None
        other = Window(middle, self.high, self.left // 2)
        self.high, self.left = middle, self.left - other.left
        return other


class Scan:
    """One scan; iterating it gives the documents page by page, in no particular order."""

    def __init__(
        self,
        fetch: FetchPage,
        entity: type[Entity],
        criterion: Criterion,
        key: str,
        *,
        page_size: int,
        max_in_flight: int,
        fields: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self._fetch = fetch
        self._entity = entity
        self._criterion = criterion
        self._key = key
        self._page_size = page_size
        self._max_in_flight = max_in_flight
        self._fields = fields

    def count(self) -> int:
        """The number of matches, summed over windows that are each under the cap."""
        first = self._fetch(self._search((), 0, size=1))
        if not first.capped:
            return first.total
        low = self._moment(first.documents[0])
        return self._count(low, self._end(low))

    def _count(self, low: datetime, high: datetime) -> int:
        page = self._fetch(self._search(self._bounds(low, high), 0, size=0))
        if not page.capped:
            return page.total
        other = Window(low, high, page.total).cut()
        if other is None:
            raise self._too_many(low, page)
        return self._count(low, other.low) + self._count(other.low, high)

    def _too_many(self, moment: datetime, page: Page) -> InvalidRequestError:
        return InvalidRequestError(
            f"{page.total} or more {self._entity.__resource__.name} have the same {self._key} "
            f"({dump_datetime(moment)}), past what the service gives: narrow the query"
        )

    def pages(self) -> Iterator[list[Document]]:
        """The documents, a list a page."""
        first = self._fetch(self._search((), 0))
        if _is_last(first):
            yield list(first.documents)
            return
        window = Window(self._moment(first.documents[0]), None, first.total, first)
        if self._max_in_flight == 1:
            yield from self.walk(window)
            return
        walkers = 1
        if self.is_worth_cutting(window, 0, 0):
            window.high = self._end(window.low)
            walkers = self._max_in_flight
        crew = Crew(window, self.walk, self.is_worth_cutting, walkers)
        try:
            yield from crew.pages()
        finally:
            crew.stop()

    def walk(self, window: Window, share: Callable[[Window], None] | None = None) -> Iterator[list[Document]]:
        """The rows of a window, always from the last key seen on; `share` may cut the window after each page."""
        while window.high is None or window.low < window.high:
            page = window.page or self._fetch(self._search(self._bounds(window.low, window.high), 0))
            window.page = None
            fresh = self._fresh(page, window)
            if _is_last(page):
                yield fresh
                return
            window.left = page.total - len(page.documents)
            moved = self._advance(window, page.documents)
            if share is not None:
                share(window)
            yield fresh
            if not moved:
                yield from self._walk_moment(window)

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

    def _walk_moment(self, window: Window) -> Iterator[list[Document]]:
        """More rows than a page within one millisecond: by offset, which is all there is to tell them apart.

        A row that goes away meanwhile moves those behind it. They are read again until a reading finds as many rows as
        each of its pages says there are.
        """
        after = window.low + _MILLISECOND
        found: set[str] = set()
        totals: set[int] = set()
        number = 0
        while True:
            page = self._fetch(self._search(self._bounds(window.low, after), number))
            if page.capped:
                raise self._too_many(window.low, page)
            yield self._fresh(page, window)
            found.update(map(self._identity, page.documents))
            window.seen |= found
            totals.add(page.total)
            number += 1
            if page.documents and number * self._page_size < page.total:
                continue
            if totals == {len(found)}:
                break
            found, totals, number = set(), set(), 0
        window.low, window.seen = after, set()

    def _fresh(self, page: Page, window: Window) -> list[Document]:
        return [one for one in page.documents if self._identity(one) not in window.seen]

    def is_worth_cutting(self, window: Window, requests: int, cuts: int) -> bool:
        """Whether a window may be cut once more, after so many requests and cuts."""
        left = window.left / self._page_size
        return left >= _SMALLEST_CUT and requests + left >= (_UNCUT + cuts) * _REQUESTS_PER_CUT

    def _end(self, low: datetime) -> datetime:
        """Past the newest of the rows that there are now."""
        newest = self._fetch(self._search((), 0, size=1, descending=True)).documents
        return max([low, *map(self._moment, newest)]) + _MILLISECOND

    # -- requests -----------------------------------------------------------------------------------------------------

    def _bounds(self, low: datetime, high: datetime | None) -> tuple[Comparison, ...]:
        since = Comparison(self._entity, (self._key,), Operator.GTE, dump_datetime(low))
        if high is None:
            return (since,)
        return since, Comparison(self._entity, (self._key,), Operator.LT, dump_datetime(high))

    def _search(
        self,
        bounds: tuple[Comparison, ...],
        number: int,
        *,
        size: int | None = None,
        descending: bool = False,
    ) -> Search:
        order = (Ordering(self._entity, (self._key,), descending),)
        criterion = and_(self._criterion, *bounds)
        size = self._page_size if size is None else size
        return Search(self._entity, criterion, order, number, size, self._fields)

    def _moment(self, document: Document) -> datetime:
        return _whole_milliseconds(parse_datetime(document[self._key]))

    def _identity(self, document: Document) -> str:
        identity: str = document[self._entity.__resource__.id_key]
        return identity


def _whole_milliseconds(moment: datetime) -> datetime:
    """A moment as bounds name it."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def _is_last(page: Page) -> bool:
    """Whether nothing comes after a first page; a total at the cap means "at least"."""
    return not page.documents or (len(page.documents) >= page.total and not page.capped)
