"""Results: how the pages of a query are read, in which order and how far."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cmp_to_key
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.criteria.criteria import ALWAYS, and_
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.scan.keyset import FRUITLESS_READINGS, Keyset, disagreement
from contacthub_orm.orm.scan.scan import count, scan
from contacthub_orm.orm.service.fan_out import in_this_context
from contacthub_orm.orm.service.paging import pages_in_turn
from contacthub_orm.orm.wire.ordering import compare
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contacthub_orm.orm.criteria.expressions import Ordering
    from contacthub_orm.orm.query.query import BaseQuery
    from contacthub_orm.orm.query.reader import Reader
    from contacthub_orm.orm.service.search import Page, ScanKey
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Results"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class Results(Generic[E]):
    """The results of a statement: read as a scan if it has no order, limit or offset, else as one search."""

    statement: BaseQuery[E]
    reader: Reader

    # -- entities -----------------------------------------------------------------------------------------------------

    def entities(self) -> Iterator[E]:
        """The entities, page by page."""
        statement = self.statement
        end = None if statement.limited is None else statement.skipped + statement.limited
        found = (entity for page in self._loaded_pages() for entity in page if self._passes(entity))
        return islice(found, statement.skipped, end)

    def rows(self) -> Iterator[list[Document]]:
        """The documents of the same rows, page by page; no entity is made of them."""
        statement = self.statement
        admits = and_(statement.defaults, statement.local).holds_for
        skipped, left = statement.skipped, statement.limited
        for documents in self._fresh_pages():
            page = [one for one in documents if admits(one)]
            end = None if left is None else skipped + left
            page, skipped = page[skipped:end], max(skipped - len(page), 0)
            left = None if left is None else left - len(page)
            yield page
            if left == 0:
                return

    def of_page(self, page: Page) -> list[E]:
        """The entities of one page that pass `filter_locally`."""
        rows = self.reader.load_rows(self.statement, page.documents)
        return [row for row in rows if self._passes(row)]

    def among(self, entities: Iterable[E]) -> list[E]:
        """The entities in memory that the statement would find, in its order, by its limit and offset."""
        statement = self.statement
        candidates = list(entities)
        for entity in candidates:
            entity.__load_paths__(key.path for key in statement.order)
        found = [one for one in candidates if statement.condition.matches(one) and self._passes(one)]
        by_keys = cmp_to_key(_comparison(statement.order))
        found.sort(key=lambda entity: by_keys(entity.__json__()))
        end = None if statement.limited is None else statement.skipped + statement.limited
        return found[statement.skipped : end]

    def _passes(self, entity: E) -> bool:
        """Whether an entity passes `filter_locally`."""
        local = self.statement.local
        return local == ALWAYS or local.matches(entity)

    def _loaded_pages(self) -> Iterator[list[E]]:
        """The entities of each page. With `yield_per`, a page is released when the next is asked for."""
        for documents in self._fresh_pages():
            page = self.reader.load_rows(self.statement, documents)
            if self.statement.batch is None:
                yield page
                continue
            unpinned = self.reader.unpinned(page)
            yield page
            self.reader.release(unpinned)

    def _fresh_pages(self) -> Iterator[list[Document]]:
        """The documents of each page that no page before had."""
        seen: set[str] | None = set() if self._may_repeat_rows else None
        for documents in self.documents():
            yield documents if seen is None else self._unseen(documents, seen)

    @property
    def _may_repeat_rows(self) -> bool:
        """Whether a row that moves meanwhile may come again. With `yield_per`, a scan remembers no ids for it."""
        key = self._scan_key
        return not self.is_scan or key is None or (not key.fixed and self.statement.batch is None)

    def _unseen(self, documents: Iterable[Document], seen: set[str]) -> list[Document]:
        """The documents that no page before had: a numbered page repeats a row that has moved meanwhile."""
        id_key = self.statement.entity.__resource__.id_key
        fresh = [one for one in documents if one[id_key] not in seen]
        seen.update(one[id_key] for one in fresh)
        return fresh

    # -- documents ----------------------------------------------------------------------------------------------------

    def documents(self) -> Iterator[list[Document]]:
        """The documents of each page."""
        keyset = self._keyset if self.is_scan else None
        if keyset is not None:
            return scan(keyset, self._max_in_flight)
        counts = self.statement.backend.counts_matches
        pages = self._numbered_pages() if counts else self._pages_in_turn()
        return self._sorted_within_ties(pages) if len(self.statement.order) > 1 else pages

    @property
    def is_scan(self) -> bool:
        """Whether all matches are wanted in no particular order, so that they can be scanned."""
        statement = self.statement
        is_whole = not statement.order and statement.limited is None and not statement.skipped
        return is_whole and self._scan_key is not None

    def count(self) -> int | None:
        """Count past the service's cap, summed over key ranges; None if the matches cannot be scanned."""
        keyset = self._keyset
        return None if keyset is None else count(keyset)

    @property
    def _keyset(self) -> Keyset | None:
        statement, key = self.statement, self._scan_key
        if key is None:
            return None
        return Keyset(
            self.reader.search, statement.entity, statement.condition, key, self._page_size, statement.fields
        )

    @property
    def _scan_key(self) -> ScanKey | None:
        """The key to scan along; a raw query has none, since it cannot be narrowed to a range of the key."""
        statement = self.statement
        return None if statement.json is not None else statement.backend.scan_key(statement.entity)

    @property
    def _max_in_flight(self) -> int:
        """One if each page sends requests of its own, since those already use all that may be under way."""
        sends_requests = any(option.sends_requests for option in self.statement.load_options)
        return 1 if sends_requests else self.statement.backend.max_in_flight

    @property
    def _page_size(self) -> int:
        largest = self.statement.backend.page_size
        return largest if self.statement.batch is None else min(self.statement.batch, largest)

    @property
    def _wanted(self) -> int | None:
        """How many rows of the search are needed at most, or None for all."""
        statement = self.statement
        if statement.limited is None or statement.local != ALWAYS or len(statement.order) > 1:
            return None
        return statement.skipped + statement.limited

    def _numbered_pages(self) -> Iterator[list[Document]]:
        """The documents of the pages in turn, each document once.

        A row that is deleted or changed meanwhile moves those behind it to an earlier page. So the pages are read again
        until one reading finds as many rows as its pages say there are.

        Raises:
            TransportError: if too few rows are found, several times in a row, and neither new ones come nor are there fewer.
        """
        wanted = self._wanted
        id_key = self.statement.entity.__resource__.id_key
        found: set[str] = set()
        before, fruitless = (-1, 0), 0  # how many rows are known, and how few there are said to be
        while True:
            seen, total = set[str](), 0
            for page in self._reading(wanted):
                yield [one for one in page.documents if one[id_key] not in found]
                seen.update(one[id_key] for one in page.documents)
                found |= seen
                total = max(total, page.total)
            if len(seen) >= (total if wanted is None else min(total, wanted)):
                return
            now = (len(found), -total)
            fruitless = 0 if now > before else fruitless + 1
            if fruitless == FRUITLESS_READINGS:
                raise disagreement(self.statement.entity, total, len(seen))
            before = now

    def _pages_in_turn(self) -> Iterator[list[Document]]:
        """The documents of the pages of a service that does not count, until one of them is the last."""
        wanted, given = self._wanted, 0
        size = self._page_size if wanted is None else min(self._page_size, wanted)

        def fetch(number: int, after: Any) -> Page:
            search = self.statement.search_for(number, size)
            return self.reader.search(attrs.evolve(search, after=after))

        for page in pages_in_turn(fetch, self.statement.entity.__resource__):
            yield list(page.documents)
            given += len(page.documents)
            if wanted is not None and given >= wanted:
                return

    def _reading(self, wanted: int | None) -> Iterator[Page]:
        """Every page once, the next one fetched while one is consumed."""
        size = self._page_size if wanted is None else min(self._page_size, wanted)
        page = self._fetch(0, size)
        if page.capped and (wanted is None or wanted > page.total):
            raise self._past_the_cap(page)
        rows = page.total if wanted is None else min(page.total, wanted)
        last = -(-rows // max(page.size, 1)) - 1
        concurrent = self.statement.backend.max_in_flight > 1
        with _Prefetch(lambda number: self._fetch(number, size), concurrent=concurrent) as prefetch:
            while page.documents or page.total:
                if page.number < last:
                    prefetch.begin(page.number + 1)
                yield page
                if page.number >= last or not page.documents:
                    return
                page = prefetch.result()

    def _fetch(self, number: int, size: int) -> Page:
        return self.reader.search(self.statement.search_for(number, size))

    def _past_the_cap(self, page: Page) -> InvalidRequestError:
        statement, advice = self.statement, ""
        if self._scan_key is not None:
            has = {
                "order_by": statement.order,
                "limit": statement.limited is not None,
                "offset": statement.skipped,
            }
            advice = f", or leave out {' and '.join(name for name, given in has.items() if given)} to scan it"
        return InvalidRequestError(
            f"{statement} matches {page.total} or more, past what the service gives for one search: "
            f"narrow it{advice}"
        )

    def _sorted_within_ties(self, pages: Iterable[Sequence[Document]]) -> Iterator[list[Document]]:
        """Sort rows that are equal by the service's sort key by the other keys."""
        by_first = _comparison(self.statement.order[:1])
        by_others = cmp_to_key(_comparison(self.statement.order[1:]))
        tied: list[Document] = []
        for document in (one for page in pages for one in page):
            if tied and by_first(tied[0], document) != 0:
                yield sorted(tied, key=by_others)
                tied = []
            tied.append(document)
        yield sorted(tied, key=by_others)

    # -- looking ------------------------------------------------------------------------------------------------------

    def explain(self) -> str:
        """How the statement is answered, in words."""
        statement = self.statement
        lines = [str(statement)]
        if statement.defaults != ALWAYS:
            lines.append(f"only those of the default criteria: {statement.defaults}")
        if self.is_scan and self._scan_key is not None:
            lines.append(
                f"a scan along {self._scan_key.name}, pages of {self._page_size}, "
                f"up to {statement.backend.max_in_flight} at once"
            )
        else:
            ahead = (
                ", the next fetched while one is read" if statement.backend.counts_matches else ", in turn"
            )
            lines.append(f"one search, pages of {self._page_size}{ahead}")
        if len(statement.order) > 1:
            lines.append(
                "sorted by " + ", ".join(key.attribute for key in statement.order[1:]) + " in this process"
            )
        if statement.local != ALWAYS:
            lines.append(f"filtered in this process by {statement.local}")
        lines.append(f"asked: {statement.compile()}")
        return "\n".join(lines)


def _comparison(keys: Iterable[Ordering]) -> Callable[[Document, Document], int]:
    """A function that compares two documents by several keys; null comes last, whichever way a key runs."""
    orderings = list(keys)

    def compared(one: Document, other: Document) -> int:
        for key in orderings:
            left, right = value_at(one, key.path), value_at(other, key.path)
            if left is None or right is None:
                found = int(left is None) - int(right is None)
            else:
                found = -compare(left, right) if key.descending else compare(left, right)
            if found:
                return found
        return 0

    return compared


class _Prefetch:
    """Fetches one page ahead in its own thread; with one request in flight, when it is asked for."""

    def __init__(self, fetch: Callable[[int], Page], *, concurrent: bool) -> None:
        self._fetch = fetch
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="contacthub_orm") if concurrent else None
        self._number = 0
        self._future: Future[Page] | None = None

    def begin(self, number: int) -> None:
        self._number = number
        if self._pool is not None:
            self._future = self._pool.submit(in_this_context(self._fetch), number)

    def result(self) -> Page:
        return self._fetch(self._number) if self._future is None else self._future.result()

    def __enter__(self) -> _Prefetch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
