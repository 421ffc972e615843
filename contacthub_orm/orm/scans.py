"""Scans: every match of a criterion, past the service's cap and while others write.

The service gives at most so many matches per search and moves rows between pages as they are updated. A scan therefore
walks a key that never changes (the moment of registration): each request asks for the rows from the last one seen on, so
that it is always a first page, and rows with the same key as the last are recognised by their ids. To use several
connections the key's range is cut into half-open windows, walked side by side; a walker that has finished takes over the
later half of a window that still has much to give.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from queue import Full, Queue
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.backend import Page, Search
from contacthub_orm.orm.conversion import dump_datetime, parse_datetime
from contacthub_orm.orm.criteria import Comparison, Criterion, Operator, and_
from contacthub_orm.orm.expressions import Ordering

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document
    from contacthub_orm.orm.entity import Entity

__all__ = ["Scan"]

_WORTH_A_WINDOW: Final = 40
"""Requests that a window must still need to be cut in two: each cut costs about half a request more."""

_MILLISECOND: Final = timedelta(milliseconds=1)
_QUEUED_PAGES: Final = 2
_PATIENCE: Final = 0.05

FetchPage = Callable[[Search], Page]


@attrs.define
class _Window:
    """Rows with `low <= key < high`; `seen` are the ids at `low` that are done, `left` about how many there are.

    The last window of a scan that is not cut has no end.
    """

    low: datetime
    high: datetime | None
    left: int
    seen: set[str] = attrs.field(factory=set)

    def cut(self) -> _Window | None:
        """Give away the later half; None where a millisecond is all there is."""
        if self.high is None:
            return None
        middle = self.low + (self.high - self.low) / 2
        middle -= timedelta(microseconds=middle.microsecond % 1000)
        if middle <= self.low + _MILLISECOND or middle >= self.high:
            return None
        other = _Window(middle, self.high, self.left // 2)
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
        return self._count(self._keys(first.documents)[0], self._newest() + _MILLISECOND)

    def _count(self, low: datetime, high: datetime) -> int:
        page = self._fetch(self._search(self._bounds(low, high), 0, size=1))
        if not page.capped:
            return page.total
        window = _Window(low, high, page.total)
        other = window.cut()
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
        yield list(first.documents)
        if len(first.documents) >= first.total:
            return
        window = _Window(self._keys(first.documents)[0], None, first.total)
        self._advance(window, first.documents)
        if self._max_in_flight == 1:
            yield from self.walk(window)
            return
        walkers = 1
        if self.is_worth_cutting(window):
            window.high = self._newest() + _MILLISECOND
            walkers = self._max_in_flight
        crew = _Crew(self, window, walkers)
        try:
            yield from crew.pages()
        finally:
            crew.stop()

    def walk(
        self, window: _Window, share: Callable[[_Window], None] | None = None
    ) -> Iterator[list[Document]]:
        """The rows of a window, always from the last key seen on; `share` may cut the window after each page."""
        while window.high is None or window.low < window.high:
            page = self._fetch(self._search(self._bounds(window.low, window.high), 0))
            yield self._fresh(page, window)
            if len(page.documents) >= page.total:
                return
            window.left = page.total
            if not self._advance(window, page.documents):
                yield from self._walk_moment(window)
            if share is not None:
                share(window)

    def _advance(self, window: _Window, documents: Sequence[Document]) -> bool:
        """Go on to the last key of a page; False where all of the page is at one key, so that there is nowhere to go."""
        keys = self._keys(documents)
        at_last = {self._identity(one) for one, key in zip(documents, keys, strict=True) if key == keys[-1]}
        moved = keys[-1] > window.low or keys[-1] > keys[0]
        window.seen = at_last if moved else window.seen | at_last
        window.low = keys[-1]
        return moved

    def _walk_moment(self, window: _Window) -> Iterator[list[Document]]:
        """More rows than a page within one millisecond: by offset, which is all there is to tell them apart."""
        after = window.low + _MILLISECOND
        number, total = 0, 1
        while number * self._page_size < total:
            page = self._fetch(self._search(self._bounds(window.low, after), number))
            if page.capped:
                raise self._too_many(window.low, page)
            yield self._fresh(page, window)
            window.seen |= {self._identity(one) for one in page.documents}
            number, total = number + 1, page.total
        window.low, window.seen = after, set()

    def _fresh(self, page: Page, window: _Window) -> list[Document]:
        return [one for one in page.documents if self._identity(one) not in window.seen]

    def is_worth_cutting(self, window: _Window) -> bool:
        """Whether a window still needs so many requests that half a request more does not matter."""
        return window.left >= _WORTH_A_WINDOW * self._page_size

    def _newest(self) -> datetime:
        return self._keys(self._fetch(self._search((), 0, size=1, descending=True)).documents)[0]

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
        return Search(
            self._entity, and_(self._criterion, *bounds), order, number, size or self._page_size, self._fields
        )

    def _keys(self, documents: Sequence[Document]) -> list[datetime]:
        return [parse_datetime(document[self._key]) for document in documents]

    def _identity(self, document: Document) -> str:
        identity: str = document[self._entity.__resource__.id_key]
        return identity


class _Crew:
    """Threads that walk windows side by side and hand their pages to one consumer."""

    def __init__(self, scan: Scan, window: _Window, size: int) -> None:
        self._scan = scan
        self._windows: Queue[_Window | None] = Queue()
        self._results: Queue[list[Document] | BaseException | None] = Queue(_QUEUED_PAGES * size)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._open = 1
        self._idle = size
        self._windows.put(window)
        self._threads = [
            threading.Thread(target=self._work, name="contacthub_orm scan", daemon=True) for _ in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def pages(self) -> Iterator[list[Document]]:
        """The pages as they come, until every window is walked."""
        while (found := self._results.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Have the walkers end after the request they are at, and wait for them."""
        self._stopped.set()
        for _ in self._threads:
            self._windows.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (window := self._windows.get()) is not None and not self._stopped.is_set():
            with self._lock:
                self._idle -= 1
            self._walk(window)
            with self._lock:
                self._idle += 1

    def _walk(self, window: _Window) -> None:
        try:
            for page in self._scan.walk(window, self._share):
                if not self._hand_over(page):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the pages are consumed
            self._hand_over(error)
        with self._lock:
            self._open -= 1
            last = self._open == 0
        if last:
            self._hand_over(None)

    def _share(self, window: _Window) -> None:
        """Give the later half of a window to a walker that has nothing to do."""
        with self._lock:
            if self._idle <= self._windows.qsize() or not self._scan.is_worth_cutting(window):
                return
            other = window.cut()
            if other is not None:
                self._open += 1
                self._windows.put(other)

    def _hand_over(self, found: list[Document] | BaseException | None) -> bool:
        """Put a page where the consumer gets it; False when nobody will."""
        while not self._stopped.is_set():
            try:
                self._results.put(found, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False
